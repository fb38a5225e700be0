/**
 * The loads of keys that have names of their own, as columns beside the tables of their names: ten million keys of a
 * file take no object each.
 */
import { fromWords, positionOf } from '../../model/hash-key.ts';
import { WeightedNames } from '../../traffic/weighted-names.ts';
import type { Dimension } from '../../results/report-document.ts';
import type { TrafficPart } from './key-loads.ts';
import {
  momentsOf,
  type Extent,
  type KeyColumns,
  type KeyLoad,
  type KeyRun,
  type Moments,
} from './key-run.ts';

/** Names, and by their numbers what each carries per second; 0 where another table has the name. */
export interface NamedKeys {
  readonly names: WeightedNames;
  readonly records: Float64Array;
  readonly bytes: Float64Array;
}

/** Adds up all sources of listed names: the same name is the same key, in whichever list or file it stands. */
export function namedKeysOf(parts: readonly TrafficPart[]): NamedKeys[] {
  const tables = tablesOf(parts);
  for (const { keys, recordsPerSec, dataBytes, keyBytes } of parts) {
    if (keys.kind !== 'file' && keys.kind !== 'weights') continue;
    const sum = keys.kind === 'file' ? sumOf(keys.table.weights) : sumOf(keys.weights);
    const add = ({ names, records, bytes }: NamedKeys, n: number, weight: number): void => {
      const load = (recordsPerSec * weight) / sum;
      records[n] += load;
      bytes[n] += load * (dataBytes + (keyBytes ?? names.bytesAt(n)));
    };
    if (keys.kind === 'weights') {
      keys.names.forEach((name, i) => {
        const { table, n } = find(tables, name);
        add(table, n, keys.weights[i]);
      });
      continue;
    }
    const own = tables.findIndex(({ names }) => names === keys.table);
    const { weights } = keys.table;
    for (let n = 0; n < weights.length; n++) {
      if (own === 0) add(tables[0], n, weights[n]);
      else {
        const found = find(tables, keys.table.nameAt(n));
        add(found.table, found.n, weights[n]);
      }
    }
  }
  return tables;
}

/** The tables of all files, and one of the names that stand in none of them. */
function tablesOf(parts: readonly TrafficPart[]): NamedKeys[] {
  const files = new Set(parts.flatMap(({ keys }) => (keys.kind === 'file' ? [keys.table] : [])));
  const listed = new WeightedNames();
  const encoder = new TextEncoder();
  for (const { keys } of parts) {
    if (keys.kind !== 'weights') continue;
    for (const name of keys.names) {
      if ([...files].some((file) => file.find(name) >= 0)) continue;
      const bytes = encoder.encode(name);
      listed.add(bytes, 0, bytes.length, 0);
    }
  }
  const tables = listed.count > 0 ? [...files, listed] : [...files];
  return tables.map((names) => ({
    names,
    records: new Float64Array(names.count),
    bytes: new Float64Array(names.count),
  }));
}

/** The first table that has the name, which one of them has. */
function find(tables: readonly NamedKeys[], name: string): { table: NamedKeys; n: number } {
  for (const table of tables) {
    const n = table.names.find(name);
    if (n >= 0) return { table, n };
  }
  throw new Error(`no table has the name ${name}`);
}

/** The keys of a table that carry anything. */
export function namedRun(keys: NamedKeys): KeyRun {
  const isIdle = keys.records.includes(0);
  return runOf(keys, isIdle ? chosen(keys, (n) => keys.records[n] > 0) : undefined);
}

/** @param ids the numbers that belong to the run; undefined: all */
function runOf(keys: NamedKeys, ids: Uint32Array | undefined): KeyRun {
  const { names, records, bytes } = keys;
  const length = ids?.length ?? names.count;
  const numberAt = (i: number): number => (ids === undefined ? i : ids[i]);
  const keyAt = (i: number): KeyLoad => {
    const n = numberAt(i);
    return { name: names.nameAt(n), records: records[n], bytes: bytes[n] };
  };
  const sorted: Partial<Record<Dimension, Float64Array>> = {};
  const loadsOf = (dimension: Dimension): Float64Array =>
    (sorted[dimension] ??= heaviestFirst(keys[dimension], ids));
  return {
    length,
    bytesPerRecord: extentOf(keys, length, numberAt),
    keyAt,
    hashKeyAt: (i) => {
      const words = new Uint32Array(4);
      names.hashAt(numberAt(i), words);
      return fromWords(words);
    },
    place: (columns, at) => placeAll(keys, length, numberAt, columns, at),
    heaviest: (count) =>
      count >= length ? runOf(keys, ids) : runOf(keys, heaviestOf(keys, ids, loadsOf('records'), count)),
    loadAt: (i, dimension) => loadsOf(dimension)[i],
    momentsFrom: (from, dimension) =>
      from === 0
        ? unsortedMoments(keys[dimension], length, numberAt)
        : momentsOf(loadsOf(dimension).subarray(from)),
    candidates: () => heaviestKeys(keys, length, numberAt).map(keyAt),
    notAbove: (limit) => {
      const fits = (n: number): boolean => records[n] <= limit.records && bytes[n] <= limit.bytes;
      const kept = chosen(keys, fits, ids);
      return [kept.length === length ? runOf(keys, ids) : runOf(keys, kept)];
    },
  };
}

/** Numbers of a table, or of `ids` in it, for which the rule holds. */
function chosen({ names }: NamedKeys, holds: (n: number) => boolean, ids?: Uint32Array): Uint32Array {
  const length = ids?.length ?? names.count;
  const kept = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    const n = ids === undefined ? i : ids[i];
    if (holds(n)) kept[count++] = n;
  }
  return kept.slice(0, count);
}

function placeAll(
  { names, records, bytes }: NamedKeys,
  length: number,
  numberAt: (i: number) => number,
  columns: KeyColumns,
  at: number,
): void {
  const words = new Uint32Array(4);
  for (let i = 0; i < length; i++) {
    const n = numberAt(i);
    names.hashAt(n, words);
    columns.positions[at + i] = positionOf(words);
    columns.records[at + i] = records[n];
    columns.bytes[at + i] = bytes[n];
  }
}

function heaviestFirst(loads: Float64Array, ids: Uint32Array | undefined): Float64Array {
  const sorted = ids === undefined ? loads.slice() : Float64Array.from(ids, (n) => loads[n]);
  return sorted.sort().reverse();
}

/** Numbers of the `count` keys with most records; of equal ones the first. */
function heaviestOf(
  keys: NamedKeys,
  ids: Uint32Array | undefined,
  sorted: Float64Array,
  count: number,
): Uint32Array {
  const least = sorted[Math.max(0, count - 1)];
  let ties = 0;
  for (let i = count - 1; i >= 0 && sorted[i] === least; i--) ties++;
  return chosen(keys, (n) => keys.records[n] > least || (keys.records[n] === least && ties-- > 0), ids);
}

/** Where the keys with most records and with most bytes stand: one of them fills most of any shard. */
function heaviestKeys(
  { records, bytes }: NamedKeys,
  length: number,
  numberAt: (i: number) => number,
): number[] {
  if (length === 0) return [];
  let [inRecords, inBytes] = [0, 0];
  for (let i = 1; i < length; i++) {
    const n = numberAt(i);
    if (records[n] > records[numberAt(inRecords)]) inRecords = i;
    if (bytes[n] > bytes[numberAt(inBytes)]) inBytes = i;
  }
  return inRecords === inBytes ? [inRecords] : [inRecords, inBytes];
}

function extentOf({ records, bytes }: NamedKeys, length: number, numberAt: (i: number) => number): Extent {
  let min = Infinity;
  let max = 0;
  for (let i = 0; i < length; i++) {
    const n = numberAt(i);
    if (records[n] === 0) continue;
    const ratio = bytes[n] / records[n];
    if (ratio < min) min = ratio;
    if (ratio > max) max = ratio;
  }
  return { min, max };
}

const BLOCK = 4096;

/** In blocks, so that little is lost in sums over millions. */
function unsortedMoments(loads: Float64Array, length: number, numberAt: (i: number) => number): Moments {
  const total = { sum: 0, squares: 0, cubes: 0 };
  for (let from = 0; from < length; from += BLOCK) {
    let [sum, squares, cubes] = [0, 0, 0];
    for (let i = from; i < Math.min(length, from + BLOCK); i++) {
      const load = loads[numberAt(i)];
      sum += load;
      squares += load * load;
      cubes += load * load * load;
    }
    total.sum += sum;
    total.squares += squares;
    total.cubes += cubes;
  }
  return total;
}

function sumOf(weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i];
  return sum;
}
