/**
 * Writes CBOR as the service itself does: lists and maps of indefinite length, everything else in its shortest form.
 */

const OPEN_LIST = 0x9f;
const OPEN_MAP = 0xbf;
const BREAK = 0xff;
/** Tag of a time, behind which Kinesis puts milliseconds where RFC 8949, and CloudWatch, have seconds. */
const TIME_TAG = 0xc1;
const TWO_32 = 4_294_967_296;

/** A moment in a reply, in whole milliseconds or seconds since the epoch, as its protocol has it. */
export class CborTime {
  readonly sinceEpoch: number;

  constructor(sinceEpoch: number) {
    this.sinceEpoch = sinceEpoch;
  }
}

/** A number that is a double even where it is whole. */
export class CborDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export class CborWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;

  /** What was written so far, in a buffer of its own. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  /** Members that are undefined are left out. */
  value(value: unknown): void {
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'boolean') this.#byte(value ? 0xf5 : 0xf4);
    else if (value === null || value === undefined) this.#byte(0xf6);
    else if (value instanceof Uint8Array) this.bytes(value);
    else if (value instanceof CborTime) this.time(value.sinceEpoch);
    else if (value instanceof CborDouble) this.double(value.value);
    else if (Array.isArray(value)) {
      this.#byte(OPEN_LIST);
      for (const item of value) this.value(item);
      this.#byte(BREAK);
    } else this.map(value);
  }

  map(members: object): void {
    this.#byte(OPEN_MAP);
    for (const [name, member] of Object.entries(members)) {
      if (member === undefined) continue;
      this.text(name);
      this.value(member);
    }
    this.#byte(BREAK);
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#head(3, length);
    this.#reserve(length);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  bytes(bytes: Uint8Array): void {
    this.#head(2, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  time(sinceEpoch: number): void {
    this.#byte(TIME_TAG);
    this.number(Math.round(sinceEpoch));
  }

  /** Whole numbers as integers, others as doubles. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#head(0, value);
      else this.#head(1, -1 - value);
      return;
    }
    this.double(value);
  }

  double(value: number): void {
    this.#byte(0xfb);
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleBE(value, this.#length);
  }

  /** A major type with its argument in the fewest bytes. */
  #head(type: number, argument: number): void {
    this.#reserve(9);
    const bytes = this.#bytes;
    const at = this.#length;
    const major = type << 5;
    if (argument < 24) this.#length = bytes.writeUInt8(major | argument, at);
    else if (argument < 0x100) this.#length = bytes.writeUInt8(argument, bytes.writeUInt8(major | 24, at));
    else if (argument < 0x10000)
      this.#length = bytes.writeUInt16BE(argument, bytes.writeUInt8(major | 25, at));
    else if (argument < TWO_32)
      this.#length = bytes.writeUInt32BE(argument, bytes.writeUInt8(major | 26, at));
    else {
      bytes.writeUInt8(major | 27, at);
      bytes.writeUInt32BE(Math.floor(argument / TWO_32), at + 1);
      this.#length = bytes.writeUInt32BE(argument % TWO_32, at + 5);
    }
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

export function encodeCbor(value: unknown): Buffer {
  const writer = new CborWriter();
  writer.value(value);
  return writer.take();
}
