/**
 * A shard's range of hash keys, both ends included, and all arithmetic with a plus or minus one in it.
 */
import { HASH_SPACE, MAX_HASH_KEY } from './hash-key.ts';

export interface HashRange {
  readonly start: bigint;
  /** Included, as AWS's EndingHashKey is. */
  readonly end: bigint;
}

export const WHOLE_RANGE: HashRange = { start: 0n, end: MAX_HASH_KEY };

/** Number of hash keys in a range; the widths of a stream's open shards sum to 2^128. */
export function widthOf(range: HashRange): bigint {
  return range.end - range.start + 1n;
}

export function contains(range: HashRange, hashKey: bigint): boolean {
  return range.start <= hashKey && hashKey <= range.end;
}

/** The part of the whole key space that a range covers, 0…1, to about 15 digits. */
export function shareOf(range: HashRange): number {
  return Number(widthOf(range)) / Number(HASH_SPACE);
}

/**
 * Whether SplitShard takes `newStart` for this range: strictly more than one above the start and below the end
 * (observed behaviour of the service, recorded in kinesalite's splitShard).
 */
export function canSplitAt(range: HashRange, newStart: bigint): boolean {
  return range.start + 1n < newStart && newStart < range.end;
}

/** The two ranges below and from `newStart` on. Needs `start < newStart <= end`. */
export function splitAt(range: HashRange, newStart: bigint): [HashRange, HashRange] {
  if (newStart <= range.start || newStart > range.end) throw new RangeError('split point outside the range');
  return [
    { start: range.start, end: newStart - 1n },
    { start: newStart, end: range.end },
  ];
}

/** Whether `b` begins where `a` ends. */
export function areAdjacent(a: HashRange, b: HashRange): boolean {
  return a.end + 1n === b.start;
}

/** The range that covers two adjacent ones, given in ascending order. */
export function join(a: HashRange, b: HashRange): HashRange {
  if (!areAdjacent(a, b)) throw new RangeError('ranges are not adjacent');
  return { start: a.start, end: b.end };
}

/** The middle of a range, where AWS's own sample code splits. */
export function midpointOf(range: HashRange): bigint {
  return (range.start + range.end) / 2n;
}

/** `count` ranges as CreateStream lays them: floor(2^128 / count) each, the last takes the remainder. */
export function uniformRanges(count: number): HashRange[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError('shard count must be a whole number above 0');
  const width = HASH_SPACE / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({
    start: width * BigInt(i),
    end: i === count - 1 ? MAX_HASH_KEY : width * BigInt(i + 1) - 1n,
  }));
}

/** Whether ranges in ascending order cover the whole key space with neither gap nor overlap. */
export function tiles(ranges: readonly HashRange[]): boolean {
  if (ranges.length === 0 || ranges[0].start !== 0n || ranges[ranges.length - 1].end !== MAX_HASH_KEY)
    return false;
  return ranges.every((r, i) => r.start <= r.end && (i === 0 || areAdjacent(ranges[i - 1], r)));
}
