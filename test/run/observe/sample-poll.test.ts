/** Records read by polling over the wire: by the real SDK from an endpoint of ours whose past is known. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalReply } from '../../../src/local/local-service.ts';
import { RecordSampler } from '../../../src/results/sample/record-sampler.ts';
import { samplePolling, type PollRequest } from '../../../src/run/observe/sample-poll.ts';
import { epochClock } from '../../../src/run/clock.ts';
import { localClient } from '../../../src/run/send/client.ts';
import { errorReply, startGuarded, type GuardedEndpoint } from './guarded-endpoint.ts';
import { allowedBy, keysOf, minuteOf, sampleOf, SHARD_0, SHARD_1 } from './sampled-stream.ts';

let endpoint: GuardedEndpoint;
let client: ReturnType<typeof localClient>;

/** `s-41` falls on shard 0 of two, `s-90` on shard 1 (kinesis-facts); minute n has n + 1 of each. */
beforeAll(async () => {
  endpoint = await startGuarded({
    shards: 2,
    minutes: 4,
    keysAt: (minute) => Array.from({ length: 2 * (minute + 1) }, (_, i) => KEYS[i % 2]),
  });
  client = localClient(endpoint.url, 'us-east-1', 4);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});
beforeEach(() => {
  endpoint.service.denied.clear();
  endpoint.service.asked.length = 0;
});

const KEYS = ['s-41', 's-90'] as const;

async function poll(slices: PollRequest['slices'], rest: Partial<PollRequest> = {}) {
  const sampler = new RecordSampler('polling', 2);
  const result = await samplePolling(
    {
      ...{ client, streamName: 'orders', slices, share: 1, trimmedMs: 0 },
      ...{ untilMs: epochClock() / 1000 + 10_000, signal: new AbortController().signal, ...rest },
    },
    sampler,
  );
  return { ...result, sample: sampleOf(sampler) };
}

/** So many GetRecords calls are answered with an error, after some that are not. */
function failFirst(count: number, error: string, after = 0): () => void {
  const { service } = endpoint;
  const plain = service.handle.bind(service);
  let calls = 0;
  service.handle = (request, nowUs): LocalReply => {
    const isRead = request.headers['x-amz-target']?.endsWith('.GetRecords') ?? false;
    if (isRead && ++calls > after && calls <= after + count) return errorReply(error, 400);
    return plain(request, nowUs);
  };
  return () => {
    service.handle = plain;
  };
}

describe('a sample by polling', () => {
  it('has the records of its slices, those alone, and says that they are whole', async () => {
    // Minute 1 has two of each, minute 2 three.
    const { sample, calls } = await poll([
      minuteOf(shardOf('s-41'), 2, endpoint.nowUs),
      minuteOf(shardOf('s-90'), 3, endpoint.nowUs),
    ]);
    expect(keysOf(sample)).toEqual({ 's-41': 3, 's-90': 2 });
    expect(sample.slices.map(({ isWhole, records }) => [isWhole, records]).sort()).toEqual([
      [true, 2],
      [true, 3],
    ]);
    expect(sample.shards.map(({ seconds }) => seconds)).toEqual([60, 60]);
    // Whole seconds with those that had nothing: the records are in one of them.
    for (const { perSecond, records } of sample.shards) {
      expect(perSecond.length).toBeGreaterThanOrEqual(59);
      expect(perSecond.reduce((sum, second) => sum + second.records, 0)).toBe(records);
    }
    expect(calls).toBe(2);
    const allowed = allowedBy('sample.json');
    expect(endpoint.service.asked.filter((action) => !allowed.has(action))).toEqual([]);
  });

  it('stops at its bytes, and says that they cut it', async () => {
    const { sample } = await poll([minuteOf(shardOf('s-41'), 1, endpoint.nowUs, 1)]);
    expect(sample.slices).toMatchObject([{ isWhole: false, cutBy: 'budget', records: 1 }]);
  });

  it.each(['ExpiredIteratorException', 'ProvisionedThroughputExceededException'])(
    'goes on after %s, without counting a record twice',
    async (error) => {
      const restore = failFirst(1, error);
      const { sample, throttledCalls } = await poll([minuteOf(shardOf('s-41'), 2, endpoint.nowUs)]);
      restore();
      expect(keysOf(sample)).toEqual({ 's-41': 3 });
      expect(throttledCalls).toBe(error.startsWith('Prov') ? 1 : 0);
    },
  );

  it('goes on after its last record where an iterator expires on the way', async () => {
    const restore = failFirst(1, 'ExpiredIteratorException', 1);
    // Records are believed to be so large that each call asks for one.
    const slice = { ...minuteOf(shardOf('s-41'), 2, endpoint.nowUs), meanBytes: 2 ** 20 };
    const { sample, calls } = await poll([slice]);
    restore();
    expect(keysOf(sample)).toEqual({ 's-41': 3 });
    expect(calls).toBeGreaterThan(2);
  });

  it('leaves a shard to its readers where it is throttled until its time is over', async () => {
    const restore = failFirst(99, 'ProvisionedThroughputExceededException');
    const untilMs = epochClock() / 1000 + 300;
    const { sample } = await poll([minuteOf(shardOf('s-41'), 2, endpoint.nowUs)], { untilMs });
    restore();
    expect(sample.slices).toMatchObject([{ isWhole: false, cutBy: 'throttled', records: 0 }]);
  });

  it('says that a slice reaches back to before what the stream keeps', async () => {
    const trimmedMs = endpoint.nowUs / 1000 - 60_000;
    const { sample } = await poll([minuteOf(shardOf('s-41'), 2, endpoint.nowUs)], { trimmedMs });
    expect(sample.slices).toMatchObject([{ isWhole: false, cutBy: 'trimmed', records: 3 }]);
  });

  it.each(['kinesis:GetRecords', 'kinesis:GetShardIterator'])(
    'names %s where it is denied',
    async (action) => {
      endpoint.service.denied.add(action);
      const { missing, sample } = await poll([
        minuteOf(SHARD_0, 1, endpoint.nowUs),
        minuteOf(SHARD_1, 1, endpoint.nowUs),
      ]);
      expect(missing).toEqual([{ what: 'records', why: 'denied', permission: action }]);
      expect(sample.slices.map(({ cutBy }) => cutBy)).toEqual(['error', 'error']);
    },
  );

  it('ends when it is interrupted', async () => {
    const signal = AbortSignal.abort();
    const { sample } = await poll([minuteOf(SHARD_0, 1, endpoint.nowUs)], { signal });
    expect(sample.slices).toMatchObject([{ isWhole: false, cutBy: 'interrupted' }]);
  });

  it('reads at the tip only what comes', async () => {
    const { sample } = await poll([
      { shardId: SHARD_0, fromMs: undefined, forMs: 250, mostBytes: 1000, meanBytes: null },
    ]);
    expect(sample.slices).toMatchObject([{ isWhole: true, records: 0 }]);
    expect(sample.slices[0].toMs - sample.slices[0].fromMs).toBeCloseTo(250);
  });
});

function shardOf(key: (typeof KEYS)[number]): string {
  return key === 's-41' ? SHARD_0 : SHARD_1;
}
