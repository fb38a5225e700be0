/**
 * A run of partition keys whose load never grows from one to the next: long enough for 10^9 keys, because its
 * members are computed when asked for and its sums in closed form.
 */
import { hashKeyOf, hashWords, positionOf, toWords } from '../../model/hash-key.ts';
import type { Dimension } from '../../results/report-document.ts';

/** A number of records and a number of bytes, mostly per second. */
export type PerDimension = Readonly<Record<Dimension, number>>;

/** One key and what it carries per second. */
export interface KeyLoad extends PerDimension {
  readonly name: string;
  /** Where it goes, if not where its name says. */
  readonly hashKey?: bigint;
}

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** Sums over keys of their load, its square and its cube. */
export interface Moments {
  readonly sum: number;
  readonly squares: number;
  readonly cubes: number;
}

/** Keys as columns: their places (`POSITIONS` of model/hash-key.ts) and what each carries. */
export interface KeyColumns {
  readonly positions: Float64Array;
  readonly records: Float64Array;
  readonly bytes: Float64Array;
}

export interface KeyRun {
  readonly length: number;
  readonly bytesPerRecord: Extent;
  /** The i-th key: generated ones heaviest in records first, listed ones in the order of their list. */
  keyAt(i: number): KeyLoad;
  /** Where the i-th key goes. */
  hashKeyAt(i: number): bigint;
  /** Writes place and load of every key to the columns, the first at `at`. */
  place(columns: KeyColumns, at: number): void;
  /** The `count` keys with most records. */
  heaviest(count: number): KeyRun;
  /** The i-th heaviest load in this dimension. */
  loadAt(i: number, dimension: Dimension): number;
  /** Over the keys from the `from`-th heaviest in this dimension to the lightest. */
  momentsFrom(from: number, dimension: Dimension): Moments;
  /** A few keys, among them the one that fills most of any shard. */
  candidates(): readonly KeyLoad[];
  /** What remains without the keys above the limit in either dimension. */
  notAbove(limit: PerDimension): readonly KeyRun[];
}

export const NO_MOMENTS: Moments = { sum: 0, squares: 0, cubes: 0 };

export function addMoments(a: Moments, b: Moments): Moments {
  return { sum: a.sum + b.sum, squares: a.squares + b.squares, cubes: a.cubes + b.cubes };
}

/** A run of keys that are given one by one, in any order. */
export function listedRun(keys: readonly KeyLoad[]): KeyRun {
  const byRecords = keys.toSorted((a, b) => b.records - a.records);
  const loads = {
    records: Float64Array.from(byRecords, (key) => key.records),
    bytes: Float64Array.from(keys, (key) => key.bytes)
      .sort()
      .reverse(),
  };
  const ratios = keys.map((key) => key.bytes / key.records).filter((ratio) => !Number.isNaN(ratio));
  return {
    length: keys.length,
    bytesPerRecord: extentOf(ratios),
    keyAt: (i) => byRecords[i],
    hashKeyAt: (i) => byRecords[i].hashKey ?? hashKeyOf(byRecords[i].name),
    place: (columns, at) => byRecords.forEach((key, i) => placeKey(key, columns, at + i)),
    heaviest: (count) => listedRun(byRecords.slice(0, count)),
    loadAt: (i, dimension) => loads[dimension][i],
    momentsFrom: (from, dimension) => momentsOf(loads[dimension].subarray(from)),
    candidates: () => byRecords,
    notAbove: (limit) => [
      listedRun(keys.filter((key) => key.records <= limit.records && key.bytes <= limit.bytes)),
    ],
  };
}

const words = new Uint32Array(4);

function placeKey({ name, hashKey, records, bytes }: KeyLoad, columns: KeyColumns, at: number): void {
  if (hashKey === undefined) hashWords(name, words);
  else toWords(hashKey, words);
  columns.positions[at] = positionOf(words);
  columns.records[at] = records;
  columns.bytes[at] = bytes;
}

function extentOf(values: readonly number[]): Extent {
  let min = Infinity;
  let max = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

/** From the lightest on, so that little is lost. @param loads heaviest first */
export function momentsOf(loads: Float64Array): Moments {
  let sum = 0;
  let squares = 0;
  let cubes = 0;
  for (let i = loads.length - 1; i >= 0; i--) {
    const load = loads[i];
    sum += load;
    squares += load * load;
    cubes += load * load * load;
  }
  return { sum, squares, cubes };
}

/** The heaviest keys of several runs, merged, and where each run was left. */
export interface HeaviestKeys {
  readonly loads: Float64Array;
  /** How many keys of each run are among them. */
  readonly taken: readonly number[];
}

/** Merges runs, heaviest first, until `count` keys are taken or a key is lighter than `atLeast`. */
export function heaviestOf(
  runs: readonly KeyRun[],
  dimension: Dimension,
  count: number,
  atLeast = 0,
): HeaviestKeys {
  const taken = runs.map(() => 0);
  const heap = runs.map((run, i) => ({ run: i, load: run.length > 0 ? run.loadAt(0, dimension) : -1 }));
  heap.sort((a, b) => b.load - a.load);
  const loads: number[] = [];
  while (heap.length > 0 && loads.length < count && heap[0].load >= Math.max(0, atLeast)) {
    const top = heap[0];
    loads.push(top.load);
    const next = ++taken[top.run];
    top.load = next < runs[top.run].length ? runs[top.run].loadAt(next, dimension) : -1;
    siftDown(heap);
  }
  return { loads: Float64Array.from(loads), taken };
}

/** Restores the heap after its top has become lighter. */
function siftDown(heap: { run: number; load: number }[]): void {
  for (let parent = 0; ;) {
    let heaviest = parent;
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && heap[child].load > heap[heaviest].load) heaviest = child;
    }
    if (heaviest === parent) return;
    [heap[parent], heap[heaviest]] = [heap[heaviest], heap[parent]];
    parent = heaviest;
  }
}

/** Sums over all keys that `heaviestOf` has left. */
export function momentsBeyond(
  runs: readonly KeyRun[],
  taken: readonly number[],
  dimension: Dimension,
): Moments {
  let rest = NO_MOMENTS;
  runs.forEach((run, i) => {
    if (taken[i] < run.length) rest = addMoments(rest, run.momentsFrom(taken[i], dimension));
  });
  return rest;
}
