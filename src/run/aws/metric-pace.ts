/**
 * How fast CloudWatch may be asked: so many calls and so many points a second, of all callers of an account.
 */
import { LIMITS } from '../../model/limits.ts';

export class MetricPace {
  readonly #pointsPerSec: number;
  readonly #callsPerSec: number;
  #freeMs = -Infinity;

  constructor(pointsPerSec: number, callsPerSec: number = LIMITS.metricCallsPerSec.value) {
    this.#pointsPerSec = pointsPerSec;
    this.#callsPerSec = callsPerSec;
  }

  /**
   * Takes a call's part of the rate.
   * @param nowMs of any clock, the same for all calls
   * @returns how long the call has to wait, in milliseconds
   */
  take(points: number, nowMs: number): number {
    const startMs = Math.max(nowMs, this.#freeMs);
    this.#freeMs = startMs + Math.max(points / this.#pointsPerSec, 1 / this.#callsPerSec) * 1000;
    return startMs - nowMs;
  }
}
