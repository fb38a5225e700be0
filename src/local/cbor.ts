/**
 * CBOR (RFC 8949), as far as AWS speaks it: what Java SDKs send instead of JSON, and the reply to it.
 *
 * Read: integers and floats of every width, byte strings, texts, lists and maps, of definite and indefinite length;
 * tags are passed over. Refused: what does not end, ends too early, nests too deeply, or names a member twice.
 */

/** Lists and maps within each other; Kinesis needs four. */
const MOST_DEPTH = 32;
/** What may stand in lists and maps altogether: each costs memory that its one byte does not show. */
const MOST_ITEMS = 1_000_000;

const BREAK = 0xff;
const INDEFINITE = 31;
const TWO_32 = 4_294_967_296;

/** The body is no CBOR that we would read. */
export class CborError extends Error {}

/** Byte strings are views of the body they came in, or copies where they came in pieces. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly CborValue[]
  | { readonly [name: string]: CborValue };

/**
 * The one value that a body holds.
 * @throws CborError
 */
export function decodeCbor(body: Buffer): CborValue {
  const reader = new Reader(body);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #body: Buffer;
  #at = 0;
  #items = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  end(): void {
    if (this.#at !== this.#body.length) throw new CborError('there is more behind the value');
  }

  value(depth: number): CborValue {
    const initial = this.#byte();
    const info = initial & 31;
    switch (initial >> 5) {
      case 0:
        return this.#argument(info);
      case 1:
        return -1 - this.#argument(info);
      case 2:
        return info === INDEFINITE ? Buffer.concat(this.#pieces(2)) : this.#bytes(this.#argument(info));
      case 3:
        return info === INDEFINITE ? this.#pieces(3).map(textOf).join('') : this.#text(this.#argument(info));
      case 4:
        return this.#list(info, this.#deeper(depth));
      case 5:
        return this.#map(info, this.#deeper(depth));
      case 6:
        this.#argument(info);
        return this.value(this.#deeper(depth));
      default:
        return this.#simple(info);
    }
  }

  #deeper(depth: number): number {
    if (depth >= MOST_DEPTH) throw new CborError('it nests too deeply');
    return depth + 1;
  }

  #byte(): number {
    if (this.#at >= this.#body.length) throw new CborError('it ends too early');
    return this.#body[this.#at++];
  }

  /** Where `count` bytes begin that are certainly there. */
  #passed(count: number): number {
    const start = this.#at;
    if (count > this.#body.length - start) throw new CborError('it ends too early');
    this.#at = start + count;
    return start;
  }

  /** The number behind an initial byte; above 2^53 the nearest double, as JSON would have it. */
  #argument(info: number): number {
    if (info < 24) return info;
    switch (info) {
      case 24:
        return this.#body[this.#passed(1)];
      case 25:
        return this.#body.readUInt16BE(this.#passed(2));
      case 26:
        return this.#body.readUInt32BE(this.#passed(4));
      case 27: {
        const at = this.#passed(8);
        return this.#body.readUInt32BE(at) * TWO_32 + this.#body.readUInt32BE(at + 4);
      }
      default:
        throw new CborError('a length is reserved');
    }
  }

  #simple(info: number): CborValue {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 25:
        return halfOf(this.#body.readUInt16BE(this.#passed(2)));
      case 26:
        return this.#body.readFloatBE(this.#passed(4));
      case 27:
        return this.#body.readDoubleBE(this.#passed(8));
      default:
        throw new CborError('a simple value is unknown');
    }
  }

  #bytes(length: number): Buffer {
    const start = this.#passed(length);
    return this.#body.subarray(start, start + length);
  }

  #text(length: number): string {
    const start = this.#passed(length);
    return this.#body.toString('utf8', start, start + length);
  }

  /** The pieces of a string of indefinite length: of definite length and of the same type. */
  #pieces(type: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (;;) {
      const initial = this.#byte();
      if (initial === BREAK) return pieces;
      if (initial >> 5 !== type) throw new CborError('a piece of a string is of another type');
      this.#count();
      pieces.push(this.#bytes(this.#argument(initial & 31)));
    }
  }

  #list(info: number, depth: number): CborValue[] {
    const left = this.#lengthOf(info, 1);
    const list: CborValue[] = [];
    while (left === undefined ? !this.#isBroken() : list.length < left) {
      this.#count();
      list.push(this.value(depth));
    }
    return list;
  }

  #map(info: number, depth: number): Record<string, CborValue> {
    const left = this.#lengthOf(info, 2);
    const map: Record<string, CborValue> = {};
    for (let i = 0; left === undefined ? !this.#isBroken() : i < left; i++) {
      this.#count();
      const name = this.value(depth);
      if (typeof name !== 'string') throw new CborError('a name is no text');
      if (name === '__proto__' || Object.hasOwn(map, name)) throw new CborError('a name is there twice');
      map[name] = this.value(depth);
    }
    return map;
  }

  /** Entries to come; undefined where only a break will tell. Each takes `least` bytes or more. */
  #lengthOf(info: number, least: number): number | undefined {
    if (info === INDEFINITE) return undefined;
    const length = this.#argument(info);
    if (length * least > this.#body.length - this.#at) throw new CborError('it ends too early');
    return length;
  }

  #isBroken(): boolean {
    if (this.#body[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  #count(): void {
    if (++this.#items > MOST_ITEMS) throw new CborError('it has too many parts');
  }
}

function textOf(piece: Buffer): string {
  return piece.toString('utf8');
}

/** A float of 16 bits (RFC 8949, appendix D). */
function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return (sign * mantissa) / 2 ** 24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
