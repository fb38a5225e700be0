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
  /** By key, where its text starts; 0 where it was not made yet. Its length stands before it, in two bytes. */
  readonly #starts: Uint32Array;
  #texts = new DataView(new ArrayBuffer(FIRST_BYTES));
  #used = 0;
  /** The text of a key that is not kept, looked at last. */
  #loneKey = -1;
  #lone: Buffer = Buffer.alloc(0);

  /** @param count of keys */
  constructor(keys: WireKeys, count: number) {
    this.#keys = keys;
    this.#starts = new Uint32Array(count <= MOST_KEYS ? count : 0);
  }

  /** Bytes of a key's text. */
  lengthOf(key: number): number {
    const start = key < this.#starts.length ? this.#starts[key] : 0;
    return start > 0 ? this.#texts.getUint16(start - 2) : this.#made(key).length;
  }

  /** Writes a key's text from `at` on and returns where it ends. */
  write(body: DataView, at: number, key: number): number {
    const start = key < this.#starts.length ? this.#starts[key] : 0;
    if (start === 0) {
      const text = this.#made(key);
      for (let i = 0; i < text.length; i++) body.setUint8(at + i, text[i]);
      return at + text.length;
    }
    const texts = this.#texts;
    const length = texts.getUint16(start - 2);
    let i = 0;
    for (; i + 4 <= length; i += 4) body.setUint32(at + i, texts.getUint32(start + i));
    for (; i < length; i++) body.setUint8(at + i, texts.getUint8(start + i));
    return at + length;
  }

  #made(key: number): Buffer {
    if (key === this.#loneKey) return this.#lone;
    const text = Buffer.from(textOf(key, this.#keys));
    if (key < this.#starts.length && this.#used + 2 + text.length <= MOST_BYTES) this.#keep(key, text);
    [this.#loneKey, this.#lone] = [key, text];
    return text;
  }

  #keep(key: number, text: Buffer): void {
    const start = this.#used + 2;
    if (start + text.length > this.#texts.byteLength) {
      const larger = new Uint8Array(Math.max(2 * this.#texts.byteLength, start + text.length));
      larger.set(new Uint8Array(this.#texts.buffer, 0, this.#used));
      this.#texts = new DataView(larger.buffer);
    }
    this.#texts.setUint16(this.#used, text.length);
    text.copy(new Uint8Array(this.#texts.buffer), start);
    this.#starts[key] = start;
    this.#used = start + text.length;
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
