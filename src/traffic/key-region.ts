/**
 * A stretch of the key dictionary's numbers whose names, lengths and hash keys come from one rule, so that a thousand
 * million keys take no memory.
 */
import { hashWords, toWords } from '../model/hash-key.ts';
import { utf8Length } from '../model/record.ts';
import { explicitHashKeyAt, standInName } from './hashed-keys.ts';
import { keyCountOf } from './keys.ts';
import { nameFrom, positionsOfNames } from './name-positions.ts';
import type { HashedKeys } from './scenario.ts';

export interface KeyRegion {
  /** Number of keys; they are numbered from 0 here. */
  readonly count: number;
  nameAt(n: number): string;
  /** Length of the name in UTF-8. */
  bytesAt(n: number): number;
  /** Writes the hash key that places key n, as four words. */
  hashAt(n: number, words: Uint32Array): void;
  /** The explicit hash key that key n is sent with, where it has one. */
  explicitAt?(n: number): bigint;
}

/** Name of a generated key: the template with `{n}` replaced; a placement seed renames them all. */
export function keyNameOf(template: string, n: number, placementSeed?: number): string {
  return nameFrom(template.split('{n}'), n, placementSeed);
}

/** Keys that follow one template. */
export class GeneratedRegion implements KeyRegion {
  readonly count: number;
  readonly #template: string;
  readonly #parts: readonly string[];
  readonly #placementSeed: number | undefined;
  /** Bytes of a name besides the digits of its number, and how often those digits stand in it. */
  readonly #fixedBytes: number;
  readonly #numbers: number;

  constructor(template: string, count: number, placementSeed: number | undefined) {
    this.count = count;
    this.#template = template;
    this.#parts = template.split('{n}');
    this.#placementSeed = placementSeed;
    this.#numbers = this.#parts.length - 1;
    const suffix = placementSeed === undefined ? 0 : `-p${placementSeed}`.length;
    this.#fixedBytes = utf8Length(template) - this.#numbers * '{n}'.length + this.#numbers * suffix;
  }

  nameAt(n: number): string {
    return nameFrom(this.#parts, n, this.#placementSeed);
  }

  bytesAt(n: number): number {
    return this.#fixedBytes + this.#numbers * digitsOf(n);
  }

  hashAt(n: number, words: Uint32Array): void {
    hashWords(this.nameAt(n), words);
  }

  /** Writes the positions of keys `from` to `to` - 1 in the key space to `out[at …]`. */
  positionsOf(from: number, to: number, out: Float64Array, at: number): void {
    positionsOfNames(this.#parts, this.#placementSeed, from, to, out, at);
  }

  /** The number of the key with this name, or -1: its digits are what the name has more than the template. */
  find(name: string): number {
    const digits = (utf8Length(name) - this.#fixedBytes) / this.#numbers;
    const from = this.#template.indexOf('{n}');
    const n = Number(name.slice(from, from + digits));
    if (!Number.isSafeInteger(n) || n < 0 || n >= this.count) return -1;
    return this.nameAt(n) === name ? n : -1;
  }
}

/** Keys that are listed one by one. */
export class ListedRegion implements KeyRegion {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  get count(): number {
    return this.#names.length;
  }

  /** The number of a name, which is new or known. */
  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  find(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  nameAt(n: number): string {
    return this.#names[n];
  }

  bytesAt(n: number): number {
    return utf8Length(this.#names[n]);
  }

  hashAt(n: number, words: Uint32Array): void {
    hashWords(this.#names[n], words);
  }
}

/** Keys of one source that are sent with explicit hash keys. */
export class HashedRegion implements KeyRegion {
  readonly count: number;
  readonly #keys: HashedKeys;
  readonly #names: GeneratedRegion | undefined;

  constructor(keys: HashedKeys, placementSeed: number | undefined) {
    this.count = keyCountOf(keys);
    this.#keys = keys;
    this.#names =
      keys.kind === 'hashKeys' ? undefined : new GeneratedRegion(keys.template, this.count, placementSeed);
  }

  nameAt(n: number): string {
    const keys = this.#keys;
    if (keys.kind === 'hashKeys')
      return keys.names?.get(n) ?? standInName(keys.hashKeys[n], keys.keyBytes[n]);
    return (this.#names as GeneratedRegion).nameAt(n);
  }

  bytesAt(n: number): number {
    const keys = this.#keys;
    return keys.kind === 'hashKeys' ? keys.keyBytes[n] : (this.#names as GeneratedRegion).bytesAt(n);
  }

  hashAt(n: number, words: Uint32Array): void {
    toWords(this.explicitAt(n), words);
  }

  explicitAt(n: number): bigint {
    return explicitHashKeyAt(this.#keys, n);
  }
}

/** Decimal digits of a whole number. */
export function digitsOf(n: number): number {
  if (n < 2_147_483_648) {
    // Three tenths of its bits, or one more, and no branch to guess wrong.
    const least = ((32 - Math.clz32(n | 1)) * 1233) >>> 12;
    return least + 1 - ((n - TENS[least]) >>> 31);
  }
  let digits = 10;
  for (let bound = 1e10; n >= bound; bound *= 10) digits++;
  return digits;
}

/** Powers of ten; the first is 0, so that 0 has a digit. */
const TENS = Int32Array.of(0, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9);
