/**
 * Random data as base64 text, ready to be copied: any run of characters whose length is a multiple of four is the
 * text of random bytes. Nothing is encoded per record.
 */
import { randomBytes } from 'node:crypto';

const POOL_BYTES = 3 << 18;
const EQUALS = 0x3d;

/** By character: the one that stands for its upper four, and two, bits; padding wants the others to be 0. */
const UPPER = tablesOfPadding();

export class RandomText {
  readonly #pool = Buffer.from(randomBytes(POOL_BYTES).toString('base64'), 'latin1');
  #at = 0;

  /** Fills a stretch of a buffer with characters, not the same as last time. */
  fill(body: Buffer, from: number, to: number): void {
    const pool = this.#pool;
    for (let at = from; at < to;) {
      const part = Math.min(to - at, pool.length - this.#at);
      pool.copy(body, at, this.#at, this.#at + part);
      at += part;
      this.#at = (this.#at + part) % pool.length;
    }
    // The next round over the pool is out of step with this one.
    this.#at = (this.#at + 1) % pool.length;
  }
}

/** Characters of the base64 text of so many bytes. */
export function base64Length(bytes: number): number {
  return (((bytes + 2) / 3) | 0) * 4;
}

/** Makes the last group before `end` that of data whose length leaves a rest of 1 or 2 when divided by three. */
export function padGroup(body: Buffer, end: number, rest: number): void {
  if (rest === 0) return;
  body[end - 1] = EQUALS;
  if (rest === 1) {
    body[end - 2] = EQUALS;
    body[end - 3] = UPPER.two[body[end - 3]];
  } else body[end - 2] = UPPER.four[body[end - 2]];
}

/** `two`: the lower four bits are 0; `four`: the lower two are. */
function tablesOfPadding(): { readonly two: Uint8Array; readonly four: Uint8Array } {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const [two, four] = [new Uint8Array(128), new Uint8Array(128)];
  for (let value = 0; value < 64; value++) {
    two[alphabet.charCodeAt(value)] = alphabet.charCodeAt(value & 0b11_0000);
    four[alphabet.charCodeAt(value)] = alphabet.charCodeAt(value & 0b11_1100);
  }
  return { two, four };
}
