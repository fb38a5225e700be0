/** The sketch of key names against exact counts in a Map. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistinctKeys } from '../../../src/results/sample/distinct-keys.ts';
import { hashName } from '../../../src/results/sample/name-hash.ts';
import { NameSketch } from '../../../src/results/sample/name-sketch.ts';
import { sketchKeys } from '../../bench/sketch.ts';

interface Exact {
  records: number;
  bytes: number;
}

function exactly(records: readonly (readonly [string, number])[]): Map<string, Exact> {
  const counts = new Map<string, Exact>();
  for (const [key, bytes] of records) {
    const { records: n, bytes: b } = counts.get(key) ?? { records: 0, bytes: 0 };
    counts.set(key, { records: n + 1, bytes: b + bytes });
  }
  return counts;
}

/** A few heavy keys among many light ones, sizes from 1 B to 100 KiB. */
const records = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 5000 }).map((n) => `light-${n}`) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }).map((n) => `heavy-${n}`) },
    ),
    fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 100_000 })),
  ),
  { minLength: 300, maxLength: 1500 },
);

describe('the sketch of key names', () => {
  it('bounds records and bytes of every key, held or not', () => {
    fc.assert(
      fc.property(records, (seen) => {
        const sketch = new NameSketch(64);
        for (const [key, bytes] of seen) sketch.add(key, bytes);
        const truth = exactly(seen);
        const held = new Map(sketch.held().map((name) => [name.key, name]));
        for (const [key, { records: n, bytes }] of truth) {
          const name = held.get(key);
          if (name === undefined) {
            expect(n).toBeLessThanOrEqual(sketch.unheldAtMost.records);
            expect(bytes).toBeLessThanOrEqual(sketch.unheldAtMost.bytes);
          } else {
            expect(name.atLeast.records).toBeLessThanOrEqual(n);
            expect(name.atMost.records).toBeGreaterThanOrEqual(n);
            expect(name.atLeast.bytes).toBeLessThanOrEqual(bytes);
            expect(name.atMost.bytes).toBeGreaterThanOrEqual(bytes);
          }
        }
        // 2 W / places, W with at least 1,049 bytes a record: 1 MiB/s over 1,000 records/s, rounded up.
        const weight = seen.reduce((sum, [, bytes]) => sum + Math.max(bytes, 1049), 0);
        expect(sketch.unheldAtMost.bytes).toBeLessThanOrEqual((2 * weight) / 64);
        expect([sketch.records, sketch.bytes]).toEqual([
          seen.length,
          seen.reduce((sum, [, bytes]) => sum + bytes, 0),
        ]);
      }),
      { numRuns: 30 },
    );
  });

  it('is exact while there are no more keys than places', () => {
    const sketch = new NameSketch(64);
    for (let i = 0; i < 6400; i++) sketch.add(`key-${i % 64}`, 100);
    expect(sketch.held()).toHaveLength(64);
    for (const { atLeast, atMost } of sketch.held()) {
      expect(atLeast).toEqual({ records: 100, bytes: 10_000 });
      expect(atMost).toEqual(atLeast);
    }
    expect(sketch.unheldAtMost).toEqual({ records: 0, bytes: 0 });
  });

  it('keeps one name with different explicit hash keys apart, and counts it as one key', () => {
    const sketch = new NameSketch(64);
    for (const explicit of ['', '1', '2', '1']) sketch.add('a', 10, explicit);
    const counts = sketch.held().map(({ explicitHashKey, atMost }) => [explicitHashKey, atMost.records]);
    expect(counts.sort()).toEqual([
      ['', 1],
      ['1', 2],
      ['2', 1],
    ]);
    expect(sketch.distinctKeys()).toEqual({ estimate: 1, error: 0 });
  });

  it('names the heaviest first, by records or by bytes, whichever fills a shard more', () => {
    const sketch = new NameSketch(64);
    for (let i = 0; i < 10; i++) sketch.add('many', 10);
    sketch.add('large', 20_000);
    sketch.add('small', 10);
    expect(sketch.held().map(({ key }) => key)).toEqual(['large', 'many', 'small']);
  });

  it('keeps its bound, and finds planted keys, in the benchmark', () => {
    const { broken, unheld, promised, distinct, estimate, error } = sketchKeys(1_000_000);
    expect(broken).toBe(0);
    expect(unheld).toBeLessThanOrEqual(promised);
    expect(Math.abs(estimate / distinct - 1)).toBeLessThan(4 * error);
  });
});

describe('the number of different keys', () => {
  it('is exact while few, whatever is seen again', () => {
    const keys = new DistinctKeys(64);
    const words = new Uint32Array(2);
    for (let i = 0; i < 500; i++) {
      hashName(`k${i % 127}`, words);
      keys.add(words[0], words[1]);
    }
    expect(keys.estimate()).toEqual({ estimate: 127, error: 0 });
  });

  it('has the standard error that it states, over forty sets of names', () => {
    const words = new Uint32Array(2);
    const off = Array.from({ length: 40 }, (_, set) => {
      const keys = new DistinctKeys(256);
      for (let i = 0; i < 5000; i++) {
        hashName(`set-${set}/device-${i}`, words);
        keys.add(words[0], words[1]);
      }
      const { estimate, error } = keys.estimate();
      return (estimate / 5000 - 1) / error;
    });
    const mean = off.reduce((sum, x) => sum + x, 0) / 40;
    const spread = Math.sqrt(off.reduce((sum, x) => sum + x * x, 0) / 40);
    expect(Math.abs(mean)).toBeLessThan(0.6);
    // Between kept and twice as many hashes count: the error is stated for the fewest.
    expect(spread).toBeGreaterThan(0.5);
    expect(spread).toBeLessThan(1.4);
  });
});

describe('the hash of names', () => {
  it('spreads names that differ little over its bits', () => {
    const words = new Uint32Array(2);
    const counts = new Uint32Array(256);
    for (let i = 0; i < 25_600; i++) {
      hashName(`user-${i}`, words);
      counts[words[1] & 255]++;
    }
    // 100 expected in each; 255 degrees of freedom.
    const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    expect(chiSquare).toBeGreaterThan(170);
    expect(chiSquare).toBeLessThan(350);
  });
});
