/**
 * When within a step its records arrive: what is needed to divide the count of a shard among the ticks.
 */
import type { ArrivalCounts } from '../traffic/arrival-counts.ts';
import { binomialOf } from '../traffic/binomial.ts';
import { hypergeometricOf } from '../traffic/hypergeometric.ts';
import type { Draws } from '../traffic/threefry.ts';

/** Draws one after another, each under a number of its own. */
export interface DrawLine {
  readonly draws: Draws;
  next: number;
}

export class StepArrivals {
  readonly #sources: readonly ArrivalCounts[];
  readonly #lines: readonly DrawLine[];
  /** Per source: records due by the end of each tick, counted or expected; one more for the start. */
  #due: Float64Array[] = [];
  ticks = 0;
  tickUs = 0;

  constructor(sources: readonly ArrivalCounts[], lines: readonly DrawLine[]) {
    this.#sources = sources;
    this.#lines = lines;
  }

  /** Cuts a stretch of time into ticks of equal length. */
  begin(startUs: number, lengthUs: number, ticks: number): void {
    if (this.#due.length === 0 || this.#due[0].length < ticks + 1) {
      this.#due = this.#sources.map(() => new Float64Array(ticks + 1));
    }
    this.ticks = ticks;
    this.tickUs = lengthUs / ticks;
    this.#sources.forEach((source, s) => {
      for (let i = 0; i <= ticks; i++) {
        const atUs = startUs + (lengthUs * i) / ticks;
        this.#due[s][i] = source.isPoisson ? source.expectedBy(atUs) : source.dueBefore(atUs);
      }
    });
  }

  /** The slowest and the fastest rate of a source in any tick, records per second. */
  extent(source: number): { readonly slowest: number; readonly fastest: number } {
    const due = this.#due[source];
    let most = 0;
    let least = Infinity;
    for (let i = 0; i < this.ticks; i++) {
      const count = due[i + 1] - due[i];
      if (count > most) most = count;
      if (count < least) least = count;
    }
    const perSec = 1_000_000 / this.tickUs;
    return { slowest: least * perSec, fastest: most * perSec };
  }

  /** Of `count` records of one class in the ticks `from` to `to` - 1: how many are in those before `middle`. */
  split(source: number, count: number, from: number, middle: number, to: number): number {
    if (count === 0) return 0;
    const due = this.#due[source];
    const all = due[to] - due[from];
    const first = due[middle] - due[from];
    if (all <= 0) return 0;
    const line = this.#lines[source];
    // Even arrivals: the number of all records is fixed, and each is as likely as any other to be of the class.
    return this.#sources[source].isPoisson
      ? binomialOf(count, first / all, line.draws, line.next++)
      : hypergeometricOf(all, count, first, line.draws, line.next++);
  }
}
