/**
 * The part of a plan that asks the other way round: how much so many shards carry.
 */
import type { ConstraintName } from './plan-result.ts';

export interface PlanReverse {
  readonly shards: number;
  /** The highest rate at which every constraint holds at this count, in records per second; to a millionth. */
  readonly ratePerSec: number;
  /** The same in bytes, data and key. */
  readonly bytesPerSec: number;
  /** The constraint that allows least; ties go to the first. Null where none depends on the rate. */
  readonly binding: ConstraintName | null;
  /** Each evaluated constraint alone. */
  readonly perConstraint: readonly RateBound[];
  /** Part of random placements in which the rate fits; absent where no part of it is chance. */
  readonly confidence?: number;
  /** Where a rate was given: whether these shards carry it. */
  readonly given?: { readonly ratePerSec: number; readonly fits: boolean };
}

export interface RateBound {
  readonly name: ConstraintName;
  /** Null where the constraint holds at any rate; 0 where it holds at none. */
  readonly ratePerSec: number | null;
}
