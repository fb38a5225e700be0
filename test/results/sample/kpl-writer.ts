/**
 * An independent writer of the KPL's aggregates, from the description of the format and of protobuf's wire format: by
 * hexadecimal texts, with explicit hash keys and tags.
 */
import { createHash } from 'node:crypto';

export interface Packed {
  readonly key: string;
  readonly explicitHashKey?: string;
  readonly data: Buffer;
}

export function packAggregate(records: readonly Packed[]): Buffer {
  const keys = [...new Set(records.map(({ key }) => key))];
  const hashKeys = [...new Set(records.flatMap(({ explicitHashKey }) => explicitHashKey ?? []))];
  const text = (field: number) => (value: string) =>
    lengthened(field, Buffer.from(value, 'utf8').toString('hex'));
  const message = [
    ...keys.map(text(1)),
    ...hashKeys.map(text(2)),
    ...records.map(({ key, explicitHashKey, data }) =>
      lengthened(
        3,
        number(1, keys.indexOf(key)) +
          (explicitHashKey === undefined ? '' : number(2, hashKeys.indexOf(explicitHashKey))) +
          lengthened(3, data.toString('hex')) +
          // A tag, which readers pass over.
          lengthened(4, lengthened(1, '74616773')),
      ),
    ),
  ].join('');
  const digest = createHash('md5').update(Buffer.from(message, 'hex')).digest('hex');
  return Buffer.from(`f3899ac2${message}${digest}`, 'hex');
}

function lengthened(field: number, hex: string): string {
  return varint(BigInt(field * 8 + 2)) + varint(BigInt(hex.length / 2)) + hex;
}

function number(field: number, value: number): string {
  return varint(BigInt(field * 8)) + varint(BigInt(value));
}

function varint(value: bigint): string {
  const low = Number(value & 127n);
  const rest = value >> 7n;
  return rest === 0n ? byte(low) : byte(low | 128) + varint(rest);
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
