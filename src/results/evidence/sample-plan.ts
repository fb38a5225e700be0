/**
 * Which slices of which shards are to be read for single records, and within what bounds.
 */

export interface SampleBudget {
  /** In all. */
  readonly bytes: number;
  /** Shards at most. */
  readonly shards: number;
  /** Records from then on are still kept, milliseconds since 1970 on the metrics' clock. */
  readonly oldestMs: number;
}

export interface SamplePlan {
  /** The worst shard's first. */
  readonly slices: readonly PlannedSlice[];
  /** Shards that are read, and those that are open. */
  readonly shards: number;
  readonly shardsInAll: number;
  /** Whether shards were chosen by their own metrics; false: evenly, for nothing is known of single ones. */
  readonly bySuspicion: boolean;
  readonly mostBytes: number;
  /** Where the oldest slice begins. */
  readonly oldestMs: number;
}

/** Times are milliseconds since 1970 on the metrics' clock. */
export interface PlannedSlice {
  readonly shardId: string;
  /** `even`: the stream's worst minute, of a shard of which nothing is known by itself. */
  readonly why: 'worst' | 'before-onset' | 'even';
  readonly fromMs: number;
  readonly toMs: number;
  /** Bytes after which reading stops. */
  readonly mostBytes: number;
  /** Mean size of a record then, as metrics have it. */
  readonly meanBytes: number | null;
}
