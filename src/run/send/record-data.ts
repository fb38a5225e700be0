/**
 * The bytes of a record: the header where there is room for it, random bytes behind, none of them like another
 * record's.
 */
import { randomBytes } from 'node:crypto';
import { HEADER_BYTES, writeHeader } from '../../traffic/payload.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';

const POOL_BYTES = 1 << 20;

export class RecordData {
  readonly #runId: Uint8Array;
  readonly #startEpochUs: number;
  readonly #pool = randomBytes(POOL_BYTES);
  #at = 0;

  /** @param runId 16 bytes @param startEpochUs start of the schedule, microseconds since 1970 */
  constructor(runId: Uint8Array, startEpochUs: number) {
    this.#runId = runId;
    this.#startEpochUs = startEpochUs;
  }

  /** Data of the records in `slots`, each a view of one buffer. */
  of(slots: Uint32Array, records: RecordSlab): Uint8Array[] {
    let bytes = 0;
    for (let i = 0; i < slots.length; i++) bytes += records.dataBytes[slots[i]];
    const buffer = Buffer.allocUnsafe(bytes);
    const data: Uint8Array[] = [];
    for (let i = 0, offset = 0; i < slots.length; i++) {
      const length = records.dataBytes[slots[i]];
      const record = buffer.subarray(offset, offset + length);
      this.#fill(record);
      if (length >= HEADER_BYTES) this.#head(record, slots[i], records);
      data.push(record);
      offset += length;
    }
    return data;
  }

  #fill(record: Buffer): void {
    for (let written = 0; written < record.length;) {
      const part = Math.min(record.length - written, POOL_BYTES - this.#at);
      this.#pool.copy(record, written, this.#at, this.#at + part);
      written += part;
      this.#at = (this.#at + part) % POOL_BYTES;
    }
    // The next round over the pool is out of step with this one.
    this.#at = (this.#at + 1) % POOL_BYTES;
  }

  #head(record: Uint8Array, slot: number, records: RecordSlab): void {
    writeHeader(record, {
      worker: 1,
      runId: this.#runId,
      source: records.source[slot],
      attempt: records.attempts[slot] + 1,
      k: records.k[slot],
      dueUs: this.#startEpochUs + records.dueUs[slot],
    });
  }
}
