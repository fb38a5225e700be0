/**
 * Which records there are, without a list of them: their number and the XOR of their hashed sequence numbers, for each
 * shard and second in which they were due. Two ledgers that agree in both hold the same records.
 *
 * Memory is bounded: where there are more cells than it may have, seconds are put together in pairs, fours and so on.
 * Ledgers of several workers are added up.
 */

/** Of a record that does not say when it was due: such have a cell of their own on each shard. */
export const NO_DUE = -1;

/** Cells of 16 bytes. */
const MOST_CELLS = 131_072;
const LEAST_ROOM = 16;
/** In a report, where one is about 30 bytes: a hundred shards for five minutes. */
const MOST_SAVED = 32_768;

/** What a report of one worker carries of a ledger. */
export interface LedgerParts {
  /** Seconds that a cell spans. */
  readonly stepSec: number;
  /** Shard number, step (`NO_DUE` for none), records, and the XOR as 16 hexadecimal digits. */
  readonly cells: readonly (readonly [shard: number, step: number, count: number, xor: string])[];
}

export interface Cell {
  readonly shard: number;
  /** First second, from the start of the schedule; `NO_DUE` where records do not say. */
  readonly dueSec: number;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** The cells of one shard; place 0 is of records without a due time. */
interface Column {
  counts: Float64Array;
  lows: Uint32Array;
  highs: Uint32Array;
}

export class SequenceLedger {
  #stepSec = 1;
  #cells = 0;
  readonly #mostCells: number;
  readonly #columns = new Map<number, Column>();

  constructor(mostCells = MOST_CELLS) {
    this.#mostCells = mostCells;
  }

  get stepSec(): number {
    return this.#stepSec;
  }

  /**
   * A record is there.
   * @param dueSec whole seconds from the start of the schedule, or `NO_DUE`
   */
  add(shard: number, dueSec: number, low: number, high: number): void {
    this.#put(shard, this.#placeOf(dueSec), 1, low, high);
  }

  /** Adds up the records of another worker. */
  merge(other: SequenceLedger): void {
    while (this.#stepSec < other.#stepSec) this.#coarsen();
    for (const { shard, dueSec, count, low, high } of other.cells())
      this.#put(shard, this.#placeOf(dueSec), count, low, high);
  }

  /** Brings the ledger to steps of at least so many seconds, a power of two. */
  coarsenTo(stepSec: number): void {
    while (this.#stepSec < stepSec) this.#coarsen();
  }

  /** Cells with records, shard by shard in order of time. */
  *cells(): Generator<Cell> {
    for (const [shard, { counts, lows, highs }] of this.#columns)
      for (let place = 0; place < counts.length; place++)
        if (counts[place] > 0)
          yield {
            ...{ shard, dueSec: place === 0 ? NO_DUE : (place - 1) * this.#stepSec },
            ...{ count: counts[place], low: lows[place], high: highs[place] },
          };
  }

  /** The cell of a shard and second; empty where nothing was added. */
  cell(shard: number, dueSec: number): Cell {
    const column = this.#columns.get(shard);
    const place = this.#placeOf(dueSec);
    const isThere = column !== undefined && place < column.counts.length;
    const [count, low, high] = isThere
      ? [column.counts[place], column.lows[place], column.highs[place]]
      : [0, 0, 0];
    return { shard, dueSec, count, low, high };
  }

  /** Records on a shard. */
  count(shard: number): number {
    return this.#columns.get(shard)?.counts.reduce((sum, count) => sum + count, 0) ?? 0;
  }

  /** For a report: as many cells at most, with coarser steps where there are more. */
  saved(mostCells = MOST_SAVED): LedgerParts {
    let parts = this.parts();
    while (parts.cells.length > mostCells && parts.cells.some(([, step]) => step > 0)) {
      this.#coarsen();
      parts = this.parts();
    }
    return parts;
  }

  parts(): LedgerParts {
    const cells = Array.from(
      this.cells(),
      ({ shard, dueSec, count, low, high }) =>
        [shard, dueSec === NO_DUE ? NO_DUE : dueSec / this.#stepSec, count, hex(high) + hex(low)] as const,
    );
    return { stepSec: this.#stepSec, cells };
  }

  static of({ stepSec, cells }: LedgerParts): SequenceLedger {
    const ledger = new SequenceLedger();
    ledger.#stepSec = stepSec;
    for (const [shard, step, count, xor] of cells) {
      const [high, low] = [xor.slice(0, 8), xor.slice(8)].map((word) => Number.parseInt(word, 16));
      ledger.#put(shard, step === NO_DUE ? 0 : step + 1, count, low, high);
    }
    return ledger;
  }

  #placeOf(dueSec: number): number {
    return dueSec < 0 ? 0 : 1 + Math.floor(dueSec / this.#stepSec);
  }

  #put(shard: number, place: number, count: number, low: number, high: number): void {
    let at = place;
    let column = this.#columns.get(shard);
    if (column === undefined || at >= column.counts.length) {
      const stepSec = this.#stepSec;
      column = this.#reach(shard, at);
      if (stepSec !== this.#stepSec) at = at === 0 ? 0 : 1 + Math.floor(((at - 1) * stepSec) / this.#stepSec);
    }
    column.counts[at] += count;
    column.lows[at] ^= low;
    column.highs[at] ^= high;
  }

  /** Makes room for a place of a shard, with coarser steps where there is none. */
  #reach(shard: number, place: number): Column {
    let at = place;
    let before = this.#columns.get(shard)?.counts.length ?? 0;
    let length = roomFor(at, before);
    while (this.#cells - before + length > this.#mostCells && at > LEAST_ROOM) {
      this.#coarsen();
      at = 1 + Math.floor((at - 1) / 2);
      before = this.#columns.get(shard)?.counts.length ?? 0;
      length = roomFor(at, before);
    }
    const column = lengthened(this.#columns.get(shard), Math.max(length, before));
    this.#cells += column.counts.length - before;
    this.#columns.set(shard, column);
    return column;
  }

  /** Two steps become one. */
  #coarsen(): void {
    this.#stepSec *= 2;
    this.#cells = 0;
    for (const [shard, old] of this.#columns) {
      const column = lengthened(undefined, 1 + Math.ceil((old.counts.length - 1) / 2));
      for (let place = 0; place < old.counts.length; place++) {
        const to = place === 0 ? 0 : 1 + Math.floor((place - 1) / 2);
        column.counts[to] += old.counts[place];
        column.lows[to] ^= old.lows[place];
        column.highs[to] ^= old.highs[place];
      }
      this.#columns.set(shard, column);
      this.#cells += column.counts.length;
    }
  }
}

function roomFor(place: number, before: number): number {
  if (place < before) return before;
  return Math.max(LEAST_ROOM, place + 1 + (place >> 2));
}

function lengthened(old: Column | undefined, length: number): Column {
  const column = {
    counts: new Float64Array(length),
    lows: new Uint32Array(length),
    highs: new Uint32Array(length),
  };
  if (old !== undefined) {
    column.counts.set(old.counts);
    column.lows.set(old.lows);
    column.highs.set(old.highs);
  }
  return column;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
