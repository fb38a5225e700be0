/**
 * So few keys that no layout balances: a shard without a key is idle whatever its range.
 */
import type { SampledKey, ShardSample } from '../../results/evidence/record-sample.ts';
import type { Rule } from './rule.ts';

/** Keys per shard below which some shards stay without one, or get several times their part. */
const FEW = 2;
/** Records per key that make it sure that hardly a key was missed. */
const ENOUGH_RECORDS = 20;

export const findFewKeys: Rule<'FEW_KEYS'> = (view) => {
  const { evidence, open, samples } = view;
  const { sample } = evidence;
  if (sample === null || evidence.stream.ignoresKeys || open.length < 2) return [];
  const covered = open.filter((shard) => samples.has(shard.shardId) || isIdle(view, shard.shardId));
  if (covered.length < open.length) return [];
  const sampled = open.flatMap(({ shardId }) => samples.get(shardId) ?? []);
  const distinct = sampled.reduce((sum, { distinctKeys }) => sum + distinctKeys.estimate, 0);
  const records = sampled.reduce((sum, { userRecords }) => sum + userRecords, 0);
  const error = Math.max(0, ...sampled.map(({ distinctKeys }) => distinctKeys.error));
  const isFew = distinct > 0 && distinct * (1 + 2 * error) <= FEW * open.length;
  const heaviest = heaviestOf(sampled);
  if (!isFew || records < ENOUGH_RECORDS * distinct || heaviest === undefined) return [];
  return [
    {
      code: 'FEW_KEYS',
      severity: 'warning',
      confidence: sample.source === 'file' ? 'medium' : 'high',
      splitHelps: 'no',
      evidence: {
        distinctKeys: Math.round(distinct),
        error,
        shards: open.length,
        heaviestKey: heaviest.key,
        heaviestShare: {
          lower: heaviest.atLeast.records / records,
          upper: Math.min(1, heaviest.atMost.records / records),
        },
        idleShards: open.length - sampled.length,
        sampledRecords: records,
      },
    },
  ];
};

/** A shard without a record in the whole window has no key worth counting: CloudWatch then has nothing of it. */
function isIdle({ loads, evidence }: Parameters<Rule<'FEW_KEYS'>>[0], shardId: string): boolean {
  const { sample, stream, missing } = evidence;
  if (sample?.source === 'file') return true;
  const load = loads.get(shardId);
  if (load !== undefined) return load.incomingRecords === 0;
  const isOn = stream.shardMetrics.some((name) => name === 'IncomingRecords' || name === 'ALL');
  return isOn && missing.every(({ what }) => what !== 'shard-metrics');
}

function heaviestOf(samples: readonly ShardSample[]): SampledKey | undefined {
  return samples
    .flatMap(({ keys }) => keys)
    .toSorted((a, b) => b.atLeast.records - a.atLeast.records || (a.key < b.key ? -1 : 1))
    .at(0);
}
