/**
 * The records of one put as columns: where each one's data and key stand in a body, and what became of it.
 *
 * The scanner fills it from the request's own body. The plain way round writes data and keys one behind the
 * other into a new body first. From there on both go the same way.
 */
import { LIMITS } from '../model/limits.ts';
import { base64Bytes } from './base64.ts';

export const MOST_RECORDS = LIMITS.recordsPerPutRecords.value;

/** Verdicts of fault rules, beside those of the throttle: the record is neither charged nor stored. */
export const THROTTLED_BY_FAULT = 100;
export const FAILED = 101;

/** One record as JSON.parse gives it, checked. */
export interface PutEntry {
  /** Base64. */
  readonly Data: string;
  /** Missing where the service spreads the records. */
  readonly PartitionKey?: string | undefined;
  readonly ExplicitHashKey?: string | undefined;
}

export class PutBatch {
  body: Buffer = Buffer.alloc(0);
  count = 0;
  /** Whether every key is ASCII, so that its bytes are its characters. */
  asciiKeys = true;
  /** Data is base64 text: `dataLength` counts characters, `dataBytes` the bytes they stand for. */
  readonly dataStart = new Uint32Array(MOST_RECORDS);
  readonly dataLength = new Uint32Array(MOST_RECORDS);
  readonly dataBytes = new Uint32Array(MOST_RECORDS);
  /** Keys are UTF-8 without escapes, their lengths in bytes. */
  readonly keyStart = new Uint32Array(MOST_RECORDS);
  readonly keyLength = new Uint32Array(MOST_RECORDS);
  /** ExplicitHashKey by index, where there is one. */
  readonly hashKeys = new Map<number, string>();

  /** Filled in by the put: shard number, verdict of the throttle, place in the shard where accepted. */
  readonly shard = new Uint32Array(MOST_RECORDS);
  readonly verdict = new Uint8Array(MOST_RECORDS);
  readonly counter = new Float64Array(MOST_RECORDS);

  /** Starts a new request. */
  begin(body: Buffer): void {
    this.body = body;
    this.count = 0;
    this.asciiKeys = true;
    if (this.hashKeys.size > 0) this.hashKeys.clear();
  }

  /** Lets go of the body, which would otherwise stay in memory until the next request. */
  end(): void {
    this.begin(EMPTY);
  }

  keyOf(i: number): string {
    const start = this.keyStart[i];
    const end = start + this.keyLength[i];
    return this.body.toString(this.asciiKeys ? 'latin1' : 'utf8', start, end);
  }

  /** Fills the batch from checked entries, at most as many as one request may carry. */
  fill(entries: readonly PutEntry[]): void {
    const texts = entries.flatMap((entry) => [entry.Data, entry.PartitionKey ?? '']);
    const lengths = texts.map((text) => Buffer.byteLength(text));
    const body = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0));
    this.begin(body);
    this.asciiKeys = false;
    this.count = entries.length;
    let at = 0;
    for (let i = 0; i < entries.length; i++) {
      this.dataStart[i] = at;
      this.dataLength[i] = lengths[2 * i];
      this.dataBytes[i] = base64Bytes(entries[i].Data);
      at += body.write(entries[i].Data, at, 'latin1');
      this.keyStart[i] = at;
      this.keyLength[i] = lengths[2 * i + 1];
      at += body.write(entries[i].PartitionKey ?? '', at, 'utf8');
      const hashKey = entries[i].ExplicitHashKey;
      if (hashKey !== undefined) this.hashKeys.set(i, hashKey);
    }
  }
}

const EMPTY = Buffer.alloc(0);
