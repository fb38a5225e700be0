/**
 * The bodies of requests. That of PutRecords is written as bytes into a buffer that is used again: random data is copied as base64 text,
 * headers are written over it, keys are ready-made. Nothing is encoded twice, and no string is made per record.
 */
import type { Batch } from '../../traffic/producer.ts';
import type { PutApi } from '../../traffic/scenario.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import { HEADER_BYTES } from '../../traffic/payload.ts';
import { BodyPool } from '../../local/body-pool.ts';
import { Base64Header } from './base64-header.ts';
import { afterData, KeyText, RECORD_START } from './key-text.ts';
import { entriesOf, type WireKeys } from './put-entries.ts';
import { base64Length, padGroup, RandomText } from './random-text.ts';
import type { RecordData } from './record-data.ts';

/** Buffers that wait for the next request keep at most this. */
const MOST_SPARE_BYTES = 64 << 20;
const HEAD = `{"Records":[${RECORD_START}`;

/** How a request names its stream. */
export type StreamRef = { readonly StreamName: string } | { readonly StreamARN: string };

export interface PutBodyOptions {
  readonly stream: StreamRef;
  /** Default: PutRecords. */
  readonly api?: PutApi;
  readonly data: RecordData;
  readonly keys: WireKeys & { readonly size: number };
}

/** Writes the requests of a call. */
export interface BodyWriter {
  /** A request as it goes out; the buffer is to be given back when nobody reads it any more. */
  write(batch: Batch, records: RecordSlab): Buffer;
  giveBack(body: Buffer): void;
}

export function bodyWriterOf(options: PutBodyOptions): BodyWriter {
  return options.api === 'PutRecord' ? new LoneBody(options) : new PutBody(options);
}

/** The body of PutRecord. One record is little beside its request: it is made as a text. */
class LoneBody implements BodyWriter {
  readonly #options: PutBodyOptions;
  readonly #end: string;

  constructor(options: PutBodyOptions) {
    this.#options = options;
    this.#end = `,${JSON.stringify(options.stream).slice(1)}`;
  }

  write(batch: Batch, records: RecordSlab): Buffer {
    const { data, keys } = this.#options;
    const [{ Data, ...rest }] = entriesOf(batch, data.of(batch.slots, records), records, keys);
    const fields = JSON.stringify(rest).slice(1, -1);
    return Buffer.from(`{"Data":"${base64Of(Data)}",${fields}${this.#end}`);
  }

  giveBack(): void {}
}

export class PutBody implements BodyWriter {
  readonly #options: PutBodyOptions;
  readonly #keyText: KeyText;
  readonly #header: Base64Header;
  readonly #random = new RandomText();
  readonly #pool = new BodyPool(MOST_SPARE_BYTES);
  readonly #head = Buffer.from(HEAD);
  /** In place of the start of one more record. */
  readonly #tail: Buffer;

  constructor(options: PutBodyOptions) {
    const { stream, data, keys } = options;
    this.#options = options;
    this.#keyText = new KeyText(keys, keys.size);
    this.#header = new Base64Header(data.worker, data.runId, data.startEpochUs);
    this.#tail = Buffer.from(`],${JSON.stringify(stream).slice(1)}`);
  }

  /** A request as it goes out; the buffer is to be given back when nobody reads it any more. */
  write(batch: Batch, records: RecordSlab): Buffer {
    return batch.parcels === undefined ? this.#loneRecords(batch, records) : this.#parcels(batch, records);
  }

  /** Takes a body back once its request is over. One that may still be read is left to the garbage collector. */
  giveBack(body: Buffer): void {
    this.#pool.give(body);
  }

  #loneRecords({ slots }: Batch, records: RecordSlab): Buffer {
    const { data } = this.#options;
    const body = this.#pool.take(this.#lengthOf(slots, records));
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    this.#random.fill(body, 0, body.length);
    this.#head.copy(body);
    let at = this.#head.length;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const bytes = records.dataBytes[slot];
      const end = at + base64Length(bytes);
      if (!data.isRandom(records.source[slot])) this.#writeText(body, at, slot, records);
      else {
        padGroup(body, end, bytes % 3);
        if (bytes >= HEADER_BYTES) this.#header.write(view, at, records, slot);
      }
      at = this.#keyText.write(view, end, records.key[slot]);
    }
    this.#end(body, at);
    return body;
  }

  /** Exact. */
  #lengthOf(slots: Uint32Array, records: RecordSlab): number {
    let length = this.#head.length + this.#tail.length - 1 - RECORD_START.length;
    for (let i = 0; i < slots.length; i++) {
      length += base64Length(records.dataBytes[slots[i]]) + this.#keyText.lengthOf(records.key[slots[i]]);
    }
    return length;
  }

  /** A record whose data is not all random: lines, templates, what compresses. */
  #writeText(body: Buffer, at: number, slot: number, records: RecordSlab): void {
    const [data] = this.#options.data.of(Uint32Array.of(slot), records);
    body.write(base64Of(data), at, 'latin1');
  }

  /** The comma and the start of a record that does not come make room for the end. */
  #end(body: Buffer, at: number): void {
    this.#tail.copy(body, at - 1 - RECORD_START.length);
  }

  /** Packed records: each Kinesis record is made and encoded on its own. */
  #parcels(batch: Batch, records: RecordSlab): Buffer {
    const { data, keys, stream } = this.#options;
    const texts = entriesOf(batch, data.of(batch.slots, records), records, keys).map(
      ({ Data, PartitionKey, ExplicitHashKey }) => base64Of(Data) + afterData(PartitionKey, ExplicitHashKey),
    );
    const text = HEAD + texts.join('');
    return Buffer.from(`${text.slice(0, -1 - RECORD_START.length)}],${JSON.stringify(stream).slice(1)}`);
  }
}

function base64Of(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}
