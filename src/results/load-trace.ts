/**
 * What shards and heavy keys were offered second by second: what one machine keeps of its load so that it can be judged
 * together with that of others, in windows that all of them share.
 *
 * It does not grow without end. Where there are more seconds and shards than it holds, two steps of time become one, with
 * the mean of both; where there are more keys, the lightest entries go, and `keyFloor` says what they had at most.
 */
import { LEAST_WEIGHT } from './key-sketch.ts';
import { writeColumn } from './number-column.ts';

/** Shards with something in a step, over all steps: one hundred shards for 16 minutes, four for seven hours. */
const MOST_SHARD_ROWS = 100_000;
const MOST_KEY_ROWS = 60_000;
/** Number, records, bytes, squares of bytes. */
export const TRACE_WIDTH = 4;

/** Sums of the second that is over. */
export interface SecondSums {
  readonly count: number;
  records(i: number): number;
  bytes(i: number): number;
  squares(i: number): number;
}

/** As a report carries it. */
export interface SavedTrace {
  /** Length of a step in seconds. */
  readonly stepSec: number;
  /** Most bytes that a key which a step does not name was offered in it, a record counting as 1,049 bytes at least. */
  readonly keyFloor: number;
  readonly steps: readonly SavedStep[];
}

/** Rows of number, records, bytes and the sum of squared bytes, as one text. */
export interface SavedStep {
  /** Number of the step; steps without any load are left out. */
  readonly step: number;
  readonly shards: string;
  /** Numbers are those of the scenario's key dictionary. */
  readonly keys?: string;
}

type Rows = Map<number, readonly [records: number, bytes: number, squares: number]>;

interface Step {
  readonly step: number;
  readonly shards: Rows;
  readonly keys: Rows;
}

export class LoadTrace {
  #steps: Step[] = [];
  #stepSec = 1;
  #keyFloor = 0;
  #shardRows = 0;
  #keyRows = 0;
  readonly #numberOf: (place: number) => number;
  readonly #most: { readonly shardRows: number; readonly keyRows: number };

  /** @param numberOf a key's number by its place among the sums of keys */
  constructor(
    numberOf: (place: number) => number,
    most = { shardRows: MOST_SHARD_ROWS, keyRows: MOST_KEY_ROWS },
  ) {
    this.#numberOf = numberOf;
    this.#most = most;
  }

  /** A second is over, by its number from 0; seconds come in order, silent ones may be left out. */
  note(second: number, shards: SecondSums, keys: SecondSums): void {
    const ofShards = rowsOf(shards, (i) => i);
    if (ofShards.size === 0) return;
    const ofKeys = rowsOf(keys, this.#numberOf);
    this.#add({ step: Math.floor(second / this.#stepSec), shards: ofShards, keys: ofKeys });
    while (this.#shardRows > this.#most.shardRows && this.#steps.length > 1) this.#halve();
    while (this.#keyRows > this.#most.keyRows) this.#thin();
  }

  get stepSec(): number {
    return this.#stepSec;
  }

  get saved(): SavedTrace {
    return {
      stepSec: this.#stepSec,
      keyFloor: this.#keyFloor,
      steps: this.#steps.map(({ step, shards, keys }) => ({
        step,
        shards: textOf(shards),
        ...(keys.size === 0 ? {} : { keys: textOf(keys) }),
      })),
    };
  }

  #add(step: Step): void {
    const last = this.#steps.at(-1);
    if (last === undefined || last.step < step.step) {
      this.#steps.push(step);
      this.#shardRows += step.shards.size;
      this.#keyRows += step.keys.size;
      return;
    }
    this.#shardRows += addRows(last.shards, step.shards);
    this.#keyRows += addRows(last.keys, step.keys);
  }

  /** Steps become twice as long. What a floor hid in each of two steps it may hide in both. */
  #halve(): void {
    const steps = this.#steps;
    if (this.#keyFloor > 0) this.#keyFloor *= 2;
    this.#stepSec *= 2;
    [this.#steps, this.#shardRows, this.#keyRows] = [[], 0, 0];
    for (const step of steps) this.#add({ ...step, step: Math.floor(step.step / 2) });
  }

  /** Takes out the lighter half of the entries of keys. */
  #thin(): void {
    const weights = this.#steps.flatMap(({ keys }) => Array.from(keys.values(), weightOf));
    const floor = Float64Array.from(weights).sort()[weights.length >> 1];
    this.#keyFloor = Math.max(this.#keyFloor, floor);
    this.#keyRows = 0;
    for (const { keys } of this.#steps) {
      for (const [key, row] of keys) if (weightOf(row) <= floor) keys.delete(key);
      this.#keyRows += keys.size;
    }
  }
}

function rowsOf(sums: SecondSums, numberOf: (i: number) => number): Rows {
  const rows: Rows = new Map();
  for (let i = 0; i < sums.count; i++) {
    if (sums.records(i) > 0) rows.set(numberOf(i), [sums.records(i), sums.bytes(i), sums.squares(i)]);
  }
  return rows;
}

/** @returns how many rows are new */
function addRows(into: Rows, from: Rows): number {
  const before = into.size;
  for (const [number, row] of from) {
    const known = into.get(number) ?? [0, 0, 0];
    into.set(number, [known[0] + row[0], known[1] + row[1], known[2] + row[2]]);
  }
  return into.size - before;
}

function weightOf([records, bytes]: readonly [number, number, number]): number {
  return Math.max(bytes, records * LEAST_WEIGHT);
}

function textOf(rows: Rows): string {
  return writeColumn(Array.from(rows, ([number, row]) => [number, ...row]).flat()) ?? '';
}
