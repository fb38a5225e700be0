import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillOf, keyLoadsOf, type KeyLoads } from '../../../src/advice/placement/key-loads.ts';
import { fittingCounts } from '../../../src/advice/placement/fitting-counts.ts';
import { hottestFill, hottestWindow, placeKeys } from '../../../src/advice/placement/placement.ts';
import { contains, uniformRanges } from '../../../src/model/hash-range.ts';
import { hashKeyOf } from '../../../src/model/hash-key.ts';
import type { DrawnKeys } from '../../../src/traffic/scenario.ts';

const LIMIT = { records: 800, bytes: 838_860.8 };
const zipf = (exponent: number, count: number, template = 'key-{n}'): DrawnKeys => ({
  kind: 'zipf',
  exponent,
  count,
  template,
});
const uniform = (count: number, template = 'key-{n}'): DrawnKeys => ({ kind: 'uniform', count, template });

const loadsOf = (recordsPerSec: number, dataBytes: number, keys: DrawnKeys): KeyLoads =>
  keyLoadsOf([{ recordsPerSec, dataBytes, keys }]);

/** Hottest shard by walking over keys and ranges. */
function bruteForce(loads: KeyLoads, shards: number): number {
  const ranges = uniformRanges(shards);
  const records = new Float64Array(shards);
  const bytes = new Float64Array(shards);
  for (const run of loads.runs) {
    for (let i = 0; i < run.length; i++) {
      const key = run.keyAt(i);
      const hash = hashKeyOf(key.name);
      const shard = ranges.findIndex((range) => contains(range, hash));
      records[shard] += key.records;
      bytes[shard] += key.bytes;
    }
  }
  return Math.max(...Array.from(records, (load, i) => fillOf({ records: load, bytes: bytes[i] }, LIMIT)));
}

/** Share of the records that are above the limit of their shard in records. */
function shareAbove(loads: KeyLoads, shards: number): number {
  const ranges = uniformRanges(shards);
  const sums = new Float64Array(shards);
  for (const run of loads.runs) {
    for (let i = 0; i < run.length; i++) {
      const key = run.keyAt(i);
      const hash = hashKeyOf(key.name);
      sums[ranges.findIndex((range) => contains(range, hash))] += key.records;
    }
  }
  return sums.reduce((above, load) => above + Math.max(0, load - LIMIT.records), 0) / loads.total.records;
}

/** N_first, N_hold and the bad counts between, by their definition, up to a quota. */
function byDefinition(
  loads: KeyLoads,
  quota: number,
): { first: number | null; hold: number | null; bad: number[] } {
  const fits = Array.from({ length: quota }, (_, i) => bruteForce(loads, i + 1) <= 1 + 1e-9);
  const first = fits.indexOf(true) + 1;
  const hold = fits.lastIndexOf(false) + 2;
  if (first === 0) return { first: null, hold: null, bad: [] };
  const bad = fits.flatMap((fit, i) => (!fit && i + 1 > first && i + 1 < hold ? [i + 1] : []));
  return { first, hold: hold > quota ? null : Math.max(first, hold), bad };
}

describe('hottestFill', () => {
  it.each([1, 2, 3, 7, 16, 27, 100, 641])(
    'agrees with a walk over keys and ranges on %i shards',
    (shards) => {
      const loads = keyLoadsOf([
        { recordsPerSec: 3000, dataBytes: 200, keys: zipf(1, 300) },
        { recordsPerSec: 300, dataBytes: 9000, keys: uniform(40, 'b{n}') },
        {
          recordsPerSec: 100,
          dataBytes: 10,
          keys: { kind: 'weights', names: ['key-3', 'Ü'], weights: [1, 2] },
        },
      ]);
      expect(hottestFill(placeKeys(loads), shards, LIMIT)).toBeCloseTo(bruteForce(loads, shards), 9);
    },
  );

  it('puts a key that hashes right at a boundary on the shard whose range holds it', () => {
    // Boundaries so dense that every key is within rounding distance of one: the exact comparison decides.
    const loads = loadsOf(100, 1, uniform(20));
    const placed = placeKeys(loads);
    for (const shards of [2 ** 20, 999_983])
      expect(hottestFill(placed, shards, LIMIT)).toBeCloseTo(5 / 800, 9);
  });

  it('spreads evenly what is too light to be placed', () => {
    const loads = loadsOf(8000, 10, zipf(1, 1000));
    const placed = placeKeys(loads, 100);
    const heavy = [...Array(100).keys()].reduce((sum, n) => sum + 1 / (n + 1), 0);
    const all = [...Array(1000).keys()].reduce((sum, n) => sum + 1 / (n + 1), 0);
    expect(placed.spreadKeys).toBe(900);
    expect(placed.spread.records).toBeCloseTo(8000 * (1 - heavy / all), 6);
    expect(hottestFill(placed, 1, LIMIT)).toBeCloseTo(10, 9);
  });
});

describe('hottestWindow', () => {
  it('is never below the hottest shard, and never grows with the number of shards', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (count, exponent) => {
          const placed = placeKeys(loadsOf(5000, 100, zipf(exponent, count)));
          let before = Infinity;
          for (let shards = 1; shards <= 80; shards++) {
            const window = hottestWindow(placed, shards, LIMIT);
            expect(window).toBeGreaterThanOrEqual(hottestFill(placed, shards, LIMIT) - 1e-9);
            expect(window).toBeLessThanOrEqual(before + 1e-9);
            before = window;
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('fittingCounts', () => {
  it.each([
    ['200 equal keys', 10_000, uniform(200)],
    ['200 other equal keys', 10_000, uniform(200, 'tenant-{n}')],
    ['few keys', 3000, uniform(12)],
    ['zipf', 4000, zipf(1, 300)],
    ['one key', 500, uniform(1)],
  ])('finds N_first, N_hold and the bad counts between by their definition: %s', (_name, rate, keys) => {
    const loads = loadsOf(rate, 100, keys);
    const quota = 150;
    const expected = byDefinition(loads, quota);
    const found = fittingCounts(placeKeys(loads), LIMIT, 1, quota);
    expect({ first: found.first, hold: found.hold }).toEqual({ first: expected.first, hold: expected.hold });
    expect(found.badCount).toBe(expected.bad.length);
    expect(found.bad).toEqual(expected.bad.slice(0, 12));
  });

  it('keeps the definition for any names', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 40 }), (seed, count) => {
        const loads = loadsOf(4000, 100, zipf(0.5, count, `s${seed}-{n}`));
        const expected = byDefinition(loads, 40);
        const found = fittingCounts(placeKeys(loads), LIMIT, 1, 40);
        expect(found).toMatchObject({
          first: expected.first,
          hold: expected.hold,
          badCount: expected.bad.length,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('shows that a larger count can be worse: some names fit on 27 shards and not on all from there', () => {
    // 200 equal keys of 50 records/s: the first count that fits and the one from which all do lie far apart.
    const spans = Array.from({ length: 60 }, (_, seed) => {
      const loads = loadsOf(10_000, 100, uniform(200, `s${seed}-{n}`));
      const { first, hold } = fittingCounts(placeKeys(loads), LIMIT, 1, 2000);
      return (hold ?? 2000) - (first ?? 2000);
    });
    expect(spans.every((span) => span >= 0)).toBe(true);
    expect(Math.max(...spans)).toBeGreaterThan(5);
  });

  it('finds N_scan, from which every window fits, by its definition', () => {
    for (const loads of [loadsOf(10_000, 100, uniform(200)), loadsOf(4000, 100, zipf(1, 300))]) {
      const placed = placeKeys(loads);
      const { scan, hold } = fittingCounts(placed, LIMIT, 13, 2000);
      expect(scan).not.toBeNull();
      expect(hottestWindow(placed, scan ?? 1, LIMIT)).toBeLessThanOrEqual(1 + 1e-9);
      expect(hottestWindow(placed, (scan ?? 1) - 1, LIMIT)).toBeGreaterThan(1 + 1e-9);
      expect(hold).toBeLessThanOrEqual(scan ?? 0);
    }
  });

  it('takes counts that have no more than a part above their shards, by their definition', () => {
    for (const [count, seed] of [
      [40, 1],
      [200, 2],
      [90, 3],
    ]) {
      const loads = loadsOf(6000, 100, zipf(0.7, count, `t${seed}-{n}`));
      const { fits, first } = fittingCounts(placeKeys(loads), LIMIT, 1, 60, 0.02);
      for (let shards = 1; shards <= 60; shards++) {
        const above = shareAbove(loads, shards);
        expect([shards, fits(shards)]).toEqual([shards, above <= 0.02 * (1 + 1e-9)]);
        if (shards === first) expect(above).toBeLessThanOrEqual(0.02 + 1e-9);
      }
    }
  });

  it('says so where two heavy neighbours fit on no count', () => {
    const loads = loadsOf(1000, 100, { kind: 'weights', names: ['a', 'b'], weights: [1, 1] });
    const { first, hold } = fittingCounts(placeKeys(loads), { records: 499, bytes: 1e9 }, 1, 50);
    expect({ first, hold }).toEqual({ first: null, hold: null });
  });
});
