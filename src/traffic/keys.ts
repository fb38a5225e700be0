/**
 * Which key the k-th record of a source gets: a number from 0, the heaviest first.
 */
import { AliasTable } from './alias-table.ts';
import type { Keys } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';
import { ZipfKeys } from './zipf.ts';

/** The key number of record k. */
export type KeyDraw = (k: number) => number;

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
    case 'weights': {
      const table = new AliasTable(keys.weights);
      return (k) => table.pick(draws.uniform(k));
    }
  }
}

/** Number of keys that a source can draw. */
export function keyCountOf(keys: Keys): number {
  switch (keys.kind) {
    case 'uniform':
    case 'zipf':
      return keys.count;
    case 'hot':
      return keys.of;
    case 'weights':
      return keys.names.length;
  }
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
