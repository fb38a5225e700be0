/**
 * The keys of a page of the ledger: each has a row, as long as there are rows.
 */
const EMPTY = 0xffff_ffff;

export class LedgerKeys {
  readonly capacity: number;
  /** By row: the key's number, and the shard that it was on. */
  readonly keys: Uint32Array<ArrayBuffer>;
  readonly shards: Uint32Array<ArrayBuffer>;
  readonly #slots: Uint32Array;
  #count = 0;

  /** @param capacity rows; a power of two */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.keys = new Uint32Array(capacity);
    this.shards = new Uint32Array(capacity);
    this.#slots = new Uint32Array(2 * capacity).fill(EMPTY);
  }

  get count(): number {
    return this.#count;
  }

  /** The key's row, a new one where it has none; there must be room for it. */
  rowOf(key: number, shard: number): number {
    const mask = this.#slots.length - 1;
    for (let i = hash(key) & mask; ; i = (i + 1) & mask) {
      const row = this.#slots[i];
      if (row === EMPTY) {
        this.keys[this.#count] = key;
        this.shards[this.#count] = shard;
        this.#slots[i] = this.#count;
        return this.#count++;
      }
      if (this.keys[row] === key) return row;
    }
  }

  /** Whether a row is that of a key. */
  holds(row: number, key: number): boolean {
    return row < this.#count && this.keys[row] === key;
  }

  clear(): void {
    if (this.#count > 0) this.#slots.fill(EMPTY);
    this.#count = 0;
  }
}

function hash(key: number): number {
  const h = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
