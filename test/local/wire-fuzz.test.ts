/**
 * Requests made wrong in every way that a seed can think of: 5,000 in the suite, more with SHARDWISE_FUZZ=200000. The
 * endpoint answers each as AWS would, and is none the worse for it.
 */
import { describe, expect, it } from 'vitest';
import { decodeCbor } from '../../src/local/cbor.ts';
import { encodeCbor } from '../../src/local/cbor-writer.ts';
import { LocalService, type LocalReply, type LocalRequest } from '../../src/local/local-service.ts';
import { OPERATIONS } from '../../src/local/operations.ts';
import { SIGNED, START_US } from './client.ts';

const REQUESTS = Number(process.env.SHARDWISE_FUZZ ?? 5000);
const JSON_TYPE = 'application/x-amz-json-1.1';
const CBOR_TYPE = 'application/x-amz-cbor-1.1';

/** A small generator of its own (mulberry32): the same numbers on every machine. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Draw = (below: number) => number;
const pick = <T>(draw: Draw, from: readonly T[]): T => from[draw(from.length)];

/** Members of all kinds, right and wrong, for whatever operation. */
const VALUES: readonly unknown[] = [
  's',
  '',
  'x'.repeat(300),
  '🚀'.repeat(256),
  'a\u0000b',
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  10_000,
  20_001,
  true,
  false,
  null,
  [],
  {},
  [[]],
  [null],
  { a: { b: {} } },
  'TRIM_HORIZON',
  'LATEST',
  'AT_TIMESTAMP',
  'shardId-000000000000',
  'arn:aws:kinesis:us-east-1:000000000000:stream/s',
  'YQ==',
  'YQ=',
  '!!!!',
  'YR==',
  '340282366920938463463374607431768211456',
  '49001795183198533194000000000000000000000000000000000001',
];
const NAMES = [
  'StreamName',
  'StreamARN',
  'Records',
  'Data',
  'PartitionKey',
  'ExplicitHashKey',
  'ShardId',
  'ShardIteratorType',
  'Timestamp',
  'StartingSequenceNumber',
  'ShardIterator',
  'Limit',
  'ShardCount',
  'NextToken',
  'MaxResults',
  'ShardFilter',
  'Tags',
  'StreamModeDetails',
  'DryRun',
  '__proto__',
  'constructor',
  'toString',
];

function anyMembers(draw: Draw): Record<string, unknown> {
  const count = draw(6);
  return Object.fromEntries(Array.from({ length: count }, () => [pick(draw, NAMES), pick(draw, VALUES)]));
}

function anyRecord(draw: Draw): unknown {
  const good = { Data: Buffer.alloc(draw(30), draw(256)), PartitionKey: `key-${draw(50)}` };
  return draw(20) === 0 ? anyMembers(draw) : good;
}

/** Bytes of base64 in JSON, themselves in CBOR. */
const asText = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer'
    ? Buffer.from((value as { data: number[] }).data).toString('base64')
    : value;

function anyBody(draw: Draw, operation: string, isCbor: boolean): Buffer {
  const members = { StreamName: 's', ...anyMembers(draw) } as Record<string, unknown>;
  if (operation === 'PutRecords' && draw(4) > 0)
    members.Records = Array.from({ length: draw(12) }, () => anyRecord(draw));
  if (operation === 'PutRecord') Object.assign(members, anyRecord(draw));
  // Streams are few and small here: their number is not what is tried.
  if (operation === 'CreateStream') members.ShardCount = draw(3);
  return isCbor ? encodeCbor(members) : Buffer.from(JSON.stringify(members, asText));
}

/** Cuts, flips, repeats, inserts. */
function damaged(draw: Draw, body: Buffer): Buffer {
  const at = draw(body.length + 1);
  switch (draw(8)) {
    case 0:
      return body.subarray(0, at);
    case 1: {
      const flipped = Buffer.from(body);
      for (let i = draw(4); i >= 0 && body.length > 0; i--) flipped[draw(body.length)] ^= 1 << draw(8);
      return flipped;
    }
    case 2:
      return Buffer.concat([body.subarray(0, at), body.subarray(draw(at + 1))]);
    case 3:
      return Buffer.concat([
        body.subarray(0, at),
        Buffer.from(Array.from({ length: draw(12) }, () => draw(256))),
        body.subarray(at),
      ]);
    case 4:
      return Buffer.concat([
        Buffer.from(
          pick(
            draw,
            ['[', '{"a":', '9f', 'bf6161'].map((text) => text.repeat(5000)),
          ),
        ),
        body,
      ]);
    default:
      return body;
  }
}

function anyHeaders(draw: Draw, operation: string, isCbor: boolean): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {
    ...SIGNED,
    'content-type': isCbor ? CBOR_TYPE : JSON_TYPE,
    'x-amz-target': `Kinesis_20131202.${operation}`,
  };
  if (draw(5) > 0) return headers;
  const name = pick(draw, Object.keys(headers));
  const texts = [
    '',
    ' ',
    'x',
    '.',
    'Kinesis_20131202.',
    '__proto__',
    'Kinesis_20131202.toString',
    'AWS4-HMAC-SHA256 Credential=',
    CBOR_TYPE,
  ];
  headers[name] =
    draw(3) === 0
      ? undefined
      : pick(draw, texts) + pick(draw, ['', ';', '; charset=utf-8', headers[name] ?? '']);
  return headers;
}

function anyRequest(draw: Draw): LocalRequest {
  const isCbor = draw(2) === 0;
  const operation = pick(draw, [...OPERATIONS.keys(), 'PutRecords', 'PutRecords', 'PutRecord', 'Nothing']);
  const path =
    draw(30) === 0 ? pick(draw, ['', '/%', '/?X-Amz-Algorithm', '/?%zz=%', '//..//', '/a?b=c&b']) : '/';
  const method = draw(40) === 0 ? pick(draw, ['GET', 'PUT', 'OPTIONS', '']) : 'POST';
  return {
    method,
    path,
    headers: anyHeaders(draw, operation, isCbor),
    body: Buffer.from(damaged(draw, anyBody(draw, operation, isCbor))),
  };
}

/** What an error says it is, in the format of its reply. */
function typeOf(reply: LocalReply): unknown {
  const type = reply.headers['content-type'];
  if (type === CBOR_TYPE) return (decodeCbor(reply.body) as Record<string, unknown>).__type;
  if (type === JSON_TYPE) return (JSON.parse(reply.body.toString()) as Record<string, unknown>).__type;
  return /^<(\w+)\/?>\n/.exec(reply.body.toString())?.[1];
}

describe.each([undefined, { accessKeyId: 'local', secretAccessKey: 's' }])(
  'malformed requests (secret %o)',
  (credentials) => {
    it('are answered each as AWS would, and leave nothing behind', { timeout: 60_000 + REQUESTS }, () => {
      const memoryBytes = 16 * 1_048_576;
      const service = new LocalService({ credentials, memoryBytes });
      service.createStream({ name: 's', shards: 3 }, START_US);
      const draw = chance(credentials === undefined ? 1 : 2);
      const counts: Record<number, number> = {};
      const heapBefore = process.memoryUsage().heapUsed;
      for (let i = 0; i < REQUESTS; i++) {
        const reply = service.handle(anyRequest(draw), START_US + i * 50_000);
        counts[reply.status] = (counts[reply.status] ?? 0) + 1;
        expect([200, 400, 403, 404]).toContain(reply.status);
        if (reply.status !== 200) {
          const type = typeOf(reply);
          expect(type).toMatch(/^\w+(Exception|Failure)$/);
          expect(reply.headers['x-amzn-errortype']).toBe(type);
        }
      }
      expect(service.takeNotices().filter(({ kind }) => kind === 'failure')).toEqual([]);
      // Both doors are found: with signatures that are not looked at, and never with ones that are.
      if (credentials === undefined) expect(counts[200]).toBeGreaterThan(REQUESTS / 40);
      else expect(counts[200]).toBeUndefined();
      const { recordBytes } = service.health(START_US);
      expect(recordBytes).toBeLessThanOrEqual(memoryBytes);
      expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(200 * 1_048_576);
    });
  },
);
