/**
 * The newest small bodies of a record log, one behind the other in one buffer that is used again and again.
 *
 * A buffer of its own costs a body of one record several times its size. So small bodies are gathered here, and
 * become a segment of exactly their size once they fill a pack, or once the oldest of them is a second old.
 */
import { KIB } from '../model/limits.ts';
import { ARRIVAL, COLUMNS, ROWS, type Segment } from './segment.ts';

const MOST_PACK_BYTES = 64 * KIB;
/** A pack is at most this part of the log's budget, as the log forgets no less than a segment. */
const PACKS_PER_BUDGET = 64;
/** A body above this part of a pack is worth a buffer of its own. */
const SMALL_PART = 4;
/** Retention is kept to within this time. */
const MOST_SPAN_MS = 1000;
/** Bytes of a pack for which there is one row. */
const BYTES_PER_ROW = 64;

export class SmallBodies {
  readonly #packBytes: number;
  /** Words of columns that a pack has. */
  readonly #rowWords: number;
  #body = Buffer.alloc(0);
  #rows = new Uint32Array(0);
  /** The segment that is being filled, in the buffers that will be used again. */
  #open: Segment | undefined;
  #usedBytes = 0;

  /** @param budgetBytes what the log as a whole may take */
  constructor(budgetBytes: number) {
    this.#packBytes = Math.min(MOST_PACK_BYTES, Math.floor(budgetBytes / PACKS_PER_BUDGET));
    const rows = Math.min(ROWS, Math.ceil(this.#packBytes / BYTES_PER_ROW));
    this.#rowWords = rows * COLUMNS;
  }

  /** What its buffers take while there are any, in bytes. */
  get bytes(): number {
    return this.#packBytes + this.#rowWords * 4;
  }

  /** Whether a body is to go into a pack rather than into a segment of its own. */
  isSmall(body: Buffer, rows: Uint32Array): boolean {
    return body.length * SMALL_PART <= this.#packBytes && rows.length <= this.#rowWords;
  }

  /** The open segment where it takes one more body with its rows, else undefined. */
  roomFor(body: Buffer, rows: Uint32Array, nowMs: number): Segment | undefined {
    const open = this.#open;
    if (open === undefined || nowMs - open.arrivalMs >= MOST_SPAN_MS) return undefined;
    const fits =
      this.#usedBytes + body.length <= this.#packBytes && open.used + rows.length <= this.#rowWords;
    return fits ? open : undefined;
  }

  /** Opens a segment, sealed the last one before. */
  open(nowMs: number): Segment {
    this.#usedBytes = 0;
    // Made when first needed: a stream that gets no small bodies needs no place for them.
    if (this.#body.length === 0) {
      this.#body = Buffer.allocUnsafeSlow(this.#packBytes);
      this.#rows = new Uint32Array(this.#rowWords);
    }
    const empty = { used: 0, arrivalMs: nowMs, lastMs: nowMs, bytes: 0 };
    return (this.#open = { body: this.#body, rows: this.#rows, ...empty });
  }

  /** Adds a body to the open segment, which has room for it. */
  add(open: Segment, body: Buffer, rows: Uint32Array, nowMs: number): void {
    const shift = this.#usedBytes;
    body.copy(open.body, shift);
    open.rows.set(rows, open.used);
    for (let row = open.used; row < open.used + rows.length; row += COLUMNS) {
      open.rows[row] += shift;
      open.rows[row + 2] += shift;
      open.rows[row + ARRIVAL] = nowMs - open.arrivalMs;
    }
    this.#usedBytes += body.length;
    open.used += rows.length;
    open.lastMs = nowMs;
  }

  /** Moves the open segment into buffers of exactly its size. */
  seal(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.rows = open.rows.slice(0, open.used);
    open.body = Buffer.allocUnsafeSlow(this.#usedBytes);
    this.#body.copy(open.body, 0, 0, this.#usedBytes);
  }

  /** Gives the buffers back, nothing being open, until they are needed again. */
  release(): void {
    this.#body = Buffer.alloc(0);
    this.#rows = new Uint32Array(0);
  }
}
