/**
 * A rule that every shard has to keep: what the keys on it carry, and what any one of them carries, within a limit.
 * Writing, reading, working off, catching up and bursting are all of this form and differ in load and limit only.
 */
import { heaviestKey, withoutKeysAbove, fillOf, type KeyLoads } from '../placement/key-loads.ts';
import type { KeyLoad, PerDimension } from '../placement/key-run.ts';
import { fittingCounts } from '../placement/fitting-counts.ts';
import { hottestFill, type PlacedKeys } from '../placement/placement.ts';
import { fewestShards, largestFactor, randomKeysOf } from '../placement/random-placement.ts';
import { planningLimit, shardsFor } from './constraints.ts';
import { remembered, type Bound, type Counts } from './shard-counts.ts';

/** Loads are sums of floating point: a key is above the limit by more than this part. */
const TOLERANCE = 1e-9;

/** The keys of a plan, and what is known of where they fall. */
export interface PlanKeys {
  /** Those that some shard can take by themselves. */
  readonly fitting: KeyLoads;
  /** Where they fall: by their names; otherwise by chance. */
  readonly isNamed: boolean;
  /** Accepted probability that some shard is above the limit. */
  readonly risk: number;
  /** No count above this is looked at. */
  readonly mostShards: number;
  readonly placedOf: (loads: KeyLoads) => PlacedKeys;
}

export interface ShardRule {
  /** Of the whole stream. */
  readonly load: PerDimension;
  /** Of one shard, before headroom; Infinity where there is none. In the unit of `load`. */
  readonly limit: PerDimension;
  /** Of one key, where that is less. */
  readonly keyLimit?: PerDimension;
  /** What a key's load is multiplied by to be in the unit of `load`. */
  readonly scale: number;
  /** Loads of keys that are not in proportion to those of the plan. */
  readonly loads?: KeyLoads | undefined;
}

export interface RuleCounts {
  /** Shards where all carry the same. */
  readonly even: number;
  /** With the keys where they fall; null where no count will do. */
  readonly shards: number | null;
  /** The heaviest key, where it alone is above the limit; its load times `scale`. */
  readonly tooHeavy?: KeyLoad;
  readonly countsFrom?: (from: number) => Counts;
  /** The largest multiple of the keys' loads at which so many shards keep the rule; absent where nothing is known of keys. */
  readonly factorFor?: (shards: number) => number;
  /** What the plan's keys on one shard may carry per second. */
  readonly limit: PerDimension;
}

/** @param keys undefined where nothing is known of them: then all shards carry the same */
export function countsOfRule(rule: ShardRule, keys: PlanKeys | undefined, headroom: number): RuleCounts {
  const even = Math.max(
    ...(['records', 'bytes'] as const).map((dimension) =>
      rule.limit[dimension] === Infinity
        ? 1
        : shardsFor(rule.load[dimension], rule.limit[dimension], headroom),
    ),
  );
  const limit = scaled(planningLimit(headroom, rule.limit), rule.scale);
  if (keys === undefined || (rule.loads ?? keys.fitting).keyCount === 0) return { even, shards: even, limit };
  const loads = rule.loads ?? keys.fitting;
  const keyLimit = scaled(planningLimit(headroom, rule.keyLimit ?? rule.limit), rule.scale * (1 - TOLERANCE));
  if (withoutKeysAbove(loads, keyLimit).keyCount < loads.keyCount) {
    return { even, shards: null, limit, tooHeavy: timesScale(heaviestKey(loads, keyLimit), rule.scale) };
  }
  const heaviest = heaviestKey(loads, keyLimit);
  const alone = heaviest === undefined ? Infinity : 1 / fillOf(heaviest, keyLimit);
  const { first, countsFrom, factorFor } = keys.isNamed
    ? byName(loads, limit, keys)
    : byChance(loads, limit, keys);
  return {
    even,
    shards: first === null ? null : Math.max(even, first),
    limit,
    countsFrom: remembered(countsFrom),
    factorFor: (shards) => Math.min(alone, factorFor(shards)),
  };
}

/** Of several rules: the least factor; undefined where none has one. */
export function factorOfAll(rules: readonly RuleCounts[]): Bound['factorFor'] {
  const factors = rules.flatMap(({ factorFor }) => factorFor ?? []);
  return factors.length === 0
    ? undefined
    : (shards) => Math.min(...factors.map((factorFor) => factorFor(shards)));
}

/** Of several rules: the counts that hold one after the other until all do. */
export function countsFromAll(rules: readonly RuleCounts[]): (from: number) => Counts {
  const placed = rules.flatMap(({ countsFrom }) => countsFrom ?? []);
  return (from) => {
    let shards: number | null = from;
    let safe: number | null = from;
    for (const countsFrom of placed) {
      if (shards === null) break;
      const next: Counts = countsFrom(shards);
      shards = next.shards;
      safe = safe === null || next.safe === null ? null : Math.max(safe, next.safe);
    }
    return { shards, safe };
  };
}

function scaled({ records, bytes }: PerDimension, scale: number): PerDimension {
  return { records: records / scale, bytes: bytes / scale };
}

function timesScale(key: KeyLoad | undefined, scale: number): KeyLoad {
  if (key === undefined) throw new Error('a key is above the limit, and none is the heaviest');
  return { ...key, records: key.records * scale, bytes: key.bytes * scale };
}

interface Found {
  readonly first: number | null;
  readonly countsFrom: (from: number) => Counts;
  readonly factorFor: (shards: number) => number;
}

function byName(loads: KeyLoads, limit: PerDimension, { placedOf, mostShards }: PlanKeys): Found {
  const placed = placedOf(loads);
  const least = Math.max(1, Math.ceil(fillOf(loads.total, limit) * (1 - TOLERANCE)));
  const { first, hold, fits } = fittingCounts(placed, limit, least, mostShards);
  return {
    first,
    countsFrom: (from) => {
      if (first === null) return { shards: null, safe: null };
      let shards = Math.max(first, from);
      while (shards <= mostShards && !fits(shards)) shards++;
      return {
        shards: shards > mostShards ? null : shards,
        safe: hold === null || Math.max(hold, from) > mostShards ? null : Math.max(hold, from),
      };
    },
    factorFor: (shards) => 1 / hottestFill(placed, shards, limit),
  };
}

function byChance(loads: KeyLoads, limit: PerDimension, { risk, mostShards }: PlanKeys): Found {
  const random = randomKeysOf(loads, limit);
  const first = fewestShards(random, limit, risk, 1, mostShards);
  return {
    first,
    countsFrom: (from) => {
      const shards =
        first === null || from <= first ? first : fewestShards(random, limit, risk, from, mostShards);
      return { shards, safe: shards };
    },
    factorFor: (shards) => largestFactor(random, shards, limit, risk),
  };
}
