/**
 * Many partition keys by name, each with its weight, without a string or an object for each: their bytes one after
 * another, and an index by which a name is found. Ten million keys of 16 bytes take about 350 MB.
 */
import { hashWords } from '../model/hash-key.ts';
import { digestWords, MOST_DIGEST_BYTES } from '../model/key-digest.ts';

const EMPTY = 0xffff_ffff;
const FIRST_ROOM = 1024;

interface NameColumns {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly starts: Float64Array<ArrayBuffer>;
  readonly weights: Float64Array<ArrayBuffer>;
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly count: number;
}

export class WeightedNames {
  #bytes = new Uint8Array(FIRST_ROOM * 16);
  /** Where each name begins; one more at the end. */
  #starts = new Float64Array(FIRST_ROOM + 1);
  #weights = new Float64Array(FIRST_ROOM);
  /** Open addressing, at most 60 % full: the numbers of the names. */
  #slots = new Uint32Array(FIRST_ROOM * 2).fill(EMPTY);
  #count = 0;

  /** All of it, as columns that another thread can have; they are not copied here. */
  parts(): NameColumns {
    return {
      bytes: this.#bytes,
      starts: this.#starts,
      weights: this.#weights,
      slots: this.#slots,
      count: this.#count,
    };
  }

  static of({ bytes, starts, weights, slots, count }: NameColumns): WeightedNames {
    const names = new WeightedNames();
    [names.#bytes, names.#starts, names.#weights] = [bytes, starts, weights];
    [names.#slots, names.#count] = [slots, count];
    return names;
  }

  get count(): number {
    return this.#count;
  }

  /** By number, in the order of their first appearance. */
  get weights(): Float64Array {
    return this.#weights.subarray(0, this.#count);
  }

  /** Adds a weight to the name in `source[from … to - 1]` (UTF-8), which is new or known; returns its number. */
  add(source: Uint8Array, from: number, to: number, weight: number): number {
    const slot = this.#slotOf(source, from, to);
    const known = this.#slots[slot];
    if (known !== EMPTY) {
      this.#weights[known] += weight;
      return known;
    }
    this.#makeRoom(to - from);
    const start = this.#starts[this.#count];
    for (let i = from, at = start; i < to; i++, at++) this.#bytes[at] = source[i];
    this.#starts[this.#count + 1] = start + to - from;
    this.#weights[this.#count] = weight;
    this.#slots[slot] = this.#count++;
    if (this.#count > this.#slots.length * 0.6) this.#rehash();
    return this.#count - 1;
  }

  nameAt(n: number): string {
    return decoder.decode(this.#bytes.subarray(this.#starts[n], this.#starts[n + 1]));
  }

  /** Length of a name in UTF-8. */
  bytesAt(n: number): number {
    return this.#starts[n + 1] - this.#starts[n];
  }

  /** The number of a name, or -1. */
  find(name: string): number {
    const bytes = encoder.encode(name);
    const known = this.#slots[this.#slotOf(bytes, 0, bytes.length)];
    return known === EMPTY ? -1 : known;
  }

  /** Writes a name's hash key as four words. */
  hashAt(n: number, words: Uint32Array): void {
    const length = this.bytesAt(n);
    if (length <= MOST_DIGEST_BYTES) digestWords(this.#bytes, this.#starts[n], length, words);
    else hashWords(this.nameAt(n), words);
  }

  /** The slot that holds a name, or the empty one where it belongs. */
  #slotOf(source: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = spread(source, from, to) & mask; ; slot = (slot + 1) & mask) {
      const n = this.#slots[slot];
      if (n === EMPTY || this.#is(n, source, from, to)) return slot;
    }
  }

  #is(n: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[n];
    if (this.#starts[n + 1] - start !== to - from) return false;
    for (let i = from, at = start; i < to; i++, at++) if (this.#bytes[at] !== source[i]) return false;
    return true;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#starts[this.#count] + bytes;
    if (needed > this.#bytes.length)
      this.#bytes = copyOf(this.#bytes, Math.max(needed, this.#bytes.length * 2));
    if (this.#count < this.#weights.length) return;
    this.#weights = copyOf(this.#weights, this.#weights.length * 2);
    this.#starts = copyOf(this.#starts, this.#weights.length + 1);
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2).fill(EMPTY);
    const mask = this.#slots.length - 1;
    for (let n = 0; n < this.#count; n++) {
      let slot = spread(this.#bytes, this.#starts[n], this.#starts[n + 1]) & mask;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.#slots[slot] = n;
    }
  }
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** FNV-1a with a last mixing, so that the low bits depend on every byte. */
function spread(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function copyOf<C extends Uint8Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(column: C, length: number): C {
  const larger = new (column.constructor as new (length: number) => C)(length);
  larger.set(column);
  return larger;
}
