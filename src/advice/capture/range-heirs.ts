/**
 * Which shards of now have the range of another one, and which part of its load each of them has: by its keys where they
 * were read, else by width.
 */
import { widthOf, type HashRange } from '../../model/hash-range.ts';
import { shareWithin, type ShardKeys } from '../recommend/key-shares.ts';

export interface Overlap {
  /** Place in the ranges of now. */
  readonly index: number;
  /** Part of the other range, 0…1. */
  readonly part: number;
}

export interface RangeHeir extends Overlap {
  /** Parts of the other shard's records and bytes, 0…1. */
  readonly records: number;
  readonly bytes: number;
}

const NOISE = 1e-9;

/** @param keys of the other shard; undefined where too few of its records were read */
export function heirsOf(
  range: HashRange,
  ranges: readonly HashRange[],
  keys: ShardKeys | undefined,
): RangeHeir[] {
  const found = overlaps(range, ranges);
  if (keys === undefined || found.length === 1)
    return found.map(({ index, part }) => ({ index, part, records: part, bytes: part }));
  return found.map(({ index, part }) => {
    const { records, bytes } = shareWithin(keys, commonOf(range, ranges[index]));
    return { ...{ index, part }, records: withoutNoise(records), bytes: withoutNoise(bytes) };
  });
}

/** What parts of floating point leave over is no load: a shard that has it would count as read. */
function withoutNoise(part: number): number {
  return part < NOISE ? 0 : part;
}

/** Which ranges of now, in order of hash key, have a part of another one, and how much of it. */
export function overlaps(range: HashRange, ranges: readonly HashRange[]): Overlap[] {
  const found: Overlap[] = [];
  for (let index = rangeIndexOf(range.start, ranges); index < ranges.length; index++) {
    if (ranges[index].start > range.end) break;
    found.push({ index, part: Number(widthOf(commonOf(range, ranges[index]))) / Number(widthOf(range)) });
  }
  return found;
}

function commonOf(a: HashRange, b: HashRange): HashRange {
  return { start: a.start > b.start ? a.start : b.start, end: a.end < b.end ? a.end : b.end };
}

/** Which of some ranges that tile the key space, in order, holds a hash key. */
export function rangeIndexOf(hashKey: bigint, ranges: readonly HashRange[]): number {
  let [low, high] = [0, ranges.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].end < hashKey) low = middle + 1;
    else high = middle;
  }
  return low;
}
