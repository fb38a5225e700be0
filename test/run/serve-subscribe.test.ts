/** SubscribeToShard over sockets: the real AWS SDK over HTTP/2 and HTTP/1.1, and clients that are slow, many or gone. */
import { request, type IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import type * as Sdk from '@aws-sdk/client-kinesis';
import { afterEach, describe, expect, it } from 'vitest';
import { parseFaults } from '../../src/local/faults/fault-file.ts';
import { NO_FAULTS } from '../../src/local/faults/fault-rule.ts';
import { LocalService, type LocalOptions } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { EventPushes } from '../../src/run/serve/event-push.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';
import { SIGNED } from '../local/client.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const kinesis = await import('@aws-sdk/client-kinesis');

const StreamName = 's';
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const SHARD_0 = 'shardId-000000000000';
const ENDLESS: LocalOptions = { createMs: 0, deleteMs: 0, reshardMs: 0, limits: [] };
const TRIM_HORIZON = { Type: 'TRIM_HORIZON' } as const;

const clients: Sdk.Kinesis[] = [];
const servers: RunningServer[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) await server.close();
});

interface World {
  readonly service: LocalService;
  readonly server: RunningServer;
  readonly client: Sdk.Kinesis;
  readonly ConsumerARN: string;
}

async function world(options = ENDLESS, shards = 1, handler?: () => NodeHttpHandler): Promise<World> {
  const service = new LocalService(options);
  service.createStream({ name: StreamName, shards }, epochClock());
  const server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock });
  const client = new kinesis.Kinesis({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...(handler ? { requestHandler: handler() } : {}),
  });
  clients.push(client);
  servers.push(server);
  const { Consumer } = await client.registerStreamConsumer({ StreamARN, ConsumerName: 'c' });
  return { service, server, client, ConsumerARN: Consumer?.ConsumerARN ?? '' };
}

async function put(client: Sdk.Kinesis, texts: readonly string[]): Promise<void> {
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: `key-${text.slice(0, 9)}` }));
  expect((await client.putRecords({ StreamName, Records })).FailedRecordCount).toBe(0);
}

type Events = AsyncIterator<Sdk.SubscribeToShardEventStream>;

async function subscribe(
  client: Sdk.Kinesis,
  ConsumerARN: string,
  ShardId = SHARD_0,
  StartingPosition: Sdk.StartingPosition = TRIM_HORIZON,
): Promise<Events> {
  const { EventStream } = await client.subscribeToShard({ ConsumerARN, ShardId, StartingPosition });
  if (!EventStream) throw new Error('there is no event stream');
  return EventStream[Symbol.asyncIterator]();
}

/** The next event; undefined at the end. */
async function eventOf(events: Events): Promise<Sdk.SubscribeToShardEvent | undefined> {
  const next = await events.next();
  return next.done === true ? undefined : next.value.SubscribeToShardEvent;
}

function textsOf(event: Sdk.SubscribeToShardEvent): string[] {
  return (event.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString());
}

const HANDLERS: readonly [string, (() => NodeHttpHandler) | undefined][] = [
  ["the SDK's own HTTP/2", undefined],
  ['HTTP/1.1', () => new NodeHttpHandler()],
];

describe.each(HANDLERS)('the AWS SDK over %s', (_, handler) => {
  it('gets every record exactly once, from subscription to subscription and from parents to children', async () => {
    const { client, ConsumerARN } = await world(ENDLESS, 1, handler);
    const sent = Array.from({ length: 90 }, (_, i) => `${i}`);
    await put(client, sent.slice(0, 30));
    const found: string[] = [];
    const children: string[] = [];
    let position: Sdk.StartingPosition = TRIM_HORIZON;
    // Each subscription is left after a few events; the shard is split in the midst of the third.
    for (let round = 0, isOver = false; !isOver; round++) {
      const events = await subscribe(client, ConsumerARN, SHARD_0, position);
      if (round === 0) await put(client, sent.slice(30, 40));
      if (round === 2) {
        await put(client, sent.slice(40, 50));
        const NewStartingHashKey = (2n ** 127n).toString();
        await client.splitShard({ StreamName, ShardToSplit: SHARD_0, NewStartingHashKey });
        await put(client, sent.slice(50));
      }
      for (let seen = 0; seen < 2 && !isOver; seen++) {
        const event = await eventOf(events);
        if (event === undefined) throw new Error('the subscription ended without children');
        found.push(...textsOf(event));
        children.push(...(event.ChildShards ?? []).map(({ ShardId }) => ShardId ?? ''));
        isOver = children.length > 0;
        position = { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: event.ContinuationSequenceNumber };
        if (!isOver && round >= 2) seen = 0;
        if (round < 2) break;
      }
      if (isOver) expect(await eventOf(events)).toBeUndefined();
      else await events.return?.();
    }
    expect(children).toEqual(['shardId-000000000001', 'shardId-000000000002']);
    for (const child of children) {
      const events = await subscribe(client, ConsumerARN, child);
      found.push(...textsOf((await eventOf(events)) ?? ({ Records: [] } as never)));
      await events.return?.();
    }
    expect(found.map(Number).sort((a, b) => a - b)).toEqual(sent.map(Number));
  });

  it('is pushed what others put, at once', async () => {
    const { client, ConsumerARN } = await world(ENDLESS, 1, handler);
    const events = await subscribe(client, ConsumerARN, SHARD_0, { Type: 'LATEST' });
    expect(await eventOf(events)).toMatchObject({ Records: [], MillisBehindLatest: 0 });
    for (const text of ['a', 'b', 'c']) {
      await put(client, [text]);
      const event = await eventOf(events);
      expect(event && textsOf(event)).toEqual([text]);
      expect(event?.Records?.[0].ApproximateArrivalTimestamp).toBeInstanceOf(Date);
    }
    await events.return?.();
  });

  it('is told when another subscription takes over', async () => {
    const { client, ConsumerARN } = await world(ENDLESS, 1, handler);
    const first = await subscribe(client, ConsumerARN);
    await eventOf(first);
    const second = await subscribe(client, ConsumerARN);
    await expect(eventOf(first)).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await put(client, ['a']);
    for (let texts: string[] = []; texts.length === 0;) {
      texts = textsOf((await eventOf(second)) as Sdk.SubscribeToShardEvent);
    }
    await second.return?.();
  });

  it('is refused as in any other call', async () => {
    const { client, ConsumerARN } = await world({ ...ENDLESS, limits: ['read'] }, 1, handler);
    await expect(subscribe(client, ConsumerARN, 'shardId-000000000009')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const events = await subscribe(client, ConsumerARN);
    await expect(subscribe(client, ConsumerARN)).rejects.toMatchObject({ name: 'LimitExceededException' });
    await events.return?.();
  });

  it('sees the end when the endpoint stops', async () => {
    const { client, server, ConsumerARN } = await world(ENDLESS, 1, handler);
    const events = await subscribe(client, ConsumerARN);
    await eventOf(events);
    const closed = server.close();
    expect(await eventOf(events)).toBeUndefined();
    client.destroy();
    await closed;
  });

  it('may be 200 at once', async () => {
    const shards = 200;
    const { client, ConsumerARN } = await world(
      ENDLESS,
      shards,
      handler && (() => new NodeHttpHandler({ httpAgent: { maxSockets: 300 } })),
    );
    const all = await Promise.all(
      Array.from({ length: shards }, (_, shard) =>
        subscribe(client, ConsumerARN, `shardId-${shard.toString().padStart(12, '0')}`, { Type: 'LATEST' }),
      ),
    );
    await Promise.all(all.map(eventOf));
    const width = 2n ** 128n / BigInt(shards);
    const Records = all.map((_, shard) => ({
      Data: Buffer.from(`${shard}`),
      PartitionKey: 'k',
      ExplicitHashKey: (BigInt(shard) * width + width / 2n).toString(),
    }));
    await client.putRecords({ StreamName, Records });
    const texts = await Promise.all(all.map(async (events) => textsOf((await eventOf(events)) as never)));
    expect(texts).toEqual(all.map((_, shard) => [`${shard}`]));
    for (const events of all) await events.return?.();
  });
});

describe('many subscriptions on one HTTP/2 connection', () => {
  it('do not wait for each other', async () => {
    const { server, ConsumerARN, client } = await world(ENDLESS, 50);
    const shared = new kinesis.Kinesis({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: new NodeHttp2Handler({ disableConcurrentStreams: false }),
    });
    clients.push(shared);
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, shard) =>
        subscribe(shared, ConsumerARN, `shardId-${shard.toString().padStart(12, '0')}`),
      ),
    );
    const first = await Promise.all(all.map(eventOf));
    expect(first.every((event) => event?.MillisBehindLatest === 0)).toBe(true);
    await put(client, ['a']);
    const texts = await Promise.race(all.map(async (events) => textsOf((await eventOf(events)) as never)));
    expect(texts).toEqual(['a']);
  });
});

/** A subscription by plain HTTP/1.1, whose reply nobody reads until told. */
async function rawSubscription(url: string, ConsumerARN: string): Promise<IncomingMessage> {
  const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.SubscribeToShard' };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers }, resolve);
    asked.on('error', reject);
    asked.end(JSON.stringify({ ConsumerARN, ShardId: SHARD_0, StartingPosition: TRIM_HORIZON }));
  });
}

describe('a fault that cuts the connection behind the call', () => {
  it('leaves no subscription either', async () => {
    const { service, server, client, ConsumerARN } = await world();
    service.setFaults(parseFaults('faults: [{ operations: [SubscribeToShard], drop: after }]', 'f.yaml'));
    await expect(rawSubscription(server.url, ConsumerARN)).rejects.toThrow();
    service.setFaults(NO_FAULTS);
    const events = await subscribe(client, ConsumerARN);
    expect(await eventOf(events)).toBeDefined();
    await events.return?.();
  });
});

describe('a client that goes', () => {
  it('leaves nothing behind: the endpoint stops at once, and the shard is free', async () => {
    const { server, client, ConsumerARN } = await world();
    for (let i = 0; i < 20; i++) {
      const reply = await rawSubscription(server.url, ConsumerARN);
      expect(reply.headers['content-type']).toBe('application/vnd.amazon.eventstream');
      reply.destroy();
    }
    const events = await subscribe(client, ConsumerARN);
    expect(await eventOf(events)).toBeDefined();
    await events.return?.();
  });
});

describe('a client that does not read', () => {
  it('is not sent more than it takes: one event waits, the others stay where they are', async () => {
    const { service, client, ConsumerARN } = await world();
    const text = 'x'.repeat(900 * 1024);
    for (let i = 0; i < 30; i++) await put(client, [text]);
    const input = { ConsumerARN, ShardId: SHARD_0, StartingPosition: TRIM_HORIZON };
    const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.SubscribeToShard' };
    const body = Buffer.from(JSON.stringify(input));
    const { events } = service.handle({ method: 'POST', path: '/', headers, body }, epochClock());
    if (!events) throw new Error('it was refused');
    let taken = 0;
    let takeMore = (): void => undefined;
    const slow = new Writable({
      write: (chunk: Buffer, _, done) => {
        taken += chunk.length;
        takeMore = done;
      },
    });
    new EventPushes(epochClock).begin(events, slow);
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    let most = 0;
    let waits = 0;
    for (let i = 0; i < 200 && taken < 40 * text.length; i++) {
      await settle();
      await put(client, ['y']);
      most = Math.max(most, slow.writableLength);
      waits++;
      takeMore();
    }
    expect(waits).toBeGreaterThan(29);
    // Base64 takes a third more.
    expect(taken).toBeGreaterThanOrEqual(40 * text.length);
    expect(most).toBeLessThan(2 * 2 ** 20);
    slow.destroy();
  });

  it('is hung up on when its five minutes are over', async () => {
    const { service, client, ConsumerARN } = await world();
    await put(client, ['x'.repeat(100_000)]);
    const input = { ConsumerARN, ShardId: SHARD_0, StartingPosition: TRIM_HORIZON };
    const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.SubscribeToShard' };
    const body = Buffer.from(JSON.stringify(input));
    const beganUs = epochClock();
    const { events } = service.handle({ method: 'POST', path: '/', headers, body }, beganUs);
    if (!events) throw new Error('it was refused');
    const stalled = new Writable({ write: () => undefined });
    const closed = new Promise((resolve) => stalled.on('close', resolve));
    new EventPushes(() => beganUs + 299_990_000).begin(events, stalled);
    await closed;
    expect(events.next(beganUs).isOver).toBe(true);
  });

  it('gets everything once it reads', async () => {
    const { server, client, ConsumerARN } = await world();
    const reply = await rawSubscription(server.url, ConsumerARN);
    reply.pause();
    const text = 'x'.repeat(1000 * 1000);
    for (let i = 0; i < 24; i++) await put(client, [`${i} ${text}`.slice(0, 1000 * 1000)]);
    let bytes = 0;
    await new Promise<void>((resolve) => {
      reply.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > (24 * 1000 * 1000 * 4) / 3) resolve();
      });
      reply.resume();
    });
    reply.destroy();
  });
});
