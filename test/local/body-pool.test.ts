import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BodyPool } from '../../src/local/body-pool.ts';
import { LocalService } from '../../src/local/local-service.ts';
import { START_US } from './client.ts';

const MOST_SPARE = 1_000_000;

test('a buffer that came back is lent again, to one borrower at a time', () => {
  const step = fc.oneof(
    fc.record({ take: fc.integer({ min: 0, max: 300_000 }) }),
    fc.record({ give: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const pool = new BodyPool(MOST_SPARE);
      const lent: Buffer[] = [];
      for (const each of steps) {
        if ('take' in each) {
          const body = pool.take(each.take);
          expect(body.length).toBe(each.take);
          expect(pool.bytesOf(body)).toBeLessThanOrEqual(Math.ceil(each.take * 1.125));
          expect(lent.filter(({ buffer }) => buffer === body.buffer)).toEqual([]);
          lent.push(body);
        } else if (lent.length > 0) {
          const [body] = lent.splice(each.give % lent.length, 1);
          pool.give(body);
          // A second time is no time.
          pool.give(body);
        }
        expect(pool.spareBytes).toBeLessThanOrEqual(MOST_SPARE);
      }
    }),
  );
});

test('buffers from elsewhere are not taken in', () => {
  const pool = new BodyPool(MOST_SPARE);
  pool.give(Buffer.allocUnsafeSlow(65_536));
  expect(pool.spareBytes).toBe(0);
});

/** A put of `count` records of so many bytes, every byte of them `mark`, read into the service's own buffer. */
function put(service: LocalService, mark: number, count: number, bytes: number, nowUs: number): void {
  const Data = Buffer.alloc(bytes, mark).toString('base64');
  const Records = Array.from({ length: count }, () => ({ Data, PartitionKey: `key-${mark}` }));
  ask(service, 'PutRecords', { StreamName: 'orders', Records }, nowUs);
}

function ask(service: LocalService, operation: string, input: object, nowUs: number): unknown {
  const text = JSON.stringify(input);
  const body = service.takeBody(text.length);
  body.write(text, 'latin1');
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `Kinesis_20131202.${operation}`,
    'x-amz-date': '20261120T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/kinesis/aws4_request, SignedHeaders=host, Signature=0',
  };
  const reply = service.handle({ method: 'POST', path: '/', headers, body }, nowUs);
  expect([reply.status, reply.body.toString('utf8', 0, 200)]).toEqual([200, expect.anything()]);
  return JSON.parse(reply.body.toString());
}

test('records read as they were written while buffers go round: kept whole, copied in part, shared, trimmed', () => {
  const service = new LocalService({ memoryBytes: 8_000_000 });
  service.createStream({ name: 'orders', shards: 1 }, START_US);
  let nowUs = START_US;
  let puts = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.nat(400_000),
      (count, bytes, us) => {
        nowUs += us;
        put(service, puts++ % 251, count, bytes, nowUs);
      },
    ),
    { numRuns: 400 },
  );
  const from = { StreamName: 'orders', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  let { ShardIterator } = ask(service, 'GetShardIterator', from, nowUs) as { ShardIterator: string };
  let read = 0;
  for (;;) {
    nowUs += 10_000_000;
    const page = ask(service, 'GetRecords', { ShardIterator }, nowUs) as {
      Records: { Data: string; PartitionKey: string }[];
      NextShardIterator: string;
    };
    for (const { Data, PartitionKey } of page.Records) {
      const data = Buffer.from(Data, 'base64');
      expect(data.equals(Buffer.alloc(data.length, Number(PartitionKey.slice(4))))).toBe(true);
    }
    read += page.Records.length;
    if (page.Records.length === 0) break;
    ShardIterator = page.NextShardIterator;
  }
  expect(read).toBeGreaterThan(100);
});
