import { describe, expect, it } from 'vitest';
import { CloudWatchService } from '../../../src/local/cloudwatch/cloudwatch-service.ts';
import { MetricStore, type MetricOptions } from '../../../src/local/cloudwatch/metric-store.ts';
import { statsAt, SUM } from '../../../src/local/cloudwatch/metric-history.ts';
import { StreamMetrics } from '../../../src/local/cloudwatch/stream-metrics.ts';
import { PutBatch } from '../../../src/local/put-batch.ts';
import { START_US } from '../client.ts';
import { MINUTE_US, type ListedMetric, type MetricBody } from './metric-client.ts';

const ALL = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
];

interface Stage {
  readonly store: MetricStore;
  readonly metrics: StreamMetrics;
  readonly monitor: (names: readonly string[]) => void;
  /** Records of 10 bytes with a key of 2: [shard, throttled?]. */
  readonly put: (nowUs: number, records: readonly (readonly [number, boolean])[]) => void;
  /** Sums of a shard's metric by minute after the start. */
  readonly sums: (shard: number, name: string, nowUs: number) => [number, number][];
}

function stage(options: MetricOptions = {}): Stage {
  const store = new MetricStore(options);
  let on: readonly string[] = [];
  const metrics = new StreamMetrics(store, 's', () => on);
  return {
    store,
    metrics,
    monitor: (names) => void (on = names),
    put: (nowUs, records) => {
      const batch = new PutBatch();
      batch.count = records.length;
      records.forEach(([shard, throttled], i) => {
        batch.shard[i] = shard;
        batch.verdict[i] = throttled ? 1 : 0;
        batch.dataBytes[i] = 10;
        batch.keyLength[i] = 2;
      });
      metrics.put(batch, 'putRecords', nowUs);
    },
    sums: (shard, name, nowUs) => {
      const end = store.visibleEnd(nowUs);
      const id = `shardId-${shard.toString().padStart(12, '0')}`;
      const subject = store.table.find([
        { Name: 'ShardId', Value: id },
        { Name: 'StreamName', Value: 's' },
      ]);
      if (subject === undefined) return [];
      const metric = subject.metrics.findIndex((candidate) => candidate.name === name);
      return store.between(0, end).flatMap((minute): [number, number][] => {
        const at = statsAt(minute, subject.base + metric);
        return at < 0 ? [] : [[minute.minute - START_US / MINUTE_US, minute.stats[at + SUM]]];
      });
    },
  };
}

const minute = (count: number): number => START_US + count * MINUTE_US;

describe('shard-level metrics', () => {
  it('are there only while they are on, and only those that are', () => {
    const { put, sums, monitor } = stage();
    put(minute(0), [[0, false]]);
    monitor(['IncomingBytes']);
    put(minute(1), [[0, false]]);
    monitor([]);
    put(minute(2), [[0, false]]);
    expect(sums(0, 'IncomingBytes', minute(3))).toEqual([[1, 12]]);
    expect(sums(0, 'IncomingRecords', minute(3))).toEqual([]);
  });

  it('count shard by shard what a call put on each', () => {
    const { put, sums, monitor } = stage();
    monitor(ALL);
    put(minute(0), [
      [0, false],
      [7, false],
      [7, true],
      [300, true],
    ]);
    put(minute(0), [[7, false]]);
    const now = minute(1);
    expect([0, 7, 300].map((shard) => sums(shard, 'IncomingRecords', now))).toEqual([[[0, 1]], [[0, 2]], []]);
    expect([0, 7, 300].map((shard) => sums(shard, 'IncomingBytes', now))).toEqual([[[0, 12]], [[0, 24]], []]);
    expect([0, 7, 300].map((shard) => sums(shard, 'WriteProvisionedThroughputExceeded', now))).toEqual([
      [[0, 0]],
      [[0, 1]],
      [[0, 1]],
    ]);
  });

  it('follow a split: the parent keeps its past and its readers, the children have the writes', () => {
    const { put, sums, monitor, metrics } = stage();
    monitor(ALL);
    put(minute(0), [[0, false]]);
    put(minute(2), [
      [1, false],
      [2, false],
    ]);
    metrics.read({ shard: 0, records: 1, bytes: 12, ageMs: 120_000 }, minute(2));
    const now = minute(3);
    expect(sums(0, 'IncomingRecords', now)).toEqual([[0, 1]]);
    expect(sums(1, 'IncomingRecords', now)).toEqual([[2, 1]]);
    expect(sums(2, 'IncomingRecords', now)).toEqual([[2, 1]]);
    expect(sums(0, 'OutgoingBytes', now)).toEqual([[2, 12]]);
    expect(sums(0, 'IteratorAgeMilliseconds', now)).toEqual([[2, 120_000]]);
  });

  it('count throttled reads, and what subscriptions deliver', () => {
    const { sums, monitor, metrics, store } = stage();
    monitor(ALL);
    metrics.readThrottled(0, minute(0));
    metrics.subscribed('app', false, minute(0));
    metrics.subscribed('app', true, minute(0));
    metrics.delivered('app', { shard: 0, records: 3, bytes: 30, ageMs: 5 }, minute(0));
    expect(sums(0, 'ReadProvisionedThroughputExceeded', minute(1))).toEqual([[0, 1]]);
    expect(sums(0, 'OutgoingRecords', minute(1))).toEqual([[0, 3]]);
    const subject = store.table.find([
      { Name: 'StreamName', Value: 's' },
      { Name: 'ConsumerName', Value: 'app' },
    ]);
    const [closed] = store.between(0, Infinity);
    const shown = subject?.metrics.map(({ name }, i) => {
      return [name, closed.stats[statsAt(closed, subject.base + i) + SUM]];
    });
    expect(shown).toEqual([
      ['SubscribeToShard.Success', 1],
      ['SubscribeToShard.RateExceeded', 1],
      ['SubscribeToShardEvent.Success', 1],
      ['SubscribeToShardEvent.Bytes', 30],
      ['SubscribeToShardEvent.Records', 3],
      ['SubscribeToShardEvent.MillisBehindLatest', 5],
    ]);
  });
});

describe('the memory of the metrics', () => {
  it('is bounded: the oldest minutes go, and with them the series that only they knew', () => {
    const memoryBytes = 200_000;
    const { put, sums, monitor, store } = stage({ memoryBytes });
    monitor(['IncomingBytes']);
    for (let i = 0; i < 2000; i++) put(minute(i), [[i >> 4, false]]);
    const now = minute(2000);
    const end = store.visibleEnd(now);
    expect(store.bytes).toBeLessThanOrEqual(memoryBytes);
    const kept = store.between(0, end);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.at(-1)?.minute).toBe(end - 1);
    expect(sums(0, 'IncomingBytes', now)).toEqual([]);
    expect(sums(124, 'IncomingBytes', now)).toHaveLength(16);
    expect(store.table.subjects.length).toBeLessThan(60);
    // A shard that comes back gets a row of its own and nobody else's numbers.
    put(now, [[0, false]]);
    expect(sums(0, 'IncomingBytes', minute(2001))).toEqual([[2000, 12]]);
  });

  it('keeps points of a minute for 15 days at most', () => {
    const { put, store } = stage();
    const day = 24 * 60;
    for (const at of [0, 5 * day, 15 * day, 16 * day]) put(minute(at), [[0, false]]);
    const end = store.visibleEnd(minute(16 * day + 1));
    const minutes = store.between(0, end).map((closed) => closed.minute - START_US / MINUTE_US);
    expect(minutes).toEqual([5 * day, 15 * day, 16 * day]);
  });

  it('takes a subject over from an earlier one of the same dimensions, numbers and all', () => {
    const store = new MetricStore();
    store.advance(START_US);
    const [first, second] = [store.subject('stream', 'a'), store.subject('stream', 'a')];
    store.add(first, 0, 1);
    store.add(second, 0, 10);
    store.add(first, 0, 100);
    store.advance(minute(1));
    const [closed] = store.between(0, Infinity);
    expect(closed.series).toHaveLength(1);
    expect([...closed.stats]).toEqual([1, 100, 111, 3]);
  });
});

describe('a hundred thousand series', () => {
  it('are listed and read within the limits of the operations', () => {
    const shards = 14_300;
    const { store, put, monitor, metrics } = stage();
    monitor(ALL);
    for (let first = 0; first < shards; first += 100) {
      put(
        minute(0),
        Array.from({ length: 100 }, (_, i) => [first + i, false] as const),
      );
    }
    for (let shard = 0; shard < shards; shard++)
      metrics.read({ shard, records: 1, bytes: 12, ageMs: 0 }, minute(0));
    const service = new CloudWatchService(store, () => undefined);
    const body = (operation: string, input: object): MetricBody => {
      const headers = { 'x-amz-target': `GraniteServiceVersion20100801.${operation}` };
      const request = { method: 'POST', path: '/', headers, body: Buffer.from(JSON.stringify(input)) };
      const answer = service.handle(request, minute(1), () => ({}));
      return JSON.parse(answer?.reply.body.toString() ?? '') as MetricBody;
    };
    const listed: ListedMetric[] = [];
    for (let NextToken: string | undefined; ;) {
      const page = body('ListMetrics', { NextToken });
      expect(page.Metrics.length).toBeLessThanOrEqual(500);
      listed.push(...page.Metrics);
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
    }
    expect(new Set(listed.map((metric) => JSON.stringify(metric))).size).toBe(7 * shards + 15);
    let incoming = 0;
    let points = 0;
    for (let i = 0; i < listed.length; i += 500) {
      const MetricDataQueries = listed.slice(i, i + 500).map((Metric, k) => {
        return { Id: `q${k}`, MetricStat: { Metric, Period: 60, Stat: 'Sum' } };
      });
      const range = { StartTime: minute(0) / 1e6, EndTime: minute(1) / 1e6 };
      const { MetricDataResults } = body('GetMetricData', { ...range, MetricDataQueries });
      MetricDataResults.forEach(({ Values }, k) => {
        const { MetricName, Dimensions } = listed[i + k];
        points += Values.length;
        if (MetricName === 'IncomingRecords' && Dimensions.length === 2) incoming += Values[0];
      });
    }
    expect(points).toBe(listed.length);
    expect(incoming).toBe(shards);
  });
});

describe('the metric clock', () => {
  it('runs 60 times as fast from its origin on: a minute is over in a second, and sums stay as they were', () => {
    const { put, sums, monitor } = stage({ clockFactor: 60, originUs: START_US });
    monitor(['IncomingRecords']);
    for (let ms = 0; ms < 3000; ms += 100) put(START_US + ms * 1000, [[0, false]]);
    expect(sums(0, 'IncomingRecords', START_US + 2_999_999)).toEqual([
      [0, 10],
      [1, 10],
    ]);
    expect(sums(0, 'IncomingRecords', START_US + 3_000_000)).toHaveLength(3);
  });

  it('has minutes that begin at the microsecond where the virtual time says so, whatever origin and factor', () => {
    for (const factor of [1, 7, 60, 3599]) {
      for (const originUs of [START_US, START_US + 1, START_US + 59_999_999]) {
        const { clock } = new MetricStore({ clockFactor: factor, originUs });
        const first = clock.minuteAt(originUs);
        for (const next of [first + 1, first + 2, first + 1001]) {
          const startUs = clock.startUs(next);
          expect([clock.minuteAt(startUs - 1), clock.minuteAt(startUs)]).toEqual([next - 1, next]);
        }
      }
    }
  });

  it('shows a minute only after its delay', () => {
    const { put, sums, monitor } = stage({ delayMs: 90_000 });
    monitor(['IncomingRecords']);
    put(minute(0), [[0, false]]);
    expect(sums(0, 'IncomingRecords', minute(2) + 29_999_999)).toEqual([]);
    expect(sums(0, 'IncomingRecords', minute(2) + 30_000_000)).toEqual([[0, 1]]);
  });
});
