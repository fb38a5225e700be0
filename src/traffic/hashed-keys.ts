/**
 * Keys that go where an explicit hash key says: which one each has, and a partition key to send beside it.
 */
import { formatHashKey } from '../model/hash-key.ts';
import { midpointOf, widthOf } from '../model/hash-range.ts';
import { LIMITS } from '../model/limits.ts';
import { HASH_KEY_PLACES } from './keys.ts';
import type { HashedKeys } from './scenario.ts';

const MOST_CHARS = LIMITS.partitionKeyChars.value;
/** Four bytes in UTF-8 and one character: what makes a key longer than it has characters. */
const LONG_CHAR = '\u{1F511}';

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
 * @param bytes 1 … 1,024, which is 256 characters of 4 bytes
 */
export function standInName(hashKey: bigint, bytes: number): string {
  const long = Math.max(0, Math.ceil((bytes - MOST_CHARS) / 3));
  const plain = bytes - 4 * long;
  return LONG_CHAR.repeat(long) + formatHashKey(hashKey).padEnd(plain, '-').slice(0, plain);
}
