/**
 * A sequence number as 64 bits that can be added up by XOR: well mixed, because the numbers themselves count upwards,
 * and the XOR of 1, 2 and 3 is 0.
 */

/** 32-bit finalizer of MurmurHash3 (Appleby, public domain). */
function mixed(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Writes the hash of a sequence number, some fifty digits, into two words. */
export function hashSequence(text: string, words: Uint32Array): void {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i);
    low = Math.imul(low ^ digit, 0x01000193);
    high = Math.imul(high + digit, 0x9e3779b1);
    high ^= high >>> 15;
  }
  words[0] = mixed(low ^ Math.imul(high, 5));
  words[1] = mixed(high + low);
}
