/**
 * Records that were accepted at their first attempt, which nearly all are, by row: two numbers side by side, that reach
 * the wide rows of `OutcomeCounts` once a second instead of record by record.
 */
import { lengthened } from '../model/column.ts';
import type { OutcomeCounts } from './outcome-counts.ts';

/** Records and bytes of a row. */
const WIDTH = 2;

export class AcceptedAtOnce {
  #cells: Float64Array;
  #isEmpty = true;

  constructor(rows: number) {
    this.#cells = new Float64Array(rows * WIDTH);
  }

  /** Makes room for rows up to `rows` - 1. */
  grow(rows: number): void {
    this.#cells = lengthened(this.#cells, rows * WIDTH);
  }

  /** Adds the first `count` of some records, each to its row. */
  add(rows: Uint32Array, bytes: Uint32Array, count: number): void {
    const cells = this.#cells;
    for (let i = 0; i < count; i++) {
      const at = rows[i] * WIDTH;
      cells[at]++;
      cells[at + 1] += bytes[i];
    }
    this.#isEmpty = false;
  }

  /** Adds the first `count` rows to others, each to its own. @param others by row */
  addTo(sums: AcceptedAtOnce, others: Uint32Array, count: number): void {
    if (this.#isEmpty) return;
    const [from, to] = [this.#cells, sums.#cells];
    for (let row = 0; row < count; row++) {
      to[others[row] * WIDTH] += from[row * WIDTH];
      to[others[row] * WIDTH + 1] += from[row * WIDTH + 1];
    }
    sums.#isEmpty = false;
  }

  /** Adds all of it to the counts of the first `rows` rows, which are all that there are, and begins anew. */
  writeTo(counts: OutcomeCounts, rows: number): void {
    if (this.#isEmpty) return;
    const cells = this.#cells;
    for (let row = 0; row < rows; row++) {
      const at = row * WIDTH;
      if (cells[at] > 0) counts.acceptAtOnce(row, cells[at], cells[at + 1]);
    }
    cells.fill(0, 0, rows * WIDTH);
    this.#isEmpty = true;
  }
}
