/**
 * The format in which the Kinesis Producer Library packs many user records into one Kinesis record.
 *
 * Four magic bytes, a protobuf (proto2) message, and the MD5 of that message:
 *
 *     AggregatedRecord { repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2;
 *                        repeated Record records = 3; }
 *     Record           { required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2;
 *                        required bytes data = 3; repeated Tag tags = 4; }
 *
 * Source: aggregation-format.md of awslabs/amazon-kinesis-producer. Written in full but for explicit hash keys and
 * tags, which our records have none of; read in full, tags aside.
 */
import { hash } from 'node:crypto';
import { utf8Length } from './record.ts';

const MAGIC = [0xf3, 0x89, 0x9a, 0xc2] as const;
const DIGEST_BYTES = 16;

/** Magic and digest: what an aggregate has besides its message. */
export const AGGREGATE_FRAME_BYTES = MAGIC.length + DIGEST_BYTES;

/** Partition key of every aggregate; what routes it is its explicit hash key (source: KPL kinesis_record.cc). */
export const AGGREGATE_KEY = 'a';

const TAG_KEY = 0x0a;
const TAG_RECORD = 0x1a;
const TAG_KEY_INDEX = 0x08;
const TAG_DATA = 0x1a;

/** A user record as it comes out of an aggregate. */
export interface UserRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** What a partition key of `keyBytes` adds to a message that does not have it yet, in bytes. */
export function keyEntryBytes(keyBytes: number): number {
  return 1 + varintBytes(keyBytes) + keyBytes;
}

/** What a user record adds to a message, its key aside, in bytes. */
export function recordEntryBytes(keyIndex: number, dataBytes: number): number {
  const body = recordBodyBytes(keyIndex, dataBytes);
  return 1 + varintBytes(body) + body;
}

function recordBodyBytes(keyIndex: number, dataBytes: number): number {
  return 1 + varintBytes(keyIndex) + 1 + varintBytes(dataBytes) + dataBytes;
}

/**
 * Packs user records into the data of one Kinesis record.
 * @param keys the different partition keys
 * @param keyOf for each record the position of its key in `keys`
 * @param data for each record its data
 */
export function encodeAggregate(
  keys: readonly string[],
  keyOf: ArrayLike<number>,
  data: readonly Uint8Array[],
): Uint8Array {
  const out = new Writer(messageBytes(keys, keyOf, data) + AGGREGATE_FRAME_BYTES);
  out.bytes(Uint8Array.from(MAGIC));
  for (const key of keys) {
    out.varint(TAG_KEY);
    out.text(key);
  }
  for (let i = 0; i < data.length; i++) {
    out.varint(TAG_RECORD);
    out.varint(recordBodyBytes(keyOf[i], data[i].length));
    out.varint(TAG_KEY_INDEX);
    out.varint(keyOf[i]);
    out.varint(TAG_DATA);
    out.varint(data[i].length);
    out.bytes(data[i]);
  }
  out.bytes(digestOf(out.written.subarray(MAGIC.length, out.at)));
  return out.written;
}

function messageBytes(
  keys: readonly string[],
  keyOf: ArrayLike<number>,
  data: readonly Uint8Array[],
): number {
  let bytes = 0;
  for (const key of keys) bytes += keyEntryBytes(utf8Length(key));
  for (let i = 0; i < data.length; i++) bytes += recordEntryBytes(keyOf[i], data[i].length);
  return bytes;
}

/**
 * Unpacks the data of a Kinesis record, or gives undefined where it is no aggregate: another beginning, another
 * digest, or a message that cannot be read. Such data is a plain record (the KPL's own rule).
 */
export function decodeAggregate(bytes: Uint8Array): UserRecord[] | undefined {
  if (!isFramed(bytes)) return undefined;
  const message = bytes.subarray(MAGIC.length, bytes.length - DIGEST_BYTES);
  const digest = bytes.subarray(bytes.length - DIGEST_BYTES);
  if (digestOf(message).some((byte, i) => byte !== digest[i])) return undefined;
  return readMessage(message);
}

/** Whether data begin as an aggregate does, and are long enough for one. */
export function isFramed(bytes: Uint8Array): boolean {
  return bytes.length >= AGGREGATE_FRAME_BYTES && MAGIC.every((byte, i) => bytes[i] === byte);
}

function readMessage(message: Uint8Array): UserRecord[] | undefined {
  const keys: string[] = [];
  const hashKeys: string[] = [];
  const bodies: Uint8Array[] = [];
  const isRead = eachField(message, (field, _, bytes) => {
    if (field === 1) keys.push(textOf(bytes));
    else if (field === 2) hashKeys.push(textOf(bytes));
    else if (field === 3) bodies.push(bytes);
  });
  if (!isRead) return undefined;
  const records = bodies.map((body) => readRecord(body, keys, hashKeys));
  return records.every((record) => record !== undefined) ? records : undefined;
}

function readRecord(
  body: Uint8Array,
  keys: readonly string[],
  hashKeys: readonly string[],
): UserRecord | undefined {
  let partitionKey: string | undefined;
  let explicitHashKey: string | undefined;
  let data: Uint8Array | undefined;
  const isRead = eachField(body, (field, value, bytes) => {
    if (field === 1) partitionKey = keys.at(value);
    else if (field === 2) explicitHashKey = hashKeys.at(value);
    else if (field === 3) data = bytes;
  });
  if (!isRead || partitionKey === undefined || data === undefined) return undefined;
  return { partitionKey, ...(explicitHashKey === undefined ? {} : { explicitHashKey }), data };
}

const NOTHING = new Uint8Array(0);

/** Walks over the fields of a message; false where it ends in the middle of one or holds an unknown wire type. */
function eachField(
  message: Uint8Array,
  take: (field: number, value: number, bytes: Uint8Array) => void,
): boolean {
  for (let at = 0; at < message.length;) {
    const tag = readVarint(message, at);
    const value = tag && readVarint(message, tag.end);
    if (!tag || !value) return false;
    const wireType = tag.value % 8;
    const end = wireType === 2 ? value.end + value.value : value.end;
    if ((wireType !== 0 && wireType !== 2) || end > message.length) return false;
    take(
      (tag.value - wireType) / 8,
      value.value,
      wireType === 2 ? message.subarray(value.end, end) : NOTHING,
    );
    at = end;
  }
  return true;
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = start, unit = 1; at < bytes.length && at < start + 10; at++, unit *= 128) {
    value += (bytes[at] & 0x7f) * unit;
    if (bytes[at] < 0x80) return Number.isSafeInteger(value) ? { value, end: at + 1 } : undefined;
  }
  return undefined;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function digestOf(message: Uint8Array): Uint8Array {
  return hash('md5', message, 'buffer');
}

class Writer {
  readonly written: Uint8Array;
  at = 0;

  constructor(length: number) {
    this.written = new Uint8Array(length);
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.written[this.at++] = (rest % 128) | 0x80;
    this.written[this.at++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    this.written.set(bytes, this.at);
    this.at += bytes.length;
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.varint(bytes.length);
    this.bytes(bytes);
  }
}
