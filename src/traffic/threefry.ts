/**
 * Chance as a function: the same (seed, purpose, source, index) always draws the same number, in any order.
 *
 * Threefry-2x32 with 20 rounds (Salmon et al., SC 2011): additions, rotations and exclusive-ors on 32-bit words,
 * so that every machine draws the same. There is no state to jump over, which is what lets many workers build
 * only their own records.
 */
import { fillUniform } from './uniform-column.ts';

/** What a draw is for; draws of different purposes are independent. */
export const PURPOSE = {
  count: 1,
  time: 2,
  key: 3,
  size: 4,
  jitter: 5,
  shard: 6,
  poll: 7,
  fault: 8,
  wait: 9,
} as const;
export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

export const PARITY = 0x1bd11bda;
const TWO_32 = 4294967296;
const INDEX_HIGH_BITS = 21;

/** Where `threefry2x32` leaves its two words of output: a tuple would be an allocation per draw. */
export const OUTPUT = new Uint32Array(2);

/** Leaves two 32-bit words in `OUTPUT` for a 64-bit key and a 64-bit counter, each given as two words. */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): void {
  const key2 = PARITY ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  // Twenty rounds written out: this runs for every record.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 2) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key0) | 0;
  x1 = (x1 + key1 + 3) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 4) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 5) | 0;
  OUTPUT[0] = x0;
  OUTPUT[1] = x1;
}

/** The draws of one purpose for one source of traffic. */
export class Draws {
  readonly #key0: number;
  readonly #key1: number;

  /** @param seed whole number from 0 to 2^53 - 1 */
  constructor(seed: number, purpose: Purpose, source: number) {
    threefry2x32(seed >>> 0, Math.floor(seed / TWO_32), purpose, source);
    [this.#key0, this.#key1] = OUTPUT;
  }

  /**
   * A number from [0, 1) with 53 random bits.
   * @param index which record or slice, below 2^53
   * @param draw which of several draws for the same index, below 2,048
   */
  uniform(index: number, draw = 0): number {
    this.bits(index, draw);
    return ((OUTPUT[0] >>> 5) * 67108864 + (OUTPUT[1] >>> 6)) / 9007199254740992;
  }

  /** The 64 random bits themselves, left in `OUTPUT`; index and draw as for `uniform`. */
  bits(index: number, draw = 0): void {
    const high = Math.floor(index / TWO_32) | (draw << INDEX_HIGH_BITS);
    threefry2x32(this.#key0, this.#key1, index >>> 0, high);
  }

  /** The numbers of `count` indexes from `first` on, written to `out`. */
  fill(first: number, count: number, out: Float64Array): void {
    fillUniform(this.#key0, this.#key1, first, count, out);
  }
}
