/** Limits, faults, formats and metrics of the endpoint at work at once: each counts what the others let through. */
import { describe, expect, it } from 'vitest';
import { encodeCbor } from '../../src/local/cbor-writer.ts';
import { parseFaults } from '../../src/local/faults/fault-file.ts';
import type { LocalOptions, LocalReply, LocalService } from '../../src/local/local-service.ts';
import { call, record, serviceWith, SIGNED, START_US } from './client.ts';
import { dimensions, getData, MINUTE_US, query, START_SEC } from './cloudwatch/metric-client.ts';

const STREAM = [{ name: 's', shards: 1 }];

function serviceWithFaults(text: string, options: LocalOptions = {}): LocalService {
  return serviceWith(STREAM, { ...options, faults: parseFaults(text, 'faults.yaml') });
}

/** Sums of the first hour, by the metric's name. */
function sums(
  service: LocalService,
  names: readonly string[],
  dims = dimensions('s'),
): Record<string, number | undefined> {
  const input = {
    MetricDataQueries: names.map((name, i) => query(`m${i}`, name, dims, { Period: 3600 })),
    StartTime: START_SEC,
    EndTime: START_SEC + 3600,
  };
  const found = getData(service, input, START_US + 60 * MINUTE_US);
  return Object.fromEntries(names.map((name, i) => [name, found.get(`m${i}`)?.Values.at(0)]));
}

function putCbor(service: LocalService, count: number, nowUs: number): LocalReply {
  const headers = {
    ...SIGNED,
    'content-type': 'application/x-amz-cbor-1.1',
    'x-amz-target': 'Kinesis_20131202.PutRecords',
  };
  const Records = Array.from({ length: count }, () => ({ Data: Buffer.alloc(99), PartitionKey: 'k' }));
  const body = encodeCbor({ StreamName: 's', Records });
  return service.handle({ method: 'POST', path: '/', headers, body }, nowUs);
}

const PUT_METRICS = [
  'IncomingRecords',
  'IncomingBytes',
  'WriteProvisionedThroughputExceeded',
  'PutRecords.TotalRecords',
  'PutRecords.SuccessfulRecords',
  'PutRecords.FailedRecords',
  'PutRecords.ThrottledRecords',
];

describe('metrics', () => {
  it('count puts in CBOR as those in JSON, throttled records too', () => {
    const [cbor, json] = [serviceWith(STREAM), serviceWith(STREAM)];
    const Records = Array.from({ length: 400 }, () => record('k', 'x'.repeat(99)));
    for (let i = 0; i < 4; i++) {
      expect(putCbor(cbor, 400, START_US + i).status).toBe(200);
      call(json, 'PutRecords', { StreamName: 's', Records }, START_US + i);
    }
    const found = sums(cbor, PUT_METRICS);
    expect(found).toEqual(sums(json, PUT_METRICS));
    expect(found).toMatchObject({
      IncomingRecords: 1000,
      IncomingBytes: 100_000,
      WriteProvisionedThroughputExceeded: 600,
    });
  });

  it.each([
    ['InternalFailure', 'PutRecords.FailedRecords'],
    ['ProvisionedThroughputExceededException', 'PutRecords.ThrottledRecords'],
  ])('tell a record that a fault fails by %s as %s', (error, metric) => {
    const service = serviceWithFaults(`faults: [{ recordError: ${error}, percentage: 25% }]`);
    call(service, 'EnableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['ALL'] });
    const at = START_US + 1_000_000;
    const Records = Array.from({ length: 400 }, () => record('k', 'x'.repeat(99)));
    const failed = call(service, 'PutRecords', { StreamName: 's', Records }, at).body.FailedRecordCount;
    expect(failed).toBeGreaterThan(50);
    const isThrottled = metric.includes('Throttled');
    const throttled = isThrottled ? failed : 0;
    expect(sums(service, PUT_METRICS)).toEqual({
      IncomingRecords: 400 - failed,
      IncomingBytes: (400 - failed) * 100,
      WriteProvisionedThroughputExceeded: throttled,
      'PutRecords.TotalRecords': 400,
      'PutRecords.SuccessfulRecords': 400 - failed,
      'PutRecords.FailedRecords': failed - throttled,
      'PutRecords.ThrottledRecords': throttled,
    });
    const ofShard = ['IncomingRecords', 'WriteProvisionedThroughputExceeded'];
    expect(sums(service, ofShard, dimensions('s', { ShardId: 'shardId-000000000000' }))).toEqual({
      IncomingRecords: 400 - failed,
      WriteProvisionedThroughputExceeded: throttled,
    });
  });

  it('leave out calls that a fault refuses as a whole, and count those that were cut after they were stored', () => {
    const put = { StreamName: 's', ...record('k') };
    const refused = serviceWithFaults('faults: [{ error: ThrottlingException }]');
    call(refused, 'PutRecord', put);
    expect(sums(refused, ['IncomingRecords', 'PutRecord.Success'])).toEqual({});
    const cut = serviceWithFaults('faults: [{ operations: [PutRecord], drop: after }]');
    call(cut, 'PutRecord', put);
    expect(sums(cut, ['IncomingRecords', 'PutRecord.Success'])).toEqual({
      IncomingRecords: 1,
      'PutRecord.Success': 1,
    });
  });

  it('have a latency with the delay of a fault in it, as it is told', () => {
    const service = serviceWithFaults('faults: [{ latency: { fixed: 20ms } }]');
    const body = Buffer.from(JSON.stringify({ StreamName: 's', ...record('k') }));
    const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.PutRecord' };
    const reply = service.handle({ method: 'POST', path: '/', headers, body }, START_US);
    expect(reply.delayUs).toBe(20_000);
    service.took(reply, 20_100, START_US + 20_100);
    expect(sums(service, ['PutRecord.Latency'])).toEqual({ 'PutRecord.Latency': 20.1 });
  });
});

describe('faults of records', () => {
  it('strike where the limits are off, too', () => {
    const text = 'faults: [{ shard: shardId-000000000000, error: ProvisionedThroughputExceededException }]';
    const service = serviceWithFaults(text, { limits: [] });
    const Records = Array.from({ length: 5 }, () => record('k'));
    expect(call(service, 'PutRecords', { StreamName: 's', Records }).body.FailedRecordCount).toBe(5);
  });

  it('take nothing from the limits', () => {
    const service = serviceWithFaults('faults: [{ recordError: InternalFailure, percentage: 50% }]');
    let [accepted, throttled] = [0, 0];
    for (let i = 0; i < 6; i++) {
      const Records = Array.from({ length: 500 }, () => record('k'));
      for (const { ErrorCode } of call(service, 'PutRecords', { StreamName: 's', Records }).body.Records) {
        if (ErrorCode === undefined) accepted++;
        else if (ErrorCode !== 'InternalFailure') throttled++;
      }
    }
    expect(accepted).toBe(1000);
    expect(throttled).toBeGreaterThan(200);
  });

  it('concern a consumer of the stream by its ARN', () => {
    const service = serviceWithFaults('faults: [{ stream: s, error: ServiceUnavailable }]');
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1';
    expect(call(service, 'DescribeStreamConsumer', { ConsumerARN: arn }).body.__type).toBe(
      'ServiceUnavailable',
    );
    expect(call(service, 'ListStreams', {}).status).toBe(200);
  });
});

describe('an encrypted stream', () => {
  it('says so in CBOR as in JSON', () => {
    const service = serviceWith(STREAM);
    const input = { StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' };
    call(service, 'StartStreamEncryption', input);
    const later = START_US + MINUTE_US;
    expect(putCbor(service, 1, later).body.includes('EncryptionType')).toBe(true);
    const { body } = call(service, 'PutRecords', { StreamName: 's', Records: [record('k')] }, later);
    expect(body.EncryptionType).toBe('KMS');
  });
});
