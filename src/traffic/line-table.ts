/**
 * The lines of a payload file, one after another in one buffer.
 */
export class LineTable {
  /** As they were given. */
  readonly bytes: Uint8Array;
  /** Start and end of each line. */
  readonly #ends: Float64Array;
  /** Bytes of the longest line, and of all. */
  readonly longest: number;
  readonly total: number;

  /** Lines that are empty are left out; a carriage return before the end of a line is no part of it. */
  constructor(bytes: Uint8Array) {
    const ends: number[] = [];
    let longest = 0;
    let total = 0;
    for (let from = 0; from < bytes.length;) {
      const feed = bytes.indexOf(0x0a, from);
      const next = feed < 0 ? bytes.length : feed;
      const to = next > from && bytes[next - 1] === 0x0d ? next - 1 : next;
      if (to > from) {
        ends.push(from, to);
        longest = Math.max(longest, to - from);
        total += to - from;
      }
      from = next + 1;
    }
    this.bytes = bytes;
    this.#ends = Float64Array.from(ends);
    this.longest = longest;
    this.total = total;
  }

  get count(): number {
    return this.#ends.length / 2;
  }

  /** A view of the line for record k: lines come in turn, and from the first again. */
  lineOf(k: number): Uint8Array {
    const at = (k % this.count) * 2;
    return this.bytes.subarray(this.#ends[at], this.#ends[at + 1]);
  }

  /** Bytes of the line for record k. */
  bytesOf(k: number): number {
    const at = (k % this.count) * 2;
    return this.#ends[at + 1] - this.#ends[at];
  }
}
