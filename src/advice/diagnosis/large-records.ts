/**
 * Records so large that few of them use up a shard: AWS advises to keep those above 1 MiB to 2 % of the records, and one of
 * 10 MiB takes all that its shard may be written in ten seconds.
 */
import { LIMITS } from '../../model/limits.ts';
import type { ShardSample } from '../../results/evidence/record-sample.ts';
import type { Rule } from './rule.ts';

const LARGE = LIMITS.writeBytesPerSec.value;
const ADVICE = LIMITS.largeRecordShare.value;

export const findLargeRecords: Rule<'LARGE_RECORDS'> = (view) => {
  const sampled = (view.evidence.sample?.shards ?? []).filter(({ records }) => records > 0);
  return sampled.length > 0 ? fromSample(sampled) : fromMetrics(view);
};

function fromSample(samples: readonly ShardSample[]): ReturnType<Rule<'LARGE_RECORDS'>> {
  const records = samples.reduce((sum, sample) => sum + sample.records, 0);
  const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0);
  const large = samples.reduce((sum, sample) => sum + largeOf(sample), 0);
  const maxBytes = Math.max(...samples.map(({ sizes }) => sizes.max));
  const largeShare = large / records;
  if (maxBytes <= LARGE) return [];
  return [
    {
      code: 'LARGE_RECORDS',
      severity: largeShare > ADVICE ? 'critical' : 'warning',
      confidence: largeShare > ADVICE ? 'high' : 'medium',
      splitHelps: 'no',
      evidence: {
        source: 'sample',
        meanBytes: bytes / records,
        maxBytes,
        largeBytes: LARGE,
        largeShare,
        adviceShare: ADVICE,
        sampledRecords: records,
      },
    },
  ];
}

/** Records that are above 1 MiB for certain: of classes that begin there. The largest one is known by itself. */
function largeOf({ sizes }: ShardSample): number {
  let large = 0;
  sizes.counts.forEach((count, i) => {
    if (i > 0 && sizes.upTo[i - 1] >= LARGE) large += count;
  });
  return Math.max(large, sizes.max > LARGE ? 1 : 0);
}

/** A mean above 1 MiB says that there are some; below it nothing is known. */
function fromMetrics({
  loads,
  byId,
}: Parameters<Rule<'LARGE_RECORDS'>>[0]): ReturnType<Rule<'LARGE_RECORDS'>> {
  let worst: { readonly shardId: string; readonly meanBytes: number } | undefined;
  for (const [shardId, { incomingRecords, incomingBytes }] of loads) {
    const meanBytes = incomingRecords > 0 ? incomingBytes / incomingRecords : 0;
    if (meanBytes > LARGE && meanBytes > (worst?.meanBytes ?? 0) && byId.get(shardId)?.open === true)
      worst = { shardId, meanBytes };
  }
  if (worst === undefined) return [];
  return [
    {
      code: 'LARGE_RECORDS',
      severity: 'critical',
      confidence: 'high',
      splitHelps: 'no',
      shardId: worst.shardId,
      evidence: {
        source: 'metrics',
        meanBytes: worst.meanBytes,
        ...{ maxBytes: null, largeShare: null },
        largeBytes: LARGE,
        adviceShare: ADVICE,
        sampledRecords: 0,
      },
    },
  ];
}
