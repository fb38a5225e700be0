/**
 * The part of a source's records that each of its keys gets.
 */
import { pow } from './elementary.ts';
import type { DrawnKeys, ListedHashKeys } from './scenario.ts';
import { zipfSum } from './zipf.ts';

/** Share of key n, from 0, as a function that is cheap to call for every key; shares add up to 1. */
export function keySharesOf(keys: DrawnKeys | ListedHashKeys): (n: number) => number {
  switch (keys.kind) {
    case 'uniform':
      return () => 1 / keys.count;
    case 'zipf': {
      const sum = zipfSum(1, keys.count, keys.exponent);
      return (n) => pow(n + 1, -keys.exponent) / sum;
    }
    case 'hot': {
      const { share, keys: hot, of } = keys;
      if (hot === of) return () => 1 / of;
      return (n) => (n < hot ? share / hot : (1 - share) / (of - hot));
    }
    case 'hashKeys':
    case 'weights': {
      const sum = keys.weights.reduce((total, weight) => total + weight, 0);
      return (n) => keys.weights[n] / sum;
    }
  }
}

/** Numbers of the heaviest keys, at most `most` of them, heaviest first. Generated keys are numbered that way. */
export function heaviestKeysOf(keys: DrawnKeys | ListedHashKeys, keyCount: number, most: number): number[] {
  const isListed = keys.kind === 'weights' || keys.kind === 'hashKeys';
  const numbers = Array.from({ length: isListed ? keyCount : Math.min(most, keyCount) }, (_, n) => n);
  if (!isListed) return numbers;
  return numbers.sort((a, b) => keys.weights[b] - keys.weights[a] || a - b).slice(0, most);
}
