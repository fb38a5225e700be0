import { describe, expect, it } from 'vitest';
import { AliasTable } from '../../src/traffic/alias-table.ts';
import { keyDrawOf } from '../../src/traffic/keys.ts';
import { normalQuantile } from '../../src/traffic/normal.ts';
import { lnFactorial } from '../../src/traffic/poisson.ts';
import type { Keys } from '../../src/traffic/scenario.ts';
import { sizeDrawOf } from '../../src/traffic/sizes.ts';
import { zipfSum } from '../../src/traffic/zipf.ts';

const DRAWS = 200_000;
/** Standard deviations that a right share may stray. */
const FAR = 4.5;

function shares(keys: Keys, upTo: number): number[] {
  const draw = keyDrawOf(keys, 1, 0);
  const counts = new Array<number>(upTo).fill(0);
  for (let k = 0; k < DRAWS; k++) {
    const key = draw(k, 0);
    if (key < upTo) counts[key]++;
  }
  return counts.map((count) => count / DRAWS);
}

function expectShare(share: number, expected: number): void {
  expect(Math.abs(share - expected)).toBeLessThan(FAR * Math.sqrt((expected * (1 - expected)) / DRAWS));
}

describe('keys', () => {
  it('uniform: every key has its equal share', () => {
    shares({ kind: 'uniform', count: 20, template: 'k{n}' }, 20).forEach((share) =>
      expectShare(share, 1 / 20),
    );
  });

  it('hot: the hot keys split their share, the others the rest', () => {
    const seen = shares({ kind: 'hot', share: 0.4, keys: 2, of: 12, template: 'k{n}' }, 12);
    seen.forEach((share, key) => expectShare(share, key < 2 ? 0.2 : 0.06));
  });

  it('weights: in proportion', () => {
    const seen = shares({ kind: 'weights', names: ['a', 'b', 'c'], weights: [3, 1, 0] }, 3);
    expectShare(seen[0], 0.75);
    expectShare(seen[1], 0.25);
    expect(seen[2]).toBe(0);
  });

  it.each([0, 0.5, 1, 1.1, 2])(
    'zipf with exponent %s: the heaviest keys have their theoretical shares',
    (exponent) => {
      const count = 1000;
      let sum = 0;
      for (let n = 1; n <= count; n++) sum += n ** -exponent;
      shares({ kind: 'zipf', count, exponent, template: 'k{n}' }, 10).forEach((share, key) =>
        expectShare(share, (key + 1) ** -exponent / sum),
      );
    },
  );

  it('zipf over 10^9 keys: p1 = 0.10723 and p10 = 0.00852 for exponent 1.1, and the tail is drawn too', () => {
    const keys: Keys = { kind: 'zipf', count: 1e9, exponent: 1.1, template: 'k{n}' };
    const seen = shares(keys, 10);
    expectShare(seen[0], 0.10723);
    expectShare(seen[9], 0.00852);
    const draw = keyDrawOf(keys, 1, 0);
    let tail = 0;
    for (let k = 0; k < DRAWS; k++) {
      const key = draw(k, 0);
      expect(key < 1e9).toBe(true);
      if (key >= 65_536 && key < 1_000_000) tail++;
    }
    expectShare(tail / DRAWS, zipfSum(65_537, 1_000_000, 1.1) / zipfSum(1, 1e9, 1.1));
  });
});

describe('sums and quantiles', () => {
  it('zipfSum agrees with adding every term', () => {
    for (const exponent of [0, 0.3, 1, 1.0001, 1.7]) {
      let sum = 0;
      for (let n = 500; n <= 200_000; n++) sum += n ** -exponent;
      expect(Math.abs(zipfSum(500, 200_000, exponent) / sum - 1)).toBeLessThan(1e-11);
    }
  });

  it('normal quantiles are the tabled ones', () => {
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.99)).toBeCloseTo(2.3263478740408408, 12);
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 9);
    expect(Number.isFinite(normalQuantile(0))).toBe(true);
  });

  it('ln n! is the sum of logarithms', () => {
    for (const n of [0, 1, 5, 31, 32, 33, 1000]) {
      let sum = 0;
      for (let i = 2; i <= n; i++) sum += Math.log(i);
      expect(lnFactorial(n)).toBeCloseTo(sum, 8);
    }
  });

  it('the alias table picks each cell for exactly its share of [0, 1)', () => {
    const table = new AliasTable([5, 0, 2, 3]);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 1000; i++) counts[table.pick((i + 0.5) / 1000)]++;
    expect(counts).toEqual([500, 0, 200, 300]);
  });
});

describe('sizes', () => {
  it('uniform sizes reach both ends and their middle', () => {
    const draw = sizeDrawOf({ kind: 'uniform', min: 10, max: 20 }, 1, 0);
    const sizes = Array.from({ length: 20_000 }, (_, k) => draw(k, 16, 0));
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([10, 20]);
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeCloseTo(15, 0);
  });

  it('lognormal sizes have the median and the 99th percentile that were asked for', () => {
    const draw = sizeDrawOf({ kind: 'lognormal', median: 900, p99: 8192 }, 1, 0);
    const sizes = Array.from({ length: 100_000 }, (_, k) => draw(k, 16, 0)).sort((a, b) => a - b);
    expect(Math.abs(sizes[50_000] / 900 - 1)).toBeLessThan(0.02);
    expect(Math.abs(sizes[99_000] / 8192 - 1)).toBeLessThan(0.05);
  });
});
