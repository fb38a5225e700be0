/**
 * MD5 of a short partition key from its bytes, several times faster than a call into OpenSSL, which is what longer
 * keys go to and what the tests hold this against.
 *
 * One block of RFC 1321: up to 55 bytes, 0x80, zeros, and the length in bits.
 */

/** The longest key that fits one block. */
export const MOST_DIGEST_BYTES = 55;

/** T[i] of RFC 1321: floor(2^32 × |sin(i + 1)|), as signed words. */
const SINES = new Int32Array([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8,
  0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
  0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87,
  0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
  0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
  0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
  0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
  0xeb86d391,
]);

const block = new Int32Array(16);

/** Writes the hash key of `bytes[start … start + length - 1]`, at most 55 bytes, as four big-endian words. */
export function digestWords(
  bytes: Uint8Array,
  start: number,
  length: number,
  words: Uint32Array,
  offset = 0,
): void {
  fillBlock(bytes, start, length);
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  for (let i = 0; i < 16; i += 4) {
    a = step(a + (d ^ (b & (c ^ d))) + block[i] + SINES[i], 7, b);
    d = step(d + (c ^ (a & (b ^ c))) + block[i + 1] + SINES[i + 1], 12, a);
    c = step(c + (b ^ (d & (a ^ b))) + block[i + 2] + SINES[i + 2], 17, d);
    b = step(b + (a ^ (c & (d ^ a))) + block[i + 3] + SINES[i + 3], 22, c);
  }
  for (let i = 16, k = 1; i < 32; i += 4, k += 20) {
    a = step(a + (c ^ (d & (b ^ c))) + block[k & 15] + SINES[i], 5, b);
    d = step(d + (b ^ (c & (a ^ b))) + block[(k + 5) & 15] + SINES[i + 1], 9, a);
    c = step(c + (a ^ (b & (d ^ a))) + block[(k + 10) & 15] + SINES[i + 2], 14, d);
    b = step(b + (d ^ (a & (c ^ d))) + block[(k + 15) & 15] + SINES[i + 3], 20, c);
  }
  for (let i = 32, k = 5; i < 48; i += 4, k += 12) {
    a = step(a + (b ^ c ^ d) + block[k & 15] + SINES[i], 4, b);
    d = step(d + (a ^ b ^ c) + block[(k + 3) & 15] + SINES[i + 1], 11, a);
    c = step(c + (d ^ a ^ b) + block[(k + 6) & 15] + SINES[i + 2], 16, d);
    b = step(b + (c ^ d ^ a) + block[(k + 9) & 15] + SINES[i + 3], 23, c);
  }
  for (let i = 48, k = 0; i < 64; i += 4, k += 28) {
    a = step(a + (c ^ (b | ~d)) + block[k & 15] + SINES[i], 6, b);
    d = step(d + (b ^ (a | ~c)) + block[(k + 7) & 15] + SINES[i + 1], 10, a);
    c = step(c + (a ^ (d | ~b)) + block[(k + 14) & 15] + SINES[i + 2], 15, d);
    b = step(b + (d ^ (c | ~a)) + block[(k + 21) & 15] + SINES[i + 3], 21, c);
  }
  words[offset + 0] = swap((a + 0x67452301) | 0);
  words[offset + 1] = swap((b + 0xefcdab89) | 0);
  words[offset + 2] = swap((c + 0x98badcfe) | 0);
  words[offset + 3] = swap((d + 0x10325476) | 0);
}

function step(sum: number, shift: number, next: number): number {
  const word = sum | 0;
  return (((word << shift) | (word >>> (32 - shift))) + next) | 0;
}

function fillBlock(bytes: Uint8Array, start: number, length: number): void {
  block.fill(0);
  for (let i = 0; i < length; i++) block[i >> 2] |= bytes[start + i] << ((i & 3) << 3);
  block[length >> 2] |= 0x80 << ((length & 3) << 3);
  block[14] = length << 3;
}

/** Little-endian to big-endian. */
function swap(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
