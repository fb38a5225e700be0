/**
 * A consumer's own code on one shard: batches of records are handed to it in order, as many at a time as it runs in
 * parallel, and each takes a time of its own and a time per record.
 */
import type { ConsumerSpec } from '../traffic/scenario.ts';

export class BatchSlots {
  readonly #spec: ConsumerSpec;
  /** When each slot is done with the batches that it was given. */
  readonly #freeUs: Float64Array;
  #slot = 0;
  #left = 0;
  #beginUs = 0;
  #inBatch = 0;

  constructor(spec: ConsumerSpec) {
    this.#spec = spec;
    this.#freeUs = new Float64Array(spec.parallel);
  }

  /** When the next batch could begin. */
  get freeUs(): number {
    let least = this.#freeUs[0];
    for (const freeUs of this.#freeUs) if (freeUs < least) least = freeUs;
    return least;
  }

  /** When all of them are done. */
  get doneUs(): number {
    let most = 0;
    for (const freeUs of this.#freeUs) if (freeUs > most) most = freeUs;
    return most;
  }

  /** So many records arrive together. They are then taken one by one with `next`. */
  arrive(records: number): void {
    this.#left = records;
    this.#inBatch = 0;
  }

  /** When the next of the records that arrived is done; batches begin in order, each on the slot that is free first. */
  next(arrivedUs: number): number {
    const { batch, perBatchUs, perRecordUs } = this.#spec;
    if (this.#inBatch === 0) {
      this.#slot = this.#freeUs.indexOf(this.freeUs);
      this.#inBatch = Math.min(batch, this.#left);
      this.#beginUs = Math.max(arrivedUs, this.#freeUs[this.#slot]) + perBatchUs;
    }
    this.#left--;
    this.#inBatch--;
    this.#beginUs += perRecordUs;
    if (this.#inBatch === 0) this.#freeUs[this.#slot] = this.#beginUs;
    return this.#beginUs;
  }
}
