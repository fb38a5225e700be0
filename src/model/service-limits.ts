/**
 * The limits of what stands around a stream or could take its place: DynamoDB leases of the KCL, Firehose, SQS. Each once,
 * with its unit, date and source, as those of Kinesis Data Streams in `limits.ts`.
 */
import { KIB, MIB, type Limit } from './limits.ts';

const FIREHOSE = 'Amazon Data Firehose developer guide, Quotas';
const SQS = 'Amazon SQS developer guide, Message quotas';
const KCL = 'amazon-kinesis-client 3.5, and developer guide, KCL and DynamoDB';

export const SERVICE_LIMITS = {
  kclFailoverMs: {
    value: 10_000,
    unit: 'ms, failoverTimeMillis; leases are renewed three times as often',
    asOf: '2026-11',
    source: KCL,
  },
  kclRenewalsPerFailover: { value: 3, unit: 'renewals of a lease', asOf: '2026-11', source: KCL },
  kclTablesBefore35: {
    value: 3,
    unit: 'DynamoDB tables of an application: leases, WorkerMetricStats, CoordinatorState',
    asOf: '2026-11',
    source: KCL,
  },
  kclTablesFrom35: {
    value: 1,
    unit: 'DynamoDB tables of an application, from KCL 3.5',
    asOf: '2026-11',
    source: KCL,
  },
  firehoseRecordsPerSec: {
    value: 500_000,
    unit: 'records/s per delivery stream in us-east-1, us-west-2, eu-west-1',
    asOf: '2026-11',
    source: FIREHOSE,
    note: 'A default that AWS raises by itself. The SDK comments still say 5,000 records/s.',
  },
  firehoseRequestsPerSec: {
    value: 2000,
    unit: 'requests/s per delivery stream in us-east-1, us-west-2, eu-west-1',
    asOf: '2026-11',
    source: FIREHOSE,
  },
  firehoseBytesPerSec: {
    value: 5 * MIB,
    unit: 'B/s per delivery stream in us-east-1, us-west-2, eu-west-1',
    asOf: '2026-11',
    source: FIREHOSE,
  },
  firehoseRecordsPerSecElsewhere: {
    value: 100_000,
    unit: 'records/s per delivery stream in other regions',
    asOf: '2026-11',
    source: FIREHOSE,
    note: 'A default that AWS raises by itself. The SDK comments still say 5,000 records/s.',
  },
  firehoseRequestsPerSecElsewhere: {
    value: 1000,
    unit: 'requests/s per delivery stream in other regions',
    asOf: '2026-11',
    source: FIREHOSE,
  },
  firehoseBytesPerSecElsewhere: {
    value: MIB,
    unit: 'B/s per delivery stream in other regions',
    asOf: '2026-11',
    source: FIREHOSE,
  },
  firehoseRecordBytes: { value: 1000 * KIB, unit: 'bytes of data', asOf: '2026-11', source: FIREHOSE },
  firehoseRecordsPerBatch: { value: 500, unit: 'records per call', asOf: '2026-11', source: FIREHOSE },
  firehoseBytesPerBatch: { value: 4 * MIB, unit: 'bytes per call', asOf: '2026-11', source: FIREHOSE },
  firehoseBufferSec: {
    value: 900,
    unit: 'seconds that data is buffered, at most',
    asOf: '2026-11',
    source: FIREHOSE,
    note: 'From 60 s in the limits page, from 0 s for S3 elsewhere.',
  },
  sqsMessageBytes: {
    value: MIB,
    unit: 'bytes of a message',
    asOf: '2026-11',
    source: SQS,
    note: '256 KiB in older pages.',
  },
  sqsMessagesPerBatch: { value: 10, unit: 'messages per call', asOf: '2026-11', source: SQS },
  sqsRetentionDays: { value: 14, unit: 'days, at most; 4 by default', asOf: '2026-11', source: SQS },
  sqsDelayMinutes: { value: 15, unit: 'minutes that a message can be delayed', asOf: '2026-11', source: SQS },
  sqsFifoCallsPerSec: {
    value: 300,
    unit: 'calls/s per queue and action without high throughput',
    asOf: '2026-11',
    source: SQS,
  },
  sqsFifoHighCallsPerSec: {
    value: 70_000,
    unit: 'calls/s per queue and action with high throughput in us-east-1, us-west-2, eu-west-1',
    asOf: '2026-11',
    source: SQS,
  },
  sqsFifoHighCallsPerSecElsewhere: {
    value: 2400,
    unit: 'calls/s per queue and action with high throughput in other regions',
    asOf: '2026-11',
    source: SQS,
    note: 'The least that AWS names; some regions have more (19,000 in us-east-2 and eu-central-1).',
  },
  sqsFifoInFlight: {
    value: 120_000,
    unit: 'messages received and not deleted',
    asOf: '2026-11',
    source: 'secondary: release notes',
    note: '20,000 in older pages.',
  },
} as const satisfies Record<string, Limit>;
