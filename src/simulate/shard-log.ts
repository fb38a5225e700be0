/**
 * What a simulated shard keeps for its readers: when each unread record was stored, when it was due, and its bytes.
 *
 * Memory is bounded. While the unread records stay within the bound each has an entry of its own; beyond it adjacent
 * records are put together into runs, twice as long each time, of which first and last times and the sum of bytes are
 * known: a record in a run is taken to lie evenly between.
 */

/** Entries of a log to begin with. */
const FEW = 64;

/** Records taken from a log in one go. */
export interface Page {
  readonly count: number;
  readonly bytes: number;
  /** What stopped it: nothing left, as many as asked for, no room for the next, or the next is too new. */
  readonly stop: 'end' | 'limit' | 'bytes' | 'time';
}

export class ShardLog {
  readonly #most: number;
  readonly #onCoarsen: (() => void) | undefined;
  /** Columns by entry: number of its first record, bytes, first and last time stored, first and last time due. */
  #starts = new Float64Array(FEW);
  #bytes = new Float64Array(FEW);
  #firstUs = new Float64Array(FEW);
  #lastUs = new Float64Array(FEW);
  #firstDueUs = new Float64Array(FEW);
  #lastDueUs = new Float64Array(FEW);
  #head = 0;
  #tail = 0;
  #end = 0;
  /** Records that a run may hold. */
  #grain = 1;
  /** Below this, records were read by somebody: no run is joined to them. */
  #touched = 0;
  isClosed = false;

  /**
   * @param most entries, at least 2
   * @param onCoarsen told when records are about to be put together
   */
  constructor(most: number, onCoarsen?: () => void) {
    this.#most = most;
    this.#onCoarsen = onCoarsen;
  }

  /** Number of the record that is stored next; the first is 0. */
  get end(): number {
    return this.#end;
  }

  /** Number of the first record that is still held. */
  get first(): number {
    return this.#head === this.#tail ? this.#end : this.#starts[this.#head];
  }

  /** Whether every record that is held has an entry of its own. */
  get isExact(): boolean {
    return this.#end - this.first === this.#tail - this.#head;
  }

  /** Stores a record; times never go back. */
  append(bytes: number, dueUs: number, nowUs: number): void {
    const last = this.#tail - 1;
    if (this.#grain > 1 && last >= this.#head && this.#canGrow(last)) {
      this.#bytes[last] += bytes;
      this.#lastUs[last] = nowUs;
      this.#lastDueUs[last] = dueUs;
      this.#end++;
      return;
    }
    if (this.#tail === this.#starts.length) this.#makeRoom();
    const i = this.#tail++;
    this.#starts[i] = this.#end++;
    this.#bytes[i] = bytes;
    this.#firstUs[i] = this.#lastUs[i] = nowUs;
    this.#firstDueUs[i] = this.#lastDueUs[i] = dueUs;
  }

  /**
   * The records from a number on, within limits; nothing is taken out.
   * @param untilUs no record that was stored later
   */
  page(from: number, limit: number, maxBytes: number, untilUs: number): Page {
    let count = 0;
    let bytes = 0;
    for (let i = this.#entryOf(from); i < this.#tail; i++) {
      const start = this.#starts[i];
      for (let k = from + count - start; start + k < this.#endOf(i); k++) {
        if (count === limit) return { count, bytes, stop: 'limit' };
        if (this.#within(this.#firstUs[i], this.#lastUs[i], i, k) > untilUs)
          return { count, bytes, stop: 'time' };
        const next = this.#bytesIn(i, k);
        if (bytes + next > maxBytes) return { count, bytes, stop: 'bytes' };
        bytes += next;
        count++;
      }
    }
    return { count, bytes, stop: 'end' };
  }

  /** Shows when each of the records from a number on was due, in order. */
  eachDue(from: number, count: number, show: (dueUs: number, index: number) => void): void {
    this.#touched = Math.max(this.#touched, from + count);
    let index = 0;
    for (let i = this.#entryOf(from); index < count; i++) {
      const start = this.#starts[i];
      for (let k = from + index - start; index < count && start + k < this.#endOf(i); k++)
        show(this.#within(this.#firstDueUs[i], this.#lastDueUs[i], i, k), index++);
    }
  }

  /** When a record that is held was stored. */
  storedUs(number: number): number {
    const i = this.#entryOf(number);
    return this.#within(this.#firstUs[i], this.#lastUs[i], i, number - this.#starts[i]);
  }

  bytesOf(number: number): number {
    const i = this.#entryOf(number);
    return this.#bytesIn(i, number - this.#starts[i]);
  }

  /** The time that the longest run spans which holds some of these records; 0 where each has its own entry. */
  spanUs(from: number, count: number): number {
    if (this.isExact) return 0;
    let longest = 0;
    for (let i = this.#entryOf(from); i < this.#tail && this.#starts[i] < from + count; i++)
      longest = Math.max(longest, this.#lastUs[i] - this.#firstUs[i]);
    return longest;
  }

  /** Number of the first record that was stored at `sinceUs` or later: what is older has left the stream. */
  firstSince(sinceUs: number): number {
    for (let i = this.#head; i < this.#tail; i++) {
      if (this.#lastUs[i] < sinceUs) continue;
      let k = 0;
      while (this.#within(this.#firstUs[i], this.#lastUs[i], i, k) < sinceUs) k++;
      return this.#starts[i] + k;
    }
    return this.#end;
  }

  /** Forgets the records below a number, as far as they fill whole entries. */
  forget(below: number): void {
    while (this.#head < this.#tail && this.#endOf(this.#head) <= below) this.#head++;
    if (this.#head < this.#tail) return;
    this.#head = this.#tail = 0;
    this.#grain = 1;
  }

  #canGrow(i: number): boolean {
    const start = this.#starts[i];
    return this.#end - start < this.#grain && start >= this.#touched;
  }

  #endOf(i: number): number {
    return i + 1 < this.#tail ? this.#starts[i + 1] : this.#end;
  }

  /** Evenly between the times of a run's first and last record. */
  #within(firstUs: number, lastUs: number, i: number, k: number): number {
    const steps = this.#endOf(i) - this.#starts[i] - 1;
    return k === 0 ? firstUs : firstUs + Math.floor(((lastUs - firstUs) * k) / steps);
  }

  /** Parts of a run are whole bytes and add up to it. */
  #bytesIn(i: number, k: number): number {
    const count = this.#endOf(i) - this.#starts[i];
    if (count === 1) return this.#bytes[i];
    return Math.floor((this.#bytes[i] * (k + 1)) / count) - Math.floor((this.#bytes[i] * k) / count);
  }

  /** The entry that holds a record, or the tail where none does. */
  #entryOf(number: number): number {
    if (number >= this.#end) return this.#tail;
    let [low, high] = [this.#head, this.#tail - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle] <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Room for one more entry: what was forgotten, or twice as much, or, at the bound, longer runs. */
  #makeRoom(): void {
    const held = this.#tail - this.#head;
    if (held > this.#starts.length / 2) {
      if (this.#starts.length >= this.#most) {
        this.#onCoarsen?.();
        this.#coarsen();
      } else this.#resize(Math.min(this.#most, this.#starts.length * 2));
    }
    if (this.#head > 0) this.#shift();
    if (this.#tail === this.#starts.length) throw new Error('a log without room');
  }

  /** Joins neighbours into runs of at most twice as many records as before, which leaves about half the entries. */
  #coarsen(): void {
    this.#grain *= 2;
    let to = this.#head;
    for (let i = this.#head + 1; i < this.#tail; i++) {
      if (this.#endOf(i) - this.#starts[to] <= this.#grain) {
        this.#bytes[to] += this.#bytes[i];
        this.#lastUs[to] = this.#lastUs[i];
        this.#lastDueUs[to] = this.#lastDueUs[i];
      } else this.#copy(i, ++to);
    }
    this.#tail = to + 1;
    if (this.#tail - this.#head > (this.#most * 3) / 4) this.#coarsen();
  }

  #copy(from: number, to: number): void {
    for (const column of this.#columns()) column[to] = column[from];
  }

  #shift(): void {
    for (const column of this.#columns()) column.copyWithin(0, this.#head, this.#tail);
    this.#tail -= this.#head;
    this.#head = 0;
  }

  #resize(length: number): void {
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const longer = new Float64Array(length);
      longer.set(column);
      return longer;
    };
    this.#starts = grown(this.#starts);
    this.#bytes = grown(this.#bytes);
    this.#firstUs = grown(this.#firstUs);
    this.#lastUs = grown(this.#lastUs);
    this.#firstDueUs = grown(this.#firstDueUs);
    this.#lastDueUs = grown(this.#lastDueUs);
  }

  #columns(): Float64Array[] {
    return [this.#starts, this.#bytes, this.#firstUs, this.#lastUs, this.#firstDueUs, this.#lastDueUs];
  }
}
