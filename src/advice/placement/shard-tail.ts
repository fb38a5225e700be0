/**
 * How likely one shard is to get more than it can carry when the keys' names, and so their places, fall at random:
 * each key lands on it with probability 1 / shards. (math.md 2.2)
 *
 * Equal keys: exact, binomial. Otherwise the heaviest keys are convolved one by one on a grid and the rest is added
 * as a normal distribution with its skew.
 */
import type { Dimension } from '../../results/report-document.ts';
import { binomialAbove } from './binomial.ts';
import type { KeyLoads } from './key-loads.ts';
import { heaviestOf, momentsBeyond, NO_MOMENTS, type Moments } from './key-run.ts';
import { skewedAbove } from './normal-tail.ts';

/** Cells of the grid from nothing to the limit. */
const CELLS = 4096;
/** A key lighter than this many cells belongs to the rest. */
const LIGHTEST_CELLS = 4;
const FIRST_KEYS = 400;
const MOST_KEYS = 6400;
/** Twice as many keys one by one must not move the answer by more than this part. */
const CONVERGED = 0.02;

/** How a key's load is fitted to the grid: the outer two bound the answer, `spread` keeps the mean. */
export type Rounding = 'down' | 'spread' | 'up';

/** One dimension of the keys' loads, ready for questions about one shard. */
export interface TailSource {
  readonly loads: KeyLoads;
  readonly dimension: Dimension;
  /** The load of every key where all are equal. */
  readonly equal: number | undefined;
  /** The heaviest keys, found once and kept: at most as many as are ever convolved. */
  readonly heaviest: Float64Array;
}

export function tailSourceOf(loads: KeyLoads, dimension: Dimension): TailSource {
  const { loads: heaviest } = heaviestOf(loads.runs, dimension, MOST_KEYS);
  const lightest = Math.min(...loads.runs.map((run) => run.loadAt(run.length - 1, dimension)));
  const isEqual = heaviest.length > 0 && heaviest[0] - lightest <= heaviest[0] * 1e-12;
  return { loads, dimension, equal: isEqual ? heaviest[0] : undefined, heaviest };
}

/**
 * P(load of one shard > limit).
 * @param limit in records or bytes per second, above 0
 * @param decideAt where the answer is more than ten times above or below this, the first estimate will do
 */
export function tailAbove(source: TailSource, shards: number, limit: number, decideAt?: number): number {
  const certain = certainTail(source, shards, limit);
  if (certain !== undefined) return certain;
  if (source.equal !== undefined) {
    return binomialAbove(source.loads.keyCount, 1 / shards, Math.floor(limit / source.equal + 1e-9));
  }
  return distributionOf(source, shards, limit, decideAt).above(limit);
}

/** Where chance has no part: all keys together fit, or there is one shard for them. */
function certainTail({ loads, dimension }: TailSource, shards: number, limit: number): 0 | 1 | undefined {
  if (loads.total[dimension] <= limit * (1 + 1e-9)) return 0;
  return shards === 1 ? 1 : undefined;
}

/** Bounds of `tailAbove` that hold but for the normal rest: all keys rounded down or up to the grid. */
export function tailBounds(source: TailSource, shards: number, limit: number): { low: number; high: number } {
  const keys = gridKeys(source, limit);
  const at = (rounding: Rounding): number => {
    const grid = gridOf(limit);
    convolve(grid, source.heaviest.subarray(0, keys), 1 / shards, rounding);
    return aboveOn(grid, restOf(source, keys), shards, limit);
  };
  return { low: at('down'), high: at('up') };
}

/** The load of one shard as a distribution that can be asked for any level up to its `upper`. */
export interface LoadDistribution {
  readonly upper: number;
  /** P(load > level). */
  above(level: number): number;
  /** E(load - level)+. */
  meanAbove(level: number): number;
}

/** @param upper the highest level that will be asked for; the grid ends there */
export function distributionOf(
  source: TailSource,
  shards: number,
  upper: number,
  decideAt?: number,
): LoadDistribution {
  const most = gridKeys(source, upper);
  const grid = gridOf(upper);
  let keys = Math.min(FIRST_KEYS, most);
  convolve(grid, source.heaviest.subarray(0, keys), 1 / shards, 'spread');
  let rest = restOf(source, keys);
  let tail = aboveOn(grid, rest, shards, upper);
  while (keys < most && !isClear(tail, decideAt)) {
    const more = Math.min(2 * keys, most);
    convolve(grid, source.heaviest.subarray(keys, more), 1 / shards, 'spread');
    keys = more;
    rest = restOf(source, keys);
    const finer = aboveOn(grid, rest, shards, upper);
    const moved = Math.abs(finer - tail);
    tail = finer;
    if (moved <= CONVERGED * finer) break;
  }
  return {
    upper,
    above: (level) => certainTail(source, shards, level) ?? aboveOn(grid, rest, shards, level),
    meanAbove: (level) =>
      certainTail(source, shards, level) === 0 ? 0 : meanAboveOn(grid, rest, shards, level),
  };
}

function isClear(tail: number, decideAt: number | undefined): boolean {
  return decideAt !== undefined && (tail > 10 * decideAt || tail < decideAt / 10);
}

/** How many of the heaviest keys are heavy enough for the grid. */
function gridKeys(source: TailSource, upper: number): number {
  const lightest = (LIGHTEST_CELLS * upper) / CELLS;
  const { heaviest } = source;
  let low = 0;
  let high = heaviest.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (heaviest[middle] >= lightest) low = middle + 1;
    else high = middle;
  }
  // Where there are few keys every one counts, however light: nothing is left for the normal distribution.
  return source.loads.keyCount <= FIRST_KEYS ? heaviest.length : low;
}

const rests = new WeakMap<TailSource, Map<number, Moments>>();

/** Sums over all but the `keys` heaviest, computed once each. */
function restOf(source: TailSource, keys: number): Moments {
  const { loads, dimension } = source;
  if (keys >= loads.keyCount) return NO_MOMENTS;
  const known = rests.get(source) ?? new Map<number, Moments>();
  rests.set(source, known);
  let rest = known.get(keys);
  if (rest === undefined) {
    rest = momentsBeyond(loads.runs, heaviestOf(loads.runs, dimension, keys).taken, dimension);
    known.set(keys, rest);
  }
  return rest;
}

/** Probabilities of the loads 0, cell, 2 cells, …, upper; what is missing to 1 is above `upper`. */
interface Grid {
  readonly cell: number;
  readonly mass: Float64Array;
  /** Last cell with anything in it. */
  last: number;
}

function gridOf(upper: number): Grid {
  const mass = new Float64Array(CELLS + 1);
  mass[0] = 1;
  return { cell: upper / CELLS, mass, last: 0 };
}

/** Adds keys that each come with probability p. */
function convolve(grid: Grid, keys: Float64Array, p: number, rounding: Rounding): void {
  for (const load of keys) {
    const cells = load / grid.cell;
    // A key of a whole number of cells stays one, whatever the last bits of the division.
    const whole = Math.round(cells);
    const exact = Math.abs(cells - whole) < 1e-9 * Math.max(1, whole);
    const below = exact ? whole : Math.floor(cells);
    if (exact || rounding === 'down') addKey(grid, below, 0, p);
    else addKey(grid, below, rounding === 'up' ? 1 : cells - below, p);
  }
}

/** Adds one key of `cells` cells, or with probability `part` of one more: the spread that keeps its mean. */
function addKey(grid: Grid, cells: number, part: number, p: number): void {
  const { mass } = grid;
  const stay = 1 - p;
  const low = p * (1 - part);
  const high = p * part;
  const last = Math.min(CELLS, grid.last + cells + (part > 0 ? 1 : 0));
  for (let i = last; i > cells; i--)
    mass[i] = stay * mass[i] + low * mass[i - cells] + high * mass[i - cells - 1];
  if (cells <= CELLS) mass[cells] = stay * mass[cells] + low * mass[0];
  for (let i = Math.min(cells - 1, last); i >= 0; i--) mass[i] *= stay;
  grid.last = last;
}

/** Mean, deviation and skewness of the keys that are not on the grid, on one shard. */
interface RestShape {
  readonly mean: number;
  readonly deviation: number;
  readonly skewness: number;
}

function shapeOf(rest: Moments, shards: number): RestShape {
  const p = 1 / shards;
  const deviation = Math.sqrt(rest.squares * p * (1 - p));
  const skewness =
    deviation > 0 ? (rest.cubes * p * (1 - p) * (1 - 2 * p)) / (deviation * deviation * deviation) : 0;
  return { mean: rest.sum * p, deviation, skewness };
}

/** P(grid + rest > level), for a level up to the grid's end. */
function aboveOn(grid: Grid, rest: Moments, shards: number, level: number): number {
  const { mean, deviation, skewness } = shapeOf(rest, shards);
  const slack = 1e-9 * level;
  let above = 0;
  let total = 0;
  for (let i = 0; i <= grid.last; i++) {
    const mass = grid.mass[i];
    if (mass === 0) continue;
    total += mass;
    const room = level - i * grid.cell - mean;
    if (deviation > 0) {
      const z = room / deviation;
      if (z < 12) above += z < -12 ? mass : mass * skewedAbove(z, skewness);
    } else if (room < -slack) above += mass;
  }
  return Math.min(1, above + Math.max(0, 1 - total));
}

/** E(grid + rest - level)+; what is beyond the grid's end counts as if it were there. */
function meanAboveOn(grid: Grid, rest: Moments, shards: number, level: number): number {
  const { mean, deviation, skewness } = shapeOf(rest, shards);
  const beyond = deviation > 0 ? restBeyond(deviation, skewness) : (room: number) => Math.max(0, -room);
  let excess = 0;
  let total = 0;
  for (let i = 0; i <= grid.last; i++) {
    const mass = grid.mass[i];
    if (mass === 0) continue;
    total += mass;
    excess += mass * beyond(level - i * grid.cell - mean);
  }
  return excess + Math.max(0, 1 - total) * Math.max(0, CELLS * grid.cell - level);
}

/** Points of the table of a rest's mean excess, from -12 to 12 deviations. */
const POINTS = 481;

/** E(rest - its mean - room)+ as a function of the room: the integral of its tail, tabled. */
function restBeyond(deviation: number, skewness: number): (room: number) => number {
  const step = 24 / (POINTS - 1);
  const table = new Float64Array(POINTS);
  let later = skewedAbove(12, skewness);
  for (let i = POINTS - 2; i >= 0; i--) {
    const here = skewedAbove(-12 + i * step, skewness);
    table[i] = table[i + 1] + ((here + later) / 2) * step;
    later = here;
  }
  return (room) => {
    const z = room / deviation;
    if (z >= 12) return 0;
    if (z <= -12) return -room;
    const at = (z + 12) / step;
    const i = Math.min(POINTS - 2, Math.floor(at));
    return deviation * (table[i] + (table[i + 1] - table[i]) * (at - i));
  };
}
