/**
 * What one record weighs: against the maximum record size, against a shard's bytes per second, and on the wire.
 */
import { LIMITS } from './limits.ts';

const ROUNDING = LIMITS.writeRounding.value;

/** Bytes of a record as Kinesis counts them: data before base64, plus the partition key in UTF-8. */
export function sizeOf(dataBytes: number, keyBytes: number): number {
  return dataBytes + keyBytes;
}

/** Bytes rounded up to whole KiB. */
export function roundUpToKiB(bytes: number): number {
  return Math.ceil(bytes / ROUNDING) * ROUNDING;
}

/**
 * Bytes that a record takes from its shard's bucket: what it adds to the rounded sum of the call on that shard.
 * @param bytes data and key of this record
 * @param before data and key bytes that the same call has already put on the shard; 0 for PutRecord
 * (source: developer guide, Troubleshooting producers: "rounding on the sum of the call")
 */
export function costOf(bytes: number, before: number): number {
  return roundUpToKiB(before + bytes) - roundUpToKiB(before);
}

/** Length of a text in UTF-8 without making the bytes. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
