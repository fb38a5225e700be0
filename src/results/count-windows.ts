/**
 * Records, bytes and squared bytes of the last few steps of time, for many shards or keys at once, where steps are counted whole
 * instead of record by record.
 */
import type { WindowSums } from './stream-window.ts';

export class CountWindows implements WindowSums {
  /** Of the step that runs. */
  readonly records: Float64Array;
  readonly bytes: Float64Array;
  readonly squares: Float64Array;
  readonly #windows: readonly Float64Array[];
  readonly #rows: Uint32Array;
  /** The same columns step by step, as many steps as the window has. */
  readonly #past: readonly (readonly Float64Array[])[];
  #closed = 0;

  /** @param steps length of the window in steps */
  constructor(
    readonly count: number,
    steps: number,
  ) {
    const columns = (): Float64Array[] => Array.from({ length: 3 }, () => new Float64Array(count));
    [this.records, this.bytes, this.squares] = columns();
    this.#rows = Uint32Array.from({ length: count }, (_, i) => i);
    this.#windows = columns();
    this.#past = Array.from({ length: steps }, columns);
  }

  rows(): Uint32Array {
    return this.#rows;
  }

  windowRecords(i: number): number {
    return this.#windows[0][i];
  }

  windowBytes(i: number): number {
    return this.#windows[1][i];
  }

  windowSquares(i: number): number {
    return this.#windows[2][i];
  }

  /** Ends a step: it enters the window, and the oldest leaves. */
  closeStep(): void {
    const past = this.#past[this.#closed++ % this.#past.length];
    [this.records, this.bytes, this.squares].forEach((current, i) => {
      shift(current, past[i], this.#windows[i]);
    });
  }
}

function shift(current: Float64Array, past: Float64Array, sum: Float64Array): void {
  for (let i = 0; i < current.length; i++) {
    sum[i] += current[i] - past[i];
    past[i] = current[i];
    current[i] = 0;
  }
}
