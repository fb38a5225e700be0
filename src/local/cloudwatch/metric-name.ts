/**
 * The metrics that Kinesis publishes in the namespace AWS/Kinesis, by what they are about: a stream, one of its
 * shards, or one of its registered consumers. Names and units as in the Developer Guide's monitoring chapter.
 */

export const NAMESPACE = 'AWS/Kinesis';

export type Unit = 'Bytes' | 'Count' | 'Milliseconds';

export interface Metric {
  readonly name: string;
  readonly unit: Unit;
}

function metrics(text: string): readonly Metric[] {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .map((line) => {
      const [name, unit] = line.split(/ +/);
      return { name, unit: unit as Unit };
    });
}

/** Always on; dimension StreamName. The order is that of the constants below. */
export const STREAM_METRICS = metrics(`
  IncomingBytes Bytes
  IncomingRecords Count
  WriteProvisionedThroughputExceeded Count
  PutRecord.Bytes Bytes
  PutRecord.Success Count
  PutRecord.Latency Milliseconds
  PutRecords.Bytes Bytes
  PutRecords.Success Count
  PutRecords.Latency Milliseconds
  PutRecords.Records Count
  PutRecords.TotalRecords Count
  PutRecords.SuccessfulRecords Count
  PutRecords.FailedRecords Count
  PutRecords.ThrottledRecords Count
  GetRecords.Bytes Bytes
  GetRecords.Records Count
  GetRecords.Success Count
  GetRecords.Latency Milliseconds
  GetRecords.IteratorAgeMilliseconds Milliseconds
  ReadProvisionedThroughputExceeded Count
`);

/** Places in the list above. */
export const STREAM = {
  incomingBytes: 0,
  incomingRecords: 1,
  writeExceeded: 2,
  putRecordBytes: 3,
  putRecordSuccess: 4,
  putRecordLatency: 5,
  putRecordsBytes: 6,
  putRecordsSuccess: 7,
  putRecordsLatency: 8,
  putRecordsRecords: 9,
  putRecordsTotal: 10,
  putRecordsSuccessful: 11,
  putRecordsFailed: 12,
  putRecordsThrottled: 13,
  getRecordsBytes: 14,
  getRecordsRecords: 15,
  getRecordsSuccess: 16,
  getRecordsLatency: 17,
  getRecordsAge: 18,
  readExceeded: 19,
} as const;

/** Only where EnableEnhancedMonitoring asked for them; dimensions StreamName and ShardId. */
export const SHARD_METRICS = metrics(`
  IncomingBytes Bytes
  IncomingRecords Count
  WriteProvisionedThroughputExceeded Count
  OutgoingBytes Bytes
  OutgoingRecords Count
  IteratorAgeMilliseconds Milliseconds
  ReadProvisionedThroughputExceeded Count
`);

/** Places in the list above. */
export const SHARD = {
  incomingBytes: 0,
  incomingRecords: 1,
  writeExceeded: 2,
  outgoingBytes: 3,
  outgoingRecords: 4,
  iteratorAge: 5,
  readExceeded: 6,
} as const;

/** Of a consumer with enhanced fan-out; dimensions StreamName and ConsumerName. */
export const CONSUMER_METRICS = metrics(`
  SubscribeToShard.Success Count
  SubscribeToShard.RateExceeded Count
  SubscribeToShardEvent.Success Count
  SubscribeToShardEvent.Bytes Bytes
  SubscribeToShardEvent.Records Count
  SubscribeToShardEvent.MillisBehindLatest Milliseconds
`);

/** Places in the list above. */
export const CONSUMER = {
  subscribeSuccess: 0,
  subscribeExceeded: 1,
  eventSuccess: 2,
  eventBytes: 3,
  eventRecords: 4,
  eventBehind: 5,
} as const;

/** What a group of metrics is about, and the dimension that tells it from its stream's other groups. */
export const SUBJECTS = {
  stream: { metrics: STREAM_METRICS, dimension: undefined },
  shard: { metrics: SHARD_METRICS, dimension: 'ShardId' },
  consumer: { metrics: CONSUMER_METRICS, dimension: 'ConsumerName' },
} as const;

export type SubjectKind = keyof typeof SUBJECTS;
