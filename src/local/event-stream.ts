/**
 * AWS's event stream encoding (application/vnd.amazon.eventstream), the writing half: each message is a prelude of two
 * lengths and their CRC32, headers, a payload, and a CRC32 of everything before it (source: the Smithy specification,
 * "Amazon Event Stream").
 */

export const EVENT_STREAM_TYPE = 'application/vnd.amazon.eventstream';

/** Type number of a header whose value is a text. */
const TEXT = 7;
const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;

/** One message. Header names and values are at most 255 and 65,535 bytes long. */
export function encodeMessage(headers: Readonly<Record<string, string>>, payload: Uint8Array): Buffer {
  const entries = Object.entries(headers);
  const headerBytes = entries.reduce(
    (sum, [name, value]) => sum + 4 + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  const total = PRELUDE_BYTES + headerBytes + payload.length + CRC_BYTES;
  const message = Buffer.allocUnsafe(total);
  message.writeUInt32BE(total, 0);
  message.writeUInt32BE(headerBytes, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  let at = PRELUDE_BYTES;
  for (const [name, value] of entries) {
    at = message.writeUInt8(Buffer.byteLength(name), at);
    at += message.write(name, at);
    at = message.writeUInt8(TEXT, at);
    at = message.writeUInt16BE(Buffer.byteLength(value), at);
    at += message.write(value, at);
  }
  message.set(payload, at);
  message.writeUInt32BE(crc32(message.subarray(0, total - CRC_BYTES)), total - CRC_BYTES);
  return message;
}

/** What a byte does to a CRC, and what it does from one, two and three places further on. */
const TABLES = tables();

/** CRC32 as zlib has it (polynomial 0xEDB88320, reflected), four bytes at a time. */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = TABLES;
  let crc = -1;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc = t3[crc & 255] ^ t2[(crc >>> 8) & 255] ^ t1[(crc >>> 16) & 255] ^ t0[crc >>> 24];
  }
  for (; at < bytes.length; at++) crc = t0[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function tables(): Int32Array[] {
  const all = Array.from({ length: 4 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    all[0][byte] = crc;
  }
  for (let place = 1; place < 4; place++) {
    for (let byte = 0; byte < 256; byte++) {
      const crc = all[place - 1][byte];
      all[place][byte] = all[0][crc & 255] ^ (crc >>> 8);
    }
  }
  return all;
}
