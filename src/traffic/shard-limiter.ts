/**
 * The brake of the Kinesis Producer Library: per shard a bucket of records and one of bytes, somewhat above the
 * shard's own limits, behind which Kinesis records wait. Every 25 ms those go on that the buckets have tokens for.
 *
 * Sources: KPL limiter.h and token_bucket.h (record bucket of 1,000, byte bucket of 10 MiB, both empty at the start,
 * `kDrainDelayMillis` 25). A shard's buckets start when its first record comes, as in the KPL.
 */
import { LIMITS, MIB } from '../model/limits.ts';
import { TOKEN, TokenBuckets } from '../model/token-bucket.ts';
import type { Parcel } from './aggregator.ts';
import { Fifo } from './fifo.ts';

export const DRAIN_US = 25_000;
const RECORD_BURST = 1000;
const BYTE_BURST = 10 * MIB;

interface ShardQueue {
  readonly records: TokenBuckets;
  readonly bytes: TokenBuckets;
  readonly waiting: Fifo<Parcel>;
}

export class ShardLimiter {
  readonly #recordsPerSec: number;
  readonly #bytesPerSec: number;
  readonly #queues = new Map<number, ShardQueue>();
  #waiting = 0;
  #nextDrainUs = 0;

  /** @param rateLimit part of a shard's limits that may pass, 1.5 by default of the KPL */
  constructor(rateLimit: number) {
    this.#recordsPerSec = Math.round(LIMITS.writeRecordsPerSec.value * rateLimit);
    this.#bytesPerSec = Math.round(LIMITS.writeBytesPerSec.value * rateLimit);
  }

  /** When to drain next; Infinity where nothing waits. */
  get nextUs(): number {
    return this.#waiting === 0 ? Infinity : this.#nextDrainUs;
  }

  put(parcel: Parcel, nowUs: number): void {
    if (this.#waiting++ === 0) {
      this.#nextDrainUs = Math.max(this.#nextDrainUs, Math.ceil(nowUs / DRAIN_US) * DRAIN_US);
    }
    this.#queueOf(parcel.shard, nowUs).waiting.push(parcel);
  }

  /**
   * Where it is time, takes out what the buckets have tokens for.
   * @param pass what to do with a parcel that goes on, or whose time is over
   * @param isOver whether a parcel's time is over; such a one costs no tokens
   */
  drain(nowUs: number, pass: (parcel: Parcel) => void, isOver: (parcel: Parcel) => boolean): void {
    if (nowUs < this.nextUs) return;
    this.#nextDrainUs = (Math.floor(nowUs / DRAIN_US) + 1) * DRAIN_US;
    for (const queue of this.#queues.values()) {
      for (let first = queue.waiting.peek(); first !== undefined; first = queue.waiting.peek()) {
        if (!isOver(first) && !takeTokens(queue, first.bytes, nowUs)) break;
        queue.waiting.shift();
        this.#waiting--;
        pass(first);
      }
    }
  }

  /** Takes everything out. */
  clear(): Parcel[] {
    const all: Parcel[] = [];
    for (const { waiting } of this.#queues.values()) {
      for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) all.push(first);
    }
    this.#waiting = 0;
    return all;
  }

  #queueOf(shard: number, nowUs: number): ShardQueue {
    let queue = this.#queues.get(shard);
    if (queue === undefined) {
      const bucket = (refillPerSec: number, burst: number): TokenBuckets =>
        new TokenBuckets(1, { refillPerSec, burst }, nowUs, 0);
      queue = {
        records: bucket(this.#recordsPerSec, RECORD_BURST),
        bytes: bucket(this.#bytesPerSec, BYTE_BURST),
        waiting: new Fifo(),
      };
      this.#queues.set(shard, queue);
    }
    return queue;
  }
}

function takeTokens({ records, bytes }: ShardQueue, cost: number, nowUs: number): boolean {
  if (records.levelAt(0, nowUs) < TOKEN || bytes.levelAt(0, nowUs) < cost * TOKEN) return false;
  records.take(0, 1);
  bytes.take(0, cost);
  return true;
}
