/**
 * One number for everything that was offered: the sum, modulo 2^64, of a 64-bit hash of each record's source,
 * index, due time, key and size. Sums add up, so the digests of many workers add up to the single machine's.
 */
const TWO_32 = 4294967296;

export class OfferedDigest {
  #low = 0;
  #high = 0;

  /**
   * @param dueUs from the start of the counted duration
   * @param keyLow with `keyHigh` 64 bits of the key itself: its number would be the same for another name
   */
  add(source: number, k: number, dueUs: number, keyLow: number, keyHigh: number, dataBytes: number): void {
    let a = mix(source ^ 0x9e3779b9, k >>> 0);
    let b = mix(source ^ 0x85ebca6b, Math.floor(k / TWO_32));
    a = mix(a, dueUs >>> 0);
    b = mix(b, Math.floor(dueUs / TWO_32));
    a = mix(a ^ b, keyLow);
    b = mix(b ^ a, keyHigh);
    a = mix(a ^ b, dataBytes);
    b = mix(b ^ a, dataBytes);
    this.#low += finish(a ^ (b << 16));
    this.#high += finish(b ^ (a >>> 7));
    if (this.#low >= TWO_32) {
      this.#low -= TWO_32;
      this.#high++;
    }
    if (this.#high >= TWO_32) this.#high -= TWO_32;
  }

  /** The sum as a decimal string. */
  get value(): string {
    return ((BigInt(this.#high) << 32n) | BigInt(this.#low)).toString();
  }
}

/** MurmurHash3's step and finish, 32 bits (public domain, Austin Appleby). */
export function mix(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = state ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finish(state: number): number {
  let h = state;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
