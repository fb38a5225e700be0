import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { createShardMap, routeByScan } from '../../src/model/shard-map.ts';
import { base64, call, record, send, serviceWith, START_US } from './client.ts';

/** The rule of the throttle in bigint and plain words, one shard: an oracle that shares no code with it. */
class SlowBucket {
  #records = 1_000_000_000n;
  #bytes = 1_048_576_000_000n;
  #atUs: bigint | undefined;

  accept(call: readonly number[], nowUs: number): boolean[] {
    const now = BigInt(nowUs);
    const elapsed = this.#atUs === undefined ? 0n : now - this.#atUs;
    this.#atUs = now;
    this.#records = least(this.#records + elapsed * 1000n, 1_000_000_000n);
    this.#bytes = least(this.#bytes + elapsed * 1_048_576n, 1_048_576_000_000n);
    let sum = 0;
    return call.map((size) => {
      const cost = BigInt(Math.ceil((sum + size) / 1024) - Math.ceil(sum / 1024)) * 1024n * 1_000_000n;
      if (this.#records < 1_000_000n || this.#bytes < cost) return false;
      this.#records -= 1_000_000n;
      this.#bytes -= cost;
      sum += size;
      return true;
    });
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

describe('PutRecords', () => {
  it('accepts and throttles record by record as the bucket rule says', () => {
    const calls = fc.array(
      fc.record({
        waitUs: fc.integer({ min: 0, max: 900_000 }),
        sizes: fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 400 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(calls, (list) => {
        const service = serviceWith([{ name: 's', shards: 1 }]);
        const bucket = new SlowBucket();
        bucket.accept([], START_US);
        let nowUs = START_US;
        for (const { waitUs, sizes } of list) {
          nowUs += waitUs;
          const Records = sizes.map((size) => record('key', 'x'.repeat(size)));
          const { body } = call(service, 'PutRecords', { StreamName: 's', Records }, nowUs);
          const results = body.Records;
          expect(results.map((result) => result.ErrorCode === undefined)).toEqual(
            bucket.accept(
              sizes.map((size) => size + 3),
              nowUs,
            ),
          );
          expect(body.FailedRecordCount).toBe(
            results.filter((result) => result.ErrorCode !== undefined).length,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('answers partial failure with 200 and names shard, stream and account', () => {
    const service = serviceWith([{ name: 'orders', shards: 1 }]);
    const Records = Array(400).fill(record('k', 'x'.repeat(1000)));
    const answers = [1, 2, 3].map(() => call(service, 'PutRecords', { StreamName: 'orders', Records }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ body }) => body.FailedRecordCount)).toEqual([0, 0, 200]);
    expect(answers[2].body.Records[399]).toEqual({
      ErrorCode: 'ProvisionedThroughputExceededException',
      ErrorMessage:
        'Rate exceeded for shard shardId-000000000000 in stream orders under account 000000000000.',
    });
    expect(call(service, 'PutRecord', { StreamName: 'orders', ...record('k') })).toMatchObject({
      status: 400,
      body: {
        __type: 'ProvisionedThroughputExceededException',
        message: 'Rate exceeded for shard shardId-000000000000 in stream orders under account 000000000000.',
      },
    });
  });

  it('routes by the MD5 of the key, or by the explicit hash key', () => {
    const service = serviceWith([{ name: 's', shards: 7 }]);
    const map = createShardMap(7);
    const hashKey = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
    const entry = fc.record({
      key: fc.string({ minLength: 1, maxLength: 50, unit: 'grapheme' }),
      hash: fc.option(hashKey),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (entries) => {
        const Records = entries.map(({ key, hash }) => ({
          ...record(key),
          ...(hash === null ? {} : { ExplicitHashKey: hash.toString() }),
        }));
        const { body } = call(service, 'PutRecords', { StreamName: 's', Records }, START_US);
        const expected = entries.map(({ key, hash }) => routeByScan(map, hash ?? hashKeyOf(key)).shardId);
        const results = body.Records;
        expect(results.map((r) => r.ShardId ?? /shardId-\d{12}/.exec(r.ErrorMessage ?? '')?.[0])).toEqual(
          expected,
        );
      }),
    );
  });

  it('answers alike on the fast and on the plain way', () => {
    const Records = Array.from({ length: 300 }, (_, i) => record(`key-${i % 7}`, 'x'.repeat(i * 40)));
    const fast = { Records, StreamName: 's' };
    const plain = { ...fast, Unknown: 1 };
    const bodies = [fast, plain].map((input) => {
      const service = serviceWith([{ name: 's', shards: 3 }]);
      return [1, 2, 3].map((n) => call(service, 'PutRecords', input, START_US + n * 1000).body);
    });
    expect(bodies[0]).toEqual(bodies[1]);
  });

  it('gives a shard’s records growing sequence numbers', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    const numbers = [1, 2, 3].flatMap(() => {
      const { body } = call(service, 'PutRecords', {
        StreamName: 's',
        Records: Array(100).fill(record('k')),
      });
      return body.Records.map((result) => BigInt(result.SequenceNumber));
    });
    for (let i = 1; i < numbers.length; i++) expect(numbers[i] > numbers[i - 1]).toBe(true);
  });

  it('refuses a call of more than 10 MiB as a whole and charges nothing for it', () => {
    const service = serviceWith([{ name: 's', shards: 1, maxRecordBytes: 10 * 1_048_576 }]);
    const Records = [record('k', 'x'.repeat(6_000_000)), record('k', 'x'.repeat(6_000_000))];
    const { body } = call(service, 'PutRecords', { StreamName: 's', Records });
    expect(body).toEqual({ __type: 'InvalidArgumentException', message: 'Records size exceeds 10 MB limit' });
    const whole = { StreamName: 's', ...record('k', 'x'.repeat(10 * 1_048_576 - 1)) };
    expect(call(service, 'PutRecord', whole).status).toBe(200);
  });

  it('starts with the buckets as full as the stream was asked to have them', () => {
    const service = serviceWith([{ name: 's', shards: 1, initialFill: 0.25 }]);
    const body = Buffer.from(
      JSON.stringify({ StreamName: 's', Records: Array(500).fill({ Data: base64(''), PartitionKey: 'k' }) }),
    );
    expect(send(service, 'PutRecords', body).body.FailedRecordCount).toBe(250);
  });
});
