/**
 * Where a shard that is too hot is best cut: between its observed keys, else in the middle, and what the halves carry.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import { midpointOf } from '../../model/hash-range.ts';
import type { DiagnosisFindingOf, SplitHelps } from '../../results/diagnosis-finding.ts';
import type { ObservedKey } from '../observed-keys.ts';
import { bestSplit } from '../split-point.ts';
import { keyLoadsOf, placeOf } from './key-load.ts';
import type { ShardLoad } from './shard-load.ts';
import type { StreamView } from './stream-view.ts';

type CutFields = Pick<
  DiagnosisFindingOf<'HOT_SHARD'>['evidence'],
  'newStartingHashKey' | 'cutFrom' | 'lowerPart' | 'upperPart' | 'sampledRecords'
>;

export interface Cut extends CutFields {
  readonly splitHelps: SplitHelps;
}

/** A cut that leaves more than this on one side is none. */
const NO_CUT = 0.95;

export function cutOf(view: StreamView, load: ShardLoad): Cut {
  const { shard } = load;
  const keys = keyLoadsOf(view, shard.shardId);
  const none = {
    newStartingHashKey: null,
    cutFrom: null,
    lowerPart: null,
    upperPart: null,
    sampledRecords: 0,
  };
  if (!shard.open || view.isOnDemand) return { ...none, splitHelps: shard.open ? 'no' : 'no-matter' };
  if (keys.length === 0) {
    const middle = formatHashKey(midpointOf(shard.range) + 1n);
    return { ...none, newStartingHashKey: middle, cutFrom: 'midpoint', splitHelps: 'unknown' };
  }
  const { dimension } = load.worst;
  const observed: ObservedKey[] = [];
  let rest = 1;
  for (const key of keys) {
    const hashKey = placeOf(key);
    if (hashKey === undefined) continue;
    const part = key.part[dimension];
    observed.push({ hashKey, position: 0, load: part });
    rest -= part;
  }
  observed.sort((a, b) => (a.hashKey < b.hashKey ? -1 : 1));
  const split = bestSplit({ range: shard.range, keys: observed, rest: Math.max(0, rest) });
  const { sampledRecords } = keys[0];
  if (split === undefined || Math.max(split.lower, split.upper) > NO_CUT)
    return { ...none, sampledRecords, splitHelps: 'no' };
  return {
    newStartingHashKey: formatHashKey(split.newStart),
    cutFrom: 'keys',
    lowerPart: split.lower,
    upperPart: split.upper,
    sampledRecords,
    splitHelps: Math.max(split.lower, split.upper) * load.worst.utilization.upper <= 1 ? 'yes' : 'partly',
  };
}
