/**
 * Records, bytes and squared bytes of the last ten seconds, for many shards or keys at once, moved on second by second.
 */
import { roomier } from '../model/column.ts';
import { LIMITS } from '../model/limits.ts';
import type { Dimension } from './report-document.ts';

/** Length of the window in which load is judged (interface, when a partition is hot). */
export const WINDOW_SEC = 10;

/** Load over one shard's limit, the worse of records and bytes. */
export interface RelativeLoad {
  readonly dimension: Dimension;
  /** Records or bytes per second. */
  readonly perSec: number;
  readonly utilization: number;
}

/** Places in a row of sums. */
const RECORDS = 0;
const BYTES = 1;
/** Of squared bytes: the noise of a sum of bytes. */
const SQUARES = 2;
const SUMS = 3;
/** Parts of records are more than this; what is less is what rounding leaves of them. */
const LEAST_RECORDS = 1e-9;
/** One in so many rows is few. */
const MANY = 8;
/** A row of the running second; one place is left empty, so that no row lies across two lines of the cache. */
const NOW_WIDTH = 4;
/** A row of the past: sums of the window, then of each second in it. */
const PAST_WIDTH = SUMS * (1 + WINDOW_SEC);

export class SlidingSums {
  /** Of the running second: all that a record touches, and kept small for it. */
  #now: Float64Array;
  #past: Float64Array;
  /** Those of which the running second or the window holds something, in no order; and whether each is one of them. */
  #busy: Uint32Array;
  #isBusy: Uint8Array;
  #busyCount = 0;
  /** From 0 up, for when nearly all are busy. */
  #all: Uint32Array | undefined;
  #closed = 0;
  #count: number;

  constructor(count: number) {
    this.#count = count;
    this.#busy = new Uint32Array(count);
    this.#isBusy = new Uint8Array(count);
    this.#now = new Float64Array(count * NOW_WIDTH);
    this.#past = new Float64Array(count * PAST_WIDTH);
  }

  get count(): number {
    return this.#count;
  }

  /** Makes room for as many as `count`. */
  grow(count: number): void {
    this.#count = Math.max(count, this.#count);
    this.#now = roomier(this.#now, count * NOW_WIDTH);
    this.#past = roomier(this.#past, count * PAST_WIDTH);
    this.#busy = roomier(this.#busy, count);
    this.#isBusy = roomier(this.#isBusy, count);
    this.#all = undefined;
  }

  /** Counts a record, or a part above 0 of one, in the running second. The squares of parts sum to that of the whole. */
  add(i: number, bytes: number, records = 1): void {
    if (this.#isBusy[i] === 0) this.#enter(i);
    const at = i * NOW_WIDTH;
    this.#now[at + RECORDS] += records;
    this.#now[at + BYTES] += bytes;
    this.#now[at + SQUARES] += records === 1 ? bytes * bytes : (bytes * bytes) / records;
  }

  /** Counts many records at once in the running second. @param squares sum of their squared bytes */
  addSums(i: number, records: number, bytes: number, squares: number): void {
    if (this.#isBusy[i] === 0) this.#enter(i);
    const at = i * NOW_WIDTH;
    this.#now[at + RECORDS] += records;
    this.#now[at + BYTES] += bytes;
    this.#now[at + SQUARES] += squares;
  }

  /** Counts records `from` … `to - 1` of some columns in the running second. */
  addRun(rows: Uint32Array, bytes: Uint32Array, from: number, to: number): void {
    const now = this.#now;
    for (let i = from; i < to; i++) {
      const row = rows[i];
      if (this.#isBusy[row] === 0) this.#enter(row);
      const at = row * NOW_WIDTH;
      const size = bytes[i];
      now[at + RECORDS]++;
      now[at + BYTES] += size;
      now[at + SQUARES] += size * size;
    }
  }

  /** Of the running second. */
  records(i: number): number {
    return this.#now[i * NOW_WIDTH + RECORDS];
  }

  bytes(i: number): number {
    return this.#now[i * NOW_WIDTH + BYTES];
  }

  squares(i: number): number {
    return this.#now[i * NOW_WIDTH + SQUARES];
  }

  /** Of the closed seconds in the window. */
  windowRecords(i: number): number {
    return this.#past[i * PAST_WIDTH + RECORDS];
  }

  windowBytes(i: number): number {
    return this.#past[i * PAST_WIDTH + BYTES];
  }

  windowSquares(i: number): number {
    return this.#past[i * PAST_WIDTH + SQUARES];
  }

  /** Records and bytes of the last closed seconds, at most so many as the window has. */
  last(i: number, seconds: number): { readonly records: number; readonly bytes: number } {
    let [records, bytes] = [0, 0];
    for (let n = 1; n <= Math.min(seconds, WINDOW_SEC, this.#closed); n++) {
      const at = i * PAST_WIDTH + SUMS * (1 + ((this.#closed - n) % WINDOW_SEC));
      records += this.#past[at + RECORDS];
      bytes += this.#past[at + BYTES];
    }
    return { records, bytes };
  }

  /** Forgets one of the many, whose place another takes. */
  reset(i: number): void {
    // Loops: to call `fill` for a few numbers takes longer than to write them.
    for (let at = i * NOW_WIDTH; at < (i + 1) * NOW_WIDTH; at++) this.#now[at] = 0;
    this.#empty(i);
  }

  /** Those of which the window may hold something, in ascending order. */
  rows(): Uint32Array {
    // To sort many takes longer than to look at all.
    if (this.#busyCount * MANY < this.#count) return this.#busy.slice(0, this.#busyCount).sort();
    return (this.#all ??= Uint32Array.from({ length: this.#count }, (_, i) => i));
  }

  /** Ends a second: it enters the window, and the one ten seconds before it leaves. */
  closeSecond(): void {
    const leaving = SUMS * (1 + (this.#closed++ % WINDOW_SEC));
    let kept = 0;
    for (let n = 0; n < this.#busyCount; n++) {
      const i = this.#busy[n];
      this.#close(i, leaving);
      if (this.#past[i * PAST_WIDTH + RECORDS] > LEAST_RECORDS) this.#busy[kept++] = i;
      else this.#leave(i);
    }
    this.#busyCount = kept;
  }

  #close(i: number, leaving: number): void {
    for (let sum = 0; sum < SUMS; sum++) {
      const now = i * NOW_WIDTH + sum;
      const window = i * PAST_WIDTH + sum;
      this.#past[window] += this.#now[now] - this.#past[window + leaving];
      this.#past[window + leaving] = this.#now[now];
      this.#now[now] = 0;
    }
  }

  #enter(i: number): void {
    this.#isBusy[i] = 1;
    this.#busy[this.#busyCount++] = i;
  }

  /** Nothing of it is left but what rounding made of parts. */
  #leave(i: number): void {
    this.#isBusy[i] = 0;
    this.#empty(i);
  }

  #empty(i: number): void {
    for (let at = i * PAST_WIDTH; at < (i + 1) * PAST_WIDTH; at++) this.#past[at] = 0;
  }
}

/** The worse of a record rate and a byte rate against `shards` times one shard's limits. */
export function worseOf(recordsPerSec: number, bytesPerSec: number, shards = 1): RelativeLoad {
  const byRecords = recordsPerSec / (LIMITS.writeRecordsPerSec.value * shards);
  const byBytes = bytesPerSec / (LIMITS.writeBytesPerSec.value * shards);
  return byRecords >= byBytes
    ? { dimension: 'records', perSec: recordsPerSec, utilization: byRecords }
    : { dimension: 'bytes', perSec: bytesPerSec, utilization: byBytes };
}
