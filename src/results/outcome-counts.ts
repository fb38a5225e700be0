/**
 * Counts of outcomes, attempts and bytes as columns: one row per shard, or per key.
 */
import { OUTCOME, type RecordOutcome } from '../model/outcome.ts';

export class OutcomeCounts {
  readonly offered: Float64Array;
  readonly bytes: Float64Array;
  readonly accepted: Float64Array;
  readonly bytesAccepted: Float64Array;
  readonly throttled: Float64Array;
  /** `unknown` included. */
  readonly failed: Float64Array;
  readonly unknown: Float64Array;
  readonly dropped: Float64Array;
  readonly attempts: Float64Array;
  readonly retries: Float64Array;
  readonly throttledAttempts: Float64Array;
  readonly failedAttempts: Float64Array;
  readonly columns: readonly Float64Array[];

  constructor(readonly rows: number) {
    this.offered = new Float64Array(rows);
    this.bytes = new Float64Array(rows);
    this.accepted = new Float64Array(rows);
    this.bytesAccepted = new Float64Array(rows);
    this.throttled = new Float64Array(rows);
    this.failed = new Float64Array(rows);
    this.unknown = new Float64Array(rows);
    this.dropped = new Float64Array(rows);
    this.attempts = new Float64Array(rows);
    this.retries = new Float64Array(rows);
    this.throttledAttempts = new Float64Array(rows);
    this.failedAttempts = new Float64Array(rows);
    this.columns = [
      this.offered,
      this.bytes,
      this.accepted,
      this.bytesAccepted,
      this.throttled,
      this.failed,
      this.unknown,
      this.dropped,
      this.attempts,
      this.retries,
      this.throttledAttempts,
      this.failedAttempts,
    ];
  }

  offer(row: number, bytes: number): void {
    this.offered[row]++;
    this.bytes[row] += bytes;
  }

  /** A record's end, with all attempts that it took. */
  finish(
    row: number,
    outcome: RecordOutcome,
    bytes: number,
    attempts: number,
    throttled: number,
    failed: number,
  ): void {
    this.attempts[row] += attempts;
    if (attempts > 1) this.retries[row] += attempts - 1;
    this.throttledAttempts[row] += throttled;
    this.failedAttempts[row] += failed;
    switch (outcome) {
      case OUTCOME.accepted:
        this.accepted[row]++;
        this.bytesAccepted[row] += bytes;
        break;
      case OUTCOME.throttled:
        this.throttled[row]++;
        break;
      case OUTCOME.dropped:
        this.dropped[row]++;
        break;
      case OUTCOME.unknown:
        this.unknown[row]++;
        this.failed[row]++;
        break;
      case OUTCOME.failed:
        this.failed[row]++;
    }
  }

  reset(row: number): void {
    for (const column of this.columns) column[row] = 0;
  }
}

/** Sum of a column. */
export function sumOf(column: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i];
  return sum;
}
