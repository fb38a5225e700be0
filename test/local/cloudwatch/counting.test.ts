import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../../src/local/local-service.ts';
import { call, record, serviceWith, START_US } from '../client.ts';
import { ask, dimensions, getData, MINUTE_US, query, START_SEC } from './metric-client.ts';

const HOUR = { StartTime: START_SEC - 3600, EndTime: START_SEC + 86_400, ScanBy: 'TimestampAscending' };
const S = dimensions('s');

/** One statistic of a metric, minute by minute. */
function values(
  service: LocalService,
  name: string,
  nowUs: number,
  stat = 'Sum',
  dims = S,
): readonly number[] {
  const queries = [query('m', name, dims, { Stat: stat })];
  return getData(service, { ...HOUR, MetricDataQueries: queries }, nowUs).get('m')?.Values ?? [];
}

function statistics(service: LocalService, name: string, nowUs: number): (number | undefined)[] {
  return ['Sum', 'Minimum', 'Maximum', 'Average', 'SampleCount'].map((stat) =>
    values(service, name, nowUs, stat).at(0),
  );
}

function iterator(service: LocalService, nowUs: number): string {
  const input = { StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' };
  return call(service, 'GetShardIterator', input, nowUs).body.ShardIterator ?? '';
}

describe('what a stream’s metrics count', () => {
  it('is every call as one sample, successes as incoming and throttled records beside', () => {
    const service = serviceWith([{ name: 's', shards: 1, initialFill: 0 }]);
    const at = START_US + 1_000_000; // 1,000 records and 1 MiB have come in.
    const tens = Array.from({ length: 10 }, () => record('kk', '12345678'));
    const megabyte = 'x'.repeat(1_000_000);
    call(service, 'PutRecords', { StreamName: 's', Records: tens }, at);
    call(service, 'PutRecords', { StreamName: 's', Records: [record('k', megabyte), ...tens] }, at);
    call(service, 'PutRecords', { StreamName: 's', Records: [record('k', megabyte)] }, at);
    const now = START_US + MINUTE_US;
    const firstTwo = 100 + 1_000_001 + 100;
    expect(statistics(service, 'IncomingRecords', now)).toEqual([21, 10, 11, 10.5, 2]);
    expect(statistics(service, 'IncomingBytes', now)).toEqual([firstTwo, 100, 1_000_101, firstTwo / 2, 2]);
    expect(statistics(service, 'PutRecords.Bytes', now)).toEqual(statistics(service, 'IncomingBytes', now));
    expect(statistics(service, 'WriteProvisionedThroughputExceeded', now)).toEqual([1, 0, 1, 1 / 3, 3]);
    expect(statistics(service, 'PutRecords.ThrottledRecords', now)).toEqual([1, 0, 1, 1 / 3, 3]);
    expect(statistics(service, 'PutRecords.TotalRecords', now)).toEqual([22, 1, 11, 22 / 3, 3]);
    expect(statistics(service, 'PutRecords.SuccessfulRecords', now)).toEqual([21, 0, 11, 7, 3]);
    expect(statistics(service, 'PutRecords.Records', now)).toEqual([21, 0, 11, 7, 3]);
    expect(statistics(service, 'PutRecords.FailedRecords', now)).toEqual([0, 0, 0, 0, 3]);
    expect(statistics(service, 'PutRecords.Success', now)).toEqual([2, 0, 1, 2 / 3, 3]);
    expect(values(service, 'PutRecord.Success', now)).toEqual([]);
  });

  it('knows PutRecord under its own names', () => {
    const service = serviceWith([{ name: 's', shards: 1, initialFill: 0 }]);
    const put = (nowUs: number) =>
      call(service, 'PutRecord', { StreamName: 's', ...record('k', 'abc') }, nowUs);
    expect(put(START_US).status).toBe(400);
    expect(put(START_US + 1_000_000).status).toBe(200);
    const now = START_US + MINUTE_US;
    expect(statistics(service, 'PutRecord.Success', now)).toEqual([1, 0, 1, 0.5, 2]);
    expect(statistics(service, 'PutRecord.Bytes', now)).toEqual([4, 4, 4, 4, 1]);
    expect(values(service, 'WriteProvisionedThroughputExceeded', now)).toEqual([1]);
    expect(values(service, 'IncomingRecords', now)).toEqual([1]);
    expect(values(service, 'PutRecords.Success', now)).toEqual([]);
  });

  it('counts reads, and how old the last record read is', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    const put = { StreamName: 's', Records: ['a', 'b', 'c'].map((key) => record(key, 'abc')) };
    call(service, 'PutRecords', put);
    const at = START_US + 2_000_000;
    const read = (ShardIterator: string, more: object = {}) =>
      call(service, 'GetRecords', { ShardIterator, ...more }, at).body.NextShardIterator ?? '';
    read(read(iterator(service, at), { Limit: 1 }));
    const now = START_US + MINUTE_US;
    expect(statistics(service, 'GetRecords.Records', now)).toEqual([3, 1, 2, 1.5, 2]);
    expect(statistics(service, 'GetRecords.Bytes', now)).toEqual([12, 4, 8, 6, 2]);
    expect(statistics(service, 'GetRecords.IteratorAgeMilliseconds', now)).toEqual([2000, 0, 2000, 1000, 2]);
    expect(statistics(service, 'GetRecords.Success', now)).toEqual([2, 1, 1, 1, 2]);
    expect(statistics(service, 'ReadProvisionedThroughputExceeded', now)).toEqual([0, 0, 0, 0, 2]);
  });

  it('has latencies only where the server tells how long it took', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    call(service, 'PutRecord', { StreamName: 's', ...record('k') });
    const untold = START_US + MINUTE_US;
    expect(values(service, 'PutRecord.Latency', untold)).toEqual([]);
    const reply = service.handle(putRequest(), untold);
    service.took(reply, 1500, untold + 1500);
    expect(values(service, 'PutRecords.Latency', untold + MINUTE_US, 'Average')).toEqual([1.5]);
  });

  it('is nothing of requests that were refused as a whole', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    call(service, 'PutRecords', { StreamName: 's', Records: [] });
    call(service, 'PutRecords', { StreamName: 's', DryRun: true, Records: [record('k')] });
    call(service, 'PutRecords', { StreamName: 'other', Records: [record('k')] });
    expect(ask(service, 'ListMetrics', {}, START_US + MINUTE_US).body.Metrics).toEqual([]);
  });

  it('outlives the stream, and goes on with the next one of the same name', () => {
    const service = serviceWith([{ name: 's', shards: 1 }], { deleteMs: 0, createMs: 0 });
    const put = (nowUs: number) =>
      call(service, 'PutRecords', { StreamName: 's', Records: [record('k')] }, nowUs);
    put(START_US);
    call(service, 'DeleteStream', { StreamName: 's' }, START_US + 1);
    call(service, 'CreateStream', { StreamName: 's', ShardCount: 1 }, START_US + 2);
    put(START_US + 3);
    put(START_US + MINUTE_US);
    expect(values(service, 'IncomingRecords', START_US + 2 * MINUTE_US)).toEqual([2, 1]);
  });
});

function putRequest() {
  const body = Buffer.from(JSON.stringify({ StreamName: 's', Records: [record('k')] }));
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'Kinesis_20131202.PutRecords',
    'x-amz-date': '20270115T080000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20270115/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=00',
  };
  return { method: 'POST', path: '/', headers, body };
}

describe('the sums of the minutes', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 70_000 }),
    records: fc.array(
      fc.record({ key: fc.integer({ min: 0, max: 30 }), bytes: fc.integer({ min: 0, max: 300_000 }) }),
      { minLength: 1, maxLength: 8 },
    ),
  });

  it('are exactly what was put: accepted as incoming, throttled as exceeded, minute by minute', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const service = serviceWith([{ name: 's', shards: 2, initialFill: 0 }]);
        const expected = new Map<number, { bytes: number; records: number; throttled: number }>();
        let now = START_US;
        for (const { afterMs, records } of steps) {
          now += afterMs * 1000;
          const minute = Math.floor(now / MINUTE_US);
          const sums = expected.get(minute) ?? { bytes: 0, records: 0, throttled: 0 };
          const Records = records.map(({ key, bytes }) => record(`k${key}`, 'x'.repeat(bytes)));
          const { body } = call(service, 'PutRecords', { StreamName: 's', Records }, now);
          body.Records.forEach((entry, i) => {
            if (entry.ErrorCode !== undefined) sums.throttled++;
            else {
              sums.records++;
              sums.bytes += records[i].bytes + `k${records[i].key}`.length;
            }
          });
          expected.set(minute, sums);
        }
        const names = ['IncomingBytes', 'IncomingRecords', 'WriteProvisionedThroughputExceeded'];
        const queries = names.map((name, i) => query(`m${i}`, name, S));
        const data = getData(service, { ...HOUR, MetricDataQueries: queries }, now + MINUTE_US);
        const shown = names.map((_, i) => {
          const result = data.get(`m${i}`);
          return (result?.Timestamps ?? [])
            .map((sec, k) => [sec / 60, result?.Values[k] ?? 0])
            .filter(([, value]) => value > 0);
        });
        const wanted = (['bytes', 'records', 'throttled'] as const).map((name) =>
          [...expected].map(([minute, sums]) => [minute, sums[name]]).filter(([, value]) => value > 0),
        );
        expect(shown).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});
