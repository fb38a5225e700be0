/**
 * How fast a shard may be read so that its other readers keep most of its budget: a stated share of the calls and of the
 * bytes that a shard answers in a second.
 */
import { LIMITS } from '../../model/limits.ts';

/** Records asked for first where their size is not known. */
const FIRST_RECORDS = 100;
const MS_PER_SEC = 1000;

export class ReadPace {
  readonly #callMs: number;
  readonly #bytesPerMs: number;
  #meanBytes: number | null;

  /**
   * @param share of a shard's read budget, above 0 and at most 1
   * @param meanBytes of a record, where it is known
   */
  constructor(share: number, meanBytes: number | null) {
    this.#callMs = MS_PER_SEC / (LIMITS.getRecordsCallsPerSec.value * share);
    this.#bytesPerMs = (LIMITS.readBytesPerSec.value * share) / MS_PER_SEC;
    this.#meanBytes = meanBytes;
  }

  /** Records to ask for, so that a reply is no larger than what its share allows until the next. */
  limit(leftBytes: number): number {
    if (this.#meanBytes === null) return FIRST_RECORDS;
    const bytes = Math.min(leftBytes, this.#callMs * this.#bytesPerMs);
    return Math.max(1, Math.min(LIMITS.recordsPerGetRecords.value, Math.ceil(bytes / this.#meanBytes)));
  }

  /** A reply came. @returns milliseconds from its call to the next */
  wait(records: number, bytes: number): number {
    if (records > 0) this.#meanBytes = Math.max(1, bytes / records);
    return Math.max(this.#callMs, bytes / this.#bytesPerMs);
  }
}
