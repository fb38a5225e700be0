/**
 * How many records of a source fall due in a stretch of time, without the records: the same numbers as the due
 * times of `arrivals.ts` give, counted.
 */
import { binomialOf } from './binomial.ts';
import { sampleOf } from './poisson.ts';
import { endOf, integralTo, rateCurveOf, type RateCurve } from './rate-curve.ts';
import { SLICE_US } from './arrivals.ts';
import type { Source } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';

export class ArrivalCounts {
  /** Whether chance decides how many arrive, and each record's time apart from the others'. */
  readonly isPoisson: boolean;
  readonly #curve: RateCurve;
  readonly #burst: { readonly everyUs: number; readonly withinUs: number } | undefined;
  readonly #counts: Draws;
  readonly #cuts: Draws;
  #atUs = 0;
  /** Poisson: what is left of the slice that was begun, and where it ends. */
  #left = 0;
  #sliceEndUs = 0;
  #cutCount = 0;

  constructor(source: Source, warmupUs: number, seed: number, index: number) {
    this.isPoisson = source.arrivals.kind === 'poisson';
    this.#burst = source.arrivals.kind === 'bursts' ? source.arrivals : undefined;
    this.#curve = rateCurveOf(source.stages, warmupUs);
    this.#counts = new Draws(seed, PURPOSE.count, index);
    this.#cuts = new Draws(seed, PURPOSE.time, index);
  }

  /** Records expected from the start of the warm-up to a time in microseconds. */
  expectedBy(timeUs: number): number {
    const us = Math.min(timeUs, endOf(this.#curve));
    if (this.#burst === undefined) return integralTo(this.#curve, us);
    const { everyUs, withinUs } = this.#burst;
    const start = Math.floor(us / everyUs) * everyUs;
    const stretched = start + (Math.min(us - start, withinUs) * everyUs) / withinUs;
    return integralTo(this.#curve, Math.min(stretched, endOf(this.#curve)));
  }

  /** Records due before a time, where arrivals are even or in bursts: record k is due at k + 1/2. */
  dueBefore(timeUs: number): number {
    return Math.max(0, Math.ceil(this.expectedBy(timeUs) - 0.5));
  }

  /** Records due from the last call's time, or the start, to before this one. Times come in order. */
  take(untilUs: number): number {
    if (!this.isPoisson) {
      const before = this.dueBefore(this.#atUs);
      this.#atUs = untilUs;
      return this.dueBefore(untilUs) - before;
    }
    let count = 0;
    while (this.#atUs < untilUs) {
      if (this.#atUs >= this.#sliceEndUs) this.#drawSlice();
      count += this.#takeOfSlice(Math.min(untilUs, this.#sliceEndUs));
    }
    return count;
  }

  /** The count of the next slice, as `arrivals.ts` draws it. */
  #drawSlice(): void {
    const slice = Math.floor(this.#atUs / SLICE_US);
    this.#sliceEndUs = (slice + 1) * SLICE_US;
    const mean = this.expectedBy(this.#sliceEndUs) - this.expectedBy(this.#atUs);
    this.#left = sampleOf(mean, this.#counts, slice);
  }

  #takeOfSlice(untilUs: number): number {
    let taken = this.#left;
    if (untilUs < this.#sliceEndUs) {
      const from = this.expectedBy(this.#atUs);
      const part = (this.expectedBy(untilUs) - from) / (this.expectedBy(this.#sliceEndUs) - from);
      taken = binomialOf(this.#left, part, this.#cuts, this.#cutCount++);
    }
    this.#left -= taken;
    this.#atUs = untilUs;
    return taken;
  }
}
