/**
 * A plan the other way round: the largest rate that a given number of shards carries, everything else in proportion,
 * and which constraint sets it.
 */
import type { PlanReverse, RateBound } from '../../results/plan-reverse.ts';
import { heaviestKey } from '../placement/key-loads.ts';
import { planningLimit, SHARD_LIMIT, shardsFor, totalsOf } from './constraints.ts';
import { spreadBounds } from './plan.ts';
import type { PlanInput } from './plan-input.ts';
import { placesOf, type PlanPlaces } from './plan-places.ts';
import { quota } from './quota.ts';

/** Rates are whole millionths of a record per second. */
const MILLIONTHS = 1_000_000;
/** No rate above this is looked at. */
const MOST_PER_SEC = 1_000_000_000;

/** The same traffic at another rate: sources, and what is said of them, in proportion. */
export function atRate(input: PlanInput, ratePerSec: number): PlanInput {
  const factor = ratePerSec / totalsOf(input).records;
  return {
    ...input,
    sources: input.sources.map((source) => ({
      ...source,
      recordsPerSec: source.recordsPerSec * factor,
      meanRecordsPerSec: source.meanRecordsPerSec * factor,
    })),
  };
}

/** Where searches start: at one record per second every key fits on a shard. */
const START_PER_SEC = 1;

/**
 * @param input its sources in proportion are what is asked about
 * @param isRateGiven whether its rate is to be held against the answer
 */
export function planReverse(input: PlanInput, shards: number, isRateGiven: boolean): PlanReverse {
  const total = totalsOf(input);
  const start = atRate(input, START_PER_SEC);
  const places = placesOf(start);
  const perConstraint = [
    ...spreadRates(start, places, shards),
    { name: 'quota' as const, ratePerSec: quota(input, shards, false).constraint.shards === null ? 0 : null },
    ...(places === undefined ? [] : keyRates(start, places, shards)),
  ];
  const least = perConstraint.reduce((a, b) =>
    (b.ratePerSec ?? Infinity) < (a.ratePerSec ?? Infinity) ? b : a,
  );
  const ratePerSec = least.ratePerSec ?? MOST_PER_SEC;
  const isChance = places !== undefined && !places.isNamed && input.maxThrottled === undefined;
  return {
    shards,
    ratePerSec,
    bytesPerSec: (ratePerSec / total.records) * total.bytes,
    binding: least.ratePerSec === null ? null : least.name,
    perConstraint,
    ...(isChance ? { confidence: input.confidence } : {}),
    ...(isRateGiven
      ? { given: { ratePerSec: total.records, fits: total.records <= ratePerSec + 1 / MILLIONTHS } }
      : {}),
  };
}

/** Each as if the load were spread evenly, asked at many rates; and where keys have a part in it, with them. */
function spreadRates(start: PlanInput, places: PlanPlaces | undefined, shards: number): RateBound[] {
  return spreadBounds(start, places?.planKeys).flatMap(({ constraint, factorFor }, i) => {
    if (!constraint.evaluated) return [];
    const holds = (ratePerSec: number): boolean =>
      (spreadBounds(atRate(start, ratePerSec), undefined)[i].constraint.shards ?? Infinity) <= shards;
    const even = largestRate(holds);
    const placed = factorFor === undefined ? null : rateOfFactor(factorFor(shards));
    return [{ name: constraint.name, ratePerSec: lower(even, placed) }];
  });
}

function lower(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** Sums of floating point: what looks like a whole number of millionths is one. */
function rateOfFactor(factor: number): number | null {
  const ratePerSec = START_PER_SEC * factor;
  return ratePerSec > MOST_PER_SEC ? null : Math.floor(ratePerSec * MILLIONTHS * (1 + 1e-12)) / MILLIONTHS;
}

function keyRates(start: PlanInput, { all, hotShard }: PlanPlaces, shards: number): RateBound[] {
  const key = heaviestKey(all, planningLimit(start.headroom));
  const fitsAlone = (ratePerSec: number): boolean =>
    key === undefined ||
    (['records', 'bytes'] as const).every(
      (dimension) =>
        shardsFor((key[dimension] / START_PER_SEC) * ratePerSec, SHARD_LIMIT[dimension], start.headroom) ===
        1,
    );
  return [
    // Where some may be throttled, what is too much of a key is part of that.
    ...(start.maxThrottled === undefined
      ? [{ name: 'hot-key' as const, ratePerSec: largestRate(fitsAlone) }]
      : []),
    { name: 'hot-shard', ratePerSec: rateOfFactor(hotShard.factorFor(shards)) },
  ];
}

/** The largest rate at which a condition holds that holds below; null where it holds at any, 0 where at none. */
function largestRate(holds: (ratePerSec: number) => boolean): number | null {
  let low = 0;
  let high = MOST_PER_SEC * MILLIONTHS;
  if (holds(MOST_PER_SEC)) return null;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle / MILLIONTHS)) low = middle;
    else high = middle;
  }
  return low / MILLIONTHS;
}
