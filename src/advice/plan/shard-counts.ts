/**
 * Which shard counts hold all constraints at once: for some every count from one on does, for others, where the places
 * of keys matter, a larger count can be worse again.
 */
import type { Assumption } from './assumption.ts';
import type { PerDimension } from '../placement/key-run.ts';
import type { Constraint } from '../../results/plan-result.ts';

/** The least count from a given one on that holds, and the least from which all hold; null where none was found. */
export interface Counts {
  readonly shards: number | null;
  readonly safe: number | null;
}

export interface Bound {
  readonly constraint: Constraint;
  /** Absent: every count from the constraint's own on holds. */
  readonly countsFrom?: ((from: number) => Counts) | undefined;
  /** The largest multiple of all loads at which so many shards hold it; absent where the keys have no part in it. */
  readonly factorFor?: ((shards: number) => number) | undefined;
  /** Shards where all carry the same; absent: the constraint's own. */
  readonly even?: number;
  /** What the plan's keys on any one shard may carry per second, by each of its rules. */
  readonly shardLimits?: readonly PerDimension[];
  /** Where no count will do: what would. One sentence each. */
  readonly remedies?: readonly string[];
  readonly assumptions?: readonly Assumption[];
}

/** The least counts from `from` on at which every bound holds; null where no count does. */
export function countsOfAll(bounds: readonly Bound[], from = 1): Counts {
  const own = bounds.flatMap(({ constraint }) => (constraint.evaluated ? [constraint.shards] : []));
  if (own.includes(null)) return { shards: null, safe: null };
  const placed = bounds.flatMap(({ countsFrom }) => countsFrom ?? []);
  let shards = Math.max(from, ...own.map((count) => count ?? 1));
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const countsFrom of placed) {
      const next = countsFrom(shards).shards;
      if (next === null) return { shards: null, safe: null };
      if (next > shards) [shards, isSettled] = [next, false];
    }
  }
  let safe: number | null = shards;
  for (const countsFrom of placed) {
    const next: number | null = countsFrom(shards).safe;
    safe = safe === null || next === null ? null : Math.max(safe, next);
  }
  return { shards, safe };
}

/** The same function, asked once for each count: where places are a matter of chance, an answer is dear. */
export function remembered(countsFrom: (from: number) => Counts): (from: number) => Counts {
  const known = new Map<number, Counts>();
  return (from) => {
    const counts = known.get(from) ?? countsFrom(from);
    known.set(from, counts);
    return counts;
  };
}

/** What all constraints that have a count of their own ask for. */
export function largestOf(constraints: readonly Constraint[]): number {
  return Math.max(1, ...constraints.map((constraint) => constraint.shards ?? 1));
}

/** The one that asks for most; one that no count meets asks for more than any other. Ties go to the first. */
export function bindingOf(constraints: readonly Constraint[]): Constraint['name'] | null {
  let binding: Constraint | undefined;
  for (const constraint of constraints) {
    if (!constraint.evaluated) continue;
    if (binding === undefined || (constraint.shards ?? Infinity) > (binding.shards ?? Infinity))
      binding = constraint;
  }
  return binding?.name ?? null;
}
