/** DER, the encoding of certificates (ITU-T X.690), as far as one needs it to write them. */

const SEQUENCE = 0x30;
const SET = 0x31;

/** A tag, the length of the content, the content. */
export function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

export function sequence(...contents: readonly Buffer[]): Buffer {
  return element(SEQUENCE, ...contents);
}

export function set(...contents: readonly Buffer[]): Buffer {
  return element(SET, ...contents);
}

/** A positive integer of big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return element(0x02, ...(significant[0] >= 0x80 ? [Buffer.from([0])] : []), significant);
}

/** `1.2.840.10045.4.3.2` and the like; the first two numbers share a byte. */
export function objectId(text: string): Buffer {
  const [first, second, ...others] = text.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second]), ...others.map(base128));
}

export function bool(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

export function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

/** Bits in whole bytes, but for the `unused` last ones. */
export function bits(content: Buffer, unused = 0): Buffer {
  return element(0x03, Buffer.from([unused]), content);
}

export function octets(content: Buffer): Buffer {
  return element(0x04, content);
}

/** A time of a year before 2050 as UTCTime, later ones as GeneralizedTime (source: RFC 5280, 4.1.2.5). */
export function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return Number(text.slice(0, 4)) < 2050
    ? element(0x17, Buffer.from(text.slice(2)))
    : element(0x18, Buffer.from(text));
}

/** A part of a structure that is told by its number. */
export function tagged(number: number, ...contents: readonly Buffer[]): Buffer {
  return element(0xa0 | number, ...contents);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}

function base128(number: number): Buffer {
  const bytes = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return Buffer.from(bytes);
}
