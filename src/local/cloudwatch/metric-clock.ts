/**
 * The clock of the metrics: virtual time that runs a whole number of times as fast as the real one from its origin
 * on, so that a metric minute can be over in a second. Sums are never scaled: what was sent is what is counted.
 */

const MINUTE_US = 60_000_000;

export class MetricClock {
  /** Virtual seconds per real second, 1 or more. */
  readonly factor: number;
  #originUs: number | undefined;

  /** @param originUs where both clocks read the same, in microseconds since 1970; default the first time asked */
  constructor(factor: number, originUs?: number) {
    this.factor = factor;
    this.#originUs = originUs;
  }

  get originUs(): number {
    return this.#originUs ?? 0;
  }

  /** Virtual microseconds since 1970 at a real time. */
  virtualUs(nowUs: number): number {
    this.#originUs ??= nowUs;
    return this.#originUs + (nowUs - this.#originUs) * this.factor;
  }

  /** Virtual minutes since 1970 at a real time. */
  minuteAt(nowUs: number): number {
    return Math.floor(this.virtualUs(nowUs) / MINUTE_US);
  }

  /** The first real microsecond that belongs to a virtual minute. */
  startUs(minute: number): number {
    return this.originUs + Math.ceil((minute * MINUTE_US - this.originUs) / this.factor);
  }
}
