/**
 * Every limit of Kinesis Data Streams that Shardwise knows, each once, with its unit, date and source.
 *
 * The sources are AWS's own pages and SDK comments; `note` says where AWS's wording is unclear.
 */

export interface Limit {
  readonly value: number;
  readonly unit: string;
  /** Month in which the source was last read. */
  readonly asOf: string;
  readonly source: string;
  readonly note?: string;
}

const QUOTAS = 'Kinesis Data Streams developer guide, Quotas and limits';
const ON_DEMAND = 'developer guide, How do I size a stream';
const SDK = '@aws-sdk/client-kinesis 3.1143 API comments';
const CLOUDWATCH = '@aws-sdk/client-cloudwatch 3.1162 API comments';

export const KIB = 1024;
export const MIB = 1024 * 1024;

export const LIMITS = {
  writeBytesPerSec: {
    value: MIB,
    unit: 'B/s per shard',
    asOf: '2026-11',
    source: QUOTAS,
    note: 'AWS writes "1 MB" and "1 MiB"; its producer library and its sizing formula use 1,048,576.',
  },
  writeRecordsPerSec: { value: 1000, unit: 'records/s per shard', asOf: '2026-11', source: QUOTAS },
  writeRecordBurst: {
    value: 1000,
    unit: 'records per shard',
    asOf: '2026-11',
    source: 'Kinesis Producer Library limiter.h',
    note: 'AWS promises no burst; a bucket of one second is the model AWS ships in its own client.',
  },
  writeByteBurst: {
    value: MIB,
    unit: 'bytes per shard',
    asOf: '2026-11',
    source: 'developer guide, Large records',
    note: 'AWS describes bursts up to 10 MiB and promises nothing; the bucket is never below the maximum record size.',
  },
  writeRounding: {
    value: KIB,
    unit: 'bytes',
    asOf: '2026-11',
    source: 'developer guide, Troubleshooting producers',
    note: 'PutRecord rounds each record up; PutRecords rounds the sum of the call.',
  },
  largeRecordShare: {
    value: 0.02,
    unit: 'part of the records that may be above 1 MiB',
    asOf: '2026-11',
    source: 'developer guide, Large records',
    note: 'Advice of AWS ("less than 2 %"), no limit that is enforced.',
  },
  recordsPerPutRecords: { value: 500, unit: 'records per call', asOf: '2026-11', source: SDK },
  bytesPerPutRecords: {
    value: 10 * MIB,
    unit: 'bytes per call, partition keys included',
    asOf: '2026-11',
    source: SDK,
    note: '5 MiB until October 2025.',
  },
  defaultMaxRecordBytes: {
    value: MIB,
    unit: 'bytes of data and partition key',
    asOf: '2026-11',
    source: SDK,
  },
  ceilingMaxRecordBytes: {
    value: 10 * MIB,
    unit: 'bytes of data and partition key',
    asOf: '2026-11',
    source: SDK,
  },
  partitionKeyChars: { value: 256, unit: 'Unicode characters', asOf: '2026-11', source: SDK },
  readBytesPerSec: { value: 2 * MIB, unit: 'B/s per shard', asOf: '2026-11', source: SDK },
  readByteBurst: {
    value: 10 * MIB,
    unit: 'bytes per shard',
    asOf: '2026-11',
    source: SDK,
    note: 'Inferred: a full reply of 10 MiB shuts the shard for 5 s, which is 10 MiB at 2 MiB/s.',
  },
  readPenaltyFullSec: {
    value: 5,
    unit: 'seconds without an answer on a shard after a reply of 10 MiB',
    asOf: '2026-11',
    source: SDK,
  },
  readPenaltyShortSec: {
    value: 1,
    unit: 'seconds without an answer on a shard after a reply that its bandwidth cut short',
    asOf: '2026-11',
    source: SDK,
  },
  getRecordsCallsPerSec: { value: 5, unit: 'calls/s per shard', asOf: '2026-11', source: QUOTAS },
  getRecordsCallBurst: {
    value: 5,
    unit: 'calls per shard',
    asOf: '2026-11',
    source: QUOTAS,
    note: 'AWS promises no burst: a bucket of one second, by analogy with writes. Low confidence.',
  },
  recordsPerGetRecords: { value: 10_000, unit: 'records per call', asOf: '2026-11', source: SDK },
  bytesPerGetRecords: { value: 10 * MIB, unit: 'bytes per call', asOf: '2026-11', source: SDK },
  iteratorLifeSec: { value: 300, unit: 'seconds', asOf: '2026-11', source: SDK },
  fanOutBytesPerSec: { value: 2 * MIB, unit: 'B/s per shard and consumer', asOf: '2026-11', source: SDK },
  fanOutByteBurst: {
    value: 2 * MIB,
    unit: 'bytes per shard and consumer',
    asOf: '2026-11',
    source: SDK,
    note: 'AWS promises no burst: a bucket of one second, and never below the maximum record size. Low confidence.',
  },
  subscribeCallsPerSec: { value: 1, unit: 'calls per shard and consumer', asOf: '2026-11', source: SDK },
  subscribeAgainSec: {
    value: 5,
    unit: 'seconds before a subscription can be taken over',
    asOf: '2026-11',
    source: SDK,
  },
  subscriptionLifeSec: { value: 300, unit: 'seconds', asOf: '2026-11', source: SDK },
  subscriptionQuietSec: {
    value: 5,
    unit: 'seconds without a record before an empty event is sent',
    asOf: '2026-11',
    source: SDK,
    note: 'AWS says only that events come without data too. How often is our choice. Low confidence.',
  },
  fanOutPropagationMs: {
    value: 70,
    unit: 'ms from a record being stored to its being pushed, on average',
    asOf: '2026-11',
    source: 'developer guide, Enhanced fan-out consumers',
    note: 'An average that AWS publishes, not a promise.',
  },
  fanOutConsumers: {
    value: 20,
    unit: 'registered consumers per stream',
    asOf: '2026-11',
    source: QUOTAS,
    note: '50 with On-demand Advantage.',
  },
  kplAggregateLeastBytes: {
    value: 64,
    unit: 'bytes, least AggregationMaxSize of the KPL',
    asOf: '2026-11',
    source: 'KPL 1.0.7 default_config.properties',
  },
  retentionHoursDefault: { value: 24, unit: 'hours', asOf: '2026-11', source: QUOTAS },
  retentionHoursMax: { value: 8760, unit: 'hours', asOf: '2026-11', source: QUOTAS },
  resizesPerDay: {
    value: 10,
    unit: 'UpdateShardCount calls per stream in rolling 24 hours',
    asOf: '2026-11',
    source: SDK,
  },
  resizeShards: { value: 10_000, unit: 'target shards of UpdateShardCount', asOf: '2026-11', source: SDK },
  onDemandNewShards: {
    value: 4,
    unit: 'open shards of a new on-demand stream',
    asOf: '2026-11',
    source: QUOTAS,
    note: 'AWS says 4 MB/s of writes.',
  },
  onDemandSplitBytesPerSec: {
    value: 512_000,
    unit: 'B/s per shard, above which the service splits it',
    asOf: '2026-11',
    source: ON_DEMAND,
    note: 'AWS writes "500 KB/s"; read as 500 x 1,024, as the 1 MB/s beside it is 1,048,576.',
  },
  onDemandSplitRecordsPerSec: {
    value: 500,
    unit: 'records/s per shard, above which the service splits it',
    asOf: '2026-11',
    source: 'inferred from the rule for bytes: half of the limit',
    note: 'AWS names bytes only; without it a stream of small records would never scale.',
  },
  onDemandSplitWithinSec: {
    value: 900,
    unit: 'seconds from exceeding to the split, at most',
    asOf: '2026-11',
    source: ON_DEMAND,
  },
  onDemandWriteBytesPerSec: {
    value: 10_240 * MIB,
    unit: 'B/s per stream',
    asOf: '2026-11',
    source: QUOTAS,
    note: 'In us-east-1, us-west-2 and eu-west-1.',
  },
  onDemandWriteBytesElsewhere: {
    value: 200 * MIB,
    unit: 'B/s per stream',
    asOf: '2026-11',
    source: QUOTAS,
    note: 'Outside us-east-1, us-west-2 and eu-west-1; AWS raises it on request.',
  },
  onDemandGrowth: {
    value: 2,
    unit: 'times the highest write rate of the 30 days before',
    asOf: '2026-11',
    source: ON_DEMAND,
    note: 'More within 15 minutes is throttled meanwhile.',
  },
  advantageMinimumBytesPerSec: {
    value: 25 * MIB,
    unit: 'B/s of writes, and as much of reads, per account and region',
    asOf: '2026-11',
    source: 'developer guide, On-demand Advantage',
    note: 'Of all on-demand streams together; what is not used is billed all the same.',
  },
  putPayloadUnitBytes: {
    value: 25 * KIB,
    unit: 'bytes of a record in a PUT payload unit',
    asOf: '2026-11',
    source: 'Kinesis Data Streams pricing',
    note: 'AWS writes "25 KB"; read as 25 x 1,024. That the partition key counts is assumed.',
  },
  onDemandBilledBytes: {
    value: KIB,
    unit: 'bytes to whose multiple a record written on demand is rounded up on the bill',
    asOf: '2026-11',
    source: 'Kinesis Data Streams pricing',
  },
  extendedRetentionHours: {
    value: 168,
    unit: 'hours of retention up to which the price of extended retention applies',
    asOf: '2026-11',
    source: 'Kinesis Data Streams pricing',
    note: 'What is kept longer has the price of long-term retention.',
  },
  shardQuota: {
    value: 20_000,
    unit: 'shards per account and region',
    asOf: '2026-11',
    source: QUOTAS,
    note: 'In us-east-1, us-west-2 and eu-west-1.',
  },
  shardQuotaElsewhere: {
    value: 1000,
    unit: 'shards per account and region',
    asOf: '2026-11',
    source: QUOTAS,
    note: 'In all other regions 1,000 or 6,000; AWS does not say here which has which.',
  },
  modeUpdatesPerDay: {
    value: 2,
    unit: 'UpdateStreamMode calls per stream and rolling 24 h',
    asOf: '2026-11',
    source: QUOTAS,
  },
  encryptionStartsPerDay: {
    value: 25,
    unit: 'StartStreamEncryption calls per stream and rolling 24 h',
    asOf: '2026-11',
    source: SDK,
  },
  consumersPerAdvantageStream: {
    value: 50,
    unit: 'registered consumers per stream with On-demand Advantage',
    asOf: '2026-11',
    source: SDK,
  },
  consumersCreating: {
    value: 5,
    unit: 'consumers of a stream in CREATING',
    asOf: '2026-11',
    source: SDK,
    note: 'AWS does not say whether of a stream or of the account.',
  },
  streamsCreating: { value: 5, unit: 'streams of an account in CREATING', asOf: '2026-11', source: QUOTAS },
  onDemandStreams: { value: 50, unit: 'on-demand streams per account', asOf: '2026-11', source: QUOTAS },
  warmThroughputMiBps: { value: 10_240, unit: 'MiB/s per stream', asOf: '2026-11', source: SDK },
  tagsPerResource: { value: 50, unit: 'tags', asOf: '2026-11', source: SDK },
  getShardIteratorCallsPerSec: { value: 5, unit: 'calls/s per shard', asOf: '2026-11', source: QUOTAS },
  metricQueries: { value: 500, unit: 'queries per GetMetricData call', asOf: '2026-11', source: CLOUDWATCH },
  metricDataPoints: {
    value: 100_800,
    unit: 'points per GetMetricData call',
    asOf: '2026-11',
    source: CLOUDWATCH,
  },
  metricStatisticsPoints: {
    value: 1440,
    unit: 'points per GetMetricStatistics call',
    asOf: '2026-11',
    source: CLOUDWATCH,
  },
  metricsListed: { value: 500, unit: 'metrics per ListMetrics call', asOf: '2026-11', source: CLOUDWATCH },
  metricMinutesKept: {
    value: 21_600,
    unit: 'minutes that a point of one minute is kept',
    asOf: '2026-11',
    source: CLOUDWATCH,
    note: '15 days; points of 5 minutes are kept 63 days, of an hour 455.',
  },
  metricFiveMinutesKept: {
    value: 90_720,
    unit: 'minutes that a point of five minutes is kept',
    asOf: '2026-11',
    source: CLOUDWATCH,
    note: '63 days.',
  },
  metricHoursKept: {
    value: 655_200,
    unit: 'minutes that a point of an hour is kept',
    asOf: '2026-11',
    source: CLOUDWATCH,
    note: '455 days.',
  },
  metricCallsPerSec: {
    value: 500,
    unit: 'GetMetricData calls/s per account and region',
    asOf: '2026-11',
    source: 'CloudWatch user guide, Quotas (second-hand); older pages say 50',
  },
  metricPointsPerSecRecent: {
    value: 180_000,
    unit: 'points/s that GetMetricData may be asked for, from the last 3 hours on',
    asOf: '2026-11',
    source: 'CloudWatch user guide, Quotas (second-hand)',
  },
  metricPointsPerSecOlder: {
    value: 396_000,
    unit: 'points/s that GetMetricData may be asked for, from more than 3 hours ago on',
    asOf: '2026-11',
    source: 'CloudWatch user guide, Quotas (second-hand)',
  },
} as const satisfies Record<string, Limit>;
