/**
 * The hottest shard where the names of the keys are not known, or stand for others: a matter of chance, once for all.
 */
import { formatBytes, formatCount, formatNumber } from '../../model/quantity.ts';
import type { PerDimension } from '../placement/key-run.ts';
import {
  expectedAbove,
  fewestShards,
  fewestThrottling,
  hottestOf,
  largestFactor,
  largestThat,
  randomKeysOf,
  riskAt,
  type RandomKeys,
} from '../placement/random-placement.ts';
import type { Assumption } from './assumption.ts';
import { percentOf, SHARD_LIMIT } from './constraints.ts';
import { constraintOf, scaled, share, type HotShard, type HotShardQuestion } from './hot-shard.ts';

export function hotShardOfChance(question: HotShardQuestion): HotShard {
  const { all, fitting, limit, confidence, maxThrottled, mostShards } = question;
  const risk = Math.round((1 - confidence) * 1e12) / 1e12;
  const everything = randomKeysOf(all, limit);
  // Where some may be throttled, keys that fit nowhere count with what is too much of them.
  const keys = all === fitting || maxThrottled !== undefined ? everything : randomKeysOf(fitting, limit);
  const firstFrom = (from: number): number | null =>
    maxThrottled === undefined
      ? fewestShards(keys, limit, risk, from, mostShards)
      : fewestThrottling(keys, limit, maxThrottled, from, mostShards);
  const first = firstFrom(1);
  return {
    constraint: constraintOf(question, first, 'at random', formulaAt(question, keys, risk)),
    assumptions: assumptionsOf(question, keys),
    countsFrom: (from) => {
      const shards = first === null ? null : from <= first ? first : firstFrom(from);
      return { shards, safe: shards };
    },
    hottestOn: (shards) => {
      const hottest = hottestOf(everything, shards, SHARD_LIMIT, Math.min(0.01, risk));
      const over = riskAt(everything, shards, limit);
      // Both are read off grids; a level is never above the limit that is kept more often than it asks for.
      const kept = limit.records / SHARD_LIMIT.records;
      const quantile = (p: number): number =>
        over <= 1 - p ? Math.min(kept, hottest.quantile(p)) : hottest.quantile(p);
      return {
        utilization: quantile(confidence),
        placement: 'random',
        shards,
        p50: quantile(0.5),
        p95: quantile(0.95),
        p99: quantile(0.99),
        risk: over,
        throttled: hottest.throttled,
      };
    },
    riskOn: (shards) => riskAt(everything, shards, limit),
    holdsOn: (shards) =>
      maxThrottled === undefined
        ? riskAt(keys, shards, limit, risk) <= risk
        : expectedAbove(keys, shards, limit) <= maxThrottled,
    factorFor: (shards) => {
      if (maxThrottled === undefined) return largestFactor(everything, shards, limit, risk);
      const guess = largestFactor(everything, shards, limit, 0.05);
      const above = (factor: number): number => expectedAbove(everything, shards, scaled(limit, 1 / factor));
      return guess === Infinity ? guess : largestThat((factor) => above(factor) <= maxThrottled, guess);
    },
  };
}

function formulaAt(
  { limit, maxThrottled }: HotShardQuestion,
  keys: RandomKeys,
  risk: number,
): (shards: number) => string {
  const level = levelText(keys, limit);
  return (shards) =>
    maxThrottled === undefined
      ? `${formatCount(shards)} × P(a shard above ${level}) = ${share(riskAt(keys, shards, limit))} <= ${percentOf(risk)}`
      : `${share(expectedAbove(keys, shards, limit))} of all expected above ${level} of their shard on ${formatCount(shards)} <= ${percentOf(maxThrottled)}`;
}

/** `800/s or 819 KiB/s`. */
function levelText({ sources }: RandomKeys, limit: PerDimension): string {
  const texts = { records: `${formatNumber(limit.records)}/s`, bytes: `${formatBytes(limit.bytes)}/s` };
  return sources.map(({ dimension }) => texts[dimension]).join(' or ');
}

function assumptionsOf({ namesGiven }: HotShardQuestion, { sources }: RandomKeys): Assumption[] {
  const both = 'A shard too hot in records and one too hot in bytes are added up as if never the same one.';
  return [
    {
      text: namesGiven
        ? "The scenario's generated names stand for names that are not known: each key falls on any shard alike (--placement actual takes them as they are)."
        : 'Key names are not known: each key falls on any shard alike.',
      doubt: 'some',
    },
    {
      text: 'Larger counts are taken to fit as well: proven for equal keys, without a known counterexample for others.',
      doubt: 'little',
    },
    ...(sources.length > 1 ? [{ text: both, doubt: 'little' } as const] : []),
  ];
}
