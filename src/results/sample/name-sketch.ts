/**
 * The heaviest partition keys of a stream of records, by name and in bounded memory, with bounds for the records and the
 * bytes of each: the summary of `results/key-sketch.ts` (Misra and Gries, thinned out by halves), over names instead of
 * the numbers of a dictionary, which would grow with every key.
 *
 * A record weighs its bytes, but at least what a shard's record limit leaves it, so that one summary finds what is heavy
 * in records and what is heavy in bytes. Counts of a held key are exact since it has its place; before that it weighed at
 * most what was thinned out until then, all in all at most 2 W / places. Names are compared, so that no chance is in the
 * bounds; only the number of different keys is an estimate.
 */
import { LEAST_WEIGHT, nthSmallest } from '../key-sketch.ts';
import { DistinctKeys } from './distinct-keys.ts';
import { hashName } from './name-hash.ts';

const EMPTY = 0xffff_ffff;
const MOST_KEPT_HASHES = 2048;

export interface CountBounds {
  readonly records: number;
  readonly bytes: number;
}

/** A key with the bounds of its true counts. */
export interface HeldName {
  readonly key: string;
  /** Decimal; '' where the key's own hash places it. */
  readonly explicitHashKey: string;
  readonly atLeast: CountBounds;
  readonly atMost: CountBounds;
}

export class NameSketch {
  readonly places: number;
  /** Of all keys together. */
  records = 0;
  bytes = 0;
  readonly #distinct: DistinctKeys;
  readonly #keys: string[];
  readonly #explicit: string[];
  readonly #hashes: Uint32Array;
  /** By place: weight less what was thinned out since the key has it, and weight that it may have had before. */
  readonly #weights: Float64Array;
  readonly #missed: Float64Array;
  readonly #recordsOf: Float64Array;
  readonly #bytesOf: Float64Array;
  readonly #slots: Uint32Array;
  readonly #mask: number;
  readonly #free: Uint32Array;
  readonly #sorting: Float64Array;
  readonly #words = new Uint32Array(2);
  #freeCount: number;
  #offset = 0;

  /** @param places a power of two from 64 up; with fewer different keys every count is exact */
  constructor(places: number) {
    this.places = places;
    this.#distinct = new DistinctKeys(Math.min(places, MOST_KEPT_HASHES));
    this.#keys = new Array<string>(places).fill('');
    this.#explicit = new Array<string>(places).fill('');
    this.#hashes = new Uint32Array(places);
    this.#weights = new Float64Array(places);
    this.#missed = new Float64Array(places);
    this.#recordsOf = new Float64Array(places);
    this.#bytesOf = new Float64Array(places);
    this.#slots = new Uint32Array(places * 2).fill(EMPTY);
    this.#mask = places * 2 - 1;
    this.#free = Uint32Array.from({ length: places }, (_, i) => places - 1 - i);
    this.#freeCount = places;
    this.#sorting = new Float64Array(places);
  }

  /**
   * One record.
   * @param key kept as it is: a slice of a large text would keep all of it
   * @param bytes data and key
   * @param explicitHashKey decimal, where the record has one
   */
  add(key: string, bytes: number, explicitHashKey = ''): void {
    hashName(key, this.#words);
    const [high, low] = this.#words;
    this.#distinct.add(high, low);
    const hash = explicitHashKey === '' ? low : this.#withExplicit(low, explicitHashKey);
    let place = this.#find(key, hash, explicitHashKey);
    if (place < 0) {
      if (this.#freeCount === 0) this.#thin();
      place = this.#seat(key, hash, explicitHashKey);
    }
    this.#weights[place] += bytes > LEAST_WEIGHT ? bytes : LEAST_WEIGHT;
    this.#recordsOf[place]++;
    this.#bytesOf[place] += bytes;
    this.records++;
    this.bytes += bytes;
  }

  /** Most records and bytes that a key that is not held may have. */
  get unheldAtMost(): CountBounds {
    return boundsOf(this.#offset);
  }

  /** Estimate of the number of different keys, and its standard error as a part of it. */
  distinctKeys(): { readonly estimate: number; readonly error: number } {
    return this.#distinct.estimate();
  }

  /** The keys that are held, heaviest first. */
  held(): HeldName[] {
    const places = Array.from({ length: this.places }, (_, place) => place).filter(
      (place) => this.#recordsOf[place] > 0,
    );
    const most = (place: number): number => this.#weights[place] + this.#offset;
    places.sort((a, b) => most(b) - most(a) || (this.#keys[a] < this.#keys[b] ? -1 : 1));
    return places.map((place) => {
      const missed = boundsOf(this.#missed[place]);
      const [records, bytes] = [this.#recordsOf[place], this.#bytesOf[place]];
      return {
        key: this.#keys[place],
        explicitHashKey: this.#explicit[place],
        atLeast: { records, bytes },
        atMost: { records: records + missed.records, bytes: bytes + missed.bytes },
      };
    });
  }

  #withExplicit(low: number, explicitHashKey: string): number {
    hashName(explicitHashKey, this.#words);
    return (low ^ this.#words[1]) >>> 0;
  }

  /** The key's place, or -1. */
  #find(key: string, hash: number, explicitHashKey: string): number {
    for (let i = hash & this.#mask; ; i = (i + 1) & this.#mask) {
      const place = this.#slots[i];
      if (place === EMPTY) return -1;
      if (
        this.#hashes[place] === hash &&
        this.#keys[place] === key &&
        this.#explicit[place] === explicitHashKey
      ) {
        return place;
      }
    }
  }

  #seat(key: string, hash: number, explicitHashKey: string): number {
    const place = this.#free[--this.#freeCount];
    this.#keys[place] = key;
    this.#explicit[place] = explicitHashKey;
    this.#hashes[place] = hash;
    this.#weights[place] = 0;
    this.#missed[place] = this.#offset;
    this.#insert(place);
    return place;
  }

  /** Takes the median weight off every key and frees the places of those left with nothing. */
  #thin(): void {
    this.#sorting.set(this.#weights);
    const median = nthSmallest(this.#sorting, this.places >> 1);
    this.#offset += median;
    this.#slots.fill(EMPTY);
    for (let place = 0; place < this.places; place++) {
      this.#weights[place] -= median;
      if (this.#weights[place] > 0) this.#insert(place);
      else this.#leave(place);
    }
  }

  #leave(place: number): void {
    this.#keys[place] = '';
    this.#explicit[place] = '';
    this.#weights[place] = 0;
    this.#recordsOf[place] = 0;
    this.#bytesOf[place] = 0;
    this.#free[this.#freeCount++] = place;
  }

  #insert(place: number): void {
    let i = this.#hashes[place] & this.#mask;
    while (this.#slots[i] !== EMPTY) i = (i + 1) & this.#mask;
    this.#slots[i] = place;
  }
}

/** What a weight may be made of at most, were all of it records as small as can be, or all of it bytes. */
function boundsOf(weight: number): CountBounds {
  return { records: Math.floor(weight / LEAST_WEIGHT), bytes: weight };
}
