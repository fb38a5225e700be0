/**
 * Records and bytes of the last ten seconds, for many shards or keys at once, moved on second by second.
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

/** Places in a row: records and bytes of the running second, of the window, then of each second in the window. */
const RECORDS = 0;
const BYTES = 1;
const WINDOW_RECORDS = 2;
const WINDOW_BYTES = 3;
const PAST = 4;
const WIDTH = PAST + 2 * WINDOW_SEC;

export class SlidingSums {
  /** Row by row: a record touches one row of thousands. */
  readonly #cells: Float64Array;
  #closed = 0;

  constructor(readonly count: number) {
    this.#cells = new Float64Array(count * WIDTH);
  }

  /** Counts a record, or a part of one, in the running second. */
  add(i: number, bytes: number, records = 1): void {
    const at = i * WIDTH;
    this.#cells[at + RECORDS] += records;
    this.#cells[at + BYTES] += bytes;
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
    return this.#cells[i * WIDTH + WINDOW_RECORDS];
  }

  windowBytes(i: number): number {
    return this.#cells[i * WIDTH + WINDOW_BYTES];
  }

  /** Forgets one of the many, whose place another takes. */
  reset(i: number): void {
    this.#cells.fill(0, i * WIDTH, (i + 1) * WIDTH);
  }

  /** Ends a second: it enters the window, and the one ten seconds before it leaves. */
  closeSecond(): void {
    const cells = this.#cells;
    const past = PAST + 2 * (this.#closed++ % WINDOW_SEC);
    for (let at = 0; at < cells.length; at += WIDTH) {
      cells[at + WINDOW_RECORDS] += cells[at + RECORDS] - cells[at + past];
      cells[at + WINDOW_BYTES] += cells[at + BYTES] - cells[at + past + 1];
      cells[at + past] = cells[at + RECORDS];
      cells[at + past + 1] = cells[at + BYTES];
      cells[at + RECORDS] = 0;
      cells[at + BYTES] = 0;
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
