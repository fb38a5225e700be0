/**
 * How many different keys there were, in bounded memory: the smallest hashes are kept, and how close they stand tells
 * how many there are in all (Bar-Yossef et al. 2002; as a theta sketch, Dasgupta et al. 2016). Exact while few.
 */
import { nthSmallest } from '../key-sketch.ts';

const HASHES = 2 ** 53;

export class DistinctKeys {
  readonly #kept: number;
  /** Open addressing; 0 is an empty slot. */
  readonly #slots: Float64Array;
  readonly #mask: number;
  readonly #sorting: Float64Array;
  #count = 0;
  /** Hashes below it are kept; all, before the first are let go. */
  #below = Infinity;

  /** @param kept hashes kept at least, a power of two; twice as many keys are counted exactly */
  constructor(kept: number) {
    this.#kept = kept;
    this.#slots = new Float64Array(kept * 4);
    this.#mask = kept * 4 - 1;
    this.#sorting = new Float64Array(kept * 2);
  }

  /** A key by 64 bits of its hash; seeing it again changes nothing. */
  add(high: number, low: number): void {
    const hash = (high >>> 0) * 2 ** 21 + (low >>> 11) + 1;
    if (hash >= this.#below || !this.#insert(hash)) return;
    if (++this.#count === this.#kept * 2) this.#thin();
  }

  /** @returns the number, and its standard error as a part of it: 1/sqrt(kept - 1), and 0 where it is exact */
  estimate(): { readonly estimate: number; readonly error: number } {
    if (this.#below === Infinity) return { estimate: this.#count, error: 0 };
    return {
      estimate: Math.round((this.#count / (this.#below - 1)) * HASHES),
      error: 1 / Math.sqrt(this.#kept - 1),
    };
  }

  /** Whether it was not there yet. */
  #insert(hash: number): boolean {
    let i = hash & this.#mask;
    for (; this.#slots[i] !== 0; i = (i + 1) & this.#mask) if (this.#slots[i] === hash) return false;
    this.#slots[i] = hash;
    return true;
  }

  /** Keeps the smaller half. */
  #thin(): void {
    const held = this.#slots.filter((hash) => hash !== 0);
    this.#sorting.set(held);
    this.#below = nthSmallest(this.#sorting, this.#kept);
    this.#slots.fill(0);
    this.#count = 0;
    for (const hash of held) if (hash < this.#below && this.#insert(hash)) this.#count++;
  }
}
