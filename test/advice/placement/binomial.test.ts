import { describe, expect, it } from 'vitest';
import { binomialAbove, binomialPoint } from '../../../src/advice/placement/binomial.ts';

/** Exact by whole numbers: P(X = x) for p = 1 / d, as numerator over d^n. */
function exactPoint(n: number, d: number, x: number): number {
  let ways = 1n;
  for (let i = 1; i <= x; i++) ways = (ways * BigInt(n - x + i)) / BigInt(i);
  const scale = 10n ** 40n;
  return Number((ways * BigInt(d - 1) ** BigInt(n - x) * scale) / BigInt(d) ** BigInt(n)) / 1e40;
}

describe('binomialPoint', () => {
  it.each([
    [10, 4, 0],
    [10, 4, 10],
    [200, 27, 7],
    [200, 27, 20],
    [1000, 8, 125],
    [1000, 8, 180],
    [3000, 2, 1500],
  ])('agrees with whole-number arithmetic: n = %i, p = 1/%i, x = %i', (n, d, x) => {
    const exact = exactPoint(n, d, x);
    expect(Math.abs(binomialPoint(n, 1 / d, x) / exact - 1)).toBeLessThan(1e-11);
  });

  it('sums to one for many keys', () => {
    let sum = 0;
    for (let x = 90_000; x <= 110_000; x++) sum += binomialPoint(1e9, 1e-4, x);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
  });
});

describe('binomialAbove', () => {
  it.each([
    [20, 4, 5],
    [20, 4, 2],
    [200, 27, 14],
    [200, 27, 3],
  ])('is the sum of the points: n = %i, p = 1/%i, m = %i', (n, d, m) => {
    let sum = 0;
    for (let x = n; x > m; x--) sum += exactPoint(n, d, x);
    expect(Math.abs(binomialAbove(n, 1 / d, m) / sum - 1)).toBeLessThan(1e-9);
  });

  it('is 1 below the range and 0 at its end', () => {
    expect(binomialAbove(10, 0.3, -1)).toBe(1);
    expect(binomialAbove(10, 0.3, 10)).toBe(0);
    expect(binomialAbove(10, 1, 9)).toBe(1);
    expect(binomialAbove(10, 0, 0)).toBe(0);
  });
});
