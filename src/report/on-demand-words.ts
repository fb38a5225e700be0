/**
 * What the words for a finding say otherwise where the stream is on-demand: nobody but the service reshards it.
 */
import type { CapacityInfo, Finding } from '../results/report-document.ts';
import { amountOf, count, duration, NBSP } from './figure.ts';

interface OtherWords {
  readonly split?: string;
  /** In place of, or behind, what is to be done on a provisioned stream. */
  readonly todo?: string;
  readonly also?: string;
}

/** Needs the findings of the catalogue besides. */
export function onDemandWords(finding: Finding, { rules, recordDistribution }: CapacityInfo): OtherWords {
  const within = duration(rules.withinMs);
  switch (finding.code) {
    case 'HOT_KEY':
      return {
        also: 'Or, where order does not matter, let the service spread the records: recordDistribution: auto.',
      };
    case 'HOT_SHARD':
      return {
        split: `Not one of yours: the service alone cuts the shard, in the middle, after ${within}.`,
        todo:
          'Give the heaviest keys of this shard finer partition keys' +
          (recordDistribution === 'auto'
            ? '.'
            : ', or, where order does not matter, let the service spread the records: recordDistribution: auto.'),
      };
    case 'UNDER_PROVISIONED': {
      const { shardsNeeded } = finding.evidence;
      return {
        split: `The service splits shards by itself, ${within} after they are above half of their limit.`,
        todo:
          `Have ${amountOf(shardsNeeded, 'shard')} open before the load comes: a warm throughput of ` +
          `${count(shardsNeeded)}${NBSP}MiB/s (On-demand Advantage), or a load that does not more than double within ` +
          `${within}. Or retry for as long as that takes.`,
      };
    }
    case 'LOST_RECORDS':
    case 'GENERATOR_LATE':
      return {};
  }
}
