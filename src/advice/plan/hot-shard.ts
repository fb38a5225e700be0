/**
 * The constraint that several keys make together: no shard's keys may add up to more than it can carry. Exact where
 * the keys' names are known, a matter of chance where they are not.
 */
import { formatCount } from '../../model/quantity.ts';
import type { Constraint, HottestShard } from '../../results/plan-result.ts';
import type { KeyLoads } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import type { PlacedKeys } from '../placement/placement.ts';
import type { Assumption } from './assumption.ts';
import { percentOf } from './constraints.ts';
import type { Counts } from './shard-counts.ts';

export interface HotShardQuestion {
  /** Every key. */
  readonly all: KeyLoads;
  /** The keys that fit on a shard by themselves. */
  readonly fitting: KeyLoads;
  /** Planning limit of a shard. */
  readonly limit: PerDimension;
  readonly confidence: number;
  /** Part of the records that may be above the limit of their shard, where that is the criterion. */
  readonly maxThrottled?: number | undefined;
  /** Whether generated names are the user's own. */
  readonly namesGiven: boolean;
  /** No count above this is looked at. */
  readonly mostShards: number;
  /** Keys in their places, worked out once. */
  readonly placedOf: (loads: KeyLoads) => PlacedKeys;
}

export interface HotShard {
  readonly constraint: Constraint;
  readonly assumptions: readonly Assumption[];
  /** The least count from `from` on that fits, and the least from which all fit; null where none was found. */
  readonly countsFrom: (from: number) => Counts;
  /** With every key, also those that fit nowhere. */
  readonly hottestOn: (shards: number) => HottestShard;
  /** Probability that some shard is over the planning limit, with every key: an upper bound, or exactly 0 or 1. */
  readonly riskOn: (shards: number) => number;
  /** Whether the constraint holds at this very count. */
  readonly holdsOn: (shards: number) => boolean;
  /** The largest multiple of all loads, also of keys that fit nowhere, at which it would hold at this count. */
  readonly factorFor: (shards: number) => number;
}

/**
 * The constraint with its formula, however the keys are placed.
 * @param shards the least count that fits; null where none was found
 * @param placed how the keys come to their shards, as the end of `100 keys …`
 * @param at what holds at a count
 */
export function constraintOf(
  { all, fitting, maxThrottled, mostShards }: HotShardQuestion,
  shards: number | null,
  placed: string,
  at: (shards: number) => string,
  more = '',
): Constraint {
  const which = maxThrottled === undefined ? keysText(all, fitting) : keysText(all, all);
  return {
    name: 'hot-shard',
    shards,
    evaluated: true,
    formula:
      fitting.keyCount === 0
        ? noKeyText(all)
        : `${which} ${placed}: ${shards === null ? notWithin(mostShards) : at(shards)}${more}`,
  };
}

export function scaled({ records, bytes }: PerDimension, factor: number): PerDimension {
  return { records: records * factor, bytes: bytes * factor };
}

const notWithin = (most: number): string => `no count up to ${formatCount(most)} fits`;

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

/** Something is never written as nothing. */
export function share(part: number): string {
  return part > 0 && part < 0.0001 ? '<0.01 %' : percentOf(part);
}
