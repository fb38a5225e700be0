/**
 * How a stream fared between one change of its layout and the next: attempts answered, and throttled, with so many
 * shards open.
 */
import type { CapacityPhase } from './report-document.ts';
import type { PhaseLatencies } from './capacity-report.ts';

/** Of further changes only the number of shards at the end is kept, in the last phase. */
export const MOST_PHASES = 1440;

/** So far: records that fell due, attempts that were accepted or throttled. */
export interface LayoutCounts {
  readonly offered: number;
  readonly accepted: number;
  readonly throttled: number;
}

/** The same, with how long records took since the last change where that is measured. */
export interface PhaseCounts extends LayoutCounts {
  readonly latencyMs?: PhaseLatencies;
}

const NONE: LayoutCounts = { offered: 0, accepted: 0, throttled: 0 };

export class LayoutPhases {
  readonly #done: CapacityPhase[] = [];
  #fromUs = 0;
  #openShards: number;
  #before = NONE;
  /** Highest since the phase began: a change in the same moment, or too many of them, ends none. */
  #utilization = 0;

  constructor(shards: number) {
    this.#openShards = shards;
  }

  /**
   * From now on so many shards are open.
   * @param timeUs from the start of the counted duration; below 0 in the warm-up, which is no phase
   * @param utilization of the hottest shard until now, since the last change
   */
  change(timeUs: number, openShards: number, counts: PhaseCounts, utilization: number): void {
    this.#utilization = Math.max(this.#utilization, utilization);
    if (timeUs > this.#fromUs && this.#done.length < MOST_PHASES - 1) {
      this.#done.push(this.#phase(timeUs, counts, this.#utilization));
      this.#fromUs = timeUs;
      this.#before = counts;
      this.#utilization = 0;
    }
    this.#openShards = openShards;
  }

  /** All phases, of which the last ends at `endUs`; it has the replies after that. */
  until(endUs: number, counts: PhaseCounts, utilization: number): CapacityPhase[] {
    return [...this.#done, this.#phase(endUs, counts, Math.max(this.#utilization, utilization))];
  }

  #phase(
    toUs: number,
    { offered, accepted, throttled, latencyMs }: PhaseCounts,
    utilizationMax: number,
  ): CapacityPhase {
    const throttledAttempts = throttled - this.#before.throttled;
    return {
      fromMs: this.#fromUs / 1000,
      toMs: toUs / 1000,
      openShards: this.#openShards,
      attempts: accepted - this.#before.accepted + throttledAttempts,
      throttledAttempts,
      offered: offered - this.#before.offered,
      utilizationMax,
      ...(latencyMs === undefined ? {} : { latencyMs }),
    };
  }
}
