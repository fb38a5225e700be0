/**
 * The hottest shard when the keys' names are not known: probabilities over where the names may fall.
 *
 * With q the probability that one shard is over its limit, the probability that some shard is lies between
 * 1 - (1 - q)^N and N q, whatever the keys (math.md 2.1: Joag-Dev & Proschan 1983). Plans use N q.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Dimension } from '../../results/report-document.ts';
import type { KeyLoads } from './key-loads.ts';
import { fillOf } from './key-loads.ts';
import type { PerDimension } from './key-run.ts';
import { excessShare } from './expected-excess.ts';
import {
  distributionOf,
  tailAbove,
  tailSourceOf,
  type LoadDistribution,
  type TailSource,
} from './shard-tail.ts';

/** A bracket this narrow is searched from below, count by count: fitting is not proven monotone. */
const SCAN = 16;

/** Keys whose places are drawn. */
export interface RandomKeys {
  readonly loads: KeyLoads;
  /** One source where records or bytes decide alone, else both, and their probabilities add up. */
  readonly sources: readonly TailSource[];
}

/**
 * Leaves out the dimension that can never be the worse one: where every key's records are smaller than the ratio
 * of the limits, a shard over in bytes is over in records too.
 * @param limit of one shard, per second
 */
export function randomKeysOf(loads: KeyLoads, limit: PerDimension): RandomKeys {
  const ratio = limit.bytes / limit.records;
  const dimensions: Dimension[] = [];
  if (loads.bytesPerRecord.min < ratio) dimensions.push('records');
  if (loads.bytesPerRecord.max >= ratio) dimensions.push('bytes');
  return { loads, sources: dimensions.map((dimension) => tailSourceOf(loads, dimension)) };
}

/** Upper bound of P(some shard above the limit in records or bytes), 0…1. */
export function riskAt(keys: RandomKeys, shards: number, limit: PerDimension, decideAt?: number): number {
  let q = 0;
  for (const source of keys.sources) {
    q += tailAbove(source, shards, limit[source.dimension], decideAt && decideAt / shards);
  }
  return Math.min(1, shards * q);
}

/**
 * The smallest count at which the risk is at most `risk`, or null where no count up to the quota will do.
 * @param limit planning limit of one shard, per second, headroom taken off
 */
export function fewestShards(
  keys: RandomKeys,
  limit: PerDimension,
  risk: number,
  from = 1,
  quota: number = LIMITS.shardQuota.value,
): number | null {
  const fits = (shards: number): boolean => riskAt(keys, shards, limit, risk) <= risk;
  const fluid = Math.ceil(fillOf(keys.loads.total, limit) * (1 - 1e-9));
  return fewestThat(fits, Math.max(1, from, fluid), quota);
}

/**
 * The smallest count at which no more than a part of the load is expected to be above the limit, or null.
 * @param most 0…1, above 0
 */
export function fewestThrottling(
  keys: RandomKeys,
  limit: PerDimension,
  most: number,
  from = 1,
  quota: number = LIMITS.shardQuota.value,
): number | null {
  const fluid = Math.ceil(fillOf(keys.loads.total, limit) * (1 - most) * (1 - 1e-9));
  const fits = (shards: number): boolean => expectedAbove(keys, shards, limit) <= most;
  return fewestThat(fits, Math.max(1, from, fluid), quota);
}

/** Upwards in growing steps, then by halving, then count by count. */
function fewestThat(fits: (shards: number) => boolean, from: number, quota: number): number | null {
  let low = from - 1; // known not to fit, or below the range
  let high = low + 1;
  for (let step = 1; !fits(Math.min(high, quota)); step *= 2) {
    if (high >= quota) return null;
    low = high;
    high = Math.min(quota, high + step);
  }
  if (high > quota) return null;
  while (high - low > SCAN) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) high = middle;
    else low = middle;
  }
  for (let shards = low + 1; shards < high; shards++) if (fits(shards)) return shards;
  return high;
}

/** What there is to say of the hottest of so many shards, before its names are known. */
export interface RandomHottest {
  /** The level that it stays below with at least this probability, as a part of one shard's limit. */
  quantile(probability: number): number;
  /** Mean over placements of the share of the load that is above the shards' limits. */
  readonly throttled: number;
}

/** One less than the highest probability that is asked for, as a rule. */
const STRICTEST = 0.01;

/** @param limit of one shard, per second, before headroom @param strictest 1 less the highest probability asked for */
export function hottestOf(
  keys: RandomKeys,
  shards: number,
  limit: PerDimension,
  strictest = STRICTEST,
): RandomHottest {
  let upper = Math.max(1, firstUpper(keys, shards, limit));
  let tails = tailsUpTo(keys, shards, limit, upper);
  while (shards * tails.above(upper) > strictest && upper < fillOf(keys.loads.total, limit)) {
    upper *= 1.5;
    tails = tailsUpTo(keys, shards, limit, upper);
  }
  return {
    quantile: (p) =>
      wholeKeys(
        keys,
        limit,
        lowestLevel((at) => shards * tails.above(at) <= 1 - p, upper),
      ),
    throttled: tails.throttled(),
  };
}

/** Mean over placements of the share of the load that is above the limit of its shard, 0…1. */
export function expectedAbove(keys: RandomKeys, shards: number, limit: PerDimension): number {
  return tailsUpTo(keys, shards, limit, Math.max(1, firstUpper(keys, shards, limit))).throttled();
}

/** Several quantiles of the hottest shard. @param limit of one shard, per second, before headroom */
export function hottestQuantiles(
  keys: RandomKeys,
  shards: number,
  limit: PerDimension,
  probabilities: readonly number[],
): number[] {
  const hottest = hottestOf(keys, shards, limit, 1 - Math.max(...probabilities));
  return probabilities.map((p) => hottest.quantile(p));
}

/**
 * The largest multiple of all loads for which so many shards keep the risk, to one part in a million from below.
 * The risk falls as the limit grows (math.md 2.5): the multiple grows as the limit would shrink.
 * @param limit planning limit of one shard, per second, headroom taken off
 */
export function largestFactor(keys: RandomKeys, shards: number, limit: PerDimension, risk: number): number {
  const fits = (factor: number): boolean =>
    riskAt(keys, shards, { records: limit.records / factor, bytes: limit.bytes / factor }, risk) <= risk;
  const mean = fillOf(keys.loads.total, limit) / shards;
  if (!(mean > 0)) return Infinity;
  // Levels are found to so many digits of the limit: of one that the mean shard just reaches.
  const reached = { records: limit.records * mean, bytes: limit.bytes * mean };
  const level = hottestOf(keys, shards, reached, risk).quantile(1 - risk);
  return largestThat(fits, 1 / (level * mean));
}

/** The largest number at which a condition holds that holds below and not above, to a part in ten million. */
export function largestThat(holds: (value: number) => boolean, guess: number): number {
  let low = guess;
  let high = guess;
  for (let part = 1e-4; !holds(low); part *= 4) [high, low] = [low, low * Math.max(0.25, 1 - part)];
  for (let part = 1e-4; low === high || holds(high); part *= 4) [low, high] = [high, high * (1 + part)];
  while (high - low > low * 1e-7) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Equal keys make steps: the level is a whole number of keys. */
function wholeKeys({ sources }: RandomKeys, limit: PerDimension, level: number): number {
  if (sources.length !== 1 || sources[0].equal === undefined) return level;
  const perKey = sources[0].equal / limit[sources[0].dimension];
  return Math.floor(level / perKey + 1e-4) * perKey;
}

/** The mean, six standard deviations and the heaviest key on top: the quantiles asked for are mostly below. */
function firstUpper(keys: RandomKeys, shards: number, limit: PerDimension): number {
  const levels = keys.sources.map(({ loads, dimension, heaviest }) => {
    const squares = loads.runs.reduce((sum, run) => sum + run.momentsFrom(0, dimension).squares, 0);
    const level = loads.total[dimension] / shards + 6 * Math.sqrt(squares / shards) + (heaviest.at(0) ?? 0);
    return level / limit[dimension];
  });
  return Math.max(...levels);
}

/** q as a function of the level, as a part of the limit; and the share above the limit itself. */
function tailsUpTo(
  { sources }: RandomKeys,
  shards: number,
  limit: PerDimension,
  upper: number,
): { above: (level: number) => number; throttled: () => number } {
  const tails = sources.map((source) => {
    const full = limit[source.dimension];
    let distribution: LoadDistribution | undefined;
    const distributed = (): LoadDistribution =>
      (distribution ??= distributionOf(source, shards, upper * full, STRICTEST / shards));
    return {
      above: (level: number) =>
        source.equal === undefined
          ? distributed().above(level * full)
          : tailAbove(source, shards, level * full),
      throttled: () => excessShare(source, shards, full, distributed),
    };
  });
  return {
    above: (level) => tails.reduce((sum, tail) => sum + tail.above(level), 0),
    // A shard that is over in both throttles what is over in the worse.
    throttled: () => tails.reduce((most, tail) => Math.max(most, tail.throttled()), 0),
  };
}

/** The lowest level at which a monotone condition holds, to five digits from above. */
function lowestLevel(holds: (level: number) => boolean, upper: number): number {
  let low = 0;
  let high = upper;
  while (high - low > upper * 1e-5) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
