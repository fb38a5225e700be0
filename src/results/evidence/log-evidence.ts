/**
 * What a producer's log says of a stream: the shards that error messages name as throttled.
 */
export interface LogEvidence {
  readonly file: string;
  /** Lines read, and those that name a throttled shard. */
  readonly lines: number;
  readonly matches: number;
  /** By shard, most throttled first; times are of the log's own clock, null where lines carry none that is understood. */
  readonly shards: readonly {
    readonly shardId: string;
    readonly records: number;
    readonly firstMs: number | null;
    readonly lastMs: number | null;
  }[];
  /** Lines of other streams, which were left out. */
  readonly otherStreams: number;
}
