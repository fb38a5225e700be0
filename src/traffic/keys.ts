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

/** Writes the key numbers of `count` records from `first` on, due at `dueUs`, to `out`. */
export type KeyColumn = (first: number, dueUs: Float64Array, count: number, out: Uint32Array) => void;

export function keyDrawOf(keys: Keys, seed: number, source: number): KeyDraw {
  const { draws, keyAt } = keyRuleOf(keys, seed, source);
  return (k, dueUs) => keyAt(k, dueUs, draws === undefined ? 0 : draws.uniform(k));
}

/** The same keys, drawn many at a time. */
export function keyColumnOf(keys: Keys, seed: number, source: number, most: number): KeyColumn {
  const { draws, keyAt, column } = keyRuleOf(keys, seed, source);
  const uniform = new Float64Array(most);
  return (first, dueUs, count, out) => {
    draws?.fill(first, count, uniform);
    if (column !== undefined) {
      column(first, uniform, count, out);
      return;
    }
    for (let i = 0; i < count; i++) out[i] = keyAt(first + i, dueUs[i], uniform[i]);
  };
}

/** How a kind of key is chosen. */
interface KeyRule {
  /** Where each record has a number of its own from [0, 1), which is its `u`; else `u` means nothing. */
  readonly draws?: Draws;
  readonly keyAt: (k: number, dueUs: number, u: number) => number;
  /** The same for many records from `first` on, where that is faster. */
  readonly column?: (first: number, u: Float64Array, count: number, out: Uint32Array) => void;
}

function keyRuleOf(keys: Keys, seed: number, source: number): KeyRule {
  const draws = new Draws(seed, PURPOSE.key, source);
  const drawn = (keyAt: KeyRule['keyAt']): KeyRule => ({ draws, keyAt });
  switch (keys.kind) {
    case 'uniform':
      return drawn((_k, _dueUs, u) => Math.floor(u * keys.count));
    case 'hot': {
      const hot = hotPick(keys.share, keys.keys, keys.of);
      return drawn((_k, _dueUs, u) => hot(u));
    }
    case 'zipf': {
      const zipf = new ZipfKeys(keys.count, keys.exponent);
      return {
        ...drawn((k, _dueUs, u) => zipf.pick(u, k, draws)),
        column: (first, u, count, out) => zipf.pickColumn(u, first, count, draws, out),
      };
    }
    case 'weights':
    case 'hashKeys':
    case 'file': {
      const table = new AliasTable(keys.kind === 'file' ? keys.table.weights : keys.weights);
      return drawn((_k, _dueUs, u) => table.pick(u));
    }
    case 'sequential':
    case 'roundRobin':
      return { keyAt: (k) => k % keys.count };
    case 'perBatch':
      return { keyAt: (k) => Math.floor(draws.uniform(Math.floor(k / keys.batch)) * keys.count) };
    case 'timestamp':
      return { keyAt: (_, dueUs) => Math.floor(dueUs / keys.granularityUs) };
    case 'latest': {
      const recency = new ZipfKeys(keys.window, keys.exponent);
      return drawn(
        (k, _, u) =>
          (Math.floor(k / keys.newEvery) + keys.window - 1 - recency.pick(u, k, draws)) % MOST_KEYS,
      );
    }
    case 'drift': {
      const hot = hotPick(keys.share, keys.keys, keys.of);
      return drawn((_, dueUs, u) => (hot(u) + Math.floor(dueUs / keys.everyUs) * keys.keys) % keys.of);
    }
    case 'explicitHashKey':
      if (keys.where === 'middle') return { keyAt: () => 0 };
      if (keys.where === 'even') return { keyAt: (k) => k % HASH_KEY_PLACES };
      return drawn((_k, _dueUs, u) => Math.floor(u * HASH_KEY_PLACES));
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

/** `share` of the numbers from [0, 1) go evenly to the first `hot` keys, the rest evenly to the others. */
function hotPick(share: number, hot: number, of: number): (u: number) => number {
  if (hot === of) return (u) => Math.floor(u * of);
  return (u) => {
    if (u < share) return Math.min(hot - 1, Math.floor((u / share) * hot));
    return Math.min(of - 1, hot + Math.floor(((u - share) / (1 - share)) * (of - hot)));
  };
}
