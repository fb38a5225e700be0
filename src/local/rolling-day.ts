/** Counts what happened within the last 24 hours, for limits such as ten UpdateShardCount a day. */

const DAY_US = 86_400_000_000;
/** More than any of the limits. */
const MOST = 100;

export class RollingDay {
  #times: number[] = [];

  /** How often it happened in the 24 hours before `nowUs`; what is exactly that old no longer counts. */
  count(nowUs: number): number {
    this.#forget(nowUs);
    return this.#times.length;
  }

  note(nowUs: number): void {
    this.#forget(nowUs);
    // Where nobody counts, a day may see any number.
    if (this.#times.length < MOST) this.#times.push(nowUs);
  }

  #forget(nowUs: number): void {
    this.#times = this.#times.filter((time) => nowUs - time < DAY_US);
  }
}
