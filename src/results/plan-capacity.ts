/**
 * What a plan says beside the number of shards: what it would be without skew, how to get there, and what the
 * account needs for it.
 */
export interface PlanCapacity {
  readonly region: string;
  /** Shards that the account may have there. */
  readonly shardQuota: number;
  /** What all constraints but the quota ask for; null where no count is enough. */
  readonly shardsWanted: number | null;
  /** What they would ask for if every shard carried the same. */
  readonly shardsIfEven: number;
  /** Of a scenario of a provisioned stream: its own shards, and whether every constraint holds there. */
  readonly scenario?: { readonly shards: number; readonly isEnough: boolean };
  readonly resize?: ResizePlan;
  /** Lambda invocations at a time, where Lambda reads: shards × ParallelizationFactor, all functions together. */
  readonly lambdaConcurrency?: number;
}

/** The UpdateShardCount calls from the shards of today to those of the plan. */
export interface ResizePlan {
  readonly from: number;
  /** Null where UpdateShardCount does not lead there: it makes at most 10,000 shards. */
  readonly steps: readonly { readonly shards: number; readonly isQuick: boolean }[] | null;
  /** A stream takes ten calls in 24 hours. */
  readonly days: number;
}
