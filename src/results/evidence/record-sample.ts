/**
 * What was seen of single records: read from the stream, or from a file of records. Payloads are never kept.
 *
 * Sampled records are the accepted ones: on a shard that throttles, what they say of a key is a lower bound.
 */

export interface RecordSample {
  readonly source: 'polling' | 'fan-out' | 'file';
  /** What was read of which shard and when; on a file, one slice per shard that its records fall on. */
  readonly slices: readonly SampleSlice[];
  /** By name of the shard that was read; of a file, the shard of now that the record's hash key falls on. */
  readonly shards: readonly ShardSample[];
  /** Kinesis records that were aggregates of user records, and the user records that were in them. */
  readonly aggregates: number;
  readonly aggregatedRecords: number;
  /** Records that came without a partition key, as a stream that spreads records by itself may give them. */
  readonly withoutKey: number;
  /** Records with bytes of an aggregate whose digest or message is broken: counted as plain records. */
  readonly notReadable: number;
  /** Of a file of records. */
  readonly file?: SampledFile;
}

export interface SampledFile {
  readonly name: string;
  readonly format: 'json' | 'csv';
  /** Records (or lines) that could not be read, and the first line with such a one. */
  readonly unread: number;
  readonly firstUnreadLine: number | null;
  /** Records without a time: they are in no second and in no slice. */
  readonly withoutTime: number;
  /** Records without data or a size: counted with their key's bytes alone. */
  readonly withoutSize: number;
}

/**
 * A run of records read in order from one shard. Times are arrival times, milliseconds since 1970 on the stream's clock.
 * Of a file of records nobody knows whether it has everything between its first and its last one: it is taken as whole.
 * Where its records carry no times, both are 0 and it is not whole.
 */
export interface SampleSlice {
  readonly shardId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Kinesis records and their bytes, data and key. */
  readonly records: number;
  readonly bytes: number;
  /** Whether everything between the two times was read; false where a budget, an error or the trim horizon cut it short. */
  readonly isWhole: boolean;
  /** Why not. */
  readonly cutBy?: 'budget' | 'time' | 'throttled' | 'trimmed' | 'error' | 'interrupted';
}

export interface ShardSample {
  readonly shardId: string;
  /**
   * From the first to the last of its slices, on the metrics' clock; absent where that is not known. A shard that was sampled
   * before and while it throttled has one of these for each, the earlier one first.
   */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Real seconds that the slices cover. */
  readonly seconds: number;
  /** Kinesis records, and their bytes with keys: what the shard's limits count. */
  readonly records: number;
  readonly bytes: number;
  /** Records by whose keys the sketch goes: user records where aggregates were opened. */
  readonly userRecords: number;
  /**
   * Per real second that was wholly covered: Kinesis records and bytes. In order of time, with gaps between slices; of a
   * file that covers more than 100,000 seconds without those that have no record, and the first 100,000 alone.
   */
  readonly perSecond: readonly SecondCount[];
  readonly sizes: SizeSummary;
  /** The heaviest keys, heaviest first, with the bounds of their counts. */
  readonly keys: readonly SampledKey[];
  /** Most records and bytes that a key that is not listed may have. */
  readonly unlistedAtMost: { readonly records: number; readonly bytes: number };
  /** Estimate of the number of different keys, and its standard error as a part of it; exact (error 0) where few. */
  readonly distinctKeys: { readonly estimate: number; readonly error: number };
}

export interface SecondCount {
  /** Start of the second, milliseconds since 1970. */
  readonly atMs: number;
  readonly records: number;
  readonly bytes: number;
}

/**
 * Sizes of Kinesis records, data and key, bytes. Percentiles are ends of classes: at most 1/16 too high, never above the
 * largest.
 */
export interface SizeSummary {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /**
   * Records by size class: `counts[i]` records of at most `upTo[i]` bytes that no class before has; ascending, for
   * captures. Classes are at most 1/16 of their size wide, and every KiB up to 32 KiB ends one, so that what PutRecord
   * rounds up to is known to that size.
   */
  readonly upTo: readonly number[];
  readonly counts: readonly number[];
}

/** Counts of user records (of Kinesis records where nothing was aggregated); true counts lie between the two ends. */
export interface SampledKey {
  readonly key: string;
  /** Decimal string; an explicit hash key where the record's aggregate named one. */
  readonly hashKey: string;
  readonly atLeast: { readonly records: number; readonly bytes: number };
  readonly atMost: { readonly records: number; readonly bytes: number };
  /** Length of the key in bytes (UTF-8). */
  readonly keyBytes: number;
  /**
   * The hash key is not in the range of the shard that the key was read from: its records came by an explicit hash key,
   * which reading does not tell, or in an aggregate of another key. Where they go is known by the shard alone.
   */
  readonly isPlacedElsewhere?: true;
}
