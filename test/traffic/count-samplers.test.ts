/** Binomial and hypergeometric counts against their exact probabilities. */
import { describe, expect, it } from 'vitest';
import { binomialOf } from '../../src/traffic/binomial.ts';
import { hypergeometricOf } from '../../src/traffic/hypergeometric.ts';
import { Draws, PURPOSE } from '../../src/traffic/threefry.ts';

const DRAWS = 40_000;

/** Oracle: probabilities of 0 … n from ratios of neighbours, normalised. */
function fromRatios(last: number, ratio: (k: number) => number, mode: number): number[] {
  const p = new Array<number>(last + 1).fill(0);
  p[mode] = 1;
  for (let k = mode + 1; k <= last; k++) p[k] = p[k - 1] * ratio(k);
  for (let k = mode - 1; k >= 0; k--) p[k] = p[k + 1] / ratio(k + 1);
  const sum = p.reduce((total, value) => total + (Number.isFinite(value) ? value : 0), 0);
  return p.map((value) => (Number.isFinite(value) ? value / sum : 0));
}

function binomial(n: number, p: number): number[] {
  return fromRatios(n, (k) => (((n - k + 1) / k) * p) / (1 - p), Math.floor(n * p));
}

function hypergeometric(total: number, marked: number, picked: number): number[] {
  const least = Math.max(0, picked + marked - total);
  const most = Math.min(picked, marked);
  const mode = Math.min(most, Math.max(least, Math.floor((picked * marked) / total)));
  const p = new Array<number>(most + 1).fill(0);
  const ratio = (k: number): number =>
    ((marked - k + 1) * (picked - k + 1)) / (k * (total - marked - picked + k));
  p[mode] = 1;
  for (let k = mode + 1; k <= most; k++) p[k] = p[k - 1] * ratio(k);
  for (let k = mode - 1; k >= least; k--) p[k] = p[k + 1] / ratio(k + 1);
  const sum = p.reduce((all, value) => all + value, 0);
  return p.map((value) => value / sum);
}

/** Chi-squared over cells of at least 20 expected, as a standard normal (Wilson and Hilferty). */
function deviation(draw: (index: number) => number, probabilities: readonly number[]): number {
  const seen = new Array<number>(probabilities.length).fill(0);
  for (let i = 0; i < DRAWS; i++) seen[draw(i)]++;
  expect(seen.length).toBe(probabilities.length);
  let squares = 0;
  let cells = 0;
  let expected = 0;
  let observed = 0;
  let rest = DRAWS;
  probabilities.forEach((p, k) => {
    expected += p * DRAWS;
    rest -= p * DRAWS;
    observed += seen[k];
    if ((expected < 20 || rest < 20) && k < probabilities.length - 1) return;
    if (expected > 0) squares += (observed - expected) ** 2 / expected;
    cells++;
    [expected, observed] = [0, 0];
  });
  const freedom = cells - 1;
  if (freedom === 0) return 0;
  return (Math.cbrt(squares / freedom) - 1 + 2 / (9 * freedom)) / Math.sqrt(2 / (9 * freedom));
}

describe('binomial counts', () => {
  it.each([
    [1, 0.3],
    [20, 0.1],
    [60, 0.5],
    [200, 0.049],
    [200, 0.051],
    [400, 0.9],
    [1000, 0.3],
    [50_000, 0.0004],
    [50_000, 0.01],
  ])('follow the distribution of %i records with probability %f', (n, p) => {
    const draws = new Draws(7, PURPOSE.count, n);
    expect(deviation((i) => binomialOf(n, p, draws, i), binomial(n, p))).toBeLessThan(4.5);
  });

  it('know what is certain', () => {
    const draws = new Draws(1, PURPOSE.count, 0);
    expect([binomialOf(0, 0.5, draws, 0), binomialOf(9, 0, draws, 0), binomialOf(9, 1, draws, 0)]).toEqual([
      0, 0, 9,
    ]);
  });

  it('have the right mean and variance for a billion records', () => {
    const draws = new Draws(3, PURPOSE.count, 0);
    const counts = Array.from({ length: 20_000 }, (_, i) => binomialOf(1e9, 0.3, draws, i));
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    expect(Math.abs(mean - 3e8)).toBeLessThan(4 * Math.sqrt(2.1e8 / 20_000));
    expect(variance / 2.1e8).toBeCloseTo(1, 1);
  });
});

describe('hypergeometric counts', () => {
  it.each([
    [10, 4, 5],
    [50, 25, 25],
    [100, 90, 30],
    [500, 100, 200],
    [500, 400, 450],
    [5000, 60, 2500],
    [5000, 2000, 40],
    [200_000, 150, 100_000],
    [200_000, 150_000, 130],
  ])('follow the distribution of %i records with %i marked and %i picked', (total, marked, picked) => {
    const draws = new Draws(11, PURPOSE.count, total);
    const exact = hypergeometric(total, marked, picked);
    expect(deviation((i) => hypergeometricOf(total, marked, picked, draws, i), exact)).toBeLessThan(4.5);
  });

  it('know what is certain', () => {
    const draws = new Draws(1, PURPOSE.count, 0);
    const certain = [
      [10, 0, 5],
      [10, 10, 5],
      [10, 5, 10],
      [10, 5, 0],
    ].map(([total, marked, picked]) => hypergeometricOf(total, marked, picked, draws, 0));
    expect(certain).toEqual([0, 5, 5, 0]);
  });

  it('never leave the possible', () => {
    const draws = new Draws(2, PURPOSE.count, 0);
    for (let i = 0; i < 20_000; i++) {
      const total = 1 + ((i * 7919) % 400);
      const marked = (i * 104_729) % (total + 1);
      const picked = (i * 1_299_709) % (total + 1);
      const count = hypergeometricOf(total, marked, picked, draws, i);
      expect(count).toBeGreaterThanOrEqual(Math.max(0, marked + picked - total));
      expect(count).toBeLessThanOrEqual(Math.min(marked, picked));
    }
  });
});
