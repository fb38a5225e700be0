/**
 * What CloudWatch has counted for a stream and its shards, step by step, all metrics on one time axis.
 */

/** Metrics of the stream, by AWS's names. All are sums but the ages and latencies, which are maxima. */
export const STREAM_METRICS = [
  'IncomingRecords',
  'IncomingBytes',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'GetRecords.Records',
  'GetRecords.Bytes',
  'GetRecords.Success',
  'GetRecords.IteratorAgeMilliseconds',
  'PutRecord.Success',
  'PutRecords.Success',
  'PutRecords.TotalRecords',
  'PutRecords.ThrottledRecords',
  'PutRecords.FailedRecords',
] as const;
export type StreamMetric = (typeof STREAM_METRICS)[number];

/** Metrics of a shard, which cost and are off by default. */
export const SHARD_METRICS = [
  'IncomingRecords',
  'IncomingBytes',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'OutgoingRecords',
  'OutgoingBytes',
  'IteratorAgeMilliseconds',
] as const;
export type ShardMetric = (typeof SHARD_METRICS)[number];

/** Metrics of a consumer with enhanced fan-out. */
export const FAN_OUT_METRICS = [
  'SubscribeToShard.RateExceeded',
  'SubscribeToShardEvent.Bytes',
  'SubscribeToShardEvent.Records',
  'SubscribeToShardEvent.MillisBehindLatest',
] as const;
export type FanOutMetric = (typeof FAN_OUT_METRICS)[number];

/**
 * One value per step; NaN where CloudWatch has no sample: nothing happened then, or it was not recorded. Single precision
 * where there are many shards: 10,000 of them have a hundred million minutes in a week.
 */
export type Column = Float64Array | Float32Array;

export interface MinuteSeries {
  /** When the first step begins, in milliseconds since 1970 on the metrics' clock. */
  readonly startMs: number;
  /** 60,000; coarser where the window is older than CloudWatch keeps minutes. */
  readonly stepMs: number;
  /** Steps. */
  readonly count: number;
  /** The first so many steps are complete; later ones may still grow. */
  readonly complete: number;
  /** Real seconds per step: 60 for a minute on AWS, 1 where a local endpoint's metric clock runs at 60x. Rates are by these. */
  readonly secPerStep: number;
  /** A metric that was not asked for, or not allowed, is absent. */
  readonly stream: Readonly<Partial<Record<StreamMetric, Column>>>;
  /** By shard; a shard that was not asked for, or has no samples at all, is absent. */
  readonly shards: ReadonlyMap<string, Readonly<Partial<Record<ShardMetric, Column>>>>;
  /** By the name of the fan-out consumer. */
  readonly fanOut: ReadonlyMap<string, Readonly<Partial<Record<FanOutMetric, Column>>>>;
}

/**
 * Coarser and older data, which CloudWatch keeps longer, for the question what the stream has ever carried: for each
 * shard (or the stream, where shard metrics were off) the highest mean rate of a step.
 */
export interface CoarsePeaks {
  /** `63d`: steps of 300 s; `455d`: of 3,600 s. */
  readonly reach: '63d' | '455d';
  readonly stepSec: number;
  /** How far back the data really go, milliseconds since 1970; null where there are none. */
  readonly sinceMs: number | null;
  /** Of the whole stream, per second; null where nothing was recorded. */
  readonly stream: { readonly recordsPerSec: number; readonly bytesPerSec: number } | null;
  /** Of each shard of now, its closed ancestors' load counted by their part of its range; absent where nothing is known. They may reach less far back than the stream's. */
  readonly shards: ReadonlyMap<string, { readonly recordsPerSec: number; readonly bytesPerSec: number }>;
}
