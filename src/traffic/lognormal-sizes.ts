/**
 * Lognormal sizes for many records: [0, 1) is cut into stretches, and where all numbers of one mean the same size, as
 * most do while sizes are small, it is looked up instead of computed.
 */
import { exp, ln } from './elementary.ts';
import { normalQuantile } from './normal.ts';

/** Standard deviations from the median to the 99th percentile of a normal distribution. */
const Z99 = 2.3263478740408408;
/** 64 KiB of table; a power of two, so that its ends are exact. */
const STRETCHES = 16_384;
/** Far more than the errors of the functions below. */
const MARGIN = 1e-9;

export class LognormalSizes {
  readonly #median: number;
  readonly #sigma: number;
  /** By stretch: the size, or 0 where it must be computed. Made when it is first asked for. */
  #table: Uint32Array | undefined;

  /** @param p99 its 99th percentile, in bytes like the median */
  constructor(median: number, p99: number) {
    this.#median = median;
    this.#sigma = ln(p99 / median) / Z99;
  }

  /** The size for a number from [0, 1), in bytes. */
  at(u: number): number {
    return Math.max(1, Math.round(this.#scaled(u)));
  }

  /**
   * The sizes for the first `count` of some numbers, cut where they and their keys are above `mostBytes` together.
   * @param keyBytes of each
   */
  fill(u: Float64Array, keyBytes: Uint16Array, mostBytes: number, count: number, out: Uint32Array): void {
    const table = (this.#table ??= this.#tabulated());
    for (let i = 0; i < count; i++) {
      const known = table[Math.floor(u[i] * STRETCHES)];
      out[i] = Math.min(known > 0 ? known : this.at(u[i]), mostBytes - keyBytes[i]);
    }
  }

  #tabulated(): Uint32Array {
    const table = new Uint32Array(STRETCHES);
    let low = this.#scaled(0);
    for (let i = 0; i < STRETCHES; i++) {
      const high = this.#scaled((i + 1) / STRETCHES);
      const least = Math.max(1, Math.round(low * (1 - MARGIN)));
      if (least === Math.max(1, Math.round(high * (1 + MARGIN))) && least < 2 ** 32) table[i] = least;
      low = high;
    }
    return table;
  }

  #scaled(u: number): number {
    return this.#median * exp(this.#sigma * normalQuantile(u));
  }
}
