/** Records read by a temporary consumer over the wire, which is never left behind. */
import { ListStreamConsumersCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecordSampler } from '../../../src/results/sample/record-sampler.ts';
import { findConsumers, listStreams } from '../../../src/run/aws/leftovers.ts';
import { epochClock } from '../../../src/run/clock.ts';
import { sampleFanOut, type FanOutRequest } from '../../../src/run/observe/sample-fan-out.ts';
import { readClients } from '../../../src/run/read/read-target.ts';
import { startGuarded, type GuardedEndpoint } from './guarded-endpoint.ts';
import { allowedBy, keysOf, minuteOf, sampleOf, SHARD_0, SHARD_1 } from './sampled-stream.ts';

const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/orders';
let endpoint: GuardedEndpoint;
let clients: ReturnType<typeof readClients>;

beforeAll(async () => {
  endpoint = await startGuarded({
    shards: 2,
    minutes: 3,
    keysAt: (minute) => Array.from({ length: 2 * (minute + 1) }, (_, i) => (i % 2 === 0 ? 's-41' : 's-90')),
  });
  const client = { kind: 'local', endpoint: endpoint.url, region: 'us-east-1' } as const;
  clients = readClients({ client, streamName: 'orders' });
});
afterAll(async () => {
  clients.calls.destroy();
  clients.subscriptions.destroy();
  await endpoint.close();
});
beforeEach(() => {
  endpoint.service.denied.clear();
  endpoint.service.asked.length = 0;
});

async function listen(slices: FanOutRequest['slices'], rest: Partial<FanOutRequest> = {}) {
  const sampler = new RecordSampler('fan-out', 2);
  const result = await sampleFanOut(
    {
      ...{ client: clients.calls, subscriptions: clients.subscriptions, streamArn: StreamARN, slices },
      ...{ trimmedMs: 0, untilMs: epochClock() / 1000 + 10_000 },
      ...{ signal: new AbortController().signal, ...rest },
    },
    sampler,
  );
  return { ...result, sample: sampleOf(sampler) };
}

/** Consumers of the stream that are there to stay. */
async function registered(): Promise<number> {
  const { Consumers = [] } = await clients.calls.send(new ListStreamConsumersCommand({ StreamARN }));
  return Consumers.filter(({ ConsumerStatus }) => ConsumerStatus !== 'DELETING').length;
}

const asked = (operation: string): number =>
  endpoint.service.asked.filter((action) => action === `kinesis:${operation}`).length;

describe('a sample by fan-out', () => {
  it('has the records of its slices, and deregisters its consumer', async () => {
    const { sample, left, missing } = await listen([
      minuteOf(SHARD_0, 2, endpoint.nowUs),
      minuteOf(SHARD_1, 3, endpoint.nowUs),
    ]);
    expect([left, missing]).toEqual([[], []]);
    expect(keysOf(sample)).toEqual({ 's-41': 2, 's-90': 1 });
    expect(sample.slices.every(({ isWhole }) => isWhole)).toBe(true);
    const allowed = allowedBy('sample.json');
    expect(endpoint.service.asked.filter((action) => !allowed.has(action))).toEqual([]);
    expect([asked('RegisterStreamConsumer'), asked('DeregisterStreamConsumer')]).toEqual([1, 1]);
    expect(await registered()).toBe(0);
  });

  it('is known to cleanup as ours while it is there', async () => {
    const stop = new AbortController();
    // A slice that lasts until it is stopped: it ends in the future.
    const slice = { ...minuteOf(SHARD_0, 1, endpoint.nowUs), forMs: 600_000 };
    const listening = listen([slice], { signal: stop.signal });
    while (asked('SubscribeToShard') === 0) await new Promise((resolve) => setImmediate(resolve));
    const found = await findConsumers(
      endpoint.connection,
      await listStreams(endpoint.connection),
      new AbortController().signal,
    );
    expect(found).toMatchObject([{ kind: 'consumer', streamName: 'orders' }]);
    expect(found[0].expiresUs).toBeGreaterThan(epochClock());
    stop.abort();
    const { sample } = await listening;
    expect(sample.slices).toMatchObject([{ isWhole: false, cutBy: 'interrupted' }]);
    expect(await registered()).toBe(0);
  });

  it.each(['kinesis:SubscribeToShard', 'kinesis:DescribeStreamConsumer', 'kinesis:RegisterStreamConsumer'])(
    'names %s where it is denied, and leaves nothing behind',
    async (action) => {
      endpoint.service.denied.add(action);
      const { missing } = await listen([minuteOf(SHARD_0, 1, endpoint.nowUs)]);
      expect(missing).toEqual([{ what: 'records', why: 'denied', permission: action }]);
      expect(await registered()).toBe(0);
    },
  );

  it('says what is left behind where it may not deregister', async () => {
    endpoint.service.denied.add('kinesis:DeregisterStreamConsumer');
    const { left } = await listen([minuteOf(SHARD_0, 1, endpoint.nowUs, 1)]);
    expect(left.join(' ')).toMatch(/could not be deregistered: AccessDenied.*shardwise cleanup/);
  });
});
