/**
 * When the records of a source fall due, in whole microseconds from the start of the warm-up.
 *
 * Even: record k where the area under the rate curve reaches k + 1/2. Bursts: the same, with every period squeezed
 * into its beginning. Poisson: slices of 100 ms, each with a Poisson count and that many times inside, sorted.
 */
import { DueOrder } from './due-order.ts';
import { sampleOf } from './poisson.ts';
import { endOf, integralTo, timeOf, totalOf, type RateCurve } from './rate-curve.ts';
import type { Arrivals } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';

/** Poisson arrivals are drawn slice by slice. */
export const SLICE_US = 100_000;

/** Due times in order. */
export interface DueTimes {
  /** Writes the next due times to `out` and returns how many; 0 at the end. */
  fill(out: Float64Array): number;
}

/** The due times of a source from its first record on. */
export function dueTimesOf(arrivals: Arrivals, curve: RateCurve, seed: number, source: number): DueTimes {
  switch (arrivals.kind) {
    case 'even':
      return new EvenTimes(curve);
    case 'bursts':
      return new EvenTimes(curve, arrivals);
    case 'poisson':
      return new PoissonTimes(curve, seed, source);
  }
}

class EvenTimes implements DueTimes {
  readonly #curve: RateCurve;
  readonly #burst: { readonly everyUs: number; readonly withinUs: number } | undefined;
  readonly #count: number;
  #next = 0;

  constructor(curve: RateCurve, burst?: { readonly everyUs: number; readonly withinUs: number }) {
    this.#curve = curve;
    this.#burst = burst;
    // Every k with k + 1/2 below the total: none falls due at the very end.
    this.#count = Math.ceil(totalOf(curve) - 0.5);
  }

  fill(out: Float64Array): number {
    const count = Math.min(out.length, this.#count - this.#next);
    for (let i = 0; i < count; i++) {
      const time = timeOf(this.#curve, this.#next + i + 0.5);
      out[i] = Math.floor(this.#burst ? squeeze(time, this.#burst) : time);
    }
    this.#next += count;
    return count;
  }
}

/** Moves a time within its period into the first `withinUs` of it. */
function squeeze(timeUs: number, burst: { readonly everyUs: number; readonly withinUs: number }): number {
  const start = Math.floor(timeUs / burst.everyUs) * burst.everyUs;
  return start + ((timeUs - start) * burst.withinUs) / burst.everyUs;
}

class PoissonTimes implements DueTimes {
  readonly #curve: RateCurve;
  readonly #counts: Draws;
  readonly #times: Draws;
  readonly #slices: number;
  #slice = 0;
  /** Records of all slices before the current one. */
  #before = 0;
  #due = new Float64Array(0);
  readonly #order = new DueOrder();
  #taken = 0;

  constructor(curve: RateCurve, seed: number, source: number) {
    this.#curve = curve;
    this.#counts = new Draws(seed, PURPOSE.count, source);
    this.#times = new Draws(seed, PURPOSE.time, source);
    this.#slices = Math.ceil(endOf(curve) / SLICE_US);
  }

  fill(out: Float64Array): number {
    while (this.#taken === this.#due.length) {
      if (this.#slice === this.#slices) return 0;
      this.#drawSlice();
    }
    const count = Math.min(out.length, this.#due.length - this.#taken);
    out.set(this.#due.subarray(this.#taken, this.#taken + count));
    this.#taken += count;
    return count;
  }

  #drawSlice(): void {
    const startUs = this.#slice * SLICE_US;
    const from = integralTo(this.#curve, startUs);
    const to = integralTo(this.#curve, Math.min(startUs + SLICE_US, endOf(this.#curve)));
    const count = sampleOf(to - from, this.#counts, this.#slice);
    const shares = this.#order.room(count);
    this.#times.fill(this.#before, count, shares);
    const due = new Float64Array(count);
    for (let i = 0; i < count; i++) due[i] = Math.floor(timeOf(this.#curve, from + (to - from) * shares[i]));
    this.#due = this.#order.sort(due);
    this.#taken = 0;
    this.#before += count;
    this.#slice++;
  }
}
