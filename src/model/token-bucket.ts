/**
 * Token buckets in exact integers, one per shard, as columns: time in whole microseconds, tokens in millionths.
 *
 * A level of 10 MiB is 1.05e13 millionths, far below 2^53, so nothing is ever rounded and the answer does not
 * depend on how often a bucket is looked at.
 */

import { lengthened } from './column.ts';

/** Tokens are counted in millionths, so that a rate per second is the same whole number per microsecond. */
export const TOKEN = 1_000_000;

export interface BucketRate {
  /** Whole tokens per second, hence millionths per microsecond. */
  readonly refillPerSec: number;
  /** Whole tokens when full. */
  readonly burst: number;
}

export class TokenBuckets {
  readonly rate: BucketRate;
  #levels: Float64Array;
  #seenUs: Float64Array;
  readonly #full: number;
  readonly #usToFull: number;

  /** @param fill level at the start, 0…1 of the burst */
  constructor(count: number, rate: BucketRate, nowUs: number, fill = 1) {
    this.rate = rate;
    this.#full = rate.burst * TOKEN;
    this.#usToFull = Math.ceil(this.#full / rate.refillPerSec);
    this.#levels = new Float64Array(count).fill(Math.floor(rate.burst * fill) * TOKEN);
    this.#seenUs = new Float64Array(count).fill(nowUs);
  }

  /** Level of a bucket in millionths at `nowUs`; an earlier time than the last one counts as the last one. */
  levelAt(i: number, nowUs: number): number {
    const elapsedUs = nowUs - this.#seenUs[i];
    if (elapsedUs > 0) {
      const refilled =
        elapsedUs >= this.#usToFull ? this.#full : this.#levels[i] + elapsedUs * this.rate.refillPerSec;
      this.#levels[i] = refilled < this.#full ? refilled : this.#full;
      this.#seenUs[i] = nowUs;
    }
    return this.#levels[i];
  }

  /** Takes whole tokens from a bucket that `levelAt` has just shown to hold them. */
  take(i: number, tokens: number): void {
    this.#levels[i] -= tokens * TOKEN;
  }

  /** The same buckets with another burst from `nowUs` on: a level above it is lost, one below it stays. */
  withBurst(burst: number, nowUs: number): TokenBuckets {
    const count = this.#levels.length;
    const changed = new TokenBuckets(count, { ...this.rate, burst }, nowUs);
    for (let i = 0; i < count; i++) {
      changed.#levels[i] = Math.min(this.levelAt(i, nowUs), changed.#full);
      changed.#seenUs[i] = Math.max(this.#seenUs[i], nowUs);
    }
    return changed;
  }

  /** Makes room for buckets up to `count` - 1; a new one is empty until it inherits. */
  grow(count: number): void {
    this.#levels = lengthened(this.#levels, count);
    this.#seenUs = lengthened(this.#seenUs, count);
  }

  /**
   * Sets a bucket to the lowest level of others at `nowUs`, or at the latest time that one of them has seen.
   * @throws RangeError where there is no such bucket: its records would all pass
   */
  inherit(i: number, others: readonly number[], nowUs: number): void {
    if (!(i < this.#levels.length)) throw new RangeError(`there is no bucket ${i}`);
    const atUs = others.reduce((latest, other) => Math.max(latest, this.#seenUs[other]), nowUs);
    this.#levels[i] = Math.min(...others.map((other) => this.levelAt(other, atUs)));
    this.#seenUs[i] = atUs;
  }
}
