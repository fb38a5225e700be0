/**
 * A quick hash of a key's name for tables in memory, several times cheaper than the MD5 that places it on a shard: two
 * words that are mixed at the end (the scheme of cyrb53, by bryc, public domain, over UTF-16 units).
 */

/** Writes 64 bits of `name` as two words. */
export function hashName(name: string, words: Uint32Array): void {
  let a = 0xdead_beef;
  let b = 0x41c6_ce57;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    a = Math.imul(a ^ unit, 2_654_435_761);
    b = Math.imul(b ^ unit, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  words[0] = a;
  words[1] = b;
}
