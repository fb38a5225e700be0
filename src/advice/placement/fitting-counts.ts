/**
 * Which shard counts fit keys whose names are known. Fitting is not monotone in the number of shards (math.md 2.4), so
 * every count is looked at; but only where the keys are dense enough to be too much for a shard.
 */
import { hottestAmong, LOAD_TOLERANCE, recordsAbove, totalRecords, type PlacedKeys } from './placement.ts';
import { POSITIONS } from '../../model/hash-key.ts';
import type { PerDimension } from './key-run.ts';

/** Which shard counts fit, from `from` to the quota. */
export interface FittingCounts {
  /** N_first: the least that fits; null where none does. */
  readonly first: number | null;
  /** N_hold: the least from which all up to the quota fit; null where the quota itself does not. */
  readonly hold: number | null;
  /** N_scan: the least at which every window as wide as a shard fits, so that every larger count does; or null. */
  readonly scan: number | null;
  /** Those between `first` and `hold` that do not fit, the first few. */
  readonly bad: readonly number[];
  readonly badCount: number;
  /** Whether a count from `from` to the quota fits. */
  readonly fits: (shards: number) => boolean;
}

const LISTED = 12;
/** The dense regions are found anew whenever shards are narrower by this part. */
const NARROWER = 1.04;

/** Keys from one index to before another, in pairs: every window that is too full lies in one such region. */
type Regions = readonly number[];

/**
 * Looks at every count from `from` to the quota, or to N_scan.
 * @param limit of one shard, per second
 * @param from a count that the sum of all loads needs, or more
 * @param tolerated part of the records that may be above the limit, 0…1
 */
export function fittingCounts(
  placed: PlacedKeys,
  limit: PerDimension,
  from: number,
  quota: number,
  tolerated = 0,
): FittingCounts {
  const misses = new Uint8Array(quota + 1);
  let first: number | null = null;
  let lastMiss = from - 1;
  const whole: Regions = [0, placed.positions.length];
  let regions = tooFull(placed, from, limit, whole);
  let narrowAt = from * NARROWER;
  let shards = from;
  let hint = 0;
  for (; shards <= quota && regions.length > 0; shards++) {
    if (shards > narrowAt) {
      const finer = tooFull(placed, shards, limit, regions);
      if (finer.length === 0) break;
      regions = finer;
      narrowAt = shards * NARROWER;
      hint = 0;
    }
    const miss =
      tolerated > 0
        ? tooMuch(placed, shards, limit, regions, tolerated)
        : firstMiss(placed, shards, limit, regions, hint);
    if (miss === undefined) first ??= shards;
    else {
      hint = miss;
      misses[shards] = 1;
      lastMiss = shards;
    }
  }
  if (shards <= quota) first ??= shards;
  const scan =
    regions.length === 0 ? from : scanFrom(placed, limit, regions, Math.max(from, lastMiss), shards, quota);
  return {
    first,
    hold: first === null || lastMiss === quota ? null : Math.max(first, lastMiss + 1),
    scan,
    ...listOf(misses, first, lastMiss),
    fits: (count) => count >= from && count <= quota && misses[count] === 0,
  };
}

/** The regions, of those given, in which a window as wide as one of `shards` shards is too full. */
function tooFull(placed: PlacedKeys, shards: number, limit: PerDimension, within: Regions): Regions {
  const { positions, recordsBefore, bytesBefore, spread } = placed;
  const records = limit.records * (1 + LOAD_TOLERANCE) - spread.records / shards;
  const bytes = limit.bytes * (1 + LOAD_TOLERANCE) - spread.bytes / shards;
  // A little wider than any shard: the last one takes the remainder of the division.
  const width = POSITIONS / shards + 4;
  const regions: number[] = [];
  let end = -1;
  for (let r = 0; r < within.length; r += 2) {
    const last = within[r + 1];
    for (let from = within[r], to = from; from < last; from++) {
      const reach = positions[from] + width;
      while (to < last && positions[to] <= reach) to++;
      const isOver =
        recordsBefore[to] - recordsBefore[from] > records || bytesBefore[to] - bytesBefore[from] > bytes;
      if (!isOver) continue;
      if (from < end) regions[regions.length - 1] = to;
      else regions.push(from, to);
      end = to;
    }
  }
  return regions;
}

/** The region in which a shard is over its limit, searched from region `hint` on; undefined where none is. */
function firstMiss(
  placed: PlacedKeys,
  shards: number,
  limit: PerDimension,
  regions: Regions,
  hint: number,
): number | undefined {
  const enough = 1 + LOAD_TOLERANCE;
  for (let i = 0; i < regions.length; i += 2) {
    const r = (hint + i) % regions.length;
    if (hottestAmong(placed, shards, limit, enough, regions[r], regions[r + 1]).fill > enough) return r;
  }
  return undefined;
}

/** The region with which more than a part of all records is above the limit; undefined where it is not that much. */
function tooMuch(
  placed: PlacedKeys,
  shards: number,
  limit: PerDimension,
  regions: Regions,
  tolerated: number,
): number | undefined {
  const most = totalRecords(placed) * tolerated * (1 + LOAD_TOLERANCE);
  let above = 0;
  for (let r = 0; r < regions.length; r += 2) {
    above += recordsAbove(placed, shards, limit, regions[r], regions[r + 1]);
    if (above > most) return r;
  }
  return undefined;
}

/** The least count above `low` without a region; `high` is one, or beyond the quota. */
function scanFrom(
  placed: PlacedKeys,
  limit: PerDimension,
  regions: Regions,
  low: number,
  high: number,
  quota: number,
): number | null {
  if (high > quota && tooFull(placed, quota, limit, regions).length > 0) return null;
  let [not, does] = [low, Math.min(high, quota)];
  while (does - not > 1) {
    const middle = Math.floor((not + does) / 2);
    if (tooFull(placed, middle, limit, regions).length === 0) does = middle;
    else not = middle;
  }
  return does;
}

function listOf(
  misses: Uint8Array,
  first: number | null,
  lastMiss: number,
): { bad: number[]; badCount: number } {
  const bad: number[] = [];
  let badCount = 0;
  if (first === null) return { bad, badCount };
  for (let shards = first + 1; shards <= lastMiss; shards++) {
    if (misses[shards] === 0) continue;
    badCount++;
    if (bad.length < LISTED) bad.push(shards);
  }
  return { bad, badCount };
}
