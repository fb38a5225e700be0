import { describe, expect, it } from 'vitest';
import {
  fillOf,
  heaviestKey,
  keyLoadsOf,
  withoutKeysAbove,
  type TrafficPart,
} from '../../../src/advice/placement/key-loads.ts';
import { heaviestOf, momentsBeyond } from '../../../src/advice/placement/key-run.ts';
import type { DrawnKeys } from '../../../src/traffic/scenario.ts';

const template = 'key-{n}';
const uniform = (count: number): DrawnKeys => ({ kind: 'uniform', count, template });
const zipf = (exponent: number, count: number): DrawnKeys => ({ kind: 'zipf', exponent, count, template });
const hot = (share: number, keys: number, of: number): DrawnKeys => ({
  kind: 'hot',
  share,
  keys,
  of,
  template,
});

const MIXED: readonly TrafficPart[] = [
  { recordsPerSec: 700, dataBytes: 100, keys: zipf(1.1, 250) },
  { recordsPerSec: 300, dataBytes: 900, keys: hot(0.4, 3, 120) },
  { recordsPerSec: 50, dataBytes: 20, keys: { ...uniform(40), template: 'Ä{n}x' } as DrawnKeys },
  {
    recordsPerSec: 90,
    dataBytes: 10,
    keys: { kind: 'weights', names: ['key-2', 'a', 'key-9999'], weights: [1, 3, 5] },
  },
  { recordsPerSec: 10, dataBytes: 10, keys: { kind: 'weights', names: ['a'], weights: [7] } },
];

/** Every key by name, added up one by one. */
function bruteForce(parts: readonly TrafficPart[]): Map<string, { records: number; bytes: number }> {
  const keys = new Map<string, { records: number; bytes: number }>();
  for (const part of parts) {
    for (const [name, share] of sharesOf(part.keys as DrawnKeys)) {
      const key = keys.get(name) ?? { records: 0, bytes: 0 };
      const records = part.recordsPerSec * share;
      key.records += records;
      key.bytes += records * (part.dataBytes + (part.keyBytes ?? Buffer.byteLength(name)));
      keys.set(name, key);
    }
  }
  return keys;
}

function sharesOf(keys: DrawnKeys): [string, number][] {
  if (keys.kind === 'weights') {
    const sum = keys.weights.reduce((a, b) => a + b, 0);
    return keys.names.map((name, i) => [name, keys.weights[i] / sum]);
  }
  const count = keys.kind === 'hot' ? keys.of : keys.count;
  const weights = Array.from({ length: count }, (_, n) => {
    if (keys.kind === 'uniform') return 1;
    if (keys.kind === 'zipf') return (n + 1) ** -keys.exponent;
    return n < keys.keys ? keys.share / keys.keys : (1 - keys.share) / (keys.of - keys.keys);
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight, n) => [keys.template.replace('{n}', String(n)), weight / sum]);
}

describe('keyLoadsOf', () => {
  it('adds sources up key by key, generated and listed ones of the same name too', () => {
    const expected = bruteForce(MIXED);
    const loads = keyLoadsOf(MIXED);
    const seen = loads.runs.flatMap((run) => Array.from({ length: run.length }, (_, i) => run.keyAt(i)));
    expect(seen).toHaveLength(expected.size);
    expect(loads.keyCount).toBe(expected.size);
    for (const key of seen) {
      expect(key.records).toBeCloseTo(expected.get(key.name)?.records ?? -1, 9);
      expect(key.bytes).toBeCloseTo(expected.get(key.name)?.bytes ?? -1, 6);
    }
  });

  it.each(['records', 'bytes'] as const)('lists the heaviest %s and sums the rest', (dimension) => {
    const all = [...bruteForce(MIXED).values()].map((key) => key[dimension]).sort((a, b) => b - a);
    const { runs } = keyLoadsOf(MIXED);
    for (const count of [0, 1, 7, 60, all.length]) {
      const { loads, taken } = heaviestOf(runs, dimension, count);
      const rest = momentsBeyond(runs, taken, dimension);
      expect([...loads]).toEqual(all.slice(0, count).map((load) => expect.closeTo(load, 6) as number));
      const sum = (power: number): number =>
        all.slice(count).reduce((total, load) => total + load ** power, 0);
      expect(rest.sum).toBeCloseTo(sum(1), 6);
      expect(rest.squares / Math.max(sum(2), 1e-9)).toBeCloseTo(count === all.length ? 0 : 1, 9);
      expect(rest.cubes / Math.max(sum(3), 1e-9)).toBeCloseTo(count === all.length ? 0 : 1, 9);
    }
  });

  it('sums a million zipf keys as one by one', () => {
    const { runs, total } = keyLoadsOf([
      { recordsPerSec: 5000, dataBytes: 900, keyBytes: 16, keys: zipf(1.1, 1e6) },
    ]);
    expect(total.records).toBeCloseTo(5000, 6);
    expect(total.bytes).toBeCloseTo(5000 * 916, 3);
    let weight = 0;
    let squares = 0;
    for (let n = 1; n <= 1e6; n++) weight += n ** -1.1;
    for (let n = 1e6; n > 400; n--) squares += ((5000 * n ** -1.1) / weight) ** 2;
    expect(runs[0].momentsFrom(400, 'records').squares / squares).toBeCloseTo(1, 9);
  });

  it('takes 10^9 keys without a table of them', () => {
    const loads = keyLoadsOf([{ recordsPerSec: 1000, dataBytes: 100, keys: zipf(1.1, 1e9) }]);
    expect(loads.keyCount).toBe(1e9);
    expect(loads.total.records).toBeCloseTo(1000, 6);
    expect(heaviestKey(loads, { records: 1, bytes: 1e9 })?.records).toBeCloseTo(107.23, 2);
  });

  it('renames generated keys by the placement seed', () => {
    const loads = keyLoadsOf([{ recordsPerSec: 1, dataBytes: 0, keys: uniform(3) }], 7);
    expect(loads.runs[0].keyAt(2)).toEqual({ name: 'key-2-p7', records: 1 / 3, bytes: 8 / 3 });
  });
});

describe('withoutKeysAbove', () => {
  it('leaves out the keys that fit nowhere and no other', () => {
    const limit = { records: 40, bytes: 9000 };
    const expected = [...bruteForce(MIXED).values()].filter((key) => fillOf(key, limit) <= 1);
    const loads = withoutKeysAbove(keyLoadsOf(MIXED), limit);
    expect(loads.keyCount).toBe(expected.length);
    expect(loads.total.bytes).toBeCloseTo(
      expected.reduce((sum, key) => sum + key.bytes, 0),
      6,
    );
  });
});

describe('heaviestKey', () => {
  it('is the one that fills most of a shard, in records or in bytes', () => {
    for (const limit of [
      { records: 1000, bytes: 1048576 },
      { records: 1000, bytes: 10_000 },
    ]) {
      const all = [...bruteForce(MIXED)].sort(([, a], [, b]) => fillOf(b, limit) - fillOf(a, limit));
      expect(heaviestKey(keyLoadsOf(MIXED), limit)?.name).toBe(all[0][0]);
    }
  });
});
