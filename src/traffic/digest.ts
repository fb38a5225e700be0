/**
 * One number for everything that was offered: the sum, modulo 2^64, of a 64-bit hash of each record's source,
 * index, due time, key and size. Sums add up, so the digests of many workers add up to the single machine's.
 */
const TWO_32 = 4294967296;

/** Records as columns. */
export interface DigestedColumns {
  readonly source: Uint16Array;
  readonly k: Float64Array;
  readonly dueUs: Float64Array;
  readonly dataBytes: Uint32Array;
}

export class OfferedDigest {
  /** The sum's two words. */
  #low = 0;
  #high = 0;

  /**
   * Adds the records from `from` up to, not including, `to`.
   * @param startUs when the counted duration starts, from which due times count
   * @param keyLow with `keyHigh` 64 bits of each key itself: its number would be the same for another name
   */
  add(
    { source, k, dueUs, dataBytes }: DigestedColumns,
    from: number,
    to: number,
    startUs: number,
    keyLow: Uint32Array,
    keyHigh: Uint32Array,
  ): void {
    let low = this.#low;
    let high = this.#high;
    for (let i = from; i < to; i++) {
      const countedUs = dueUs[i] - startUs;
      const bytes = dataBytes[i];
      let a = mix(source[i] ^ 0x9e3779b9, k[i] >>> 0);
      let b = mix(source[i] ^ 0x85ebca6b, highWordOf(k[i]));
      a = mix(a, countedUs >>> 0);
      b = mix(b, highWordOf(countedUs));
      a = mix(a ^ b, keyLow[i]);
      b = mix(b ^ a, keyHigh[i]);
      a = mix(a ^ b, bytes);
      b = mix(b ^ a, bytes);
      const before = low;
      low = (low + finish(a ^ (b << 16))) | 0;
      const carry = low >>> 0 < before >>> 0 ? 1 : 0;
      high = (high + finish(b ^ (a >>> 7)) + carry) | 0;
    }
    this.#low = low;
    this.#high = high;
  }

  /** The sum as a decimal string. */
  get value(): string {
    return ((BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)).toString();
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

function highWordOf(value: number): number {
  return value < TWO_32 ? 0 : Math.floor(value / TWO_32);
}

function finish(state: number): number {
  let h = state;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
