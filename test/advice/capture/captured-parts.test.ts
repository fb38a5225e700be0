/** The pieces that a capture is made of: steps, places of keys, sizes, arrivals, groups. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alikeShards } from '../../../src/advice/capture/alike-shards.ts';
import { capturedArrivalsOf } from '../../../src/advice/capture/captured-arrivals.ts';
import { keyBitsOf, placeOf } from '../../../src/advice/capture/captured-keys.ts';
import { capturedSizeOf } from '../../../src/advice/capture/captured-size.ts';
import { foldSteps } from '../../../src/advice/capture/fold-steps.ts';
import type { SampledShard } from '../../../src/advice/capture/sampled-traffic.ts';
import { overlaps } from '../../../src/advice/capture/range-heirs.ts';
import { contains, uniformRanges, widthOf } from '../../../src/model/hash-range.ts';
import { meanRecordBytes } from '../../../src/traffic/record-mean.ts';
import { uniformKeys } from '../../traffic/scenarios.ts';
import { rangesAt } from './planted.ts';

const hashKey = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
const layout = fc
  .uniqueArray(fc.bigInt({ min: 1n, max: (1n << 128n) - 1n }), { maxLength: 20 })
  .map((starts) => rangesAt(0n, ...starts.sort((a, b) => (a < b ? -1 : 1))));

function sampled(changes: Partial<SampledShard>): SampledShard {
  return {
    ...{
      recordsPerSec: 0,
      bytesPerSec: 0,
      seconds: 60,
      records: 0,
      bytes: 0,
      userRecords: 0,
      distinctKeys: 0,
    },
    ...{ perSecond: [], sizes: new Map(), keys: new Map(), ...changes },
  };
}

describe('folded steps', () => {
  it('are few enough, carry as much as the series, and are off by what they say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (values, most) => {
          const { steps, off } = foldSteps(values, most);
          expect(steps.length).toBeLessThanOrEqual(most);
          expect(steps.map(({ from }) => from)).toEqual([0, ...steps.slice(0, -1).map(({ to }) => to)]);
          expect(steps.at(-1)?.to).toBe(values.length);
          let worst = 0;
          for (const { from, to, mean } of steps) {
            const sum = values.slice(from, to).reduce((all, value) => all + value, 0);
            expect(mean * (to - from)).toBeCloseTo(sum, 3);
            for (const value of values.slice(from, to)) worst = Math.max(worst, Math.abs(value - mean));
          }
          expect(off).toBeCloseTo(worst, 6);
        },
      ),
    );
  });

  it('keep a spike of one minute apart', () => {
    const { steps } = foldSteps([10, 11, 10, 900, 10, 9], 3);
    expect(steps.map(({ mean }) => Math.round(mean))).toEqual([10, 900, 10]);
  });
});

describe('the place of a key', () => {
  it('is in the range of its shard, and tells no bit beyond those that are stated', () => {
    fc.assert(
      fc.property(layout, hashKey, fc.nat(50), (ranges, hash, n) => {
        const bits = keyBitsOf(ranges);
        const range = ranges.find((candidate) => contains(candidate, hash));
        if (range === undefined) throw new Error('the ranges do not tile');
        const place = placeOf(hash, range, bits, n);
        expect(contains(range, place)).toBe(true);
        const shift = BigInt(128 - bits);
        const last = ((hash >> shift) << shift) + (1n << shift) - 1n;
        const other = (hash ^ 0x5555n) & ((1n << shift) - 1n);
        // Another key with the same bits on the same shard has the same place.
        const twin = last - other > range.end ? hash : last - other < range.start ? hash : last - other;
        expect(placeOf(twin, range, bits, n)).toBe(place);
      }),
    );
  });

  it('has eight bits more than tell the shards apart', () => {
    expect(keyBitsOf(uniformRanges(1))).toBe(8);
    expect(keyBitsOf(uniformRanges(4))).toBe(10);
    expect(keyBitsOf(uniformRanges(5))).toBe(11);
  });
});

describe('parts of other ranges', () => {
  it('add up to the whole', () => {
    fc.assert(
      fc.property(layout, layout, (before, now) => {
        for (const range of before) {
          const found = overlaps(range, now);
          expect(found.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1, 9);
          for (const { index } of found) expect(widthOf(now[index])).toBeGreaterThan(0n);
        }
      }),
    );
  });
});

describe('captured sizes', () => {
  it.each([1.3, 2, 6, 14])('have the mean of the metrics and a p99 %d times as large', (spread) => {
    const shard = sampled({
      ...{ records: 1000, bytes: 500_000 },
      sizes: new Map([[500 * spread, 1000]]),
    });
    const size = capturedSizeOf(800, 0, [shard], 1 << 20);
    if (size.kind !== 'lognormal') throw new Error(size.kind);
    expect(size.p99 / 800).toBeCloseTo(spread, 1);
    const { median, p99 } = size;
    const mean = meanRecordBytes({ kind: 'lognormal', median, p99 }, uniformKeys(1), 1 << 20) - 5;
    expect(Math.abs(mean / 800 - 1)).toBeLessThan(0.02);
  });

  it('are all alike where no record was read', () => {
    expect(capturedSizeOf(816, 16, [], 1 << 20)).toEqual({ kind: 'fixed', bytes: 800 });
  });
});

describe('captured arrivals', () => {
  const seconds = (counts: readonly number[]): SampledShard =>
    sampled({ perSecond: [counts.map((records, i) => ({ atMs: i * 1000, records, bytes: 0 }))] });

  it('are even, by chance, or in bursts', () => {
    expect(capturedArrivalsOf([seconds(Array.from({ length: 40 }, () => 100))])).toEqual({ kind: 'even' });
    const chance = Array.from({ length: 40 }, (_, i) => 100 + (i % 2 === 0 ? 10 : -10));
    expect(capturedArrivalsOf([seconds(chance)])).toEqual({ kind: 'poisson' });
    const bursts = Array.from({ length: 40 }, (_, i) => (i % 8 < 2 ? 400 : 2));
    expect(capturedArrivalsOf([seconds(bursts)])).toEqual({
      ...{ kind: 'bursts', everySec: 8, withinSec: 2, isRegular: true },
    });
  });

  it('are not known from a few seconds', () => {
    expect(capturedArrivalsOf([seconds([100, 100, 100])])).toBeUndefined();
  });
});

describe('shards that are alike', () => {
  it('share a source; those of other sizes or other times do not', () => {
    const steady = { offered: new Float64Array(10).fill(60_000), meanBytes: 200 };
    const large = { offered: new Float64Array(10).fill(60_000), meanBytes: 2000 };
    const late = {
      offered: Float64Array.from({ length: 10 }, (_, i) => (i < 5 ? 0 : 50_000)),
      meanBytes: 200,
    };
    const idle = { offered: new Float64Array(10), meanBytes: null };
    expect(alikeShards([steady, large, steady, late, idle])).toEqual([[0, 2, 4], [1], [3]]);
  });
});
