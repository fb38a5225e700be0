/**
 * The forms in which a request and its reply may come: AWS JSON, and the CBOR of the Java SDKs. Operations know
 * only the first: blobs are base64 there, and times are seconds.
 */
import { decodeCbor, CborError } from './cbor.ts';
import { CborTime, encodeCbor } from './cbor-writer.ts';
import type { OperationResult } from './operation.ts';
import { malformed } from './service-error.ts';
import type { Fields, Shape } from './shape.ts';

export interface WireFormat {
  readonly contentType: string;
  /** The request's members as the format has them. @throws ServiceError SerializationException */
  readonly read: (body: Buffer) => object;
  /** What `read` gave, as operations know it. @throws ServiceError SerializationException */
  readonly adapt: (fields: Fields, input: unknown) => unknown;
  readonly write: (result: OperationResult) => Buffer;
}

const EMPTY = Buffer.alloc(0);

export const JSON_FORMAT: WireFormat = {
  contentType: 'application/x-amz-json-1.1',
  read: readJson,
  adapt: (_, input) => input,
  write: (result) => {
    if (Buffer.isBuffer(result)) return result;
    return result === undefined ? EMPTY : Buffer.from(JSON.stringify(result));
  },
};

export const CBOR_FORMAT: WireFormat = {
  contentType: 'application/x-amz-cbor-1.1',
  read: readCbor,
  adapt: (fields, input) => adaptStructure(fields, input),
  write: (result) => {
    if (result === undefined) return EMPTY;
    // PutRecords answers in JSON text where it went the plain way.
    return encodeCbor(cborOf(Buffer.isBuffer(result) ? JSON.parse(result.toString('latin1')) : result));
  },
};

/** The format of a content type, without its parameters; undefined for others. */
export function formatOf(contentType: string): WireFormat | undefined {
  if (contentType === JSON_FORMAT.contentType) return JSON_FORMAT;
  return contentType === CBOR_FORMAT.contentType ? CBOR_FORMAT : undefined;
}

function readJson(body: Buffer): object {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed();
  }
  return requireObject(input);
}

/** @throws ServiceError SerializationException */
export function readCbor(body: Buffer): object {
  try {
    return requireObject(decodeCbor(body));
  } catch (error) {
    if (error instanceof CborError) throw malformed();
    throw error;
  }
}

function requireObject(input: unknown): object {
  if (typeof input !== 'object' || input === null || input instanceof Uint8Array) throw malformed();
  return input;
}

function adaptStructure(fields: Fields, input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(
    Object.entries(input)
      .filter(([name]) => Object.hasOwn(fields, name))
      .map(([name, value]) => [name, adaptValue(fields[name], value)]),
  );
}

/** Byte strings become base64 and times seconds; bytes elsewhere, and numbers that JSON does not have, are refused. */
function adaptValue(shape: Shape, value: unknown): unknown {
  if (value instanceof Uint8Array) {
    if (shape.type === 'Blob') return bufferOf(value).toString('base64');
    throw malformed();
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw malformed();
    return shape.type === 'Timestamp' ? value / 1000 : value;
  }
  if (typeof value === 'string' && shape.type === 'Blob') throw malformed();
  if (shape.type === 'Structure') return adaptStructure(shape.fields, value);
  if (shape.type === 'List' && Array.isArray(value)) return value.map((item) => adaptValue(shape.of, item));
  return value;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Members of replies that are blobs, and those that are times (source: the SDK's model, November 2026). */
const BLOBS = new Set(['Data']);
const TIMES = new Set([
  'ApproximateArrivalTimestamp',
  'ConsumerCreationTimestamp',
  'EarliestAllowedEndAt',
  'EndedAt',
  'StartedAt',
  'StreamCreationTimestamp',
]);

/** A reply's content with its blobs as bytes and its times as times. */
function cborOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cborOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (BLOBS.has(name) && typeof member === 'string') return [name, Buffer.from(member, 'base64')];
      if (TIMES.has(name) && typeof member === 'number') return [name, new CborTime(member * 1000)];
      return [name, cborOf(member)];
    }),
  );
}
