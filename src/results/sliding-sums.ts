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

export class SlidingSums {
  /** Of the second that runs. */
  readonly records: Float64Array;
  readonly bytes: Float64Array;
  /** Of the closed seconds in the window. */
  readonly windowRecords: Float64Array;
  readonly windowBytes: Float64Array;
  readonly #pastRecords: Float64Array[];
  readonly #pastBytes: Float64Array[];
  #closed = 0;

  constructor(readonly count: number) {
    const column = (): Float64Array => new Float64Array(count);
    this.records = column();
    this.bytes = column();
    this.windowRecords = column();
    this.windowBytes = column();
    this.#pastRecords = Array.from({ length: WINDOW_SEC }, column);
    this.#pastBytes = Array.from({ length: WINDOW_SEC }, column);
  }

  /** Forgets one of the many, whose place another takes. */
  reset(i: number): void {
    for (const column of [this.records, this.bytes, this.windowRecords, this.windowBytes]) column[i] = 0;
    for (const past of [this.#pastRecords, this.#pastBytes]) for (const column of past) column[i] = 0;
  }

  /** Ends a second: it enters the window, and the one ten seconds before it leaves. */
  closeSecond(): void {
    const place = this.#closed++ % WINDOW_SEC;
    shift(this.records, this.#pastRecords[place], this.windowRecords);
    shift(this.bytes, this.#pastBytes[place], this.windowBytes);
  }
}

function shift(current: Float64Array, past: Float64Array, sum: Float64Array): void {
  for (let i = 0; i < current.length; i++) {
    sum[i] += current[i] - past[i];
    past[i] = current[i];
    current[i] = 0;
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
