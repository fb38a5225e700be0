/**
 * How a stream fared between one change of its layout and the next: attempts answered, and throttled, with so many
 * shards open.
 */
import type { CapacityPhase } from './report-document.ts';

/** Of further changes only the number of shards at the end is kept, in the last phase. */
export const MOST_PHASES = 1440;

/** Attempts so far that were accepted or throttled. */
export interface AnsweredAttempts {
  readonly accepted: number;
  readonly throttled: number;
}

const NONE: AnsweredAttempts = { accepted: 0, throttled: 0 };

export class LayoutPhases {
  readonly #done: CapacityPhase[] = [];
  #fromUs = 0;
  #openShards: number;
  #before = NONE;

  constructor(shards: number) {
    this.#openShards = shards;
  }

  /**
   * From now on so many shards are open.
   * @param timeUs from the start of the counted duration; below 0 in the warm-up, which is no phase
   */
  change(timeUs: number, openShards: number, answered: AnsweredAttempts): void {
    if (timeUs > this.#fromUs && this.#done.length < MOST_PHASES - 1) {
      this.#done.push(this.#phase(timeUs, answered));
      this.#fromUs = timeUs;
      this.#before = answered;
    }
    this.#openShards = openShards;
  }

  /** All phases, of which the last ends at `endUs`. */
  until(endUs: number, answered: AnsweredAttempts): CapacityPhase[] {
    return [...this.#done, this.#phase(endUs, answered)];
  }

  #phase(toUs: number, { accepted, throttled }: AnsweredAttempts): CapacityPhase {
    const throttledAttempts = throttled - this.#before.throttled;
    return {
      fromMs: this.#fromUs / 1000,
      toMs: toUs / 1000,
      openShards: this.#openShards,
      attempts: accepted - this.#before.accepted + throttledAttempts,
      throttledAttempts,
    };
  }
}
