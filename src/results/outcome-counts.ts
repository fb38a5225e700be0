/**
 * Counts of outcomes, attempts and bytes: one row per shard, or per key. A row's counts lie side by side, because a
 * record touches one row of thousands and several counts of it.
 */
import { roomier } from '../model/column.ts';
import { ATTEMPT, OUTCOME, type RecordOutcome } from '../model/outcome.ts';

/** Places of the counts in a row. `failed` includes `unknown`; bytes are data and key. */
const COUNT = {
  offered: 0,
  bytes: 1,
  accepted: 2,
  bytesAccepted: 3,
  attempts: 4,
  retries: 5,
  throttled: 6,
  throttledAttempts: 7,
  failed: 8,
  failedAttempts: 9,
  unknown: 10,
  dropped: 11,
} as const;
export type CountName = keyof typeof COUNT;
/** In the order of their places in a row. */
export const COUNT_NAMES = Object.keys(COUNT) as CountName[];
/** What becomes of a record: each has one of them. */
const COUNT_ENDS = ['accepted', 'throttled', 'failed', 'dropped'] as const satisfies readonly CountName[];
/** Counts in a row. */
export const OUTCOME_WIDTH = 12;
const WIDTH = OUTCOME_WIDTH;

/** In a column of rows: none. */
export const NO_ROW = 0xffff_ffff;

/** The counts of one shard, one key or a whole run. */
export type OutcomeRow = { readonly [N in CountName]: number };

export class OutcomeCounts {
  #cells: Float64Array;
  #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
    this.#cells = new Float64Array(rows * WIDTH);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Makes room for rows up to `rows` - 1. */
  grow(rows: number): void {
    this.#rows = Math.max(rows, this.#rows);
    this.#cells = roomier(this.#cells, rows * WIDTH);
  }

  /** An offered record of so many bytes belongs to another row than it was counted in. */
  move(from: number, to: number, bytes: number): void {
    const cells = this.#cells;
    cells[from * WIDTH + COUNT.offered]--;
    cells[from * WIDTH + COUNT.bytes] -= bytes;
    this.offer(to, bytes);
  }

  /** @param bytes of all `records` together */
  offer(row: number, bytes: number, records = 1): void {
    const at = row * WIDTH;
    this.#cells[at + COUNT.offered] += records;
    this.#cells[at + COUNT.bytes] += bytes;
  }

  /** Offers records `from` … `to - 1` of some columns. */
  offerRun(rows: Uint32Array, bytes: Uint32Array, from: number, to: number): void {
    const cells = this.#cells;
    for (let i = from; i < to; i++) {
      const at = rows[i] * WIDTH;
      cells[at + COUNT.offered]++;
      cells[at + COUNT.bytes] += bytes[i];
    }
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
    const cells = this.#cells;
    const at = row * WIDTH;
    cells[at + COUNT.attempts] += attempts;
    if (outcome === OUTCOME.accepted && attempts === 1) {
      cells[at + COUNT.accepted]++;
      cells[at + COUNT.bytesAccepted] += bytes;
      return;
    }
    if (attempts > 1) cells[at + COUNT.retries] += attempts - 1;
    if (throttled > 0) cells[at + COUNT.throttledAttempts] += throttled;
    if (failed > 0) cells[at + COUNT.failedAttempts] += failed;
    switch (outcome) {
      case OUTCOME.accepted:
        cells[at + COUNT.accepted]++;
        cells[at + COUNT.bytesAccepted] += bytes;
        break;
      case OUTCOME.throttled:
        cells[at + COUNT.throttled]++;
        break;
      case OUTCOME.dropped:
        cells[at + COUNT.dropped]++;
        break;
      case OUTCOME.unknown:
        cells[at + COUNT.unknown]++;
        cells[at + COUNT.failed]++;
        break;
      case OUTCOME.failed:
        cells[at + COUNT.failed]++;
    }
  }

  /** Records of a row were accepted, each at its first attempt. @param bytes of all of them together */
  acceptAtOnce(row: number, records: number, bytes: number): void {
    const at = row * WIDTH;
    this.#cells[at + COUNT.attempts] += records;
    this.#cells[at + COUNT.accepted] += records;
    this.#cells[at + COUNT.bytesAccepted] += bytes;
  }

  /**
   * Ends the first `count` of some records after one attempt each: what `finish` does to each.
   * @param rows of each; a record with `NO_ROW` is left out
   */
  finishRun(rows: Uint32Array, bytes: Uint32Array, outcomes: Uint8Array, count: number): void {
    const cells = this.#cells;
    if (areAllAccepted(outcomes, count)) {
      for (let i = 0; i < count; i++) {
        if (rows[i] === NO_ROW) continue;
        const at = rows[i] * WIDTH;
        cells[at + COUNT.attempts]++;
        cells[at + COUNT.accepted]++;
        cells[at + COUNT.bytesAccepted] += bytes[i];
      }
      return;
    }
    for (let i = 0; i < count; i++) {
      if (rows[i] === NO_ROW) continue;
      const at = rows[i] * WIDTH;
      const outcome = outcomes[i];
      if (outcome > ATTEMPT.throttled) {
        this.finish(rows[i], outcome as RecordOutcome, bytes[i], 1, 0, 1);
        continue;
      }
      // No branch between the two: it would be guessed wrong too often on a shard that is full.
      const accepted = 1 - outcome;
      cells[at + COUNT.attempts]++;
      cells[at + COUNT.accepted] += accepted;
      cells[at + COUNT.bytesAccepted] += accepted * bytes[i];
      cells[at + COUNT.throttled] += outcome;
      cells[at + COUNT.throttledAttempts] += outcome;
    }
  }

  copy(): OutcomeCounts {
    const copy = new OutcomeCounts(this.#rows);
    copy.#cells = this.#cells.slice();
    return copy;
  }

  /** Records of a row that were offered, and whose end is not known yet. */
  open(row: number): number {
    const at = row * WIDTH;
    const cells = this.#cells;
    const ended = COUNT_ENDS.reduce((sum, name) => sum + cells[at + COUNT[name]], 0);
    return Math.max(0, cells[at + COUNT.offered] - ended);
  }

  /** Whether a row has nothing in it. */
  isEmpty(row: number): boolean {
    for (let at = row * WIDTH; at < (row + 1) * WIDTH; at++) if (this.#cells[at] !== 0) return false;
    return true;
  }

  /** Writes a row to `into`, from place `at` on. */
  copyRow(row: number, into: Float64Array, at: number): void {
    for (let i = 0; i < WIDTH; i++) into[at + i] = this.#cells[row * WIDTH + i];
  }

  /** Adds the row that stands in `from` at place `at`. */
  addRow(row: number, from: Float64Array, at: number): void {
    for (let i = 0; i < WIDTH; i++) this.#cells[row * WIDTH + i] += from[at + i];
  }

  /** Records of a row that were offered have no other end than that nobody knows it: each tried once more, in vain. */
  lose(row: number, records: number): void {
    for (const name of ['attempts', 'failedAttempts', 'failed', 'unknown'] as const)
      this.#cells[row * WIDTH + COUNT[name]] += records;
  }

  /** The same of all records whose end is not known. */
  loseOpen(): void {
    for (let row = 0; row < this.#rows; row++) this.lose(row, this.open(row));
  }

  /** Records of a row that were offered were never sent. */
  drop(row: number, records: number): void {
    this.#cells[row * WIDTH + COUNT.dropped] += records;
  }

  /** Adds as much to one count of a row. */
  addCount(row: number, name: CountName, amount: number): void {
    this.#cells[row * WIDTH + COUNT[name]] += amount;
  }

  /** The first `count` rows, one behind the other. */
  firstRows(count: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#cells.subarray(0, count * WIDTH));
  }

  resetFirst(count: number): void {
    this.#cells.fill(0, 0, count * WIDTH);
  }

  reset(row: number): void {
    for (let at = row * WIDTH; at < (row + 1) * WIDTH; at++) this.#cells[at] = 0;
  }

  /** One count of one row. */
  count(row: number, name: CountName): number {
    return this.#cells[row * WIDTH + COUNT[name]];
  }

  /** All counts of one row. */
  row(row: number): OutcomeRow {
    const entries = Object.entries(COUNT).map(([name, place]) => [name, this.#cells[row * WIDTH + place]]);
    return Object.fromEntries(entries) as OutcomeRow;
  }

  /** One count of every row. */
  column(name: CountName): Float64Array {
    return Float64Array.from({ length: this.rows }, (_, row) => this.count(row, name));
  }

  /** Sum of a count over all rows. */
  sum(name: CountName): number {
    let sum = 0;
    for (let at: number = COUNT[name]; at < this.#cells.length; at += WIDTH) sum += this.#cells[at];
    return sum;
  }

  /** The sums of all counts. */
  total(): OutcomeRow {
    return Object.fromEntries(COUNT_NAMES.map((name) => [name, this.sum(name)])) as OutcomeRow;
  }
}

/** Whether the first `count` of some outcomes are, as nearly always. */
export function areAllAccepted(outcomes: Uint8Array, count: number): boolean {
  let any = 0;
  for (let i = 0; i < count; i++) any |= outcomes[i];
  return any === ATTEMPT.accepted;
}
