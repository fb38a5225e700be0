/**
 * The keys of a page of the ledger: each has a row, as long as there are rows.
 */
const EMPTY = 0xffff_ffff;
const LEAST_SLOTS = 1024;
/** Keys below this, which are all keys of most scenarios, are looked up by their number; others by a hash of it. */
const NUMBERED = 65_536;

export class LedgerKeys {
  readonly capacity: number;
  /** By row: the key's number, and the shard that it was on. */
  readonly keys: Uint32Array<ArrayBuffer>;
  readonly shards: Uint32Array<ArrayBuffer>;
  /** By key. */
  readonly #numbered = new Uint32Array(NUMBERED).fill(EMPTY);
  /** Open addressing, at most half full: as few as the keys need, so that they are near each other. */
  #slots = new Uint32Array(LEAST_SLOTS).fill(EMPTY);
  #count = 0;
  /** Rows of keys that are not looked up by their number. */
  #hashed = 0;

  /** @param capacity rows */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.keys = new Uint32Array(capacity);
    this.shards = new Uint32Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** The key's row, a new one where it has none; there must be room for it. */
  rowOf(key: number, shard: number): number {
    if (key < NUMBERED) {
      const row = this.#numbered[key];
      return row === EMPTY ? (this.#numbered[key] = this.#enter(key, shard)) : row;
    }
    const mask = this.#slots.length - 1;
    for (let i = hash(key) & mask; ; i = (i + 1) & mask) {
      const row = this.#slots[i];
      if (row === EMPTY) return this.#enterHashed(key, shard, i);
      if (this.keys[row] === key) return row;
    }
  }

  /** Writes the rows of keys `from` … `to - 1` of a column, and the shards that they are on now. */
  rowsOf(keys: Uint32Array, shards: Uint32Array, from: number, to: number, rows: Uint32Array): void {
    for (let i = from; i < to; i++) {
      const row = this.rowOf(keys[i], shards[i]);
      rows[i] = row;
      this.shards[row] = shards[i];
    }
  }

  /** Looks up the first `count` of some keys whose rows were those of a page before. */
  renew(keys: Uint32Array, shards: Uint32Array, count: number, rows: Uint32Array): void {
    for (let i = 0; i < count; i++) {
      if (!this.holds(rows[i], keys[i])) rows[i] = this.rowOf(keys[i], shards[i]);
    }
  }

  #enter(key: number, shard: number): number {
    const row = this.#count++;
    this.keys[row] = key;
    this.shards[row] = shard;
    return row;
  }

  #enterHashed(key: number, shard: number, slot: number): number {
    const row = this.#enter(key, shard);
    this.#slots[slot] = row;
    if (2 * ++this.#hashed > this.#slots.length) this.#rehash();
    return row;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length).fill(EMPTY);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.#count; row++) {
      if (this.keys[row] < NUMBERED) continue;
      let i = hash(this.keys[row]) & mask;
      while (this.#slots[i] !== EMPTY) i = (i + 1) & mask;
      this.#slots[i] = row;
    }
  }

  /** Whether a row is that of a key. */
  holds(row: number, key: number): boolean {
    return row < this.#count && this.keys[row] === key;
  }

  clear(): void {
    if (this.#count > this.#hashed) this.#numbered.fill(EMPTY);
    if (this.#hashed > 0) this.#slots.fill(EMPTY);
    this.#count = 0;
    this.#hashed = 0;
  }
}

function hash(key: number): number {
  const h = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
