/**
 * Packs records of the same shard into Kinesis records as the Kinesis Producer Library does: one open parcel per
 * shard, closed when the next record would make it too large, when it has as many as it may, or when its time is up.
 */
import { AGGREGATE_FRAME_BYTES, AGGREGATE_KEY, keyEntryBytes, recordEntryBytes } from '../model/kpl-codec.ts';
import type { RecordSlab } from './record-slab.ts';
import type { AggregateSpec } from './scenario.ts';
import { TimedHeap } from './timed-heap.ts';

/** The records of one Kinesis record. */
export interface Parcel {
  readonly shard: number;
  /** In order of packing; a lone one is sent as it is, under its own key. */
  readonly slots: readonly number[];
  /** Data and outer key, as the stream counts them. */
  readonly bytes: number;
  /** When it should have been sent, in microseconds. */
  readonly deadlineUs: number;
}

interface OpenParcel {
  readonly slots: number[];
  /** Positions of the partition keys in the aggregate's table. */
  readonly keys: Map<number, number>;
  messageBytes: number;
  deadlineUs: number;
}

export class Aggregator {
  readonly #records: RecordSlab;
  readonly #spec: AggregateSpec;
  readonly #closed: (parcel: Parcel, nowUs: number) => void;
  readonly #open = new Map<number, OpenParcel>();
  /** Shards by their deadline; an entry whose parcel was closed or is due earlier says nothing any more. */
  readonly #deadlines = new TimedHeap();

  /** @param closed is told of each parcel when it is closed */
  constructor(records: RecordSlab, spec: AggregateSpec, closed: (parcel: Parcel, nowUs: number) => void) {
    this.#records = records;
    this.#spec = spec;
    this.#closed = closed;
  }

  /** Not before this time does a parcel have to be closed; Infinity where none is open. */
  get nextUs(): number {
    return this.#open.size === 0 ? Infinity : this.#deadlines.nextUs;
  }

  /** Packs a record that is to be sent by its deadline. */
  put(slot: number, deadlineUs: number, nowUs: number): void {
    const shard = this.#records.shard[slot];
    let open = this.#open.get(shard);
    if (open !== undefined && sizeOf(open) + this.#addedBytes(open, slot) > this.#spec.maxBytes) {
      this.#close(shard, open, nowUs);
      open = undefined;
    }
    if (open === undefined) {
      open = { slots: [], keys: new Map(), messageBytes: 0, deadlineUs: Infinity };
      this.#open.set(shard, open);
    }
    open.messageBytes += this.#addedBytes(open, slot);
    const key = this.#records.key[slot];
    if (!open.keys.has(key)) open.keys.set(key, open.keys.size);
    open.slots.push(slot);
    if (deadlineUs < open.deadlineUs) {
      open.deadlineUs = deadlineUs;
      this.#deadlines.add(deadlineUs, shard);
    }
    const { maxBytes, maxCount } = this.#spec;
    if (open.slots.length >= maxCount || sizeOf(open) >= maxBytes) this.#close(shard, open, nowUs);
  }

  /** Closes what is due by now. */
  closeDue(nowUs: number): void {
    while (this.#deadlines.nextUs <= nowUs) {
      const shard = this.#deadlines.shift();
      const open = this.#open.get(shard);
      if (open !== undefined && open.deadlineUs <= nowUs) this.#close(shard, open, nowUs);
    }
  }

  closeAll(nowUs: number): void {
    for (const [shard, open] of this.#open) this.#close(shard, open, nowUs);
  }

  /** What the record would add to the message. */
  #addedBytes(open: OpenParcel, slot: number): number {
    const { key, keyBytes, dataBytes } = this.#records;
    const known = open.keys.get(key[slot]);
    if (known !== undefined) return recordEntryBytes(known, dataBytes[slot]);
    return keyEntryBytes(keyBytes[slot]) + recordEntryBytes(open.keys.size, dataBytes[slot]);
  }

  #close(shard: number, { slots, deadlineUs, messageBytes }: OpenParcel, nowUs: number): void {
    this.#open.delete(shard);
    if (slots.length === 1) this.#closed(loneParcel(this.#records, slots[0], deadlineUs), nowUs);
    else {
      const bytes = AGGREGATE_FRAME_BYTES + messageBytes + AGGREGATE_KEY.length;
      this.#closed({ shard, slots, bytes, deadlineUs }, nowUs);
    }
  }
}

/** Bytes of the aggregate's data. */
function sizeOf(open: OpenParcel): number {
  return AGGREGATE_FRAME_BYTES + open.messageBytes;
}

/** A record that goes unwrapped. */
export function loneParcel(records: RecordSlab, slot: number, deadlineUs: number): Parcel {
  const bytes = records.dataBytes[slot] + records.keyBytes[slot];
  return { shard: records.shard[slot], slots: [slot], bytes, deadlineUs };
}
