/**
 * A record as a file has it: as GetRecords replies and Lambda's events write it, or as a row of a table.
 */
import { parseHashKey } from '../../model/hash-key.ts';
import { lineTime } from '../evidence/log-time.ts';

export interface FileRecord {
  /** Undefined where it has none. */
  readonly key: string | undefined;
  /** Undefined where the file has only its size, or not even that. */
  readonly data?: Uint8Array;
  /** Of the data alone. */
  readonly dataBytes?: number;
  /** Milliseconds since 1970. */
  readonly atMs?: number;
  /** Decimal. */
  readonly explicitHashKey?: string;
}

/** Names of a record's parts, without regard to case, `_` and `-`. */
export const PARTS = {
  key: ['partitionkey', 'key'],
  data: ['data'],
  bytes: ['bytes', 'size'],
  time: ['timestamp', 'time', 'approximatearrivaltimestamp'],
  hashKey: ['explicithashkey'],
} as const;
export type Part = keyof typeof PARTS;

/** Which part of a record a name means. */
export function partOf(name: string): Part | undefined {
  const plain = name.trim().toLowerCase().replaceAll(/[_-]/g, '');
  return (Object.keys(PARTS) as Part[]).find((part) => (PARTS[part] as readonly string[]).includes(plain));
}

/** Undefined where the text is no record. */
export function recordOfJson(text: string): FileRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kinesis } = value as { readonly kinesis?: unknown };
  const fields = typeof kinesis === 'object' && kinesis !== null ? kinesis : value;
  const parts: Partial<Record<Part, unknown>> = {};
  for (const [name, field] of Object.entries(fields)) {
    const part = partOf(name);
    if (part !== undefined && field !== null) parts[part] ??= field;
  }
  return recordOf(parts);
}

/**
 * Undefined where a part is not what it has to be, or there are neither a key nor data.
 * @param parts texts, or what JSON has
 */
export function recordOf({
  key,
  data,
  bytes,
  time,
  hashKey,
}: Partial<Record<Part, unknown>>): FileRecord | undefined {
  if (key !== undefined && (typeof key !== 'string' || key === '')) return undefined;
  if (key === undefined && data === undefined) return undefined;
  const blob = data === undefined ? undefined : bytesOf(data);
  const dataBytes = bytes === undefined ? undefined : countOf(bytes);
  const atMs = time === undefined ? undefined : timeOf(time);
  if ((data !== undefined && blob === undefined) || dataBytes === null || atMs === null) return undefined;
  if (hashKey !== undefined && !isHashKey(hashKey)) return undefined;
  return {
    key,
    ...(blob !== undefined && { data: blob }),
    ...(dataBytes !== undefined && { dataBytes }),
    ...(atMs !== undefined && { atMs }),
    ...(hashKey !== undefined && { explicitHashKey: hashKey }),
  };
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function bytesOf(data: unknown): Uint8Array | undefined {
  if (typeof data !== 'string' || data.length % 4 !== 0 || !BASE64.test(data)) return undefined;
  return Buffer.from(data, 'base64');
}

function countOf(bytes: unknown): number | null {
  const count = typeof bytes === 'string' && /^\s*\d+\s*$/.test(bytes) ? Number(bytes) : bytes;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** Seconds or milliseconds since 1970, or ISO 8601 (UTC where it names no zone). */
function timeOf(time: unknown): number | null {
  if (typeof time === 'number')
    return Number.isFinite(time) ? Math.floor(time < 1e11 ? time * 1000 : time) : null;
  return typeof time === 'string' ? lineTime(time, { year: 1970, month: 1 }) : null;
}

function isHashKey(text: unknown): text is string {
  return typeof text === 'string' && parseHashKey(text) !== undefined;
}
