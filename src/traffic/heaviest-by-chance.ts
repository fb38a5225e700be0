/**
 * How many records the heaviest of many equal keys has, where chance alone hands the records out.
 */
import { ln } from './elementary.ts';

/** Chance that any of the keys has more. */
const RISK = 0.01;

/**
 * The most that one of so many keys has with 99 % probability, if each gets `mean` records on average: Bernstein's
 * bound on a binomial count, held for all keys at once (union bound). Never too low, and at most a third too wide for
 * means above 50.
 * @param mean records per key, 0 or more
 * @param keys 1 or more
 * Source: Boucheron, Lugosi, Massart, Concentration Inequalities (2013), 2.8
 */
export function mostByChance(mean: number, keys: number): number {
  const strictness = ln(keys / RISK);
  const third = strictness / 3;
  return mean + third + Math.sqrt(third * third + 2 * mean * strictness);
}
