/**
 * Records and bytes of the last few steps of time, for many shards or keys at once, where steps are counted whole
 * instead of record by record.
 */
import type { WindowSums } from './load-judge.ts';

export class CountWindows implements WindowSums {
  /** Of the step that runs. */
  readonly records: Float64Array;
  readonly bytes: Float64Array;
  readonly #windowRecords: Float64Array;
  readonly #windowBytes: Float64Array;
  /** Step by step, as many as the window has. */
  readonly #pastRecords: Float64Array[];
  readonly #pastBytes: Float64Array[];
  #closed = 0;

  /** @param steps length of the window in steps */
  constructor(
    readonly count: number,
    steps: number,
  ) {
    const column = (): Float64Array => new Float64Array(count);
    [this.records, this.bytes, this.#windowRecords, this.#windowBytes] = [
      column(),
      column(),
      column(),
      column(),
    ];
    this.#pastRecords = Array.from({ length: steps }, column);
    this.#pastBytes = Array.from({ length: steps }, column);
  }

  windowRecords(i: number): number {
    return this.#windowRecords[i];
  }

  windowBytes(i: number): number {
    return this.#windowBytes[i];
  }

  /** Ends a step: it enters the window, and the oldest leaves. */
  closeStep(): void {
    const place = this.#closed++ % this.#pastRecords.length;
    shift(this.records, this.#pastRecords[place], this.#windowRecords);
    shift(this.bytes, this.#pastBytes[place], this.#windowBytes);
  }
}

function shift(current: Float64Array, past: Float64Array, sum: Float64Array): void {
  for (let i = 0; i < current.length; i++) {
    sum[i] += current[i] - past[i];
    past[i] = current[i];
    current[i] = 0;
  }
}
