/**
 * A partition key's place: MD5 of its UTF-8 bytes, read as an unsigned 128-bit number (the hash key).
 *
 * Every conversion between the three forms stands here: `bigint` for range arithmetic, four 32-bit words for
 * columns on hot paths, decimal strings at every edge.
 */
import { hash } from 'node:crypto';
import { digestWords, MOST_DIGEST_BYTES } from './key-digest.ts';

/** The largest hash key, 2^128 - 1. */
export const MAX_HASH_KEY = (1n << 128n) - 1n;

/** Number of hash keys, 2^128. */
export const HASH_SPACE = 1n << 128n;

/** Hash key of a partition key (source: PutRecord API reference). */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt('0x' + hash('md5', partitionKey, 'hex'));
}

/** Writes the hash key of a partition key as four big-endian words at `words[offset … offset + 3]`. */
export function hashWords(partitionKey: string, words: Uint32Array, offset = 0): void {
  const { length } = partitionKey;
  if (length > MOST_DIGEST_BYTES) {
    toWords(hashKeyOf(partitionKey), words, offset);
    return;
  }
  for (let i = 0; i < length; i++) {
    const unit = partitionKey.charCodeAt(i);
    if (unit >= 0x80) {
      toWords(hashKeyOf(partitionKey), words, offset);
      return;
    }
    ascii[i] = unit;
  }
  digestWords(ascii, 0, length, words, offset);
}

const ascii = new Uint8Array(MOST_DIGEST_BYTES);

/** Positions in the key space as exact floating-point numbers: the first 53 bits of hash keys. */
export const POSITIONS = 2 ** 53;

/** The first 53 bits of the hash key at `words[offset …]`, from 0 to `POSITIONS` - 1. */
export function positionOf(words: Uint32Array, offset = 0): number {
  return words[offset] * 2 ** 21 + (words[offset + 1] >>> 11);
}

/** The position of a hash key that is given as a number. */
export function positionOfHashKey(hashKey: bigint): number {
  return Number(hashKey >> 75n);
}

/** Four big-endian words as one number: the oracle of the word form. */
export function fromWords(words: ArrayLike<number>, offset = 0): bigint {
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 32n) | BigInt(words[offset + i]);
  return value;
}

/** A hash key as four big-endian words at `words[offset … offset + 3]`. */
export function toWords(hashKey: bigint, words: Uint32Array, offset = 0): void {
  for (let i = 3, rest = hashKey; i >= 0; i--, rest >>= 32n) words[offset + i] = Number(rest & 0xffff_ffffn);
}

/**
 * Reads a hash key as AWS writes it: a decimal string from 0 to 2^128 - 1 without sign or leading zeros.
 * @returns undefined where the text is not one
 */
export function parseHashKey(text: string): bigint | undefined {
  if (!/^(0|[1-9]\d{0,38})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_HASH_KEY ? value : undefined;
}

export function formatHashKey(hashKey: bigint): string {
  return hashKey.toString();
}
