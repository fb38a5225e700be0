/**
 * Counts of outcomes that are added many at a time: one row per shard, or per key.
 */
import type { CountName, OutcomeCounts, OutcomeRow } from './outcome-counts.ts';

/** What a report reads of counts, however they were counted. */
export type OutcomeReading = Pick<OutcomeCounts, 'rows' | 'count' | 'row' | 'column' | 'sum' | 'total'>;

const NAMES = [
  'offered',
  'bytes',
  'accepted',
  'bytesAccepted',
  'attempts',
  'retries',
  'throttled',
  'throttledAttempts',
  'failed',
  'failedAttempts',
  'unknown',
  'dropped',
] as const satisfies readonly CountName[];

export class CountTable implements OutcomeReading {
  readonly #columns: Readonly<Record<CountName, Float64Array>>;

  constructor(readonly rows: number) {
    this.#columns = Object.fromEntries(NAMES.map((name) => [name, new Float64Array(rows)])) as Record<
      CountName,
      Float64Array
    >;
  }

  /** Records that were tried once, and of them those that were throttled; bytes of all and of the accepted. */
  add(row: number, records: number, bytes: number, throttled: number, bytesAccepted: number): void {
    const columns = this.#columns;
    columns.offered[row] += records;
    columns.attempts[row] += records;
    columns.bytes[row] += bytes;
    columns.accepted[row] += records - throttled;
    columns.bytesAccepted[row] += bytesAccepted;
    columns.throttled[row] += throttled;
    columns.throttledAttempts[row] += throttled;
  }

  count(row: number, name: CountName): number {
    return this.#columns[name][row];
  }

  row(row: number): OutcomeRow {
    return Object.fromEntries(NAMES.map((name) => [name, this.count(row, name)])) as OutcomeRow;
  }

  column(name: CountName): Float64Array {
    return this.#columns[name].slice();
  }

  sum(name: CountName): number {
    return this.#columns[name].reduce((sum, value) => sum + value, 0);
  }

  total(): OutcomeRow {
    return Object.fromEntries(NAMES.map((name) => [name, this.sum(name)])) as OutcomeRow;
  }
}
