/**
 * Which key the k-th record of a source gets: a number from 0, of keys with fixed shares the heaviest first.
 */
import { AliasTable } from './alias-table.ts';
import { MOST_KEYS, type Keys } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';
import { ZipfKeys } from './zipf.ts';

/** The key number of record k, which is due `dueUs` after the start of the warm-up. */
export type KeyDraw = (k: number, dueUs: number) => number;

/** Places in a range that explicit hash keys are chosen from: a power of two, so that halves stay halves. */
export const HASH_KEY_PLACES = 2 ** 20;

export function keyDrawOf(keys: Keys, seed: number, source: number): KeyDraw {
  const draws = new Draws(seed, PURPOSE.key, source);
  switch (keys.kind) {
    case 'uniform':
      return (k) => Math.floor(draws.uniform(k) * keys.count);
    case 'hot':
      return hotDraw(keys.share, keys.keys, keys.of, draws);
    case 'zipf': {
      const zipf = new ZipfKeys(keys.count, keys.exponent);
      return (k) => zipf.at(k, draws);
    }
    case 'weights':
    case 'hashKeys':
      return weightedDraw(keys.weights, draws);
    case 'file':
      return weightedDraw(keys.table.weights, draws);
    case 'sequential':
    case 'roundRobin':
      return (k) => k % keys.count;
    case 'perBatch':
      return (k) => Math.floor(draws.uniform(Math.floor(k / keys.batch)) * keys.count);
    case 'timestamp':
      return (_, dueUs) => Math.floor(dueUs / keys.granularityUs);
    case 'latest': {
      const recency = new ZipfKeys(keys.window, keys.exponent);
      return (k) => (Math.floor(k / keys.newEvery) + keys.window - 1 - recency.at(k, draws)) % MOST_KEYS;
    }
    case 'drift': {
      const hot = hotDraw(keys.share, keys.keys, keys.of, draws);
      return (k, dueUs) => (hot(k, dueUs) + Math.floor(dueUs / keys.everyUs) * keys.keys) % keys.of;
    }
    case 'explicitHashKey':
      if (keys.where === 'middle') return () => 0;
      if (keys.where === 'even') return (k) => k % HASH_KEY_PLACES;
      return (k) => Math.floor(draws.uniform(k) * HASH_KEY_PLACES);
  }
}

/** Number of keys that a source can draw. */
export function keyCountOf(keys: Keys): number {
  switch (keys.kind) {
    case 'hot':
    case 'drift':
      return keys.of;
    case 'weights':
      return keys.names.length;
    case 'hashKeys':
      return keys.hashKeys.length;
    case 'file':
      return keys.table.count;
    case 'latest':
      return MOST_KEYS;
    case 'explicitHashKey':
      return keys.where === 'middle' ? 1 : HASH_KEY_PLACES;
    default:
      return keys.count;
  }
}

function weightedDraw(weights: ArrayLike<number>, draws: Draws): KeyDraw {
  const table = new AliasTable(weights);
  return (k) => table.pick(draws.uniform(k));
}

/** `share` of the draws go evenly to the first `hot` keys, the rest evenly to the others. */
function hotDraw(share: number, hot: number, of: number, draws: Draws): KeyDraw {
  if (hot === of) return (k) => Math.floor(draws.uniform(k) * of);
  return (k) => {
    const u = draws.uniform(k);
    if (u < share) return Math.min(hot - 1, Math.floor((u / share) * hot));
    return Math.min(of - 1, hot + Math.floor(((u - share) / (1 - share)) * (of - hot)));
  };
}
