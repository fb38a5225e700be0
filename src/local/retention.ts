/**
 * How long a stream keeps its records, and the trim horizon that follows: it never moves back, as a longer retention
 * brings nothing back that was too old before.
 */

const HOUR_US = 3_600_000_000;

export class Retention {
  #hours: number;
  #leastUs: number;

  /** @param createdUs when the stream began: nothing is older */
  constructor(hours: number, createdUs: number) {
    this.#hours = hours;
    this.#leastUs = createdUs;
  }

  get hours(): number {
    return this.#hours;
  }

  get ms(): number {
    return this.#hours * (HOUR_US / 1000);
  }

  /** Arrival of the oldest record that may still be there, in microseconds. */
  horizonUs(nowUs: number): number {
    return Math.max(this.#leastUs, nowUs - this.#hours * HOUR_US);
  }

  change(hours: number, nowUs: number): void {
    this.#leastUs = this.horizonUs(nowUs);
    this.#hours = hours;
  }
}
