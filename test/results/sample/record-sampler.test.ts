/** What is kept of records, against counts done by hand. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordSampler } from '../../../src/results/sample/record-sampler.ts';
import { SizeClasses } from '../../../src/results/sample/size-classes.ts';
import { packAggregate } from './kpl-writer.ts';

const md5 = (key: string): string => BigInt(`0x${createHash('md5').update(key).digest('hex')}`).toString();
const anywhere = (): undefined => undefined;
const SECOND = 1_800_000_000_000;

function sampled(...records: { key?: string; data: Buffer; atMs?: number }[]) {
  const sampler = new RecordSampler('polling', 1);
  for (const { key, data, atMs = SECOND } of records) sampler.take('s', { key, data, atMs });
  sampler.slice({
    ...{ shardId: 's', fromMs: SECOND - 500, toMs: SECOND + 2500, records: records.length, bytes: 0 },
    isWhole: true,
  });
  return sampler.sample(anywhere);
}

describe('a sample of records', () => {
  it('opens aggregates: keys of the user records, explicit hash keys and all, sizes of the Kinesis record', () => {
    const data = packAggregate([
      { key: 'tenant-1', data: Buffer.alloc(100) },
      { key: 'tenant-2', data: Buffer.alloc(50), explicitHashKey: '42' },
      { key: 'tenant-1', data: Buffer.alloc(10) },
    ]);
    const { shards, aggregates, aggregatedRecords, notReadable } = sampled({ key: 'a', data });
    expect([aggregates, aggregatedRecords, notReadable]).toEqual([1, 3, 0]);
    expect(shards[0]).toMatchObject({ records: 1, bytes: data.length + 1, userRecords: 3 });
    expect(shards[0].keys).toEqual([
      {
        ...{ key: 'tenant-1', hashKey: md5('tenant-1'), keyBytes: 8 },
        atLeast: { records: 2, bytes: 126 },
        atMost: { records: 2, bytes: 126 },
      },
      {
        ...{ key: 'tenant-2', hashKey: '42', keyBytes: 8 },
        atLeast: { records: 1, bytes: 58 },
        atMost: { records: 1, bytes: 58 },
      },
    ]);
  });

  it('counts a broken aggregate as the plain record that it is', () => {
    const data = packAggregate([{ key: 'k', data: Buffer.alloc(9) }]);
    data[10] ^= 1;
    const { shards, aggregates, notReadable } = sampled({ key: 'a', data });
    expect([aggregates, notReadable]).toEqual([0, 1]);
    expect(shards[0].keys.map(({ key }) => key)).toEqual(['a']);
  });

  it('counts records without a key, and the bytes of keys in UTF-8', () => {
    const { shards, withoutKey } = sampled(
      { data: Buffer.alloc(7) },
      { key: 'Größe', data: Buffer.alloc(3) },
    );
    expect(withoutKey).toBe(1);
    expect(shards[0]).toMatchObject({ records: 2, bytes: 7 + 3 + 7, userRecords: 1 });
    expect(shards[0].keys[0].keyBytes).toBe(7);
  });

  it('counts by whole seconds of its slices, empty ones too', () => {
    const { shards } = sampled(
      { key: 'k', data: Buffer.alloc(9), atMs: SECOND - 400 },
      { key: 'k', data: Buffer.alloc(9), atMs: SECOND },
      { key: 'k', data: Buffer.alloc(19), atMs: SECOND + 999 },
      { key: 'k', data: Buffer.alloc(9), atMs: SECOND + 2100 },
    );
    expect(shards[0].perSecond).toEqual([
      { atMs: SECOND, records: 2, bytes: 30 },
      { atMs: SECOND + 1000, records: 0, bytes: 0 },
    ]);
    expect(shards[0].seconds).toBe(3);
  });

  it('says which keys do not belong to the range that they were read from', () => {
    const sampler = new RecordSampler('polling', 1);
    // s-41 is at 146…109, in the lower half of 2^128 (kinesis-facts 1.3).
    for (const key of ['s-41', 's-90']) sampler.take('s', { key, data: Buffer.alloc(1) });
    const { shards } = sampler.sample(() => ({ start: 0n, end: 2n ** 127n - 1n }));
    expect(shards[0].keys.map(({ key, isPlacedElsewhere }) => [key, isPlacedElsewhere])).toEqual([
      ['s-41', undefined],
      ['s-90', true],
    ]);
  });
});

describe('classes of sizes', () => {
  it('hold every size, are at most 1/16 wide, and end at every KiB to 32 KiB', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_485_760 }), { minLength: 1, maxLength: 50 }),
        (sizes) => {
          const classes = new SizeClasses();
          for (const size of sizes) classes.add(size);
          const { upTo, counts, p50, p99, max, mean } = classes.summary();
          const sorted = [...sizes].sort((a, b) => a - b);
          for (const [i, end] of upTo.entries()) {
            const inside = sorted.filter((size) => size <= end && size > (i === 0 ? -1 : upTo[i - 1]));
            expect(inside).toHaveLength(counts[i]);
            for (const size of inside) expect(end).toBeLessThanOrEqual(size + size / 16);
          }
          expect(max).toBe(sorted.at(-1));
          expect(mean).toBeCloseTo(sizes.reduce((sum, size) => sum + size, 0) / sizes.length, 6);
          for (const [part, value] of [
            [0.5, p50],
            [0.99, p99],
          ]) {
            const exact = sorted[Math.ceil(sizes.length * part) - 1];
            expect(value).toBeGreaterThanOrEqual(exact);
            expect(value).toBeLessThanOrEqual(exact + exact / 16);
          }
        },
      ),
    );
    for (let kib = 1; kib <= 32; kib++) {
      const classes = new SizeClasses();
      classes.add(kib * 1024);
      expect(classes.summary().upTo).toEqual([kib * 1024]);
    }
  });
});
