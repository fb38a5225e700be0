/**
 * What is measured of one consumer over all shards: its age and backlog step by step, and how long records took to be
 * processed.
 */
import { LatencyHistogram } from '../results/latency.ts';

export class ConsumerMeter {
  readonly endToEnd = new LatencyHistogram();
  /** Largest value within a step. */
  readonly agesUs: Float64Array;
  readonly backlogs: Float64Array;
  /** The time that the longest run of records spans which it read. */
  coarsestUs = 0;
  /** Number of the consumer for whose backlog those were put together. */
  coarsestBy = -1;
  readonly #startUs: number;
  readonly #stepUs: number;

  /** @param startUs of the counted duration */
  constructor(startUs: number, stepUs: number, steps: number) {
    this.#startUs = startUs;
    this.#stepUs = stepUs;
    this.agesUs = new Float64Array(steps);
    this.backlogs = new Float64Array(steps);
  }

  /** It read, or has before it, a run of records that spans so long and was put together for somebody's backlog. */
  coarse(spanUs: number, by: number): void {
    if (spanUs <= this.coarsestUs) return;
    this.coarsestUs = spanUs;
    this.coarsestBy = by;
  }

  age(nowUs: number, ageUs: number): void {
    const step = this.#stepAt(nowUs);
    if (step >= 0 && ageUs > this.agesUs[step]) this.agesUs[step] = ageUs;
  }

  backlog(nowUs: number, records: number): void {
    const step = this.#stepAt(nowUs);
    if (step >= 0 && records > this.backlogs[step]) this.backlogs[step] = records;
  }

  /** The end of a step belongs to it when it is looked at; below 0 before the counted duration. */
  #stepAt(nowUs: number): number {
    return Math.min(this.agesUs.length - 1, Math.floor((nowUs - this.#startUs) / this.#stepUs));
  }
}
