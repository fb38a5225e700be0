/**
 * The part of a report that a plan writes: shards needed, by which limit, and where the hottest load is.
 */
export interface PlanResult {
  /** Smallest count at which every constraint holds; null where none does. */
  readonly shards: number | null;
  /** Smallest count from which every larger one holds too; null where none was found. */
  readonly shardsSafe: number | null;
  readonly feasible: boolean;
  readonly binding: ConstraintName | null;
  readonly constraints: readonly Constraint[];
  readonly hottestShard: HottestShard | null;
  readonly hottestKey: HottestKey | null;
  readonly assumptions: readonly string[];
}

/** In the order in which ties are broken; hot-shard comes last. */
export const CONSTRAINT_NAMES = [
  'write-bytes',
  'write-records',
  'read-bandwidth',
  'hot-key',
  'hot-shard',
] as const;
export type ConstraintName = (typeof CONSTRAINT_NAMES)[number];

export interface Constraint {
  readonly name: ConstraintName;
  /** Smallest count at which this constraint alone holds; null where none does or it was not evaluated. */
  readonly shards: number | null;
  readonly evaluated: boolean;
  /** The arithmetic in one line, numbers filled in. */
  readonly formula: string;
}

export interface HottestShard {
  /** At `plan.shards` (or at the count asked about): load over the shard's limit, before headroom. */
  readonly utilization: number;
  /** `actual`: exact, for the names given. `random`: a quantile over random placements. */
  readonly placement: 'actual' | 'random';
  readonly shards: number;
  /** For random placement: quantiles of the hottest shard's utilization over placements. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  /** For random placement: upper bound of the probability that some shard is over its planning limit. */
  readonly risk?: number;
}

export interface HottestKey {
  readonly key: string | null;
  readonly share: number;
  /** Load over one shard's limit, before headroom. */
  readonly utilization: number;
  readonly fits: boolean;
  /** How many keys, this one included, fit on no shard; absent where it fits. */
  readonly unfitKeys?: number;
  /** Salts with which the key fits on so many shards; absent where it fits, or where no number was found. */
  readonly salts?: { readonly random?: number; readonly chosen: number; readonly shards: number };
}
