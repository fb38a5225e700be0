/**
 * One window of a whole stream while it is judged: what is left of each shard as heavy keys are taken off, and what
 * the stream would carry with each key cut at one shard's limit.
 */
import {
  BYTES_PER_SEC,
  judgedLoad,
  RECORDS_PER_SEC,
  type JudgedLoad,
  type WindowLoad,
} from './judged-load.ts';
import type { Dimension } from './report-document.ts';

/** Sums over a window, of many shards or keys. */
export interface WindowSums {
  readonly count: number;
  /** Those of which the window may hold something, in ascending order. */
  rows(): Uint32Array;
  windowRecords(i: number): number;
  windowBytes(i: number): number;
  /** Sum of the squares of the records' bytes. */
  windowSquares(i: number): number;
}

/** What a shard carried in one window, key by key. */
export interface ShardWindow {
  readonly windowSec: number;
  /** When it ended, in seconds from the start of the counted duration. */
  readonly endSec: number;
  /** Of the whole shard, without the keys that were taken off it. */
  readonly sum: WindowLoad;
  /** By number, those that were counted one by one. */
  readonly keys: Map<number, Readonly<WindowLoad>>;
}

export class StreamWindow {
  /** Of each shard, without the keys taken off. */
  readonly records: Float64Array;
  readonly bytes: Float64Array;
  readonly squares: Float64Array;
  /** Places of the keys taken off. */
  readonly taken = new Set<number>();
  /** Of the stream besides hot keys; per second once the window is judged. */
  readonly rest: Record<Dimension, number>;
  /** Of the stream with each key cut at one shard's limit. */
  readonly #cut: WindowLoad;
  #variance: number;

  /**
   * @param open how many of the shards are open: what the stream takes
   * @param endSec when the window ended, from the start of the counted duration
   */
  constructor(
    readonly windowSec: number,
    shards: WindowSums,
    readonly open = shards.count,
    readonly endSec = windowSec,
  ) {
    this.records = new Float64Array(shards.count);
    this.bytes = new Float64Array(shards.count);
    this.squares = new Float64Array(shards.count);
    this.#cut = { records: 0, bytes: 0, squares: 0 };
    for (let j = 0; j < shards.count; j++) {
      this.#cut.records += this.records[j] = shards.windowRecords(j);
      this.#cut.bytes += this.bytes[j] = shards.windowBytes(j);
      this.#cut.squares += this.squares[j] = shards.windowSquares(j);
    }
    this.#variance = this.#cut.records;
    this.rest = { records: this.#cut.records, bytes: this.#cut.bytes };
  }

  /** Takes a key off its shard wholly, and off the stream as far as it exceeds one shard. */
  take(place: number, shard: number, load: WindowLoad): void {
    this.taken.add(place);
    this.records[shard] -= load.records;
    this.bytes[shard] -= load.bytes;
    this.squares[shard] -= load.squares;
    const ofRecords = Math.min(1, (RECORDS_PER_SEC * this.windowSec) / load.records);
    const ofBytes = Math.min(1, (BYTES_PER_SEC * this.windowSec) / load.bytes);
    this.#cut.records -= load.records * (1 - ofRecords);
    this.#variance -= load.records * (1 - ofRecords * ofRecords);
    this.#cut.bytes -= load.bytes * (1 - ofBytes);
    this.#cut.squares -= load.squares * (1 - ofBytes * ofBytes);
  }

  /** A key that was taken off is hot. */
  leaveOut(load: WindowLoad): void {
    this.rest.records -= load.records;
    this.rest.bytes -= load.bytes;
  }

  /** The stream with each key cut, once all keys were taken off that may be above a shard. */
  capped(z: number): JudgedLoad {
    return judgedLoad(this.#cut, this.windowSec, z, this.open, this.#variance);
  }

  /** A shard as it is left, for keys to be entered. */
  shard(j: number): ShardWindow {
    const sum = { records: this.records[j], bytes: this.bytes[j], squares: this.squares[j] };
    return { windowSec: this.windowSec, endSec: this.endSec, sum, keys: new Map() };
  }
}
