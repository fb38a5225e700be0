/**
 * Records, bytes and squared bytes of the last ten seconds, for many shards or keys at once, moved on second by second.
 */
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

/** Places in a row: sums of the running second, of the window, then of each second in the window. */
const RECORDS = 0;
const BYTES = 1;
/** Of squared bytes: the noise of a sum of bytes. */
const SQUARES = 2;
const SUMS = 3;
const WINDOW = SUMS;
const PAST = WINDOW + SUMS;
const WIDTH = PAST + SUMS * WINDOW_SEC;

export class SlidingSums {
  /** Row by row: a record touches one row of thousands. */
  readonly #cells: Float64Array;
  #closed = 0;

  constructor(readonly count: number) {
    this.#cells = new Float64Array(count * WIDTH);
  }

  /** Counts a record, or a part above 0 of one, in the running second. The squares of parts sum to that of the whole. */
  add(i: number, bytes: number, records = 1): void {
    const at = i * WIDTH;
    this.#cells[at + RECORDS] += records;
    this.#cells[at + BYTES] += bytes;
    this.#cells[at + SQUARES] += records === 1 ? bytes * bytes : (bytes * bytes) / records;
  }

  /** Of the running second. */
  records(i: number): number {
    return this.#cells[i * WIDTH + RECORDS];
  }

  bytes(i: number): number {
    return this.#cells[i * WIDTH + BYTES];
  }

  /** Of the closed seconds in the window. */
  windowRecords(i: number): number {
    return this.#cells[i * WIDTH + WINDOW + RECORDS];
  }

  windowBytes(i: number): number {
    return this.#cells[i * WIDTH + WINDOW + BYTES];
  }

  windowSquares(i: number): number {
    return this.#cells[i * WIDTH + WINDOW + SQUARES];
  }

  /** Forgets one of the many, whose place another takes. */
  reset(i: number): void {
    this.#cells.fill(0, i * WIDTH, (i + 1) * WIDTH);
  }

  /** Ends a second: it enters the window, and the one ten seconds before it leaves. */
  closeSecond(): void {
    const cells = this.#cells;
    const past = PAST + SUMS * (this.#closed++ % WINDOW_SEC);
    for (let at = 0; at < cells.length; at += WIDTH) {
      for (let sum = at; sum < at + SUMS; sum++) {
        cells[sum + WINDOW] += cells[sum] - cells[sum + past];
        cells[sum + past] = cells[sum];
        cells[sum] = 0;
      }
    }
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
