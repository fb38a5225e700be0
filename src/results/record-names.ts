/**
 * Which records were seen already, by worker, source and index: exact for the latest ones. A record that comes twice
 * was sent twice; the window is long enough for a put that was given up after ten seconds and sent again.
 *
 * Two tables take turns: where the newer is full the older is emptied, so between one and two times so many are known.
 */

const MOST = 262_144;

class Table {
  readonly #ks: Float64Array;
  readonly #senders: Float64Array;
  count = 0;

  constructor(slots: number) {
    this.#ks = new Float64Array(slots).fill(-1);
    this.#senders = new Float64Array(slots);
  }

  /** The slot of a record, or the free one where it would be. */
  #slotOf(sender: number, k: number): number {
    const mask = this.#ks.length - 1;
    const low = k % 4_294_967_296;
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(sender, 0x85ebca6b)) >>> 0;
    for (slot = (slot ^ (slot >>> 15)) & mask; this.#ks[slot] >= 0; slot = (slot + 1) & mask)
      if (this.#ks[slot] === k && this.#senders[slot] === sender) return slot;
    return slot;
  }

  has(sender: number, k: number): boolean {
    return this.count > 0 && this.#ks[this.#slotOf(sender, k)] >= 0;
  }

  add(sender: number, k: number): void {
    const slot = this.#slotOf(sender, k);
    this.#ks[slot] = k;
    this.#senders[slot] = sender;
    this.count++;
  }

  clear(): void {
    this.#ks.fill(-1);
    this.count = 0;
  }
}

/** Workers and sources are told apart below this. */
const SOURCES = 1_000_000;

export class RecordNames {
  readonly #most: number;
  #newer: Table;
  #older: Table;

  constructor(most = MOST) {
    this.#most = most;
    let slots = 2;
    while (slots < most * 2) slots *= 2;
    this.#newer = new Table(slots);
    this.#older = new Table(slots);
  }

  /**
   * A record is seen.
   * @returns whether it was seen before, as far back as is known
   */
  see(worker: number, source: number, k: number): boolean {
    const sender = worker * SOURCES + source;
    if (this.#newer.has(sender, k) || this.#older.has(sender, k)) return true;
    if (this.#newer.count >= this.#most) {
      [this.#newer, this.#older] = [this.#older, this.#newer];
      this.#newer.clear();
    }
    this.#newer.add(sender, k);
    return false;
  }
}
