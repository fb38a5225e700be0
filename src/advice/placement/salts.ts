/**
 * Into how many keys one hot key must be cut ("salts", as in `tenant-7#0`, `tenant-7#1`, …) until every shard
 * can carry its part. (math.md 2.5)
 */
import type { Dimension } from '../../results/report-document.ts';
import { binomialAbove } from './binomial.ts';

export interface Salts {
  /** Least number when the salts' names fall at random; null where no number fits. */
  readonly random: number | null;
  /** Number when each salt is chosen for its own shard, and again after a reshard; null where no number fits. */
  readonly chosen: number | null;
}

/** More salts than this are needed only where there is hardly any room; a few more shards need far fewer. */
export const PRACTICAL_SALTS = 64;

/** Beyond this many salts nobody reads the key back; the search says that none fits. */
const MOST_SALTS = 100_000;

/** Loads that differ by less than this are equal: they come out of sums of floating point. */
const TOLERANCE = 1e-9;

/**
 * Salts for a key of `load` among `background`, both over one shard's planning limit C = limit x (1 - headroom).
 *
 * The random number is the least s with shards x P(Binomial(s, 1/shards) load/s + background > 1) <= risk. Salts
 * that fit at s may fail at s + 1: each shard holds a whole number of them.
 * @param load the key's load over C, above 0
 * @param background mean load of all other keys on one shard, over C, from 0
 * @param shards open shards, from 1
 * @param risk accepted probability that some shard is over C, 0…1
 */
export function saltsFor(load: number, background: number, shards: number, risk = 0.05): Salts {
  const room = 1 - background;
  if (!(room > 0)) return { random: null, chosen: null };
  const least = Math.max(1, Math.ceil(load / room - TOLERANCE));
  return {
    random: load / shards < room - TOLERANCE ? randomSalts(load / room, shards, risk) : null,
    chosen: least <= shards ? least : null,
  };
}

/**
 * A shard takes m of s salts as long as s >= m x ratio, and within one m the risk grows with s: so only the first
 * s of each m has to be tried.
 */
function randomSalts(ratio: number, shards: number, risk: number): number | null {
  for (let m = 1; ; m++) {
    const salts = Math.max(1, Math.ceil(m * ratio - TOLERANCE));
    if (salts > MOST_SALTS) return null;
    if (shards * saltedTail(salts, ratio, shards) <= risk) return salts;
  }
}

/** P(one shard gets more salts than it can carry); `ratio` is the key's load over the room on a shard. */
function saltedTail(salts: number, ratio: number, shards: number): number {
  return binomialAbove(salts, 1 / shards, Math.floor(salts / ratio + TOLERANCE));
}

/** Upper bound of the probability that `salts` salts with random names overload some shard, 0…1. */
export function saltRisk(salts: number, load: number, background: number, shards: number): number {
  if (background >= 1) return 1;
  return Math.min(1, shards * saltedTail(salts, load / (1 - background), shards));
}

/** Loads over one shard's planning limit, by dimension. */
export type FilledLimits = Readonly<Record<Dimension, number>>;

const DIMENSIONS: readonly Dimension[] = ['records', 'bytes'];

/**
 * Numbers of chosen salts for several keys at once, such that all of them fit together.
 *
 * With each salt at most a m-th of the room on a shard, any m of them fit on one. Dealt out to the shards in turn, key
 * after key, no shard gets two of one key while a key has at most `shards`, and none more than m while there are at
 * most m x shards altogether. Where there is no such m, every key is put on every shard, which
 * fits if anything does.
 * @param keys over one shard's planning limit C = limit x (1 - headroom), each above 0
 * @param background mean load of all other keys on one shard, over C
 * @returns a number per key, or undefined where the keys do not fit
 */
export function chosenTogether(
  keys: readonly FilledLimits[],
  background: FilledLimits,
  shards: number,
): number[] | undefined {
  const fits = DIMENSIONS.every((dimension) => {
    const sum = keys.reduce((all, key) => all + key[dimension], 0);
    return background[dimension] + sum / shards <= 1 + TOLERANCE;
  });
  if (!fits) return undefined;
  for (let m = 1; m <= keys.length; m++) {
    const salts = keys.map((key) => saltsOfPart(key, background, m));
    if (Math.max(...salts) > shards) break;
    if (salts.reduce((all, count) => all + count, 0) <= m * shards) return salts;
  }
  return keys.map(() => shards);
}

/** Salts of which each takes at most a m-th of the room on a shard. */
function saltsOfPart(key: FilledLimits, background: FilledLimits, m: number): number {
  const salts = DIMENSIONS.map((dimension) => {
    if (key[dimension] === 0) return 1;
    return Math.ceil((key[dimension] * m) / (1 - background[dimension]) - TOLERANCE);
  });
  return Math.max(1, ...salts);
}
