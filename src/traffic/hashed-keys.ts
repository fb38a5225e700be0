/**
 * Keys that go where an explicit hash key says: which one each has, and a partition key to send beside it.
 */
import { formatHashKey } from '../model/hash-key.ts';
import { midpointOf, widthOf } from '../model/hash-range.ts';
import { LIMITS } from '../model/limits.ts';
import { utf8Length } from '../model/record.ts';
import { HASH_KEY_PLACES } from './keys.ts';
import type { HashedKeys } from './scenario.ts';

const MOST_CHARS = LIMITS.partitionKeyChars.value;

/** The explicit hash key of key n. */
export function explicitHashKeyAt(keys: HashedKeys, n: number): bigint {
  if (keys.kind === 'hashKeys') return keys.hashKeys[n];
  const { range, where } = keys;
  if (where === 'middle') return midpointOf(range);
  // Key n goes to the middle of place n; evenly, places are visited in the order of their mirrored bits (van der
  // Corput), so that any power of two of consecutive records fall one each on as many equal parts.
  const place = where === 'even' ? mirrored(n) : n;
  return range.start + (widthOf(range) * BigInt(2 * place + 1)) / BigInt(2 * HASH_KEY_PLACES);
}

const PLACE_BITS = 20;

function mirrored(n: number): number {
  let result = 0;
  for (let bit = 0; bit < PLACE_BITS; bit++) result = result * 2 + ((n >>> bit) & 1);
  return result;
}

/**
 * A partition key of so many bytes for traffic whose names are unknown: the digits of its hash key, cut or filled up.
 * Above 256 bytes, which are the most characters, some of them take up to four.
 * @param bytes 1 … 1,024
 */
export function standInName(hashKey: bigint, bytes: number): string {
  const surplus = Math.max(0, bytes - MOST_CHARS);
  const filler = '\u{1F511}'.repeat(Math.floor(surplus / 3)) + ['', 'é', '€'][surplus % 3];
  const digits = bytes - utf8Length(filler);
  return filler + formatHashKey(hashKey).padEnd(digits, '-').slice(0, digits);
}
