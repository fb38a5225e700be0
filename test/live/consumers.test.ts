/** Consumers in a load test, against the real endpoint and by the real SDK. */
import {
  ListStreamConsumersCommand,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { consumerOf, scenarioOf, sourceAt } from '../traffic/scenarios.ts';
import { documentOf, scenarioFile, shardwise, start } from './command.ts';
import { deliveryOf, playReading, rowOf } from './reading.ts';

const StreamName = 's';
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const poll = consumerOf({ name: 'poll', everyUs: 250_000, idleUs: 250_000, throttledUs: 250_000 });
const fan = consumerOf({ name: 'fan', kind: 'efo' });
const stream = { shards: 2, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 };

describe('consumers of a run', () => {
  it('see everything that was acknowledged, once, and leave no registration behind', async () => {
    const played = await playReading(scenarioOf([sourceAt(1000, 2)], { stream, consumers: [poll, fan] }), {
      after: async (client) => {
        const { Consumers } = await client.send(new ListStreamConsumersCommand({ StreamARN }));
        expect((Consumers ?? []).filter(({ ConsumerStatus }) => ConsumerStatus === 'ACTIVE')).toEqual([]);
      },
    });
    expect(played.totals.accepted).toBe(2000);
    for (const { name } of [poll, fan]) {
      expect(deliveryOf(played, name)).toEqual({
        ...{ acknowledged: 2000, seen: 2000, lost: 0, unread: 0, unacknowledged: 0 },
        ...{ duplicates: 0, withoutHeader: 0, others: 0 },
      });
      expect(rowOf(played, name).endToEndMs.count).toBe(2000);
    }
    expect([played.losses, played.left]).toEqual([[], []]);
  });

  it('measure a delay that is known: records wait for the next poll, and for the code of the consumer', async () => {
    const slow = consumerOf({ ...poll, name: 'slow', perBatchUs: 400_000, batch: 10_000 });
    const late = { ...stream, shards: 1 };
    const played = await playReading(
      scenarioOf([sourceAt(200, 2)], { stream: late, consumers: [fan, slow] }),
      {
        faults: 'faults: [{ operations: [PutRecords], latency: { fixed: 300ms } }]',
      },
    );
    // A put is stored when it arrives and answered 300 ms later; nobody reads it before it is stored.
    const [pushed, polled] = ['fan', 'slow'].map((name) => rowOf(played, name).endToEndMs);
    expect(pushed.count).toBe(400);
    expect(polled.p50).toBeGreaterThan((pushed.p50 ?? 0) + 350);
    expect(deliveryOf(played, 'slow').lost).toBe(0);
  });

  // The next four some at a time, each with an endpoint of its own: they count, and wait more than they work.
  it.concurrent(
    'follow splits, merges and a resize: parents to their end, then children, and nothing is lost or twice',
    async () => {
      const played = await playReading(scenarioOf([sourceAt(1000, 4)], { stream, consumers: [poll, fan] }), {
        beside: async (client, afterMs) => {
          const shard = (n: number): string => `shardId-${n.toString().padStart(12, '0')}`;
          await afterMs(500);
          const NewStartingHashKey = (2n ** 126n).toString();
          await client.send(
            new SplitShardCommand({ StreamName, ShardToSplit: shard(0), NewStartingHashKey }),
          );
          await afterMs(1500);
          const merge = { StreamName, ShardToMerge: shard(2), AdjacentShardToMerge: shard(3) };
          await client.send(new MergeShardsCommand(merge));
          await afterMs(2500);
          const resize = { StreamName, TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' } as const;
          await client.send(new UpdateShardCountCommand(resize));
        },
      });
      const { accepted } = played.totals;
      expect(accepted).toBeGreaterThan(3000);
      for (const { name } of [poll, fan])
        expect(deliveryOf(played, name)).toMatchObject({
          ...{ acknowledged: accepted, seen: accepted, lost: 0, unread: 0, unacknowledged: 0, duplicates: 0 },
        });
    },
  );

  it.concurrent(
    'count a put whose reply never came as unknown, not as lost, and say that it was stored',
    async () => {
      const faults = 'faults: [{ operations: [PutRecords], percentage: 30%, drop: after }]';
      const played = await playReading(scenarioOf([sourceAt(1000, 2)], { stream, consumers: [poll, fan] }), {
        faults,
      });
      const { unknown, accepted } = played.totals;
      expect(unknown).toBeGreaterThan(0);
      for (const { name } of [poll, fan])
        expect(deliveryOf(played, name)).toMatchObject({
          ...{ acknowledged: accepted, lost: 0, unacknowledged: unknown, seen: 2000, duplicates: 0 },
        });
    },
  );

  it.concurrent('count records twice that were stored, not acknowledged and sent again', async () => {
    const scenario = scenarioOf([sourceAt(1000, 2)], {
      ...{ stream, consumers: [poll, fan] },
      producer: {
        ...{ api: 'PutRecords', batch: 500, lingerUs: 100_000, inFlight: 16 },
        retry: { policy: 'backoff', maxAttempts: 6, baseUs: 20_000, maxUs: 100_000 },
      },
    });
    const faults = 'faults: [{ operations: [PutRecords], percentage: 30%, drop: after }]';
    const played = await playReading(scenario, { faults });
    const { accepted, retries, unknown } = played.totals;
    expect(accepted + unknown).toBe(2000);
    expect(retries).toBeGreaterThan(0);
    for (const { name } of [poll, fan]) {
      const delivery = deliveryOf(played, name);
      // Every try was stored: the first of each record is no duplicate, all that were repeated are.
      expect(delivery).toMatchObject({ acknowledged: accepted, lost: 0, seen: 2000 + retries });
      expect([delivery.duplicates, delivery.unacknowledged]).toEqual([retries, retries + unknown]);
    }
  });

  it.concurrent('find a planted loss: what the endpoint forgot before it was read', async () => {
    const outages = [{ atUs: 0, forUs: 60_000_000 }];
    const [out, away] = [consumerOf({ ...poll, name: 'out', outages }), { ...fan, name: 'away', outages }];
    const source = sourceAt(400, 2, { size: { kind: 'fixed', bytes: 10_000 } });
    const scenario = scenarioOf([source], { stream: { ...stream, shards: 4 }, consumers: [out, away] });
    const played = await playReading(scenario, { endpoint: { memoryBytes: 3_000_000 } });
    const { accepted } = played.totals;
    expect(accepted).toBe(800);
    for (const name of ['out', 'away']) {
      const { lost, seen, unread } = deliveryOf(played, name);
      // 8 MB were written and at most 3 MB are kept.
      expect(lost).toBeGreaterThan(450);
      expect([seen + lost, unread]).toEqual([accepted, 0]);
      expect(rowOf(played, name).lostRecords).toBe(lost);
    }
    const { lost } = deliveryOf(played, 'out');
    expect(played.losses).toMatchObject([
      { consumer: 'out', records: lost, isMissing: true },
      { consumer: 'away', records: lost, isMissing: true },
    ]);
  });

  it('are throttled where too many poll a shard, and lose nothing by it', async () => {
    const eager = ['a', 'b', 'c', 'd'].map((name) =>
      consumerOf({ name, everyUs: 200_000, idleUs: 200_000, throttledUs: 200_000 }),
    );
    const one = { ...stream, shards: 1 };
    const played = await playReading(scenarioOf([sourceAt(300, 3)], { stream: one, consumers: eager }));
    const throttled = played.rows.reduce((sum, { throttledCalls }) => sum + throttledCalls, 0);
    const calls = played.rows.reduce((sum, row) => sum + row.calls, 0);
    expect(throttled).toBeGreaterThan(calls / 4);
    // Five calls a second, and the burst of five at first.
    expect(calls - throttled).toBeLessThanOrEqual(5 * 4 + 6);
    for (const { name, starvation } of played.rows) {
      expect(deliveryOf(played, name)).toMatchObject({ lost: 0, seen: 900 });
      if (starvation !== undefined) expect(starvation.limit).toBe('calls');
    }
  });

  it('go on where reading fails for a while: errors, expired iterators, replies that never come', async () => {
    const faults = `
faults:
  - { operations: [GetRecords], percentage: 20%, error: InternalFailure }
  - { operations: [GetRecords], percentage: 20%, error: ExpiredIteratorException }
  - { operations: [GetRecords], percentage: 20%, drop: after }
`;
    const played = await playReading(scenarioOf([sourceAt(1000, 2)], { stream, consumers: [poll] }), {
      faults,
    });
    expect(deliveryOf(played, 'poll')).toMatchObject({ lost: 0, unread: 0, seen: 2000, duplicates: 0 });
    expect(rowOf(played, 'poll').failedCalls).toBeGreaterThan(0);
    expect(rowOf(played, 'poll').firstError?.code).toMatch(/InternalFailure|ECONNRESET/);
  });

  it('join later, are out for a while and read what they missed', async () => {
    const consumers = [
      consumerOf({ ...poll, name: 'out', outages: [{ atUs: 300_000, forUs: 1_000_000 }] }),
      consumerOf({ ...fan, name: 'old', joins: { atUs: 1_000_000, from: 'trimHorizon' } }),
      consumerOf({ ...poll, name: 'new', joins: { atUs: 1_000_000, from: 'latest' } }),
    ];
    const played = await playReading(scenarioOf([sourceAt(1000, 2)], { stream, consumers }));
    expect(deliveryOf(played, 'out')).toMatchObject({ lost: 0, seen: 2000 });
    expect(deliveryOf(played, 'old')).toMatchObject({ lost: 0, seen: 2000 });
    expect(rowOf(played, 'out').iteratorAgeMs.max).toBeGreaterThan(700);
    // One that begins at the newest record need not see all, and is not held to it.
    const fresh = rowOf(played, 'new');
    expect(fresh.delivery).toBeUndefined();
    expect(fresh.records).toBeGreaterThan(100);
    expect(fresh.records).toBeLessThan(1500);
  });

  it('tell records of others apart, and hold records without a header against their sequence numbers', async () => {
    const small = sourceAt(500, 2, { size: { kind: 'fixed', bytes: 20 } });
    const beside = async (
      client: Parameters<typeof playOthers>[0],
      afterMs: (ms: number) => Promise<void>,
    ) => {
      await afterMs(500);
      await playOthers(client);
    };
    const known = await playReading(scenarioOf([sourceAt(500, 2)], { stream, consumers: [poll] }), {
      beside,
    });
    expect(deliveryOf(known, 'poll')).toMatchObject({ acknowledged: 1000, seen: 1000, lost: 0, others: 40 });
    const bare = await playReading(scenarioOf([small], { stream, consumers: [poll] }), { beside });
    expect(deliveryOf(bare, 'poll')).toMatchObject({
      ...{ acknowledged: 1000, seen: 1000, lost: 0, unacknowledged: 0, others: 40 },
    });
    expect(rowOf(bare, 'poll').endToEndMs.count).toBe(0);
  });

  it('unpack aggregates of the KPL', async () => {
    const scenario = scenarioOf([sourceAt(2000, 2)], {
      ...{ stream, consumers: [poll, fan] },
      producer: {
        ...{ api: 'PutRecords', batch: 500, lingerUs: 100_000, inFlight: 16 },
        aggregate: { maxBytes: 51_200, maxCount: 4_294_967_295 },
        retry: { policy: 'kpl', ttlUs: 30_000_000, rateLimit: 1.5 },
      },
    });
    const played = await playReading(scenario);
    expect(played.totals.accepted).toBe(4000);
    for (const { name } of [poll, fan]) {
      const delivery = deliveryOf(played, name);
      expect(delivery).toMatchObject({ acknowledged: played.totals.kinesisRecords, lost: 0, duplicates: 0 });
      expect(rowOf(played, name).endToEndMs.count).toBe(4000);
    }
  });
});

const FILE = `
stream: { shards: 2 }
duration: 2s
traffic: [{ rate: 500/s, keys: "uniform:100", size: 100B }]
consumers: [{ name: poll, kind: polling, every: 500ms }, { name: fan, kind: efo }]
`;

describe('run with consumers', () => {
  it('holds gates on latency from end to end and on iterator age, and prints what was delivered', async () => {
    const file = scenarioFile(FILE);
    const gates = ['--threshold', 'latency.endToEnd.p99 < 1m', '--threshold', 'iteratorAge.max < 1m'];
    const finished = await shardwise('run', file, ...gates, '--threshold', 'latency.endToEnd.p50 < 1us');
    // A generator that was held up makes a run inconclusive, whatever was measured.
    expect([3, 4]).toContain(finished.code);
    expect(finished.out).toMatch(/met +latency\.endToEnd\.p99/);
    expect(finished.out).toMatch(/met +iteratorAge\.max/);
    expect(finished.out).toMatch(/MISSED +latency\.endToEnd\.p50/);
    expect(finished.out).toMatch(/poll +1,000 +1,000 +0 +0$/m);
    expect(finished.out).toMatch(/due to processed \(measured-local\)/);
    expect(finished.out).toMatch(/end to end, slowest reader/);
  });

  it('accounts for what was read up to Ctrl-C', async () => {
    const running = start(['run', scenarioFile(FILE.replace('2s', '10m')), '-f', 'json']);
    setTimeout(() => running.process.kill('SIGINT'), 5000);
    const finished = await running.finished;
    expect(finished.code).toBe(130);
    const { consumers = [], partial, totals } = documentOf(finished);
    expect(partial).toBe('interrupted');
    expect(consumers.map(({ name }) => name)).toEqual(['poll', 'fan']);
    for (const { delivery } of consumers) {
      expect(delivery?.acknowledged).toBe(totals?.accepted);
      expect(delivery?.lost).toBe(0);
    }
  });
});

/** Somebody else's records. */
async function playOthers(client: { send(command: PutRecordsCommand): Promise<unknown> }): Promise<void> {
  const Records = Array.from({ length: 40 }, (_, n) => ({
    Data: Buffer.from(`other ${n}`),
    PartitionKey: `${n}`,
  }));
  await client.send(new PutRecordsCommand({ StreamName, Records }));
}
