/**
 * The part of a plan that says what KPL aggregation makes of the traffic.
 */
export interface AggregationResult {
  /** Data of an aggregate in bytes, and user records in it, at most. */
  readonly maxBytes: number;
  readonly maxCount: number;
  /** How long a record may wait for others. */
  readonly lingerMs: number;
  /** Processes that aggregate, each for itself. */
  readonly producers: number;
  /** Open shards that the numbers below hold for, the load spread evenly over them. */
  readonly shards: number;
  readonly userRecordsPerSec: number;
  /** Mean user records in a Kinesis record. */
  readonly recordsPerAggregate: number;
  /** User records that it would have if none were full: 1 + rate / shards / producers × linger. */
  readonly recordsByTime?: number;
  /** What closes most aggregates: their size, their number of records, or the time. */
  readonly limitedBy: 'size' | 'linger' | 'count';
  readonly kinesisRecordsPerSec: number;
  /** Mean data and key of a Kinesis record. */
  readonly bytesPerAggregate: number;
  /** Mean bytes that the format adds to a user record, its own key and data aside. */
  readonly overheadBytes: number;
  readonly putUnitsPerSec: number;
  /** Were every user record sent by itself. */
  readonly putUnitsWithout: number;
  /** From a record entering the producer to its aggregate being sent, by the model. */
  readonly addedLatencyMs: { readonly mean: number; readonly max: number };
  /** What fills a shard's records per second, headroom kept: user records, and how many of them are in an aggregate. */
  readonly fullShard: { readonly userRecordsPerSec: number; readonly recordsPerAggregate: number };
  /** What readers and operators have to know. */
  readonly notes: readonly string[];
}
