/**
 * What cutting the hash space between keys would do for a plan, beside the equal ranges that AWS makes by itself.
 */
import type { LayoutStep } from './layout-step.ts';

export interface PlanLayouts {
  /** Equal ranges, as CreateStream and UpdateShardCount make them; null where no count within the quota fits. */
  readonly uniform: LayoutFigures | null;
  /** The fewest shards cut between keys; null where even those do not fit. */
  readonly weighted: LayoutFigures | null;
  /** As many shards as `uniform` has, cut as evenly as can be. */
  readonly weightedSameCount: LayoutFigures | null;
  /** Shards of `uniform` that `weighted` does without. */
  readonly savedShards: number | null;
  /** What they cost; absent where it was not worked out, null where the prices are not known. */
  readonly savedUsdPerMonth?: number | null;
  /** Keys heavier than a shard's planning limit, which are part of no layout; absent where there are none. */
  readonly keysLeftOut?: number;
  /** Equal shards that the steps start from: those of today, or of a stream that is yet to be created. Absent without steps. */
  readonly from?: { readonly shards: number; readonly today: boolean };
  /** The most shards that are open at once while the steps are taken. Absent without steps. */
  readonly peakShards?: number;
  /** From so many equal shards to `weighted`, in order; empty where equal ranges do as well. */
  readonly steps: readonly LayoutStep[];
}

export interface LayoutFigures {
  readonly shards: number;
  /** Of the hottest shard: load over its limit, before headroom. */
  readonly utilization: number;
}
