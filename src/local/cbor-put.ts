/**
 * A decoded CBOR request of PutRecords as Java SDKs write it, taken over without the checks of the plain way: it gives up
 * on whatever is not as plain as that, and the plain way decides.
 */
import { LIMITS } from '../model/limits.ts';
import { MOST_RECORDS, type PutBatch, type PutEntry } from './put-batch.ts';
import { isReference, type ScannedReference } from './put-scanner.ts';

const MOST_KEY_UNITS = LIMITS.partitionKeyChars.value;

/**
 * Fills `batch` from a decoded request.
 * @returns how the request names its stream, or undefined where the plain way has to look
 */
export function readPut(input: unknown, batch: PutBatch): ScannedReference | undefined {
  if (!isMap(input)) return undefined;
  const { Records: records, StreamName, StreamARN, ...others } = input;
  if (Object.keys(others).length > 0 || !Array.isArray(records)) return undefined;
  if (!isNameOrAbsent('StreamName', StreamName) || !isNameOrAbsent('StreamARN', StreamARN)) return undefined;
  if (records.length === 0 || records.length > MOST_RECORDS) return undefined;
  const entries: PutEntry[] = [];
  for (const record of records) {
    const entry = entryOf(record);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  batch.fill(entries);
  return { StreamName, StreamARN };
}

function isNameOrAbsent(name: 'StreamName' | 'StreamARN', text: unknown): text is string | undefined {
  return text === undefined || (typeof text === 'string' && isReference(name, text));
}

function entryOf(record: unknown): PutEntry | undefined {
  if (!isMap(record)) return undefined;
  const { Data, PartitionKey, ExplicitHashKey, ...others } = record;
  for (const _ in others) return undefined;
  if (!(Data instanceof Buffer) || typeof PartitionKey !== 'string') return undefined;
  if (PartitionKey === '' || PartitionKey.length > MOST_KEY_UNITS) return undefined;
  const data = Data.toString('base64');
  if (ExplicitHashKey === undefined) return { Data: data, PartitionKey };
  if (typeof ExplicitHashKey !== 'string' || !/^(0|[1-9]\d{0,38})$/.test(ExplicitHashKey)) return undefined;
  return { Data: data, PartitionKey, ExplicitHashKey };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
