/**
 * Closed metric minutes, newest last: per minute the series that had samples, in order of their numbers, with
 * minimum, maximum, sum and count of each. The oldest minutes go when there is no more room for them.
 */

/** Numbers per series and minute, in this order. */
export const MIN = 0;
export const MAX = 1;
export const SUM = 2;
export const COUNT = 3;
export const STATS = 4;

const SAMPLE_BYTES = STATS * 8 + 4;
/** What a minute costs beside its samples: two typed arrays and the object that holds them. */
const MINUTE_BYTES = 320;

export interface ClosedMinute {
  /** Minutes since 1970. */
  readonly minute: number;
  /** Ascending. */
  readonly series: Uint32Array;
  readonly stats: Float64Array;
}

export class MetricHistory {
  #minutes: ClosedMinute[] = [];
  #bytes = 0;

  /** What it costs to keep all of it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The oldest minute that is still there; Infinity where there is none. */
  get oldest(): number {
    return this.#minutes.length === 0 ? Infinity : this.#minutes[0].minute;
  }

  push(minute: ClosedMinute): void {
    this.#minutes.push(minute);
    this.#bytes += bytesOf(minute);
  }

  /**
   * Forgets minutes from the oldest on, but never the newest.
   * @param bytes what may stay
   * @param before minutes earlier than this go in any case
   */
  trim(bytes: number, before: number): void {
    let gone = 0;
    while (gone < this.#minutes.length - 1 && (this.#bytes > bytes || this.#minutes[gone].minute < before)) {
      this.#bytes -= bytesOf(this.#minutes[gone++]);
    }
    if (gone > 0) this.#minutes = this.#minutes.slice(gone);
  }

  /** The minutes from `from` up to but not including `end`, oldest first. */
  between(from: number, end: number): ClosedMinute[] {
    return this.#minutes.slice(this.#indexOf(from), this.#indexOf(Math.max(from, end)));
  }

  /** Index of the first minute that is not earlier. */
  #indexOf(minute: number): number {
    let low = 0;
    let high = this.#minutes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#minutes[middle].minute < minute) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Where a series' numbers begin in a minute's `stats`; -1 where it had no samples. */
export function statsAt({ series }: ClosedMinute, wanted: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (series[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return series[low] === wanted ? low * STATS : -1;
}

function bytesOf({ series }: ClosedMinute): number {
  return MINUTE_BYTES + series.length * SAMPLE_BYTES;
}
