/**
 * Streams whose truth is planted, diagnosed by the command over the wire: each finding where it belongs, and not on the
 * stream that only looks like it.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShardMap, type ShardMap } from '../../src/model/shard-map.ts';
import type { DiagnosisDocument } from '../../src/results/diagnosis-document.ts';
import type { DiagnosisFinding } from '../../src/results/diagnosis-finding.ts';
import { namesOnShard } from '../advice/observations.ts';
import {
  playStreams,
  TICKS_PER_SEC,
  type Played,
  type PlantedLoad,
  type PlantedStream,
} from './planted-streams.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
process.env['AWS_ACCESS_KEY_ID'] = 'local';
process.env['AWS_SECRET_ACCESS_KEY'] = 'local';

const MINUTES = 36;
const SLOW_MINUTES = 16;
const LATE = 24;
const TWO = createShardMap(2);
const THREE = createShardMap(3);
const FOUR = createShardMap(4);

/** So much on each shard, by so many keys. */
function spread(map: ShardMap, perSec: number, keys = 10): PlantedLoad[] {
  return map.open.flatMap((_, shard) => onShard(map, shard, perSec, keys));
}

function onShard(map: ShardMap, shard: number, perSec: number, keys = 10): PlantedLoad[] {
  return namesOnShard(shard, keys, map, 'small').map((key) => ({ key, perSec: perSec / keys }));
}

const small = spread(THREE, 200);
const [hot, warm] = namesOnShard(1, 2, THREE, 'big');

/** A Kinesis record of user records by one key, hand-made: none of our own encoder. */
function aggregateOf(key: string, records: number, bytes: number): string {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]);
  const field = (tag: number, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tag, ...varint(body.length)]), body]);
  const user = field(0x1a, Buffer.concat([Buffer.from([8, 0]), field(0x1a, Buffer.alloc(bytes))]));
  const message = Buffer.concat([
    field(0x0a, Buffer.from(key)),
    ...Array.from({ length: records }, () => user),
  ]);
  const digest = createHash('md5').update(message).digest();
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, digest]).toString('base64');
}

/** Reads a shard so many times a second, with so many records a call. */
function poller(callsPerTick: number, limit: number): At {
  let iterator: string | null | undefined;
  return (ask) => {
    const ShardId = 'shardId-000000000000';
    iterator ??= ask('GetShardIterator', { ShardId, ShardIteratorType: 'TRIM_HORIZON' }).body.ShardIterator;
    for (let n = 0; n < callsPerTick; n++) {
      const { status, body } = ask('GetRecords', { ShardIterator: iterator, Limit: limit });
      if (status === 200) iterator = body.NextShardIterator;
    }
  };
}

const tenant = aggregateOf('tenant-7', 180, 250);

/** Keys evenly over the whole hash space. */
const evenLoad = spread(createShardMap(16), 100, 4);

/** The first half has more keys, and the last quarter most of the others. */
const manyOnFirst = [
  ...[800, 0, 0, 0].flatMap((perSec, shard) => onShard(FOUR, shard, perSec)),
  ...[0, 0, 100, 700].flatMap((perSec, shard) => onShard(FOUR, shard, perSec)),
];

type At = NonNullable<PlantedStream['at']>;

/** One such record in four minutes. */
function film(bytes: number): PlantedStream['offered'] {
  const load = { key: 'film', perSec: 1, data: 'x'.repeat(bytes) };
  return (minute) => (minute % 4 === 0 ? [load] : []);
}

/** From then on alone, for what shows at once. */
function late(...loads: readonly PlantedLoad[]): PlantedStream['offered'] {
  return (minute) => (minute < LATE ? [] : loads);
}

/** Only in each so manyeth tick. */
function every(ticks: number, ...acts: readonly At[]): At {
  return (ask, tick) => {
    if (tick % ticks === 0) acts.forEach((act) => act(ask, tick));
  };
}

/** Splits the shard in the middle at a minute. */
function splitAt(minute: number, ShardToSplit: string): At {
  return (ask, tick) => {
    if (tick !== minute * TICKS_PER_SEC) return;
    const shard = ask('ListShards').body.Shards.find(({ ShardId }) => ShardId === ShardToSplit);
    const { StartingHashKey, EndingHashKey } = (shard as NonNullable<typeof shard>).HashKeyRange;
    const NewStartingHashKey = ((BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n + 1n).toString();
    ask('SplitShard', { ShardToSplit, NewStartingHashKey });
  };
}

const STREAMS: Record<string, PlantedStream> = {
  'one-hot-key': { shards: 3, offered: late(...small, { key: hot, perSec: 1500 }) },
  'two-warm-keys': {
    shards: 3,
    offered: late(...small, ...[hot, warm].map((key) => ({ key, perSec: 600 }))),
  },
  'three-times-the-limit': {
    shards: 3,
    offered: (minute) => [...small, { key: hot, perSec: minute < 15 ? 200 : 3000 }],
  },
  'not-monitored': { shards: 3, monitored: false, offered: late(...small, { key: hot, perSec: 1500 }) },
  'not-monitored-calm': { shards: 3, monitored: false, offered: late(...spread(THREE, 500)) },
  'too-small': { shards: 2, offered: late(...spread(TWO, 1300)) },
  idle: { shards: 4, offered: () => spread(FOUR, 100) },
  'just-split': { shards: 4, offered: () => spread(FOUR, 100), at: splitAt(25, 'shardId-000000000001') },
  'split-in-vain': {
    shards: 3,
    offered: (minute) => [...small, { key: hot, perSec: minute < 10 ? 300 : 1200 }],
    at: splitAt(25, 'shardId-000000000001'),
  },
  storm: {
    shards: 3,
    retries: true,
    offered: (minute) => [...small, { key: hot, perSec: minute < 12 ? 600 : 1000 }],
  },
  growth: {
    shards: 3,
    offered: (minute) => [...small, { key: hot, perSec: 300 + 70 * minute }],
  },
  'few-keys': { shards: 4, offered: () => ['eu', 'us', 'ap'].map((key) => ({ key, perSec: 300 })) },
  'enough-keys': { shards: 4, offered: late(...spread(FOUR, 500, 50)) },
  'greedy-reader': { shards: 1, offered: () => [{ key: 'k', perSec: 500 }], at: poller(1, 50) },
  'modest-reader': { shards: 1, offered: () => [{ key: 'k', perSec: 500 }], at: every(5, poller(1, 500)) },
  'on-demand': {
    shards: 4,
    mode: 'ON_DEMAND',
    offered: late(...spread(FOUR, 100), { key: 'big-0', perSec: 1600 }),
  },
  spreading: { shards: 3, spread: true, offered: late(...small, { key: hot, perSec: 1500 }) },
  large: { shards: 2, maxRecordBytes: 10 * 1024 * 1024, offered: film(1_600_000) },
  'nearly-large': { shards: 2, offered: film(900_000) },
  aggregated: {
    shards: 2,
    offered: (minute) => [
      ...spread(TWO, 50),
      { key: 'a', perSec: minute < LATE ? 2 : 30, encoded: tenant, explicitHashKey: '5' },
    ],
  },
  'three-readers': {
    shards: 1,
    offered: late({ key: 'k', perSec: 17, data: 'x'.repeat(40_000) }),
    at: every(7, poller(1, 500), poller(1, 500), poller(1, 500)),
  },
  uneven: { shards: 2, offered: () => evenLoad, at: splitAt(0, 'shardId-000000000001') },
  'wide-by-keys': { shards: 2, offered: () => manyOnFirst, at: splitAt(0, 'shardId-000000000001') },
};

/** Of ten real seconds a minute, for what takes longer than a second to show. */
const SLOW_STREAMS: Record<string, PlantedStream> = {
  bursts: { shards: 2, inBursts: true, offered: () => [{ key: 'k', perSec: 300 }] },
  even: { shards: 2, offered: () => [{ key: 'k', perSec: 300 }] },
  'slow-reader': { shards: 1, offered: () => [{ key: 'k', perSec: 10 }], at: every(5, poller(1, 1)) },
  'slow-but-whole': { shards: 1, offered: () => [{ key: 'k', perSec: 10 }], at: every(5, poller(1, 500)) },
};

const SAMPLED = ['--sample', '--yes', '--sample-share', '100%'];

let played: Played;
let slow: Played;
beforeAll(async () => {
  played = await playStreams(STREAMS, MINUTES);
  slow = await playStreams(SLOW_STREAMS, SLOW_MINUTES, 6);
}, 60_000);
afterAll(() => Promise.all([played.close(), slow.close()]));

async function diagnose(stream: string, ...flags: readonly string[]): Promise<DiagnosisDocument> {
  const where = stream in STREAMS ? played : slow;
  const { out, exit, err } = await where.run('diagnose', stream, '-f', 'json', '--quiet', ...flags);
  expect([exit, err]).toEqual([0, '']);
  return JSON.parse(out) as DiagnosisDocument;
}

/** `HOT_KEY 1 name: no`. */
function shortOf({ code, shardId, key, splitHelps }: DiagnosisFinding): string {
  const shard = shardId === undefined ? [] : [String(Number(shardId.slice(8)))];
  return `${[code, ...shard, ...(key === undefined ? [] : [key])].join(' ')}: ${splitHelps}`;
}

async function shorts(stream: string, ...flags: readonly string[]): Promise<string[]> {
  return (await diagnose(stream, ...flags)).findings.map(shortOf);
}

/** What is true, and what only looks like it: without records, then with records read. */
const TRUTHS: [string, string[], string[]?][] = [
  ['one-hot-key', ['HOT_SHARD 1: unknown'], [`HOT_KEY 1 ${hot}: no`]],
  ['two-warm-keys', ['HOT_SHARD 1: unknown'], ['HOT_SHARD 1: yes']],
  ['three-times-the-limit', ['HOT_SHARD 1: unknown'], [`HOT_KEY 1 ${hot}: no`]],
  ['not-monitored', ['MONITORING_OFF: unknown'], [`HOT_KEY 1 ${hot}: no`, 'MONITORING_OFF: unknown']],
  ['not-monitored-calm', ['MONITORING_OFF: no-matter']],
  ['too-small', ['UNDER_PROVISIONED: partly']],
  ['idle', ['OVER_PROVISIONED: no-matter']],
  ['just-split', []],
  ['split-in-vain', ['HOT_SHARD 4: unknown'], [`HOT_KEY 4 ${hot}: no`]],
  ['storm', ['HOT_SHARD 1: unknown', 'RETRY_STORM 1: no-matter']],
  ['growth', ['HOT_SHARD 1: unknown'], [`HOT_KEY 1 ${hot}: no`]],
  ['few-keys', [], ['FEW_KEYS: no']],
  ['enough-keys', [], []],
  ['greedy-reader', ['READ_BUDGET_EXHAUSTED 0: no']],
  ['modest-reader', []],
  ['three-readers', ['READ_BOUND 0: partly']],
  ['on-demand', ['HOT_SHARD 0: no'], ['HOT_KEY 0 big-0: no']],
  ['spreading', ['KEYS_IGNORED: no-matter'], ['KEYS_IGNORED: no-matter']],
  ['large', ['LARGE_RECORDS 1: no']],
  ['nearly-large', []],
  ['aggregated', ['HOT_SHARD 0: unknown'], ['HOT_KEY 0 tenant-7: no']],
  ['bursts', ['HIDDEN_BURST 1: unknown']],
  ['even', []],
  ['slow-reader', ['LAGGING_CONSUMER: no-matter']],
  ['slow-but-whole', []],
];

describe('a diagnosis of planted streams', () => {
  it.each(TRUTHS)('finds what is true of %s, and no more', async (stream, bare, sampled) => {
    expect(await shorts(stream)).toEqual(bare);
    if (sampled !== undefined) expect(await shorts(stream, ...SAMPLED)).toEqual(sampled);
  });

  it.each([
    ['one-hot-key', 'records', 1500, LATE],
    ['three-times-the-limit', 'records', 3000, 15],
    ['split-in-vain', 'records', 1200, 10],
    // 180 user records of 250 bytes and their key's 8 in each of 30 aggregates.
    ['aggregated', 'bytes', 180 * 258 * 30, LATE],
  ] as const)(
    'bounds the load of the key of %s, and says since when',
    async (stream, dimension, truth, since) => {
      const { findings } = await diagnose(stream, ...SAMPLED);
      const [{ sinceMs = 0, ...finding }] = findings;
      if (finding.code !== 'HOT_KEY') throw new Error(finding.code);
      const { lower, upper } = finding.evidence.load.perSec;
      expect(finding.evidence.load.dimension).toBe(dimension);
      expect(lower).toBeLessThanOrEqual(truth);
      expect(upper).toBeGreaterThanOrEqual(truth);
      expect(Math.abs(sinceMs - Date.parse(played.at(since)))).toBeLessThanOrEqual(2 * 60_000);
    },
  );

  it('finds a range that is wide where the layout is as old as the window, and not where it is new', async () => {
    expect(await shorts('uneven')).toEqual([]);
    expect(await shorts('uneven', '--from', played.at(5))).toEqual(['UNEVEN_RANGES 0: yes']);
    expect(await shorts('wide-by-keys', '--from', played.at(5))).toEqual([]);
  });
});
