import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PutBatch } from '../../src/local/put-batch.ts';
import { RecordLog } from '../../src/local/record-log.ts';
import { RecordMemory } from '../../src/local/record-memory.ts';
import { ACCEPTED, THROTTLED_BY_BYTES } from '../../src/model/throttle.ts';
import { base64 } from './client.ts';

const DAY_MS = 86_400_000;

interface Put {
  readonly key: string;
  readonly data: string;
  readonly shard: number;
  readonly accepted: boolean;
}

function append(log: RecordLog, puts: readonly Put[], nowMs: number): void {
  const batch = new PutBatch();
  batch.fill(puts.map((put) => ({ Data: base64(put.data), PartitionKey: put.key })));
  puts.forEach((put, i) => {
    batch.shard[i] = put.shard;
    batch.verdict[i] = put.accepted ? ACCEPTED : THROTTLED_BY_BYTES;
  });
  log.append(batch, nowMs);
}

const puts = fc.array(
  fc.array(
    fc.record({
      key: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
      data: fc.string({ maxLength: 60 }),
      shard: fc.nat(2),
      accepted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  { maxLength: 60 },
);

describe('a stream’s record log', () => {
  it('gives back the newest records of each shard in order, whatever was trimmed', () => {
    fc.assert(
      fc.property(puts, fc.integer({ min: 200, max: 200_000 }), (calls, budget) => {
        const log = new RecordLog(3, new RecordMemory(budget), DAY_MS);
        calls.forEach((call, i) => append(log, call, i));
        for (let shard = 0; shard < 3; shard++) {
          const expected = calls.flatMap((call, ms) =>
            call.filter((put) => put.accepted && put.shard === shard).map((put) => ({ ...put, ms })),
          );
          expect(log.next(shard)).toBe(expected.length + 1);
          const kept = expected.slice(log.first(shard) - 1);
          const found = kept.map((_, i) => log.read(shard, log.first(shard) + i));
          expect(found).toEqual(
            kept.map(({ key, data, ms }) => ({
              arrivalMs: ms,
              data: base64(data),
              key: Buffer.from(key).toString(),
              bytes: Buffer.byteLength(data) + Buffer.byteLength(key),
            })),
          );
        }
      }),
    );
  });

  it('stays within its budget and says what it forgot', () => {
    const log = new RecordLog(1, new RecordMemory(1_000_000), DAY_MS);
    let count = 0;
    for (let call = 0; call < 3000; call++) {
      append(log, [{ key: 'k', data: 'x'.repeat(900), shard: 0, accepted: true }], call);
      count += log.takeTrimmed().records;
      expect(log.bytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(count).toBe(log.first(0) - 1);
    expect(log.next(0) - log.first(0)).toBeGreaterThan(700);
    expect(log.takeTrimmed()).toEqual({ records: 0, bytes: 0 });
  });

  it('does not keep a large body for the few records of it that were accepted', () => {
    const log = new RecordLog(1, new RecordMemory(1e9), DAY_MS);
    const refused = { key: 'k', data: 'x'.repeat(1000), shard: 0, accepted: false };
    append(log, [...Array<Put>(400).fill(refused), { ...refused, data: 'kept', accepted: true }], 0);
    const alone = new RecordLog(1, new RecordMemory(1e9), DAY_MS);
    append(alone, [{ ...refused, data: 'kept', accepted: true }], 0);
    expect(log.bytes).toBe(alone.bytes);
    expect(log.read(0, 1)).toMatchObject({ data: base64('kept'), key: 'k' });
  });

  it('forgets after the retention without calling it a trim', () => {
    const log = new RecordLog(1, new RecordMemory(1e9), DAY_MS);
    append(log, [{ key: 'a', data: '1', shard: 0, accepted: true }], 0);
    append(log, [{ key: 'b', data: '2', shard: 0, accepted: true }], 5000);
    log.expire(DAY_MS + 1);
    expect([log.first(0), log.next(0)]).toEqual([2, 3]);
    expect(log.takeTrimmed().records).toBe(0);
  });

  it('packs small bodies: each costs little more than its bytes', () => {
    const log = new RecordLog(1, new RecordMemory(1e9), DAY_MS);
    for (let ms = 0; ms < 10_000; ms++)
      append(log, [{ key: 'key', data: 'x', shard: 0, accepted: true }], ms);
    expect(log.bytes / 10_000).toBeLessThan(60);
    expect(log.read(0, 1)).toMatchObject({ arrivalMs: 0, key: 'key' });
    expect(log.read(0, 9_877)).toMatchObject({ arrivalMs: 9_876, data: base64('x') });
  });

  it('keeps retention to a second where small bodies share a segment', () => {
    const log = new RecordLog(1, new RecordMemory(1e9), DAY_MS);
    for (let ms = 0; ms < 10_000; ms += 100)
      append(log, [{ key: 'k', data: 'x', shard: 0, accepted: true }], ms);
    for (let since = 0; since <= 10_000; since += 50) {
      log.expire(DAY_MS + since);
      const oldest = log.first(0) < log.next(0) ? log.arrivalMs(0, log.first(0)) : Infinity;
      expect(oldest).toBeGreaterThan(since - 1000);
      expect(log.first(0) - 1).toBeLessThanOrEqual(Math.ceil(since / 100));
    }
    expect(log.first(0)).toBe(log.next(0));
    append(log, [{ key: 'new', data: 'y', shard: 0, accepted: true }], DAY_MS * 2);
    expect(log.read(0, log.first(0))).toMatchObject({ key: 'new', data: base64('y') });
  });

  it('finds the first record since a time as a linear search does', () => {
    const times = fc.array(fc.nat(30), { maxLength: 30 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(times, fc.nat(31), (arrivals, since) => {
        const log = new RecordLog(1, new RecordMemory(1e9), DAY_MS);
        for (const ms of arrivals) append(log, [{ key: 'k', data: 'd', shard: 0, accepted: true }], ms);
        const index = arrivals.findIndex((ms) => ms >= since);
        expect(log.firstSince(0, since)).toBe(index < 0 ? arrivals.length + 1 : index + 1);
      }),
    );
  });
});
