/** What is gathered of a stream over the wire: by the real SDK from an endpoint of ours whose past is known. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import { gatherEvidence, type EvidenceAsk } from '../../../src/run/observe/gather.ts';
import type { AskPlan } from '../../../src/run/observe/metric-plan.ts';
import { TELLING_METRICS } from '../../../src/run/observe/shard-metrics.ts';
import { call } from '../../local/client.ts';
import { errorReply, startGuarded, type GuardedEndpoint } from './guarded-endpoint.ts';

const MINUTES = 12;
const SPLIT_AT = 6;
let endpoint: GuardedEndpoint;
let plans: AskPlan[];

/** Minute n has n records; one of two shards is split in the middle. No records in minute 3. */
beforeAll(async () => {
  endpoint = await startGuarded({
    shards: 2,
    minutes: MINUTES,
    monitored: true,
    keysAt: (minute) => (minute === 3 ? [] : Array.from({ length: minute }, (_, i) => `k${i}`)),
    at: (service, minute, nowUs) => {
      if (minute !== SPLIT_AT) return;
      const split = {
        StreamName: 'orders',
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: (2n ** 126n).toString(),
      };
      expect(call(service, 'SplitShard', split, nowUs - 30_000_000).status).toBe(200);
    },
  });
});
afterAll(() => endpoint.close());
beforeEach(() => {
  plans = [];
  endpoint.service.denied.clear();
  endpoint.service.asked.length = 0;
  endpoint.service.answerMetrics((reply) => reply);
});

async function gather(
  ask: Partial<EvidenceAsk> = {},
  signal = new AbortController().signal,
  { connection, url } = endpoint,
) {
  const hooks = { signal, onPlan: (plan: AskPlan) => plans.push(plan), say: () => undefined, pauseMs: 1 };
  return gatherEvidence(
    connection,
    {
      ...{ stream: 'orders', from: { kind: 'ago', ms: (MINUTES + 2) * 60_000 }, to: { kind: 'ago', ms: 0 } },
      ...{ allShards: false, givenConsumers: null, endpointUrl: url, ...ask },
    },
    hooks,
  );
}

/** The values that are there, in order. */
function valuesOf(column: ArrayLike<number> | undefined): number[] {
  return Array.from(column ?? []).filter((value) => !Number.isNaN(value));
}

const BY_MINUTE = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11];

describe('the evidence of a stream', () => {
  it('has its minutes, with holes where nothing happened, and says which are complete', async () => {
    const { metrics, isLocal, missing, tags, fanOutConsumers } = await gather();
    expect(valuesOf(metrics?.stream.IncomingRecords)).toEqual(BY_MINUTE);
    const first = metrics?.stream.IncomingRecords?.findIndex((value) => value === 1) ?? 0;
    expect(metrics?.stream.IncomingRecords?.[first + 2]).toBeNaN();
    expect(metrics?.secPerStep).toBe(60);
    expect((metrics?.count ?? 0) - (metrics?.complete ?? 0)).toBeGreaterThanOrEqual(3);
    expect((metrics?.count ?? 0) - (metrics?.complete ?? 0)).toBeLessThanOrEqual(4);
    expect([isLocal, missing, tags, fanOutConsumers]).toEqual([true, [], {}, []]);
  });

  it('has its shards, closed ones too, whose metrics add up to the stream', async () => {
    const { metrics, shards } = await gather();
    expect(shards.map(({ shardId, open }) => `${shardId.slice(-1)} ${open ? 'open' : 'closed'}`)).toEqual([
      '2 open',
      '3 open',
      '1 open',
      '0 closed',
    ]);
    const sum = [...(metrics?.shards.values() ?? [])]
      .flatMap(({ IncomingRecords }) => valuesOf(IncomingRecords))
      .reduce((a, b) => a + b, 0);
    expect(sum).toBe(BY_MINUTE.reduce((a, b) => a + b, 0));
  });

  it('tells within a minute when a shard opened', async () => {
    const { shards, metrics } = await gather();
    const child = shards.find(({ shardId }) => shardId.endsWith('2'));
    expect(child?.parents).toEqual(['shardId-000000000000']);
    const [after = 0, before = 0] = [child?.openedAfterMs, child?.openedBeforeMs];
    expect(before - after).toBeLessThanOrEqual(60_000);
    const splitMs = endpoint.nowUs / 1000 - (MINUTES - SPLIT_AT) * 60_000 - 30_000;
    expect(after).toBeLessThanOrEqual(splitMs + 2_000);
    expect(before).toBeGreaterThanOrEqual(splitMs - 2_000);
    expect(metrics?.shards.get('shardId-000000000001')).toBeDefined();
    expect(shards.find(({ shardId }) => shardId.endsWith('1'))?.openedAfterMs).toBeUndefined();
  });

  it('says what it will ask, and what that costs, before it asks; and what it has asked', async () => {
    const { asked } = await gather();
    // 13 of the stream, 7 of each of the four shards; beside them the one that tells the endpoint's clock.
    expect(plans.map(({ metrics, requests }) => [metrics, requests])).toEqual([
      [13, 1],
      [28, 1],
    ]);
    expect(asked).toEqual({ requests: 2, metrics: 41, usd: (41 / 1000) * 0.01 });
  });

  it('has coarse peaks in which a closed parent counts by the part of its range', async () => {
    const { coarse, metrics } = await gather({ coarse: true });
    expect(coarse.map(({ reach, stepSec }) => `${reach} ${stepSec}`)).toEqual(['63d 300', '455d 3600']);
    const [, hours] = coarse;
    const total = BY_MINUTE.reduce((a, b) => a + b, 0);
    // All of it lies in one hour or in two.
    expect(hours.stream?.recordsPerSec).toBeLessThanOrEqual(total / 3600);
    expect(hours.stream?.recordsPerSec).toBeGreaterThanOrEqual(total / 2 / 3600);
    const sumOf = (id: string): number =>
      valuesOf(metrics?.shards.get(`shardId-00000000000${id}`)?.IncomingRecords).reduce((a, b) => a + b, 0);
    const child = hours.shards.get('shardId-000000000002')?.recordsPerSec ?? 0;
    expect(child).toBeLessThanOrEqual((sumOf('2') + sumOf('0') / 2) / 3600 + 1e-12);
    expect(child).toBeGreaterThan(0);
  });

  it('ends where it is interrupted, with what is there', async () => {
    const { metrics, missing } = await gather({}, AbortSignal.abort());
    expect(metrics).toBeNull();
    expect(missing).toMatchObject([{ what: 'stream-metrics', why: 'failed' }]);
    expect(endpoint.service.asked.filter((action) => action.startsWith('kinesis'))).toEqual([]);
  });
});

describe('a permission that is denied', () => {
  const whatIsMissing = ({ missing }: StreamEvidence): string[] =>
    missing.map(({ what, why, permission = '' }) => `${what} ${why} ${permission}`);

  it.each([
    ['kinesis:DescribeStreamSummary', 'summary'],
    ['kinesis:ListShards', 'layout-history'],
    ['kinesis:ListTagsForStream', 'tags'],
    ['kinesis:ListStreamConsumers', 'consumers'],
    ['cloudwatch:GetMetricData', 'stream-metrics'],
  ])('%s: is named, and the rest is gathered', async (action, what) => {
    endpoint.service.denied.add(action);
    const evidence = await gather({ coarse: true });
    expect(whatIsMissing(evidence)).toEqual([`${what} denied ${action}`]);
    if (what === 'stream-metrics') expect(evidence.metrics).toBeNull();
    else expect(valuesOf(evidence.metrics?.stream.IncomingRecords)).toEqual(BY_MINUTE);
    expect(evidence.shards.length).toBe(what === 'layout-history' ? 0 : 4);
    expect(evidence.stream.name).toBe('orders');
  });

  it('leaves shard metrics to be found out where the stream may not be described', async () => {
    endpoint.service.denied.add('kinesis:DescribeStreamSummary');
    const { stream, metrics } = await gather();
    expect(stream).toMatchObject({ status: 'UNKNOWN', shards: 3, shardMetrics: TELLING_METRICS });
    expect(metrics?.shards.size).toBe(4);
  });

  it('is the end where nothing is left, in one sentence', async () => {
    for (const action of [
      'kinesis:DescribeStreamSummary',
      'kinesis:ListShards',
      'cloudwatch:GetMetricData',
    ]) {
      endpoint.service.denied.add(action);
    }
    await expect(gather()).rejects.toMatchObject({
      exitCode: 1,
      what: 'kinesis:DescribeStreamSummary and kinesis:ListShards and cloudwatch:GetMetricData are not allowed on stream orders.',
    });
  });

  it.each([
    ['diagnose', false],
    ['recommend', true],
  ])('is none of those that docs/iam/%s.json allows, and all of those are used', async (command, coarse) => {
    await gather({ coarse });
    const policy = JSON.parse(readFileSync(`docs/iam/${command}.json`, 'utf8')) as {
      Statement: { Action: string | string[] }[];
    };
    const allowed = policy.Statement.flatMap(({ Action }) => Action);
    expect([...new Set(endpoint.service.asked)].sort()).toEqual(allowed.sort());
  });
});

describe('a CloudWatch that does not answer well', () => {
  it('throttles: it is asked again', async () => {
    endpoint.service.answerMetrics((reply, before) =>
      before === 1 ? errorReply('ThrottlingException', 400) : reply,
    );
    const { metrics, missing } = await gather();
    expect([missing, valuesOf(metrics?.stream.IncomingRecords)]).toEqual([[], BY_MINUTE]);
  });

  it('has no data yet for one metric: it alone is asked for again', async () => {
    endpoint.service.answerMetrics((reply, before) =>
      before === 1 ? withStatus(reply, 0, 'InternalError') : reply,
    );
    const { metrics, asked } = await gather();
    expect(valuesOf(metrics?.stream.IncomingRecords)).toEqual(BY_MINUTE);
    expect(asked.metrics).toBe(41 + 1);
  });

  it('never has it: that is said, and the others are kept', async () => {
    endpoint.service.answerMetrics((reply) => withStatus(reply, 0, 'InternalError'));
    const { metrics, missing } = await gather();
    expect(metrics?.stream.IncomingRecords).toBeUndefined();
    expect(valuesOf(metrics?.stream.IncomingBytes).length).toBe(BY_MINUTE.length);
    expect(missing[0]).toEqual({
      ...{ what: 'stream-metrics', why: 'failed' },
      detail: '1 metric was not read whole: CloudWatch answered InternalError',
    });
  });
});

describe('an endpoint whose metric clock runs 60 times as fast', () => {
  it('has its window and its steps on that clock, and rates by real seconds', async () => {
    const fast = await startGuarded({
      ...{ shards: 2, minutes: 30, clockFactor: 60 },
      keysAt: (minute) => Array.from({ length: minute + 1 }, (_, i) => `k${i}`),
    });
    try {
      const evidence = await gather({ from: { kind: 'ago', ms: 20 * 60_000 } }, undefined, fast);
      const { metrics, fromMs, toMs } = evidence;
      expect(toMs - fromMs).toBe(20 * 60_000);
      // Half an hour has gone there in half a minute of ours.
      expect(toMs).toBeGreaterThan(fast.nowUs / 1000 + 29 * 60_000 - 30_000);
      expect([metrics?.stepMs, metrics?.secPerStep]).toEqual([60_000, 1]);
      const values = valuesOf(metrics?.stream.IncomingRecords);
      expect(values.length).toBeGreaterThanOrEqual(10);
      expect(values).toEqual(values.map((_, i) => values[0] + i));
      expect(values.at(-1)).toBe(30);
    } finally {
      await fast.close();
    }
  });
});

describe('a stream of more shards than are asked for by the minute', () => {
  let large: GuardedEndpoint;
  beforeAll(async () => {
    large = await startGuarded({
      ...{ shards: 160, minutes: 6, monitored: true },
      // The same keys in each minute: 155 of them, on fewer shards.
      keysAt: () => Array.from({ length: 155 }, (_, i) => `k${i}`),
    });
  });
  afterAll(() => large.close());

  it('is looked at coarsely, then its worst shards closely', async () => {
    const { metrics, missing, asked } = await gather({}, undefined, large);
    const busy = metrics?.shards.size ?? 0;
    expect(plans.map((plan) => plan.metrics)).toEqual([13, 3 * 160, 7 * busy]);
    expect(asked.metrics).toBe(13 + 3 * 160 + 7 * busy);
    expect(missing).toMatchObject([{ what: 'shard-metrics', why: 'not-asked' }]);
    const sum = [...(metrics?.shards.values() ?? [])]
      .flatMap(({ IncomingRecords }) => valuesOf(IncomingRecords))
      .reduce((a, b) => a + b, 0);
    // Shards without a record are no suspects, and there are fewer with one than may be looked at.
    expect(sum).toBe(6 * 155);
  });

  it('is read whole where that is asked for', async () => {
    const { metrics, missing } = await gather({ allShards: true }, undefined, large);
    expect(plans.map((plan) => plan.metrics)).toEqual([13, 3 * 160, 4 * (metrics?.shards.size ?? 0)]);
    expect(missing).toEqual([]);
  });
});

describe('a stream without shard-level metrics', () => {
  it('gets the command that turns them on, and what they cost an hour', async () => {
    const plain = await startGuarded({ shards: 4, minutes: 4, keysAt: () => ['a', 'b'] });
    try {
      const evidence = await gather({ endpointUrl: undefined }, undefined, plain);
      expect(evidence.missing).toEqual([
        {
          ...{ what: 'shard-metrics', why: 'off' },
          command:
            'aws kinesis enable-enhanced-monitoring --stream-name orders --shard-level-metrics IncomingRecords IncomingBytes WriteProvisionedThroughputExceeded --region us-east-1',
          usdPerHour: (4 * 3 * 0.3) / 730,
          formula: '4 shards x 3 metrics x $0.30 a month / 730 h',
        },
      ]);
      expect(evidence.metrics?.shards.size).toBe(0);
    } finally {
      await plain.close();
    }
  });
});

/** A page on which one metric has another status and no points. */
function withStatus(reply: { body: Buffer } & object, index: number, StatusCode: string) {
  const page = JSON.parse(reply.body.toString()) as { MetricDataResults: object[] };
  page.MetricDataResults[index] = {
    ...page.MetricDataResults[index],
    ...{ StatusCode, Timestamps: [], Values: [] },
  };
  return { ...reply, body: Buffer.from(JSON.stringify(page)) } as never;
}
