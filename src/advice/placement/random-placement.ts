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
import { distributionOf, tailAbove, tailSourceOf, type TailSource } from './shard-tail.ts';

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
  let low = Math.max(1, from, fluid) - 1; // known not to fit, or below the range
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

/**
 * Levels that the hottest shard stays below with at least these probabilities, as parts of one shard's limit.
 * @param limit of one shard, per second, before headroom
 */
export function hottestQuantiles(
  keys: RandomKeys,
  shards: number,
  limit: PerDimension,
  probabilities: readonly number[],
): number[] {
  const strictest = 1 - Math.max(...probabilities);
  let upper = firstUpper(keys, shards, limit);
  let tails = tailsUpTo(keys, shards, limit, upper);
  while (shards * tails(upper) > strictest && upper < fillOf(keys.loads.total, limit)) {
    upper *= 1.5;
    tails = tailsUpTo(keys, shards, limit, upper);
  }
  return probabilities.map((p) => {
    const level = lowestLevel((at) => shards * tails(at) <= 1 - p, upper);
    return wholeKeys(keys, limit, level);
  });
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

/** q as a function of the level, as a part of the limit. */
function tailsUpTo(
  { sources }: RandomKeys,
  shards: number,
  limit: PerDimension,
  upper: number,
): (level: number) => number {
  const tails = sources.map((source) => {
    const full = limit[source.dimension];
    if (source.equal !== undefined) return (level: number) => tailAbove(source, shards, level * full);
    const distribution = distributionOf(source, shards, upper * full);
    return (level: number) => distribution.above(level * full);
  });
  return (level) => tails.reduce((sum, tail) => sum + tail(level), 0);
}

/** The lowest level at which a monotone condition holds, to five digits from above. */
function lowestLevel(holds: (level: number) => boolean, upper: number): number {
  let low = 0;
  let high = upper;
  while (high - low > upper * 1e-6) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
