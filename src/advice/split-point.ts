/**
 * Where to cut a hot shard in two so that the heavier half is as light as can be.
 */
import { midpointOf, widthOf } from '../model/hash-range.ts';
import type { ObservedShard } from './observed-keys.ts';

export interface SplitPoint {
  /** NewStartingHashKey of SplitShard. */
  readonly newStart: bigint;
  /** Parts of the shard's load below and from the point on, 0…1; they sum to 1. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * The best cut between two observed keys. Keys that were not observed are taken as evenly spread over the range.
 * @returns undefined where no cut separates anything, as with one key alone
 */
export function bestSplit(shard: ObservedShard): SplitPoint | undefined {
  const total = shard.keys.reduce((sum, key) => sum + key.load, shard.rest);
  if (total <= 0) return undefined;
  let best: SplitPoint | undefined;
  let below = 0;
  for (let gap = 0; gap <= shard.keys.length; gap++) {
    const newStart = cutInGap(shard, gap, below, total);
    if (newStart !== undefined) {
      const lower = (below + shard.rest * shareBelow(shard, newStart)) / total;
      if (best === undefined || Math.max(lower, 1 - lower) < Math.max(best.lower, best.upper)) {
        best = { newStart, lower, upper: 1 - lower };
      }
    }
    if (gap < shard.keys.length) below += shard.keys[gap].load;
  }
  return best !== undefined && best.lower > 0 && best.upper > 0 ? best : undefined;
}

/** The point in the gap before key number `gap` that comes nearest to equal halves. */
function cutInGap(shard: ObservedShard, gap: number, below: number, total: number): bigint | undefined {
  const { start, end } = shard.range;
  const first = latest(start + 2n, gap === 0 ? start : shard.keys[gap - 1].hashKey + 1n);
  const last = earliest(end - 1n, gap === shard.keys.length ? end : shard.keys[gap].hashKey);
  if (first > last) return undefined;
  if (shard.rest === 0) return midpointOf({ start: first, end: last });
  const wanted = Math.min(1, Math.max(0, (total / 2 - below) / shard.rest));
  const at = shard.range.start + BigInt(Math.floor(wanted * Number(widthOf(shard.range))));
  return at < first ? first : at > last ? last : at;
}

function latest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function earliest(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function shareBelow(shard: ObservedShard, newStart: bigint): number {
  return Number(newStart - shard.range.start) / Number(widthOf(shard.range));
}
