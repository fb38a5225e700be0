/**
 * Keys whose names are known, placed where MD5 puts them, and what that makes of the hottest shard of an evenly
 * laid out stream, for any number of shards.
 */
import { HASH_SPACE, POSITIONS } from '../../model/hash-key.ts';
import { heaviestOf, type PerDimension } from './key-run.ts';
import type { KeyLoads } from './key-loads.ts';
import { sortKeys } from './key-order.ts';

/** So many keys are hashed, in about 70 bytes each; the lighter ones beyond are spread evenly. */
export const MOST_PLACED_KEYS = 10_000_000;

/** Loads that differ by less than this part are equal: they are sums of floating point. */
export const LOAD_TOLERANCE = 1e-9;

/** Keys in the order of their hash keys, with prefix sums of their loads. */
export interface PlacedKeys {
  readonly positions: Float64Array;
  /** Loads of all keys before each; one more at the end. */
  readonly recordsBefore: Float64Array;
  readonly bytesBefore: Float64Array;
  /** First key of each of `buckets` equal parts of the key space; one more at the end. */
  readonly firstOf: Uint32Array;
  /** Load that is not placed but spread over all shards. */
  readonly spread: PerDimension;
  readonly spreadKeys: number;
  readonly hashKeyAt: (i: number) => bigint;
}

/** Hashes and sorts the keys: about half a microsecond each. */
export function placeKeys(loads: KeyLoads, most = MOST_PLACED_KEYS): PlacedKeys {
  const runs = heaviestRuns(loads, most);
  const firsts = [0];
  for (const run of runs) firsts.push(firsts[firsts.length - 1] + run.length);
  const count = firsts[runs.length];
  const columns = {
    positions: new Float64Array(count),
    records: new Float64Array(count),
    bytes: new Float64Array(count),
  };
  runs.forEach((run, r) => run.place(columns, firsts[r]));
  const { order, ...sorted } = sortKeys(columns);
  const { recordsBefore, bytesBefore } = sorted;
  const isAll = count === loads.keyCount;
  return {
    ...sorted,
    spread: {
      records: isAll ? 0 : Math.max(0, loads.total.records - recordsBefore[count]),
      bytes: isAll ? 0 : Math.max(0, loads.total.bytes - bytesBefore[count]),
    },
    spreadKeys: loads.keyCount - count,
    hashKeyAt: (i) => {
      const key = order[i];
      const r = firsts.findLastIndex((first) => first <= key);
      return runs[r].hashKeyAt(key - firsts[r]);
    },
  };
}

/** The keys that are placed: all, or the heaviest. */
function heaviestRuns({ runs, keyCount }: KeyLoads, most: number): KeyLoads['runs'] {
  if (keyCount <= most) return runs;
  const { taken } = heaviestOf(runs, 'records', most);
  return runs.map((run, r) => run.heaviest(taken[r])).filter((run) => run.length > 0);
}

/** The same keys in their places, those that are above a limit in either dimension with no load. */
export function withoutPlacedAbove(placed: PlacedKeys, limit: PerDimension): PlacedKeys {
  const { positions, recordsBefore, bytesBefore } = placed;
  const records = new Float64Array(recordsBefore.length);
  const bytes = new Float64Array(bytesBefore.length);
  for (let i = 0; i < positions.length; i++) {
    const ofRecords = recordsBefore[i + 1] - recordsBefore[i];
    const ofBytes = bytesBefore[i + 1] - bytesBefore[i];
    const isAbove = ofRecords > limit.records || ofBytes > limit.bytes;
    records[i + 1] = records[i] + (isAbove ? 0 : ofRecords);
    bytes[i + 1] = bytes[i] + (isAbove ? 0 : ofBytes);
  }
  return { ...placed, recordsBefore: records, bytesBefore: bytes };
}

/** Buckets are a power of two: the division is exact. */
function bucketOf(position: number, buckets: number): number {
  return Math.floor(position / (POSITIONS / buckets));
}

/** Number of keys on the shards before shard `shard` of `shards` equal ones. */
export function keysBefore(placed: PlacedKeys, shard: number, shards: number): number {
  const { positions, firstOf } = placed;
  if (shard >= shards) return positions.length;
  const boundary = shard * (POSITIONS / shards);
  const buckets = firstOf.length - 1;
  // The boundary is known to two positions; so the search may have to start one bucket before its own.
  let i = firstOf[Math.max(0, bucketOf(Math.max(0, boundary - 4), buckets))];
  while (i < positions.length && isBefore(placed, i, boundary, shard, shards)) i++;
  return i;
}

function isBefore(placed: PlacedKeys, i: number, boundary: number, shard: number, shards: number): boolean {
  const distance = placed.positions[i] - boundary;
  if (Math.abs(distance) > 4) return distance < 0;
  return placed.hashKeyAt(i) < (HASH_SPACE / BigInt(shards)) * BigInt(shard);
}

/** The shard, from 0, that holds the i-th key. */
function shardOf(placed: PlacedKeys, i: number, shards: number): number {
  const scaled = placed.positions[i] * (shards / POSITIONS);
  const nearest = Math.round(scaled);
  const distance = Math.abs(scaled - nearest) * (POSITIONS / shards);
  if (distance > 4 || nearest === 0) return Math.min(shards - 1, Math.floor(scaled));
  const boundary = nearest * (POSITIONS / shards);
  return nearest < shards && !isBefore(placed, i, boundary, nearest, shards) ? nearest : nearest - 1;
}

/** What each of `shards` equal shards carries, in the order of their ranges. */
export function shardLoads(placed: PlacedKeys, shards: number): PerDimension[] {
  const { recordsBefore, bytesBefore, spread } = placed;
  let from = 0;
  return Array.from({ length: shards }, (_, shard) => {
    const to = keysBefore(placed, shard + 1, shards);
    const records = recordsBefore[to] - recordsBefore[from] + spread.records / shards;
    const bytes = bytesBefore[to] - bytesBefore[from] + spread.bytes / shards;
    from = to;
    return { records, bytes };
  });
}

/** The fuller dimension of the hottest of `shards` equal shards, as a part of the limit: M(N) of math.md 2.4. */
export function hottestFill(placed: PlacedKeys, shards: number, limit: PerDimension): number {
  return hottestUpTo(placed, shards, limit, Infinity);
}

/** Whether every shard is within the limit. */
export function fitsOn(placed: PlacedKeys, shards: number, limit: PerDimension): boolean {
  return hottestUpTo(placed, shards, limit, 1 + LOAD_TOLERANCE) <= 1 + LOAD_TOLERANCE;
}

/** The hottest shard, or the first that is above `enough`. */
function hottestUpTo(placed: PlacedKeys, shards: number, limit: PerDimension, enough: number): number {
  const { spread, positions } = placed;
  const least = Math.max(spread.records / shards / limit.records, spread.bytes / shards / limit.bytes);
  return Math.max(least, hottestAmong(placed, shards, limit, enough, 0, positions.length).fill);
}

/**
 * The hottest shard, counting only the keys from the `from`-th to before the `to`-th, or the first shard that is above
 * `enough`, and the first of those keys on it.
 */
export function hottestAmong(
  placed: PlacedKeys,
  shards: number,
  limit: PerDimension,
  enough: number,
  from: number,
  to: number,
): { fill: number; key: number } {
  const { recordsBefore, bytesBefore, spread } = placed;
  let hottest = 0;
  let key = from;
  // From each shard with keys to the next one with keys: few keys on many shards are as quick as the reverse.
  for (let at = from; at < to && hottest <= enough;) {
    const end = Math.min(to, keysBefore(placed, shardOf(placed, at, shards) + 1, shards));
    const records = recordsBefore[end] - recordsBefore[at] + spread.records / shards;
    const bytes = bytesBefore[end] - bytesBefore[at] + spread.bytes / shards;
    const fill = Math.max(records / limit.records, bytes / limit.bytes);
    if (fill > hottest) [hottest, key] = [fill, at];
    at = end;
  }
  return { fill: hottest, key };
}

/**
 * Records per second that are more than their shards' limits, counting only the keys from the `from`-th to before the
 * `to`-th: of a shard that is 1.25 times as full as it may be, a fifth.
 */
export function recordsAbove(
  placed: PlacedKeys,
  shards: number,
  limit: PerDimension,
  from = 0,
  to = placed.positions.length,
): number {
  const { recordsBefore, bytesBefore, spread } = placed;
  let above = 0;
  for (let at = from; at < to;) {
    const end = Math.min(to, keysBefore(placed, shardOf(placed, at, shards) + 1, shards));
    const records = recordsBefore[end] - recordsBefore[at] + spread.records / shards;
    const bytes = bytesBefore[end] - bytesBefore[at] + spread.bytes / shards;
    const fill = Math.max(records / limit.records, bytes / limit.bytes);
    if (fill > 1 + LOAD_TOLERANCE) above += records * (1 - 1 / fill);
    at = end;
  }
  return above;
}

/** Records per second of all keys. */
export function totalRecords({ recordsBefore, spread }: PlacedKeys): number {
  return recordsBefore[recordsBefore.length - 1] + spread.records;
}

/** The fullest window as wide as one of `shards` shards, wherever it begins: W(1/N) of math.md 2.4. */
export function hottestWindow(placed: PlacedKeys, shards: number, limit: PerDimension): number {
  const { positions, recordsBefore, bytesBefore, spread } = placed;
  // A little wider than any shard: the last one takes the remainder of the division.
  const width = POSITIONS / shards + 4;
  let hottest = 0;
  for (let from = 0, to = 0; from < positions.length; from++) {
    while (to < positions.length && positions[to] - positions[from] <= width) to++;
    const records = recordsBefore[to] - recordsBefore[from] + spread.records / shards;
    const bytes = bytesBefore[to] - bytesBefore[from] + spread.bytes / shards;
    hottest = Math.max(hottest, records / limit.records, bytes / limit.bytes);
  }
  return hottest;
}
