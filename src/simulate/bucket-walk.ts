/**
 * A shard's bucket through the ticks of a step: stretches in which nothing can be refused are passed at once, others
 * are halved, down to single ticks (adaptive windows).
 */
import type { FluidBuckets } from './fluid.ts';
import type { StepArrivals } from './step-arrivals.ts';

/** A step has at most 2^20 ticks. */
const DEEPEST = 24;

export class BucketWalk {
  readonly #buckets: FluidBuckets;
  readonly #arrivals: StepArrivals;
  readonly #sources: number;
  /** Records by which a stretch passed at once may leave the levels further apart. */
  readonly #gap: number;
  /** Counts by source, one row per halving under way. */
  readonly #counts: Float64Array;

  constructor(buckets: FluidBuckets, arrivals: StepArrivals, sources: number, gap: number) {
    this.#buckets = buckets;
    this.#arrivals = arrivals;
    this.#sources = sources;
    this.#gap = gap;
    this.#counts = new Float64Array(sources * DEEPEST);
  }

  /**
   * @param counts records of the step by source, at `offset` and every `stride` behind it
   * @param leaf ticks that are looked at together
   */
  walk(shard: number, counts: Float64Array, offset: number, stride: number, leaf: number): void {
    for (let s = 0; s < this.#sources; s++) this.#counts[s] = counts[offset + s * stride];
    this.#pass(shard, 0, this.#arrivals.ticks, leaf, 0);
  }

  #pass(shard: number, from: number, to: number, leaf: number, row: number): void {
    const counts = this.#counts;
    const sources = this.#sources;
    const us = (to - from) * this.#arrivals.tickUs;
    let count = 0;
    for (let s = 0; s < sources; s++) count += counts[row + s];
    if (to - from <= leaf) this.#buckets.tick(shard, count, us);
    else if (this.#buckets.canSkip(shard, count, us, this.#gap)) this.#buckets.skip(shard, count, us);
    else {
      const middle = (from + to) >> 1;
      const first = row + sources;
      for (let s = 0; s < sources; s++) {
        counts[first + s] = this.#arrivals.split(s, counts[row + s], from, middle, to);
      }
      for (let s = 0; s < sources; s++) counts[row + s] -= counts[first + s];
      this.#pass(shard, from, middle, leaf, first);
      // What is left in the row of the whole is the second half.
      this.#pass(shard, middle, to, leaf, row);
    }
  }
}
