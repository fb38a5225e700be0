/**
 * Reads a PutRecords request in CBOR in one pass over its bytes, without an object per record.
 *
 * The twin of `put-scanner.ts`, with the same bargain: it knows the request as Java SDKs write it, strings of definite
 * length, ASCII keys, nothing unknown, nothing wrong. Whatever else it meets, it gives up, and the plain way
 * (`decodeCbor` and `checkInput`) decides.
 */
import { LIMITS } from '../model/limits.ts';
import { MOST_RECORDS, type PutBatch } from './put-batch.ts';
import { isReference, type ScannedReference } from './put-scanner.ts';

const BYTES = 2;
const TEXT = 3;
const LIST = 4;
const MAP = 5;
const BREAK = 0xff;
const INDEFINITE = 31;

const MOST_KEY_CHARS = LIMITS.partitionKeyChars.value;
const MOST_REFERENCE_CHARS = 2048;

/** What a header says where it is not of the wanted type, or not one that we read. */
const NONE = -1;

export class CborPutScanner {
  #body: Buffer = Buffer.alloc(0);
  #at = 0;

  /**
   * Fills `batch` from a request's body; its data becomes base64, as the record log keeps it.
   * @returns how the request names its stream, or undefined where the plain way has to look
   */
  scan(body: Buffer, batch: PutBatch): ScannedReference | undefined {
    this.#body = body;
    this.#at = 0;
    batch.begin(body);
    const reference = this.#request(batch);
    if (reference === undefined || this.#at !== body.length || batch.count === 0) return undefined;
    toBase64(batch);
    return reference;
  }

  #request(batch: PutBatch): ScannedReference | undefined {
    const found: ScannedReference = { StreamName: undefined, StreamARN: undefined };
    let entries = this.#open(MAP);
    while (this.#hasNext(entries)) {
      const name = this.#text(MOST_REFERENCE_CHARS);
      if (name === 'Records') {
        if (batch.count > 0 || !this.#records(batch)) return undefined;
      } else if (name === 'StreamName' || name === 'StreamARN') {
        const text = this.#text(MOST_REFERENCE_CHARS);
        if (found[name] !== undefined || text === undefined || !isReference(name, text)) return undefined;
        found[name] = text;
      } else return undefined;
      entries--;
    }
    return this.#hasEnded(entries) ? found : undefined;
  }

  #records(batch: PutBatch): boolean {
    let entries = this.#open(LIST);
    while (this.#hasNext(entries)) {
      if (batch.count === MOST_RECORDS || !this.#record(batch, batch.count)) return false;
      batch.count++;
      entries--;
    }
    return this.#hasEnded(entries);
  }

  #record(batch: PutBatch, i: number): boolean {
    let entries = this.#open(MAP);
    let data = false;
    let key = false;
    while (this.#hasNext(entries)) {
      if (this.#passes(DATA)) {
        if (data || !this.#data(batch, i)) return false;
        data = true;
      } else if (this.#passes(PARTITION_KEY)) {
        if (key || !this.#key(batch, i)) return false;
        key = true;
      } else if (this.#passes(EXPLICIT_HASH_KEY)) {
        const hashKey = this.#text(MOST_KEY_CHARS);
        if (hashKey === undefined || batch.hashKeys.has(i) || !/^(0|[1-9]\d{0,38})$/.test(hashKey))
          return false;
        batch.hashKeys.set(i, hashKey);
      } else return false;
      entries--;
    }
    return data && key && this.#hasEnded(entries);
  }

  #data(batch: PutBatch, i: number): boolean {
    const length = this.#length(BYTES);
    if (length < 0 || length > this.#body.length - this.#at) return false;
    batch.dataStart[i] = this.#at;
    batch.dataLength[i] = length;
    this.#at += length;
    return true;
  }

  #key(batch: PutBatch, i: number): boolean {
    const length = this.#plainText(MOST_KEY_CHARS);
    batch.keyStart[i] = this.#at - length;
    batch.keyLength[i] = length;
    return length > 0;
  }

  #text(most: number): string | undefined {
    const length = this.#plainText(most);
    return length < 0 ? undefined : this.#body.toString('latin1', this.#at - length, this.#at);
  }

  /** Passes a text of ASCII. @returns its length, or NONE */
  #plainText(most: number): number {
    const length = this.#length(TEXT);
    if (length < 0 || length > most || length > this.#body.length - this.#at) return NONE;
    const end = this.#at + length;
    for (let at = this.#at; at < end; at++) if (this.#body[at] > 0x7e) return NONE;
    this.#at = end;
    return length;
  }

  /** Passes an encoded name where it comes next. */
  #passes(name: Uint8Array): boolean {
    for (let i = 0; i < name.length; i++) if (this.#body[this.#at + i] !== name[i]) return false;
    this.#at += name.length;
    return true;
  }

  /** Passes the header of a list or a map. @returns its entries, Infinity where a break ends them, or NONE */
  #open(type: number): number {
    if (this.#body[this.#at] !== ((type << 5) | INDEFINITE)) return this.#length(type);
    this.#at++;
    return Infinity;
  }

  /** Passes the header of a definite length. @returns the length, or NONE */
  #length(type: number): number {
    const initial = this.#body[this.#at];
    if (initial >> 5 !== type) return NONE;
    const info = initial & 31;
    const width = info < 24 ? 0 : info < 27 ? 1 << (info - 24) : NONE;
    if (width < 0 || this.#at + 1 + width > this.#body.length) return NONE;
    const length = width === 0 ? info : this.#body.readUIntBE(this.#at + 1, width);
    this.#at += 1 + width;
    return length;
  }

  #hasNext(entries: number): boolean {
    return entries === Infinity ? this.#body[this.#at] !== BREAK : entries > 0;
  }

  /** Passes the break of what is of indefinite length. */
  #hasEnded(entries: number): boolean {
    if (entries === Infinity) this.#at++;
    return entries === 0 || entries === Infinity;
  }
}

/** Gives a scanned batch a body of its own, in which data is base64 text. */
function toBase64(batch: PutBatch): void {
  const raw = batch.body;
  let length = 0;
  for (let i = 0; i < batch.count; i++) length += base64Length(batch.dataLength[i]) + batch.keyLength[i];
  const body = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (let i = 0; i < batch.count; i++) {
    const start = batch.dataStart[i];
    const bytes = batch.dataLength[i];
    batch.dataStart[i] = at;
    batch.dataBytes[i] = bytes;
    batch.dataLength[i] = body.write(raw.toString('base64', start, start + bytes), at, 'latin1');
    at += batch.dataLength[i];
    raw.copy(body, at, batch.keyStart[i], batch.keyStart[i] + batch.keyLength[i]);
    batch.keyStart[i] = at;
    at += batch.keyLength[i];
  }
  batch.body = body;
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

const DATA = nameOf('Data');
const PARTITION_KEY = nameOf('PartitionKey');
const EXPLICIT_HASH_KEY = nameOf('ExplicitHashKey');

/** A name of less than 24 characters, as CBOR has it. */
function nameOf(name: string): Uint8Array {
  return Uint8Array.from([(TEXT << 5) | name.length, ...Buffer.from(name)]);
}
