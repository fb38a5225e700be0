/**
 * The AWS SDK as it comes and every transport of ours, with signatures verified: the same records on the same shards.
 */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalService } from '../../src/local/local-service.ts';
import { ATTEMPT } from '../../src/model/outcome.ts';
import type { ShardMap } from '../../src/model/shard-map.ts';
import { epochClock } from '../../src/run/clock.ts';
import { kinesisClient } from '../../src/run/send/client.ts';
import { openTransport } from '../../src/run/send/open-transport.ts';
import { entriesOf } from '../../src/run/send/put-entries.ts';
import { RecordData } from '../../src/run/send/record-data.ts';
import { readLayout } from '../../src/run/send/stream-layout.ts';
import { TRANSPORT_NAMES, type TransportName } from '../../src/run/send/transport.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';
import { KeyDictionary } from '../../src/traffic/key-dictionary.ts';
import { KeyRouter } from '../../src/traffic/key-router.ts';
import { readHeader } from '../../src/traffic/payload.ts';
import { RecordSlab } from '../../src/traffic/record-slab.ts';
import type { Keys } from '../../src/traffic/scenario.ts';
import { sourceAt, uniformKeys } from '../traffic/scenarios.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const CREDENTIALS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'a secret/with+signs=' };
const REGION = 'us-east-1';
const RECORDS = 300;
const NAMES = ['as-it-comes', ...TRANSPORT_NAMES] as const;
type Name = (typeof NAMES)[number];

let server: RunningServer;
const listed: Keys = { kind: 'weights', names: ['"q"', 'schlüssel', '日本'], weights: [1, 1, 1] };
const hashed: Keys = { kind: 'hashKeys', hashKeys: [5n, 2n ** 127n], keyBytes: [4, 9], weights: [1, 1] };
const sources = [
  sourceAt(1, 1, { keys: uniformKeys(50) }),
  sourceAt(1, 1, { keys: listed }),
  sourceAt(1, 1, { keys: hashed }),
];
const dictionary = new KeyDictionary(sources.map(({ keys }) => keys));

beforeAll(async () => {
  const service = new LocalService({ credentials: CREDENTIALS, createMs: 0 });
  for (const name of NAMES) service.createStream({ name, shards: 4 }, epochClock());
  for (const name of TRANSPORT_NAMES)
    service.createStream({ name: `single-${name}`, shards: 1 }, epochClock());
  server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock });
});
afterAll(() => server.close());

function client(): KinesisClient {
  const spec = { kind: 'local', endpoint: server.url, region: REGION, credentials: CREDENTIALS } as const;
  return kinesisClient(spec, 2);
}

/** The same records for everyone: of each key several, of sizes with and without room for a header. */
function batchOf(map: ShardMap) {
  const records = new RecordSlab();
  const router = new KeyRouter(dictionary, map);
  const slots = Uint32Array.from({ length: RECORDS }, () => records.take());
  slots.forEach((slot, k) => {
    records.k[slot] = k;
    records.source[slot] = k % 3;
    records.key[slot] = k % dictionary.size;
    records.dataBytes[slot] = 48 + ((k * 37) % 400);
    records.dueUs[slot] = 1000 * k;
    records.shard[slot] = router.shardOf(records.key[slot]);
  });
  return { records, batch: { slots, sentUs: 0, queueUs: 0 } };
}

async function put(name: Name): Promise<void> {
  const reader = client();
  const map = await readLayout(reader, name);
  reader.destroy();
  const { records, batch } = batchOf(map);
  const data = new RecordData(new Uint8Array(16), 0, sources, (key) => dictionary.nameOf(key));
  if (name === 'as-it-comes') {
    const sdk = new KinesisClient({ endpoint: server.url, region: REGION, credentials: CREDENTIALS });
    const Records = entriesOf(batch, data.of(batch.slots, records), records, dictionary);
    expect((await sdk.send(new PutRecordsCommand({ StreamName: name, Records }))).FailedRecordCount).toBe(0);
    sdk.destroy();
    return;
  }
  const transport = await openTransport(name, {
    client: { kind: 'local', endpoint: server.url, region: REGION, credentials: CREDENTIALS },
    connections: 2,
    ...{ stream: { StreamName: name }, data, keys: dictionary },
    shardIds: map.open.map(({ shardId }) => shardId),
  });
  const reply = await transport.put(batch, records);
  transport.close();
  expect(reply).toMatchObject({ errors: [], misrouted: 0, isWhole: false });
  expect(Array.from(reply.outcomes)).toEqual(new Array(RECORDS).fill(ATTEMPT.accepted));
}

/** All that is on the stream: shard, key and what the header says of each record, with the length of its data. */
async function stored(name: string): Promise<string[]> {
  const reader = client();
  const { open } = await readLayout(reader, name);
  const lines: string[] = [];
  for (const { shardId } of open) {
    const { ShardIterator } = await reader.send(
      new GetShardIteratorCommand({ StreamName: name, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const { Records = [] } = await reader.send(new GetRecordsCommand({ ShardIterator }));
    for (const { Data = new Uint8Array(0), PartitionKey } of Records) {
      const { k, source, attempt, dueUs } = readHeader(Data) ?? {};
      lines.push(`${shardId} ${PartitionKey} ${k} ${source} ${attempt} ${dueUs} ${Data.length}`);
    }
  }
  reader.destroy();
  return lines;
}

it('puts the same records on the same shards, however they are sent, and every signature holds', async () => {
  for (const name of NAMES) await put(name);
  const [asItComes, ...others] = await Promise.all(NAMES.map(stored));
  expect(asItComes).toHaveLength(RECORDS);
  expect(new Set(asItComes.map((line) => line.split(' ')[0])).size).toBeGreaterThan(1);
  for (const other of others) expect(other).toEqual(asItComes);
});

it.each<TransportName>(['sdk', 'raw'])('says by %s what is wrong with a signature', async (name) => {
  const { records, batch } = batchOf(await layout());
  const data = new RecordData(new Uint8Array(16), 0, sources, (key) => dictionary.nameOf(key));
  const transport = await openTransport(name, {
    client: {
      ...{ kind: 'local', endpoint: server.url, region: REGION },
      credentials: { ...CREDENTIALS, secretAccessKey: 'another' },
    },
    connections: 1,
    ...{ stream: { StreamName: name }, data, keys: dictionary, shardIds: [] },
  });
  const { outcomes, errors, retryable } = await transport.put(batch, records);
  transport.close();
  expect([outcomes[0], retryable, errors.map(({ code }) => code)]).toEqual([
    ATTEMPT.failed,
    false,
    ['InvalidSignatureException'],
  ]);
});

async function layout(): Promise<ShardMap> {
  const reader = client();
  const map = await readLayout(reader, 'sdk');
  reader.destroy();
  return map;
}

it.each(TRANSPORT_NAMES)(
  'puts single records by %s, and says of a throttled one that it is',
  async (name) => {
    const stream = `single-${name}`;
    const reader = client();
    const map = await readLayout(reader, stream);
    reader.destroy();
    const { records, batch } = batchOf(map);
    const transport = await openTransport(name, {
      client: { kind: 'local', endpoint: server.url, region: REGION, credentials: CREDENTIALS },
      connections: 2,
      ...{ stream: { StreamName: stream }, api: 'PutRecord', keys: dictionary },
      data: new RecordData(new Uint8Array(16), 0, sources, (key) => dictionary.nameOf(key)),
      shardIds: map.open.map(({ shardId }) => shardId),
    });
    const lone = (i: number) => ({ ...batch, slots: batch.slots.subarray(i, i + 1) });
    for (let i = 0; i < 20; i++) {
      const reply = await transport.put(lone(i), records);
      expect(reply).toMatchObject({
        errors: [],
        misrouted: 0,
        isWhole: false,
        outcomes: { 0: ATTEMPT.accepted },
      });
    }
    expect(await stored(stream)).toHaveLength(20);
    // The bucket takes one record of 1 MiB, and no second one.
    records.dataBytes[batch.slots[0]] = 1_000_000;
    const replies = [];
    for (let i = 0; i < 3; i++) replies.push(await transport.put(lone(0), records));
    transport.close();
    expect(replies.at(-1)).toMatchObject({
      ...{ errors: [], isWhole: true, retryable: true },
      outcomes: [ATTEMPT.throttled],
    });
  },
);
