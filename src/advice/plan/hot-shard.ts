/**
 * The constraint that several keys make together: no shard's keys may add up to more than it can carry. Exact where
 * the keys' names are known, a matter of chance where they are not.
 */
import { formatBytes, formatCount, formatNumber } from '../../model/quantity.ts';
import type { Constraint, HottestShard } from '../../results/plan-result.ts';
import type { Assumption } from './assumption.ts';
import { percentOf, SHARD_LIMIT } from './constraints.ts';
import type { Counts } from './shard-counts.ts';
import { fillOf, type KeyLoads } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { fittingCounts } from '../placement/fitting-counts.ts';
import { hottestFill, LOAD_TOLERANCE, placeKeys, withoutPlacedAbove } from '../placement/placement.ts';
import { fewestShards, hottestQuantiles, randomKeysOf, riskAt } from '../placement/random-placement.ts';

export interface HotShardQuestion {
  /** Every key. */
  readonly all: KeyLoads;
  /** The keys that fit on a shard by themselves. */
  readonly fitting: KeyLoads;
  /** Planning limit of a shard. */
  readonly limit: PerDimension;
  readonly confidence: number;
  /** Whether generated names are the user's own. */
  readonly namesGiven: boolean;
  /** No count above this is looked at. */
  readonly mostShards: number;
}

export interface HotShard {
  readonly constraint: Constraint;
  readonly assumptions: readonly Assumption[];
  /** The least count from `from` on that fits, and the least from which all fit; null where none was found. */
  readonly countsFrom: (from: number) => Counts;
  /** With every key, also those that fit nowhere. */
  readonly hottestOn: (shards: number) => HottestShard;
}

const notWithin = (most: number): string => `no count up to ${formatCount(most)} fits`;

/** By the names: no chance in it. */
export function hotShardOfNames({ all, fitting, limit, mostShards }: HotShardQuestion): HotShard {
  const everything = placeKeys(all);
  const above = { records: limit.records * (1 + LOAD_TOLERANCE), bytes: limit.bytes * (1 + LOAD_TOLERANCE) };
  const placed = all === fitting ? everything : withoutPlacedAbove(everything, above);
  const least = Math.max(1, Math.ceil(fillOf(fitting.total, limit) * (1 - 1e-9)));
  const { first, hold, bad, badCount, fits } = fittingCounts(placed, limit, least, mostShards);
  const hottest =
    first === null
      ? notWithin(mostShards)
      : `${share(hottestFill(placed, first, SHARD_LIMIT))} on the hottest of ${first}`;
  const badText =
    badCount === 0
      ? ''
      : `; too hot again: ${bad.map(formatCount).join(', ')}${badCount > bad.length ? ' …' : ''}`;
  const spread: Assumption[] =
    placed.spreadKeys > 0
      ? [
          {
            text: `The ${formatCount(placed.spreadKeys)} lightest keys are spread evenly; only the heavier ones are placed by name.`,
            doubt: 'little',
          },
        ]
      : [];
  return {
    constraint: {
      name: 'hot-shard',
      shards: first,
      evaluated: true,
      formula:
        fitting.keyCount === 0
          ? noKeyText(all)
          : `${keysText(all, fitting)} by their names: ${hottest}${badText}`,
    },
    assumptions: spread,
    countsFrom: (from) => {
      if (first === null) return { shards: null, safe: null };
      let shards = Math.max(first, from);
      while (shards <= mostShards && !fits(shards)) shards++;
      return {
        shards: shards > mostShards ? null : shards,
        safe: hold === null || Math.max(hold, from) > mostShards ? null : Math.max(hold, from),
      };
    },
    hottestOn: (shards) => ({
      utilization: hottestFill(everything, shards, SHARD_LIMIT),
      placement: 'actual',
      shards,
    }),
  };
}

/** By chance: the names are not known, or stand for others. */
export function hotShardOfChance({
  all,
  fitting,
  limit,
  confidence,
  namesGiven,
  mostShards,
}: HotShardQuestion): HotShard {
  const risk = Math.round((1 - confidence) * 1e12) / 1e12;
  const keys = randomKeysOf(fitting, limit);
  const everything = all === fitting ? keys : randomKeysOf(all, limit);
  const first = fewestShards(keys, limit, risk, 1, mostShards);
  const dimensions = keys.sources.map((source) => source.dimension);
  const chances =
    first === null
      ? notWithin(mostShards)
      : chanceText(first, riskAt(keys, first, limit), risk, limit, dimensions);
  const both: Assumption[] =
    keys.sources.length > 1
      ? [
          {
            text: 'A shard too hot in records and one too hot in bytes are added up as if never the same one.',
            doubt: 'little',
          },
        ]
      : [];
  return {
    constraint: {
      name: 'hot-shard',
      shards: first,
      evaluated: true,
      formula: fitting.keyCount === 0 ? noKeyText(all) : `${keysText(all, fitting)} at random: ${chances}`,
    },
    assumptions: [
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
      ...both,
    ],
    countsFrom: (from) => {
      const shards =
        first === null ? null : from <= first ? first : fewestShards(keys, limit, risk, from, mostShards);
      return { shards, safe: shards };
    },
    hottestOn: (shards) => {
      const [p50, p95, p99, utilization] = hottestQuantiles(everything, shards, SHARD_LIMIT, [
        0.5,
        0.95,
        0.99,
        confidence,
      ]);
      return {
        utilization,
        placement: 'random',
        shards,
        p50,
        p95,
        p99,
        risk: riskAt(everything, shards, limit),
      };
    },
  };
}

function noKeyText({ keyCount }: KeyLoads): string {
  return keyCount === 0
    ? 'nothing is sent'
    : `no key is left without the ${formatCount(keyCount)} that no shard can carry`;
}

function keysText(all: KeyLoads, fitting: KeyLoads): string {
  const { keyCount } = fitting;
  const what = `${formatCount(keyCount)} ${keyCount === 1 ? 'key' : 'keys'}`;
  const without = all.keyCount - keyCount;
  return without === 0 ? what : `${what} (without the ${formatCount(without)} that no shard can carry)`;
}

/** `27 × P(a shard above 800/s) = 3.7 % <= 5 %`. */
function chanceText(
  shards: number,
  total: number,
  risk: number,
  limit: PerDimension,
  dimensions: readonly string[],
): string {
  const levels = [
    ...(dimensions.includes('records') ? [`${formatNumber(limit.records)}/s`] : []),
    ...(dimensions.includes('bytes') ? [`${formatBytes(limit.bytes)}/s`] : []),
  ];
  return `${formatCount(shards)} × P(a shard above ${levels.join(' or ')}) = ${share(total)} <= ${percentOf(risk)}`;
}

/** Something is never written as nothing. */
function share(part: number): string {
  return part > 0 && part < 0.0001 ? '<0.01 %' : percentOf(part);
}
