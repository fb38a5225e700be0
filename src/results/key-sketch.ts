/**
 * The heaviest keys in bounded memory: a Misra-Gries summary whose counters are thinned out at once when they run
 * out (Misra and Gries 1982; the batch form of Anderson et al. 2017).
 *
 * A key's weight is its load in bytes, a record counting for at least the bytes that a shard's record limit leaves
 * it, so one summary finds the keys that are heavy in records and those that are heavy in bytes.
 *
 * Counts that others keep by place are exact since the key has had it. What it weighed before is at most `missed`,
 * which is at most 2 W / capacity, W the weight of all: each thinning takes as much off half of the places.
 */
import { LIMITS } from '../model/limits.ts';

/**
 * Bytes that one record weighs at least: 1 MiB/s over 1,000 records/s, rounded up to a whole number so that weights add
 * up to the same in whatever order.
 */
export const LEAST_WEIGHT = Math.ceil(LIMITS.writeBytesPerSec.value / LIMITS.writeRecordsPerSec.value);

const EMPTY = 0xffff_ffff;

/** A key of a sketch: its weight is from `atMost - missed` to `atMost`. */
export interface HeldKey {
  readonly key: number;
  readonly atMost: number;
  readonly missed: number;
}

export class KeySketch {
  readonly capacity: number;
  /**
   * By place: the key's number; its weight less what was thinned out since it has the place; weight that it may
   * have had before. A key's true weight is from `weights + offset - missed` to `weights + offset`.
   */
  readonly keys: Uint32Array;
  readonly weights: Float64Array;
  readonly missed: Float64Array;
  readonly #slots: Uint32Array;
  readonly #mask: number;
  readonly #free: Uint32Array;
  readonly #sorting: Float64Array;
  #freeCount: number;
  #offset = 0;
  #weight = 0;

  /** @param capacity places; with fewer distinct keys every count is exact */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.keys = new Uint32Array(capacity).fill(EMPTY);
    this.weights = new Float64Array(capacity);
    this.missed = new Float64Array(capacity);
    let slots = 16;
    while (slots < capacity * 2) slots *= 2;
    this.#slots = new Uint32Array(slots).fill(EMPTY);
    this.#mask = slots - 1;
    this.#free = Uint32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    this.#freeCount = capacity;
    this.#sorting = new Float64Array(capacity);
  }

  /** Keys held now. */
  get size(): number {
    return this.capacity - this.#freeCount;
  }

  /** Places of the keys held now. */
  held(): Uint32Array {
    const places = new Uint32Array(this.capacity);
    let count = 0;
    for (let place = 0; place < this.capacity; place++)
      if (this.keys[place] !== EMPTY) places[count++] = place;
    return places.subarray(0, count);
  }

  /** Most weight that a key without a place can have: the error bound of the whole summary, at most 2 W / capacity. */
  get offset(): number {
    return this.#offset;
  }

  /** Of all keys together, held or not. */
  get weight(): number {
    return this.#weight;
  }

  /**
   * A sketch of what others have held, with room for all of it.
   * @param offset most weight that a key without a place may have
   * @param weight of all keys together
   */
  static of(held: readonly HeldKey[], offset: number, weight: number): KeySketch {
    const sketch = new KeySketch(Math.max(1, held.length));
    sketch.#offset = offset;
    held.forEach(({ key, atMost, missed }) => {
      const place = sketch.add(key, 0, () => undefined);
      sketch.weights[place] = atMost - offset;
      sketch.missed[place] = missed;
    });
    sketch.#weight = weight;
    return sketch;
  }

  /** The key's place, or -1. */
  find(key: number): number {
    for (let i = hash(key) & this.#mask; ; i = (i + 1) & this.#mask) {
      const place = this.#slots[i];
      if (place === EMPTY) return -1;
      if (this.keys[place] === key) return place;
    }
  }

  /**
   * Adds weight to a key and returns its place. Where the key is new and no place is free, places are freed first;
   * `freed` is told each of them, while its key is still in it.
   */
  add(key: number, weight: number, freed: (place: number) => void): number {
    let place = this.find(key);
    if (place < 0) {
      if (this.#freeCount === 0) this.#thin(freed);
      place = this.#free[--this.#freeCount];
      this.keys[place] = key;
      this.weights[place] = 0;
      this.missed[place] = this.#offset;
      this.#insert(place);
    }
    this.weights[place] += weight;
    this.#weight += weight;
    return place;
  }

  /**
   * Adds records `from` … `to - 1` of some columns and writes their places, up to the first for which places would have
   * to be freed: only the first of all may do that, so that what others keep by place is up to date when it happens.
   * @param bytes a record weighs as much, but at least `LEAST_WEIGHT`
   * @returns where it stopped: at `to`, or at the first record that it has not added
   */
  addRun(
    keys: Uint32Array,
    bytes: Uint32Array,
    places: Uint32Array,
    from: number,
    to: number,
    freed: (place: number) => void,
  ): number {
    const weights = this.weights;
    let added = 0;
    let i = from;
    for (; i < to; i++) {
      let place = this.find(keys[i]);
      if (place < 0) {
        if (i > from && this.#freeCount === 0) break;
        place = this.add(keys[i], 0, freed);
      }
      const weight = bytes[i] > LEAST_WEIGHT ? bytes[i] : LEAST_WEIGHT;
      weights[place] += weight;
      added += weight;
      places[i] = place;
    }
    this.#weight += added;
    return i;
  }

  /** Takes the median weight off every key and frees the places of those left with nothing. */
  #thin(freed: (place: number) => void): void {
    this.#sorting.set(this.weights);
    const median = nthSmallest(this.#sorting, this.capacity >> 1);
    this.#offset += median;
    for (let place = 0; place < this.capacity; place++) {
      this.weights[place] -= median;
      if (this.weights[place] > 0) continue;
      freed(place);
      this.keys[place] = EMPTY;
      this.#free[this.#freeCount++] = place;
    }
    this.#slots.fill(EMPTY);
    for (let place = 0; place < this.capacity; place++) if (this.keys[place] !== EMPTY) this.#insert(place);
  }

  #insert(place: number): void {
    let i = hash(this.keys[place]) & this.#mask;
    while (this.#slots[i] !== EMPTY) i = (i + 1) & this.#mask;
    this.#slots[i] = place;
  }
}

/** The value that would stand at `n` if all were sorted (Hoare's selection); moves them about. */
export function nthSmallest(values: Float64Array, n: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const value = values[i];
      values[i++] = values[j];
      values[j--] = value;
    }
    if (n <= j) high = j;
    else if (n >= i) low = i;
    else return values[n];
  }
  return values[n];
}

function hash(key: number): number {
  const h = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
