import { describe, expect, it } from 'vitest';
import { keyLoadsOf, type KeyLoads } from '../../../src/advice/placement/key-loads.ts';
import { heaviestOf } from '../../../src/advice/placement/key-run.ts';
import {
  fewestShards,
  hottestQuantiles,
  randomKeysOf,
  riskAt,
} from '../../../src/advice/placement/random-placement.ts';
import { tailAbove, tailBounds, tailSourceOf } from '../../../src/advice/placement/shard-tail.ts';
import type { DrawnKeys } from '../../../src/traffic/scenario.ts';

const template = 'key-{n}';
const FULL = { records: 1000, bytes: 1_048_576 };
const LIMIT = { records: 800, bytes: 838_860.8 };

const loadsOf = (recordsPerSec: number, dataBytes: number, keys: DrawnKeys): KeyLoads =>
  keyLoadsOf([{ recordsPerSec, dataBytes, keyBytes: 16, keys }]);
const uniform = (count: number): DrawnKeys => ({ kind: 'uniform', count, template });
const zipf = (exponent: number, count: number): DrawnKeys => ({ kind: 'zipf', exponent, count, template });
const weights = (...list: number[]): DrawnKeys => ({
  kind: 'weights',
  names: list.map((_, i) => `w${i}`),
  weights: list,
});

/** P(load of one shard > limit) over all 2^K subsets. */
function enumerated(list: readonly number[], shards: number, limit: number): number {
  let above = 0;
  for (let subset = 0; subset < 2 ** list.length; subset++) {
    let load = 0;
    let probability = 1;
    list.forEach((weight, i) => {
      const isHere = (subset >>> i) & 1;
      load += isHere * weight;
      probability *= isHere ? 1 / shards : 1 - 1 / shards;
    });
    if (load > limit * (1 + 1e-9)) above += probability;
  }
  return above;
}

/** P(every shard has at most m of K equal keys), exactly (Levin 1981, by counting functions instead). */
function allWithin(keys: number, shards: number, m: number): number {
  // ways[k]: sum over the shards so far of 1 / (k1! k2! …) with k keys placed
  let ways = new Float64Array(keys + 1);
  ways[0] = 1;
  const inverseFactorial = [1];
  for (let i = 1; i <= keys; i++) inverseFactorial.push(inverseFactorial[i - 1] / i);
  for (let shard = 0; shard < shards; shard++) {
    const next = new Float64Array(keys + 1);
    for (let k = 0; k <= keys; k++) {
      for (let here = 0; here <= Math.min(m, keys - k); here++)
        next[k + here] += ways[k] * inverseFactorial[here];
    }
    ways = next;
  }
  let probability = ways[keys];
  for (let i = 1; i <= keys; i++) probability *= i / shards;
  return probability;
}

describe('tailAbove', () => {
  const list = [310, 290, 200, 150, 120, 110, 90, 60, 33, 21, 13, 8];
  it.each([2, 3, 5, 8])('agrees with all placements of twelve unequal keys on %i shards', (shards) => {
    const source = tailSourceOf(loadsOf(1405, 1, weights(...list)), 'records');
    for (const limit of [250, 400, 555, 800, 1000]) {
      const exact = enumerated(list, shards, limit);
      // The grid blurs each load by one cell: compare with the limit moved by as much.
      expect(tailAbove(source, shards, limit)).toBeLessThanOrEqual(
        enumerated(list, shards, limit * 0.998) + 1e-12,
      );
      expect(tailAbove(source, shards, limit)).toBeGreaterThanOrEqual(
        enumerated(list, shards, limit * 1.002) - 1e-12,
      );
      const { low, high } = tailBounds(source, shards, limit);
      expect(low).toBeLessThanOrEqual(exact + 1e-12);
      expect(high).toBeGreaterThanOrEqual(exact - 1e-12);
    }
  });

  it('lies between the bounds of keys rounded down and up', () => {
    for (const keys of [zipf(1.1, 100_000), zipf(0.9, 3000), zipf(1.3, 500)]) {
      const source = tailSourceOf(loadsOf(5000, 100, keys), 'records');
      for (const shards of [6, 12, 40]) {
        const { low, high } = tailBounds(source, shards, 800);
        const tail = tailAbove(source, shards, 800);
        expect(tail).toBeGreaterThanOrEqual(low * 0.98);
        expect(tail).toBeLessThanOrEqual(high * 1.02);
      }
    }
  });

  it('does not jump between equal keys and almost equal ones', () => {
    const nearly: DrawnKeys = {
      kind: 'weights',
      names: Array.from({ length: 3000 }, (_, i) => `k${i}`),
      weights: Array.from({ length: 3000 }, (_, i) => 1 + (i % 7) * 1e-6),
    };
    for (const shards of [32, 40]) {
      // Half a key above a whole number: the steps of equal keys and the smooth curve meet there.
      const perKey = 24_000 / 3000;
      const equal = tailAbove(
        tailSourceOf(loadsOf(24_000, 1, uniform(3000)), 'records'),
        shards,
        100.5 * perKey,
      );
      const almost = tailAbove(tailSourceOf(loadsOf(24_000, 1, nearly), 'records'), shards, 100.5 * perKey);
      expect(almost / equal).toBeCloseTo(1, 1);
    }
  });
});

describe('riskAt', () => {
  it.each([
    [60, 5, 18],
    [60, 5, 20],
    [200, 27, 16],
    [40, 8, 10],
  ])('bounds the exact probability for %i equal keys on %i shards with at most %i', (keys, shards, m) => {
    const random = randomKeysOf(loadsOf(keys, 1, uniform(keys)), { records: m, bytes: 1e9 });
    const risk = riskAt(random, shards, { records: m, bytes: 1e9 });
    const exact = 1 - allWithin(keys, shards, m);
    expect(exact).toBeLessThanOrEqual(Math.min(1, risk) + 1e-12);
    expect(exact).toBeGreaterThanOrEqual(1 - (1 - risk / shards) ** shards - 1e-12);
  });

  it.each([
    ['200 equal keys', loadsOf(10_000, 100, uniform(200)), 26],
    ['400 equal keys, bytes the worse', loadsOf(4000, 2000, uniform(400)), 14],
    ['1,000 zipf keys', loadsOf(4000, 100, zipf(1, 1000)), 14],
    ['20,000 zipf keys', loadsOf(5000, 100, zipf(1.05, 20_000)), 18],
    ['5,000 almost equal keys', loadsOf(100_000, 100, zipf(0.1, 5000)), 240],
    [
      'two sources, one of large records',
      keyLoadsOf([
        { recordsPerSec: 3000, dataBytes: 100, keys: zipf(1, 2000) },
        { recordsPerSec: 600, dataBytes: 5000, keys: { ...uniform(150), template: 'big-{n}' } as DrawnKeys },
      ]),
      12,
    ],
  ])('agrees with 2,000 random placements: %s', (_name, loads, shards) => {
    const runs = 2000;
    const random = randomKeysOf(loads, LIMIT);
    const risk = riskAt(random, shards, LIMIT);
    expect(risk).toBeGreaterThan(0.01); // else the test says nothing
    const over = countOver(loads, shards, runs, 20_261_120);
    // Two dimensions are added up as if they never coincided: then only the upper bound holds.
    const low = random.sources.length > 1 ? 0 : 1 - (1 - risk / shards) ** shards;
    expect(atLeast(runs, Math.min(1, risk), over)).toBeGreaterThan(5e-5);
    expect(1 - atLeast(runs, low, over + 1)).toBeGreaterThan(5e-5);
  });
});

/** In how many of `runs` placements some shard is above the limit. */
function countOver(loads: KeyLoads, shards: number, runs: number, seed: number): number {
  const keys = loads.runs.flatMap((run) => Array.from({ length: run.length }, (_, i) => run.keyAt(i)));
  const random = mulberry32(seed);
  let over = 0;
  for (let run = 0; run < runs; run++) {
    const records = new Float64Array(shards);
    const bytes = new Float64Array(shards);
    for (const key of keys) {
      const shard = Math.floor(random() * shards);
      records[shard] += key.records;
      bytes[shard] += key.bytes;
    }
    const isOver = records.some(
      (load, i) => load > LIMIT.records * (1 + 1e-9) || bytes[i] > LIMIT.bytes * (1 + 1e-9),
    );
    if (isOver) over++;
  }
  return over;
}

function mulberry32(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** P(X >= k) of a binomial, term by term in logarithms. */
function atLeast(n: number, p: number, k: number): number {
  if (k <= 0 || p >= 1) return 1;
  if (p <= 0) return 0;
  let lnTerm = n * Math.log(1 - p);
  let sum = 0;
  for (let x = 0; x < k; x++) {
    sum += Math.exp(lnTerm);
    lnTerm += Math.log((n - x) / (x + 1)) + Math.log(p / (1 - p));
  }
  return Math.max(0, 1 - sum);
}

describe('randomKeysOf', () => {
  it('leaves out the dimension that can never be the worse one', () => {
    const dimensions = (bytes: number): string[] =>
      randomKeysOf(loadsOf(1000, bytes, uniform(10)), LIMIT).sources.map((source) => source.dimension);
    expect(dimensions(1000)).toEqual(['records']); // 1,016 B a record, below 1,048.576
    expect(dimensions(1100)).toEqual(['bytes']);
    const mixed = keyLoadsOf([
      { recordsPerSec: 10, dataBytes: 10, keys: uniform(5) },
      { recordsPerSec: 10, dataBytes: 5000, keys: uniform(5) },
    ]);
    expect(randomKeysOf(mixed, LIMIT).sources).toHaveLength(2);
  });
});

describe('fewestShards', () => {
  it('needs 27 shards for 200 equal keys of 50 records/s, by the binomial formula', () => {
    const random = randomKeysOf(loadsOf(10_000, 100, uniform(200)), LIMIT);
    expect(fewestShards(random, LIMIT, 0.05)).toBe(27);
    expect(1 - allWithin(200, 27, 16)).toBeLessThanOrEqual(0.05);
  });

  it.each([
    ['zipf', loadsOf(5000, 100, zipf(1.05, 20_000))],
    ['few unequal', loadsOf(3000, 100, weights(5, 4, 3, 2, 2, 1, 1, 1))],
    ['bytes', loadsOf(900, 9000, uniform(60))],
  ])('is the first count that fits: %s', (_name, loads) => {
    const random = randomKeysOf(loads, LIMIT);
    const shards = fewestShards(random, LIMIT, 0.05);
    expect(shards).not.toBeNull();
    for (let fewer = 1; fewer < (shards ?? 0); fewer++)
      expect(riskAt(random, fewer, LIMIT)).toBeGreaterThan(0.05);
    expect(riskAt(random, shards ?? 1, LIMIT)).toBeLessThanOrEqual(0.05);
  });

  it('finds none where too many heavy keys meet on any number of shards in reach', () => {
    const random = randomKeysOf(loadsOf(500_000, 100, uniform(1000)), LIMIT); // 500/s each: no two together
    expect(fewestShards(random, LIMIT, 0.05)).toBeNull();
  });
});

describe('hottestQuantiles', () => {
  it('are levels that hold with the probabilities asked for', () => {
    for (const loads of [loadsOf(5000, 100, zipf(1.05, 20_000)), loadsOf(10_000, 100, uniform(200))]) {
      const random = randomKeysOf(loads, LIMIT);
      const levels = hottestQuantiles(random, 27, FULL, [0.5, 0.95, 0.99]);
      levels.forEach((level, i) => {
        const at = (part: number) => riskAt(random, 27, { records: 1000 * part, bytes: 1e12 });
        expect(at(level * 1.003)).toBeLessThanOrEqual([0.5, 0.05, 0.01][i]);
        expect(at(level * 0.997)).toBeGreaterThan([0.5, 0.05, 0.01][i] * 0.98);
      });
      expect(levels).toEqual(levels.toSorted((a, b) => a - b));
    }
  });

  it('never fall below the heaviest key', () => {
    const loads = loadsOf(2000, 100, { kind: 'hot', share: 0.4, keys: 1, of: 1000, template });
    const [p50] = hottestQuantiles(randomKeysOf(loads, LIMIT), 50, FULL, [0.5]);
    expect(p50).toBeGreaterThan(heaviestOf(loads.runs, 'records', 1).loads[0] / 1000);
  });
});
