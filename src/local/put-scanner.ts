/**
 * Reads a PutRecords request in one pass over its bytes, without JSON.parse and without copying the data.
 *
 * It knows the request as SDKs write it: fields in any order and with any white space, ASCII keys, no escapes,
 * nothing unknown, nothing wrong. Whatever else it meets, it gives up, and the plain way (JSON.parse and
 * `checkInput`) decides. So it needs no error messages, and what it accepts the plain way accepts alike.
 */
import { LIMITS } from '../model/limits.ts';
import { base64Map, MOST_MAPPED_BYTES } from './base64-map.ts';
import { MOST_RECORDS, type PutBatch } from './put-batch.ts';
import { STREAM_REFERENCE } from './shape.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const END = -1;

const MOST_KEY_CHARS = LIMITS.partitionKeyChars.value;
const MOST_HASH_KEY_CHARS = 39;

/** Value of each base64 character, 64 for all others. */
const BASE64 = new Uint8Array(256).fill(64);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < 64; value++) BASE64[ALPHABET.charCodeAt(value)] = value;

export interface ScannedReference {
  StreamName: string | undefined;
  StreamARN: string | undefined;
}

export class PutScanner {
  #bytes: Buffer = Buffer.alloc(0);
  readonly #base64 = base64Map();
  #at = 0;

  /**
   * Fills `batch` from a request's body.
   * @returns how the request names its stream, or undefined where the plain way has to look
   */
  scan(body: Buffer, batch: PutBatch): ScannedReference | undefined {
    if (body.length > MOST_MAPPED_BYTES) return undefined;
    this.#bytes = body;
    this.#base64.look(body);
    this.#at = 0;
    batch.begin(body);
    return this.#request(batch);
  }

  #request(batch: PutBatch): ScannedReference | undefined {
    const found: ScannedReference = { StreamName: undefined, StreamARN: undefined };
    if (this.#next() !== OPEN_OBJECT) return undefined;
    do {
      const name = this.#name();
      if (name === 'Records') {
        if (batch.count > 0 || !this.#records(batch)) return undefined;
      } else if (name === 'StreamName' || name === 'StreamARN') {
        if (found[name] !== undefined) return undefined;
        const text = this.#text(REFERENCES[name].max);
        if (text === undefined || !isReference(name, text)) return undefined;
        found[name] = text;
      } else return undefined;
    } while (this.#skip(COMMA));
    if (this.#next() !== CLOSE_OBJECT || this.#next() !== END) return undefined;
    return batch.count > 0 ? found : undefined;
  }

  #records(batch: PutBatch): boolean {
    if (this.#next() !== OPEN_LIST) return false;
    do {
      if (batch.count === MOST_RECORDS || !this.#record(batch, batch.count)) return false;
      batch.count++;
    } while (this.#skip(COMMA));
    return this.#next() === CLOSE_LIST;
  }

  #record(batch: PutBatch, i: number): boolean {
    if (this.#next() !== OPEN_OBJECT) return false;
    let data = false;
    let key = false;
    do {
      const name = this.#name();
      if (name === 'Data') {
        if (data || !this.#data(batch, i)) return false;
        data = true;
      } else if (name === 'PartitionKey') {
        if (key || !this.#key(batch, i)) return false;
        key = true;
      } else if (name === 'ExplicitHashKey') {
        const hashKey = this.#text(MOST_HASH_KEY_CHARS);
        if (hashKey === undefined || batch.hashKeys.has(i) || !/^(0|[1-9]\d*)$/.test(hashKey)) return false;
        batch.hashKeys.set(i, hashKey);
      } else return false;
    } while (this.#skip(COMMA));
    return data && key && this.#next() === CLOSE_OBJECT;
  }

  /** A field's name with its colon; the few known names are told apart by length and compared in full. */
  #name(): string | undefined {
    if (this.#next() !== QUOTE) return undefined;
    const name = NAMES[this.#bytes[this.#at]] as FieldName[] | undefined;
    const match = name?.find((candidate) => this.#startsWith(candidate.bytes));
    if (match === undefined) return undefined;
    this.#at += match.bytes.length;
    return this.#next() === COLON ? match.name : undefined;
  }

  #startsWith(expected: Uint8Array): boolean {
    for (let i = 0; i < expected.length; i++) if (this.#bytes[this.#at + i] !== expected[i]) return false;
    return true;
  }

  #key(batch: PutBatch, i: number): boolean {
    const start = this.#plainText(MOST_KEY_CHARS);
    if (start < 0) return false;
    batch.keyStart[i] = start;
    batch.keyLength[i] = this.#at - 1 - start;
    return batch.keyLength[i] > 0;
  }

  #text(most: number): string | undefined {
    const start = this.#plainText(most);
    return start < 0 ? undefined : this.#bytes.toString('latin1', start, this.#at - 1);
  }

  /** Passes a string of printable ASCII without escapes. @returns where its first character stands, or -1 */
  #plainText(most: number): number {
    if (this.#next() !== QUOTE) return -1;
    const bytes = this.#bytes;
    const start = this.#at;
    const last = Math.min(bytes.length, start + most + 1);
    for (let at = start; at < last; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#at = at + 1;
        return start;
      }
      if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return -1;
    }
    return -1;
  }

  #data(batch: PutBatch, i: number): boolean {
    if (this.#next() !== QUOTE) return false;
    const bytes = this.#bytes;
    const start = this.#at;
    let end = this.#base64.endFrom(start);
    const stop = end;
    while (end - stop < 2 && bytes[end] === EQUALS) end++;
    const length = end - start;
    const padding = end - stop;
    if (bytes[end] !== QUOTE || length % 4 !== 0) return false;
    // The bits of the last character that stand for no byte must be zero.
    if (padding > 0 && (BASE64[bytes[stop - 1]] & (padding === 1 ? 3 : 15)) !== 0) return false;
    batch.dataStart[i] = start;
    batch.dataLength[i] = length;
    batch.dataBytes[i] = (length / 4) * 3 - padding;
    this.#at = end + 1;
    return true;
  }

  /** Passes white space and the byte behind it. @returns that byte, or END */
  #next(): number {
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const byte = bytes[this.#at++];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
    return END;
  }

  /** Passes white space, and the wanted byte where it comes next. */
  #skip(wanted: number): boolean {
    const before = this.#at;
    if (this.#next() === wanted) return true;
    this.#at = before;
    return false;
  }
}

/** The stream's name and ARN as they are declared. */
const REFERENCES = {
  StreamName: matching(STREAM_REFERENCE.StreamName),
  StreamARN: matching(STREAM_REFERENCE.StreamARN),
};

/** Whether a text is a stream's name, or an ARN, as they are declared. */
export function isReference(name: keyof typeof REFERENCES, text: string): boolean {
  const { max, matcher } = REFERENCES[name];
  return text.length <= max && matcher.test(text);
}

function matching({ pattern, max }: { pattern: string; max: number }): { matcher: RegExp; max: number } {
  return { matcher: new RegExp(`^(?:${pattern})$`), max };
}

interface FieldName {
  readonly name: string;
  /** The name and its closing quote. */
  readonly bytes: Uint8Array;
}

/** Field names by their first byte. */
const NAMES: FieldName[][] = [];
for (const name of ['Records', 'StreamName', 'StreamARN', 'Data', 'PartitionKey', 'ExplicitHashKey']) {
  (NAMES[name.charCodeAt(0)] ??= []).push({ name, bytes: Uint8Array.from(Buffer.from(`${name}"`)) });
}
