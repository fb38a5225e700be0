/**
 * Collects Kinesis records into PutRecords requests as the Kinesis Producer Library does. A request is closed when
 * it is full, when a record in it should have been sent, or when one shard has 256 KiB in it; closed requests wait
 * for a slot.
 */
import { KIB } from '../model/limits.ts';
import type { Parcel } from './aggregator.ts';
import { Fifo } from './fifo.ts';

/**
 * More for one shard in one request "makes traffic to that shard bursty, and might cause throttling" (source: KPL
 * collector.h).
 */
export const SHARD_BYTES = 256 * KIB;

export interface Collection {
  readonly parcels: readonly Parcel[];
  /** When it was closed. */
  readonly readyUs: number;
}

export class Collector {
  readonly #mostRecords: number;
  readonly #mostBytes: number;
  #open: Parcel[] = [];
  #bytes = 0;
  #deadlineUs = Infinity;
  readonly #shardBytes = new Map<number, number>();
  readonly #closed = new Fifo<Collection>();

  constructor(mostRecords: number, mostBytes: number) {
    this.#mostRecords = mostRecords;
    this.#mostBytes = mostBytes;
  }

  /** When the open request has to be closed; Infinity where none is open. */
  get nextUs(): number {
    return this.#deadlineUs;
  }

  put(parcel: Parcel, nowUs: number): void {
    if (this.#open.length > 0 && this.#bytes + parcel.bytes > this.#mostBytes) this.close(nowUs);
    this.#open.push(parcel);
    this.#bytes += parcel.bytes;
    this.#deadlineUs = Math.min(this.#deadlineUs, parcel.deadlineUs);
    const ofShard = (this.#shardBytes.get(parcel.shard) ?? 0) + parcel.bytes;
    this.#shardBytes.set(parcel.shard, ofShard);
    const isFull = this.#open.length >= this.#mostRecords || this.#bytes >= this.#mostBytes;
    if (isFull || ofShard >= SHARD_BYTES) this.close(nowUs);
  }

  /** Closes the open request, full or not. */
  close(nowUs: number): void {
    if (this.#open.length === 0) return;
    this.#closed.push({ parcels: this.#open, readyUs: nowUs });
    this.#open = [];
    this.#bytes = 0;
    this.#deadlineUs = Infinity;
    this.#shardBytes.clear();
  }

  /** The request that was closed first. */
  take(): Collection | undefined {
    return this.#closed.shift();
  }
}
