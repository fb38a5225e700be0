/**
 * What stands behind a record's data in the body of a request: its key, and where it has one its explicit hash key, as
 * JSON, up to the data of the next record. Made once per key and kept, as long as all of them stay small.
 */
import type { WireKeys } from './put-entries.ts';

/** Keys that are remembered, and the bytes that their texts may take together. */
const MOST_KEYS = 1 << 20;
const MOST_BYTES = 64 << 20;
const FIRST_BYTES = 1 << 16;

/** From the start of a record to its data. */
export const RECORD_START = '{"Data":"';

export class KeyText {
  readonly #keys: WireKeys;
  /** By key: where its text starts, and how long it is; 0 where it was not made yet. */
  readonly #starts: Uint32Array;
  readonly #lengths: Uint16Array;
  #texts = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;
  /** The text of a key that is not kept, looked at last. */
  #loneKey = -1;
  #lone: Buffer = Buffer.alloc(0);

  /** @param count of keys */
  constructor(keys: WireKeys, count: number) {
    this.#keys = keys;
    const kept = count <= MOST_KEYS ? count : 0;
    this.#starts = new Uint32Array(kept);
    this.#lengths = new Uint16Array(kept);
  }

  /** Bytes of a key's text. */
  lengthOf(key: number): number {
    const known = key < this.#lengths.length ? this.#lengths[key] : 0;
    if (known > 0) return known;
    return this.#made(key).length;
  }

  /** Writes a key's text from `at` on and returns where it ends. */
  write(body: Buffer, at: number, key: number): number {
    const length = key < this.#lengths.length ? this.#lengths[key] : 0;
    if (length === 0) {
      const text = this.#made(key);
      text.copy(body, at);
      return at + text.length;
    }
    const texts = this.#texts;
    const start = this.#starts[key];
    for (let i = 0; i < length; i++) body[at + i] = texts[start + i];
    return at + length;
  }

  #made(key: number): Buffer {
    if (key === this.#loneKey) return this.#lone;
    const text = Buffer.from(textOf(key, this.#keys));
    if (key < this.#lengths.length && this.#used + text.length <= MOST_BYTES) this.#keep(key, text);
    [this.#loneKey, this.#lone] = [key, text];
    return text;
  }

  #keep(key: number, text: Buffer): void {
    if (this.#used + text.length > this.#texts.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#texts.length, this.#used + text.length));
      this.#texts.copy(larger, 0, 0, this.#used);
      this.#texts = larger;
    }
    text.copy(this.#texts, this.#used);
    this.#starts[key] = this.#used;
    this.#lengths[key] = text.length;
    this.#used += text.length;
  }
}

function textOf(key: number, keys: WireKeys): string {
  const explicit = keys.explicitHashKeyOf(key);
  return afterData(keys.nameOf(key), explicit);
}

/** From the end of a record's data to the start of the next record's. */
export function afterData(name: string, explicitHashKey: string | undefined): string {
  const explicit = explicitHashKey === undefined ? '' : `,"ExplicitHashKey":"${explicitHashKey}"`;
  return `","PartitionKey":${JSON.stringify(name)}${explicit}},${RECORD_START}`;
}
