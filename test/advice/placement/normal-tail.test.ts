import { describe, expect, it } from 'vitest';
import { binomialAbove } from '../../../src/advice/placement/binomial.ts';
import { normalAbove, skewedAbove } from '../../../src/advice/placement/normal-tail.ts';

/** Simpson's rule over the density from z on. */
function integrated(z: number): number {
  const steps = 20_000;
  const width = 14 / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const x = z + i * width;
    sum += Math.exp((-x * x) / 2) * (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

describe('normalAbove', () => {
  it.each([-3, -1, -0.1, 0, 0.5, 1.96, 3, 4.5, 6, 7.05, 7.1, 8, 10])(
    'agrees with the integral from %f on',
    (z) => {
      expect(normalAbove(z) / integrated(z)).toBeCloseTo(1, 7);
    },
  );
});

describe('skewedAbove', () => {
  it.each([
    [1000, 0.05, 60],
    [1000, 0.05, 75],
    [100_000, 0.001, 80],
    [100_000, 0.001, 140],
    [1_000_000, 0.001, 1100],
    [5000, 0.001, 8],
    [5000, 0.001, 12],
  ])('is within 5 %% of the binomial tail of %i equal keys at p = %f above %i', (n, p, m) => {
    const mean = n * p;
    const deviation = Math.sqrt(mean * (1 - p));
    const ratio = skewedAbove((m + 0.5 - mean) / deviation, (1 - 2 * p) / deviation) / binomialAbove(n, p, m);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
  });

  it('is the normal tail without skew, and smooth through the mean', () => {
    expect(skewedAbove(2, 0)).toBe(normalAbove(2));
    for (const z of [-0.021, -0.019, 0.019, 0.021]) {
      expect(skewedAbove(z, 0.1) - skewedAbove(z - 0.001, 0.1)).toBeCloseTo(-0.0004, 4);
    }
  });
});
