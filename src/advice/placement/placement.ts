/**
 * Keys whose names are known, placed where MD5 puts them, and what that makes of the hottest shard of an evenly
 * laid out stream, for any number of shards.
 */
import { hashKeyOf, HASH_SPACE, hashWords, toWords } from '../../model/hash-key.ts';
import type { KeyLoads } from './key-loads.ts';
import { heaviestOf, type KeyLoad, type PerDimension } from './key-run.ts';

/** So many keys are hashed; the lighter ones beyond are spread evenly. */
export const MOST_PLACED_KEYS = 2_000_000;

/** Positions are the first 53 bits of the hash key. */
const POSITIONS = 2 ** 53;

/** Loads that differ by less than this part are equal: they are sums of floating point. */
const TOLERANCE = 1e-9;

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

/** Hashes and sorts the keys: a few seconds for the most it takes. */
export function placeKeys(loads: KeyLoads, most = MOST_PLACED_KEYS): PlacedKeys {
  const keys = keysToPlace(loads, most);
  const { order, firstOf } = orderOf(keys.positions);
  const count = order.length;
  const recordsBefore = new Float64Array(count + 1);
  const bytesBefore = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    recordsBefore[i + 1] = recordsBefore[i] + keys.records[order[i]];
    bytesBefore[i + 1] = bytesBefore[i] + keys.bytes[order[i]];
  }
  const isAll = count === loads.keyCount;
  return {
    positions: Float64Array.from(order, (key) => keys.positions[key]),
    firstOf,
    recordsBefore,
    bytesBefore,
    spread: {
      records: isAll ? 0 : Math.max(0, loads.total.records - recordsBefore[count]),
      bytes: isAll ? 0 : Math.max(0, loads.total.bytes - bytesBefore[count]),
    },
    spreadKeys: loads.keyCount - count,
    hashKeyAt: (i) => keys.hashKeyAt(order[i]),
  };
}

/** Columns of the keys that are placed, in the order of their runs. */
interface KeyColumns {
  readonly positions: Float64Array;
  readonly records: Float64Array;
  readonly bytes: Float64Array;
  readonly hashKeyAt: (key: number) => bigint;
}

function keysToPlace({ runs, keyCount }: KeyLoads, most: number): KeyColumns {
  const taken = keyCount <= most ? runs.map((run) => run.length) : heaviestOf(runs, 'records', most).taken;
  const firsts = [0];
  for (const count of taken) firsts.push(firsts[firsts.length - 1] + count);
  const count = firsts[runs.length];
  const positions = new Float64Array(count);
  const records = new Float64Array(count);
  const bytes = new Float64Array(count);
  runs.forEach((run, r) => {
    for (let i = 0, at = firsts[r]; i < taken[r]; i++, at++) {
      const key = run.keyAt(i);
      positions[at] = positionOf(key);
      records[at] = key.records;
      bytes[at] = key.bytes;
    }
  });
  const hashKeyAt = (key: number): bigint => {
    const r = firsts.findLastIndex((first) => first <= key);
    const { name, hashKey } = runs[r].keyAt(key - firsts[r]);
    return hashKey ?? hashKeyOf(name);
  };
  return { positions, records, bytes, hashKeyAt };
}

const words = new Uint32Array(4);

function positionOf({ name, hashKey }: KeyLoad): number {
  if (hashKey === undefined) hashWords(name, words);
  else toWords(hashKey, words);
  return words[0] * 2 ** 21 + (words[1] >>> 11);
}

/** The keys by position, sorted by buckets, of which hashes fill each with about one key. */
function orderOf(positions: Float64Array): { order: Uint32Array; firstOf: Uint32Array } {
  const buckets = bucketsFor(positions.length);
  const firstOf = new Uint32Array(buckets + 1);
  for (const position of positions) firstOf[bucketOf(position, buckets) + 1]++;
  for (let b = 0; b < buckets; b++) firstOf[b + 1] += firstOf[b];
  const next = firstOf.slice();
  const order = new Uint32Array(positions.length);
  positions.forEach((position, key) => {
    const bucket = bucketOf(position, buckets);
    let at = next[bucket]++;
    for (; at > firstOf[bucket] && positions[order[at - 1]] > position; at--) order[at] = order[at - 1];
    order[at] = key;
  });
  return { order, firstOf };
}

function bucketsFor(keys: number): number {
  let buckets = 16;
  while (buckets < keys) buckets *= 2;
  return buckets;
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
  return hottestUpTo(placed, shards, limit, 1 + TOLERANCE) <= 1 + TOLERANCE;
}

/** The hottest shard, or the first that is above `enough`. */
function hottestUpTo(placed: PlacedKeys, shards: number, limit: PerDimension, enough: number): number {
  const { recordsBefore, bytesBefore, spread } = placed;
  let hottest = 0;
  // From each shard with keys to the next one with keys: few keys on many shards are as quick as the reverse.
  for (let from = 0; from < placed.positions.length && hottest <= enough;) {
    const to = keysBefore(placed, shardOf(placed, from, shards) + 1, shards);
    const records = recordsBefore[to] - recordsBefore[from] + spread.records / shards;
    const bytes = bytesBefore[to] - bytesBefore[from] + spread.bytes / shards;
    hottest = Math.max(hottest, records / limit.records, bytes / limit.bytes);
    from = to;
  }
  return Math.max(hottest, spread.records / shards / limit.records, spread.bytes / shards / limit.bytes);
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

/** Which shard counts fit, from `from` to the quota. */
export interface FittingCounts {
  /** The least that fits; null where none does. */
  readonly first: number | null;
  /** The least from which all up to the quota fit; null where the quota itself does not. */
  readonly hold: number | null;
  /** Those between that do not fit, the first few. */
  readonly bad: readonly number[];
  readonly badCount: number;
}

const LISTED = 12;

/**
 * Finds N_first and N_hold of math.md 2.4 by looking at every count that matters: fitting is not monotone, so
 * nothing here is found by halving but the width from which every alignment fits.
 */
export function fittingCounts(
  placed: PlacedKeys,
  limit: PerDimension,
  from: number,
  quota: number,
): FittingCounts {
  let first = from;
  while (first <= quota && !fitsOn(placed, first, limit)) first++;
  if (first > quota) return { first: null, hold: null, bad: [], badCount: 0 };
  const scan = widthThatFits(placed, limit, first, quota);
  let hold = scan;
  while (hold > first && fitsOn(placed, hold - 1, limit)) hold--;
  const bad: number[] = [];
  let badCount = 0;
  for (let shards = first + 1; shards < hold; shards++) {
    if (fitsOn(placed, shards, limit)) continue;
    badCount++;
    if (bad.length < LISTED) bad.push(shards);
  }
  return { first, hold: hold > quota ? null : hold, bad, badCount };
}

/** N_scan: the least count whose shards fit wherever they begin, or one above the quota. */
function widthThatFits(placed: PlacedKeys, limit: PerDimension, from: number, quota: number): number {
  let low = from - 1;
  let high = quota + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (hottestWindow(placed, middle, limit) <= 1 + TOLERANCE) high = middle;
    else low = middle;
  }
  return high;
}
