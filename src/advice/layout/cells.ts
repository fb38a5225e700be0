/**
 * The hash space cut into cells: the pieces that a layout of shards may not cut any further, in ascending order, with
 * what each of them carries. A shard is a run of neighbouring cells.
 *
 * A cell is mostly one partition key. Where only sums per shard are known it is a shard as it is now. Loads may change
 * with time: one row per minute, or a single row for a load that is steady.
 */

/** Whole numbers, so that sums are exact whatever the order they are added up in. */
export type LoadColumn = Float64Array | Uint32Array;

export interface Cells {
  readonly count: number;
  /** Minutes (or other spans of time) that loads are known of; at least 1. */
  readonly rows: number;
  /** Load of cell i in row r at `[i * rows + r]`, in any unit; the sum over all cells of a row is below 2^53. */
  readonly records: LoadColumn;
  readonly bytes: LoadColumn;
  /** 1 where a shard begins with the cell now; cell 0 always counts as one. */
  readonly isOld: Uint8Array;
  /** Lowest hash key of cell i; neighbours are at least two apart, as SplitShard demands. */
  readonly startAt: (cell: number) => bigint;
}

/** What a shard may carry, in the units of the cells. */
export interface SegmentLimit {
  readonly records: number;
  readonly bytes: number;
  /** Rows in which a shard may be above it. Default: none. */
  readonly exceptRows?: number;
}

/** A layout: the first cell of each shard, ascending from 0. */
export type Layout = Uint32Array;

/**
 * The sums of a run of cells, `from` … `to - 1`, kept up to date while cells join at the end and leave at the start:
 * as many steps as there are rows for each.
 */
export class LoadWindow {
  readonly #cells: Cells;
  readonly #limit: SegmentLimit;
  readonly #records: Float64Array;
  readonly #bytes: Float64Array;
  #rowsAbove = 0;
  #from: number;
  #to: number;

  constructor(cells: Cells, limit: SegmentLimit, from = 0) {
    this.#cells = cells;
    this.#limit = limit;
    this.#records = new Float64Array(cells.rows);
    this.#bytes = new Float64Array(cells.rows);
    this.#from = from;
    this.#to = from;
  }

  get from(): number {
    return this.#from;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** Whether one shard may hold these cells. Holds for a part of them wherever it holds for all. */
  fits(): boolean {
    return this.#rowsAbove <= (this.#limit.exceptRows ?? 0);
  }

  /** The next cell joins. */
  push(): void {
    this.#add(this.#to++, 1);
  }

  /** The first cell leaves. */
  shift(): void {
    this.#add(this.#from++, -1);
  }

  /** Empty again, before cell `from`. */
  restart(from: number): void {
    this.#records.fill(0);
    this.#bytes.fill(0);
    this.#rowsAbove = 0;
    this.#from = from;
    this.#to = from;
  }

  #add(cell: number, sign: 1 | -1): void {
    const { records, bytes, rows } = this.#cells;
    const { records: mostRecords, bytes: mostBytes } = this.#limit;
    for (let row = 0, at = cell * rows; row < rows; row++, at++) {
      const wasAbove = this.#records[row] > mostRecords || this.#bytes[row] > mostBytes;
      this.#records[row] += sign * records[at];
      this.#bytes[row] += sign * bytes[at];
      const isAbove = this.#records[row] > mostRecords || this.#bytes[row] > mostBytes;
      if (isAbove !== wasAbove) this.#rowsAbove += isAbove ? 1 : -1;
    }
  }
}

/** For each shard of a layout the fuller dimension in its worst row, as a part of the limit. */
export function fillsOf(cells: Cells, layout: Layout, limit: SegmentLimit): Float64Array {
  const { records, bytes, rows } = cells;
  const sums = { records: new Float64Array(rows), bytes: new Float64Array(rows) };
  return Float64Array.from(layout, (first, shard) => {
    sums.records.fill(0);
    sums.bytes.fill(0);
    const end = shard + 1 < layout.length ? layout[shard + 1] : cells.count;
    for (let at = first * rows; at < end * rows; at++) {
      sums.records[at % rows] += records[at];
      sums.bytes[at % rows] += bytes[at];
    }
    let fill = 0;
    for (let row = 0; row < rows; row++)
      fill = Math.max(fill, sums.records[row] / limit.records, sums.bytes[row] / limit.bytes);
    return fill;
  });
}

/** Lowest hash keys of a layout's shards, ascending from 0. */
export function startsOf(cells: Cells, layout: Layout): bigint[] {
  return Array.from(layout, (cell) => (cell === 0 ? 0n : cells.startAt(cell)));
}

/** The layout that stands now. */
export function oldLayout(cells: Cells): Layout {
  const firsts: number[] = [0];
  for (let cell = 1; cell < cells.count; cell++) if (cells.isOld[cell] === 1) firsts.push(cell);
  return Uint32Array.from(firsts);
}
