/**
 * How far the offered load is ahead of what a shard's buckets and refill can take: the work that retries have to do.
 *
 * Per shard and dimension the level of a bucket that may go below nothing, second by second: offered takes from it,
 * the limit refills it up to the burst. What is below nothing is the backlog that unlimited retries would hold, and
 * it is over when it is worked off: Q/(r - l) after a spike of excess Q.
 */
import { LIMITS } from '../model/limits.ts';
import { roundUpToKiB } from '../model/record.ts';

/** Sums of parts of packed records may miss a whole number by this. */
const ROUNDING = 1e-6;

/** What each shard was offered in a second, by its position. */
export interface SecondLoad {
  records(shard: number): number;
  bytes(shard: number): number;
}

export class Backlog {
  readonly #records: Float64Array;
  readonly #bytes: Float64Array;
  readonly #byteBurst: number;
  #next = 0;

  /** @param initialFill level of the buckets at the start, 0…1 */
  constructor(shards: number, initialFill = 1, maxRecordBytes: number = LIMITS.defaultMaxRecordBytes.value) {
    this.#byteBurst = Math.max(LIMITS.writeByteBurst.value, roundUpToKiB(maxRecordBytes));
    this.#records = new Float64Array(shards).fill(LIMITS.writeRecordBurst.value * initialFill);
    this.#bytes = new Float64Array(shards).fill(this.#byteBurst * initialFill);
  }

  /**
   * A second is over; seconds left out before it were silent.
   * @returns the largest backlog of any shard at its end, in seconds of that shard's limit
   */
  add(second: number, shards: SecondLoad): number {
    const silent = second - this.#next;
    this.#next = second + 1;
    const r = LIMITS.writeRecordsPerSec.value;
    const b = LIMITS.writeBytesPerSec.value;
    let most = 0;
    for (let j = 0; j < this.#records.length; j++) {
      const before = Math.min(LIMITS.writeRecordBurst.value, this.#records[j] + silent * r);
      this.#records[j] = Math.min(LIMITS.writeRecordBurst.value, before + r - shards.records(j));
      const bytesBefore = Math.min(this.#byteBurst, this.#bytes[j] + silent * b);
      this.#bytes[j] = Math.min(this.#byteBurst, bytesBefore + b - shards.bytes(j));
      most = Math.max(most, -this.#records[j] / r, -this.#bytes[j] / b);
    }
    return most > ROUNDING ? most : 0;
  }
}
