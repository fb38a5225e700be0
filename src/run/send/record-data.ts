/**
 * The bytes of a record: the header where there is room for it, random bytes behind, none of them like another
 * record's; or, where a source's payload is a text, that text and no header.
 */
import { randomBytes } from 'node:crypto';
import { HEADER_BYTES, writeHeader } from '../../traffic/payload.ts';
import { textOf } from '../../traffic/payload-text.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import type { Source } from '../../traffic/scenario.ts';

const POOL_BYTES = 1 << 20;

export class RecordData {
  /** Number of the sending thread, in every header. */
  readonly worker: number;
  readonly runId: Uint8Array;
  readonly startEpochUs: number;
  readonly #pool = randomBytes(POOL_BYTES);
  readonly #sources: readonly Source[];
  readonly #areRandom: readonly boolean[];
  readonly #nameOf: (key: number) => string;
  #at = 0;

  /**
   * @param runId 16 bytes
   * @param startEpochUs start of the schedule, microseconds since 1970
   * @param nameOf the partition key of a number
   * @param worker number of the sending thread, from 1
   */
  constructor(
    runId: Uint8Array,
    startEpochUs: number,
    sources: readonly Source[],
    nameOf: (key: number) => string,
    worker = 1,
  ) {
    this.worker = worker;
    this.runId = runId;
    this.startEpochUs = startEpochUs;
    this.#sources = sources;
    this.#areRandom = sources.map(
      ({ size, compressibility = 0 }) =>
        size.kind !== 'lines' && size.kind !== 'template' && compressibility === 0,
    );
    this.#nameOf = nameOf;
  }

  /** Whether a source's data is random bytes behind the header, and nothing else. */
  isRandom(source: number): boolean {
    return this.#areRandom[source];
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
      this.#write(record, slots[i], records);
      data.push(record);
      offset += length;
    }
    return data;
  }

  #write(record: Buffer, slot: number, records: RecordSlab): void {
    const { size, compressibility = 0 } = this.#sources[records.source[slot]];
    if (size.kind === 'lines') {
      record.set(size.lines.lineOf(records.k[slot]));
      return;
    }
    if (size.kind === 'template') {
      const fields = { n: records.k[slot], key: this.#nameOf(records.key[slot]), dueUs: records.dueUs[slot] };
      record.write(textOf(size.template, fields));
      return;
    }
    const random = Math.round(record.length * (1 - compressibility));
    this.#fill(record.subarray(0, random));
    record.fill(0, random);
    if (record.length >= HEADER_BYTES) this.#head(record, slot, records);
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
      worker: this.worker,
      runId: this.runId,
      source: records.source[slot],
      attempt: records.attempts[slot] + 1,
      k: records.k[slot],
      dueUs: this.startEpochUs + records.dueUs[slot],
    });
  }
}
