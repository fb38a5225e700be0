/**
 * What the consumers' own code works off: on each shard so many batches at a time, and one key's records never in two
 * of them at once.
 */
import { formatNumber } from '../../model/quantity.ts';
import { derivedInput, headroomInput } from './constraint-inputs.ts';
import { division, percentOf, perSec, userRecordsOf } from './constraints.ts';
import type { PlanConsumer } from './plan-consumer.ts';
import type { PlanInput } from './plan-input.ts';
import { hottestText, keyText } from './rule-text.ts';
import type { Bound } from './shard-counts.ts';
import { countsOfRule, factorOfAll, type PlanKeys, type RuleCounts } from './shard-rule.ts';

const SOURCE =
  'Lambda developer guide, Kinesis: batches of a shard in order, ParallelizationFactor of them at a time, one key in one';

export function consumerSpeed(input: PlanInput, keys: PlanKeys | undefined): Bound {
  const judged = input.consumers.flatMap((consumer) => judge(consumer, input, keys) ?? []);
  if (judged.length === 0) {
    const formula = 'not evaluated: without --consumer-speed';
    return { constraint: { name: 'consumer-speed', shards: null, evaluated: false, formula } };
  }
  const worst = judged.reduce((most, one) => (askOf(one) > askOf(most) ? one : most));
  const { consumer, speed, counts } = worst;
  return {
    constraint: {
      name: 'consumer-speed',
      shards: counts.shards,
      evaluated: true,
      formula: formulaOf(worst, input),
      inputs: [
        derivedInput('records written', userRecordsOf(input), 'records/s'),
        {
          name: `speed of ${consumer.name}`,
          value: speed,
          unit: 'records/s per batch',
          origin: input.origins.speed,
        },
        {
          name: 'batches of a shard at a time',
          value: consumer.parallel,
          unit: '',
          origin: input.origins.parallel,
        },
        headroomInput(input),
      ],
      source: SOURCE,
    },
    countsFrom: combined(judged),
    factorFor: factorOfAll(judged.map(({ counts }) => counts)),
    even: Math.max(...judged.map((one) => one.counts.even)),
    shardLimits: judged.map((one) => one.counts.limit),
    remedies: counts.tooHeavy === undefined ? [] : [remedyOf(worst, input)],
  };
}

interface Judged {
  readonly consumer: PlanConsumer;
  /** Records per second of one batch at a time. */
  readonly speed: number;
  readonly counts: RuleCounts;
}

function judge(consumer: PlanConsumer, input: PlanInput, keys: PlanKeys | undefined): Judged | undefined {
  const { recordsPerSec: speed, parallel } = consumer;
  if (speed === undefined) return undefined;
  const rule = {
    load: { records: userRecordsOf(input), bytes: 0 },
    limit: { records: speed * parallel, bytes: Infinity },
    keyLimit: { records: speed, bytes: Infinity },
    scale: input.userRecordsPerRecord ?? 1,
  };
  return { consumer, speed, counts: countsOfRule(rule, keys, input.headroom) };
}

function askOf({ counts }: Judged): number {
  return counts.shards ?? Infinity;
}

/** A slower consumer is slower on every count: the counts of the slowest hold for all. */
function combined(judged: readonly Judged[]): Bound['countsFrom'] {
  const slowest = judged.reduce((least, one) =>
    one.speed * one.consumer.parallel < least.speed * least.consumer.parallel ? one : least,
  );
  return slowest.counts.countsFrom;
}

function formulaOf({ consumer, speed, counts }: Judged, input: PlanInput): string {
  const { parallel, name } = consumer;
  const slots = parallel === 1 ? '' : `, ${formatNumber(speed)}/s × ${parallel} batches at a time`;
  const sum = division(userRecordsOf(input), speed * parallel, input.headroom, perSec);
  return `${name}: ${sum}${slots}${hottestText(counts)}`;
}

function remedyOf({ consumer, speed, counts }: Judged, input: PlanInput): string {
  if (counts.tooHeavy === undefined) return '';
  const needed = counts.tooHeavy.records / (1 - input.headroom);
  return (
    `${keyText(counts.tooHeavy, input)} brings ${perSec(counts.tooHeavy.records)}, and one batch at a time ` +
    `is worked off at ${formatNumber(speed)}/s × ${percentOf(1 - input.headroom)}: make ${consumer.name} faster, ` +
    `${formatNumber(Math.ceil(needed))}/s, or cut the key into several.`
  );
}
