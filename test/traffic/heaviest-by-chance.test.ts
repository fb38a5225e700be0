/** The bound on the heaviest of equal keys, held against the exact tail of a Poisson count. */
import { expect, it } from 'vitest';
import { mostByChance } from '../../src/traffic/heaviest-by-chance.ts';

/** P(X > most), X Poisson of this mean: summed upwards from the first term beyond, each from the one before it. */
function tailAbove(most: number, mean: number): number {
  const first = Math.floor(most) + 1;
  let logTerm = -mean;
  for (let k = 1; k <= first; k++) logTerm += Math.log(mean / k);
  let [sum, term] = [0, Math.exp(logTerm)];
  for (let k = first; term > sum * 1e-15; term *= mean / ++k) sum += term;
  return sum;
}

it.each([0.001, 0.5, 1, 10, 60, 1000, 50_000])(
  'no key of many with a mean of %d has more, but for one case in a hundred',
  (mean) => {
    for (const keys of [1, 2, 11, 1000, 1_000_000]) {
      expect(keys * tailAbove(mostByChance(mean, keys), mean)).toBeLessThanOrEqual(0.01);
    }
  },
);

it('leaves little room beyond what chance does where means are large', () => {
  // A thousand normal counts: the heaviest is 3.2 deviations above the mean as a rule, 4.3 in a case of a hundred.
  expect((mostByChance(10_000, 1000) - 10_000) / 100).toBeLessThan(5);
  expect(mostByChance(0, 1000)).toBeLessThan(8);
});
