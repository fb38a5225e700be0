/**
 * The write limit of a stream's shards: per shard one bucket for records and one for bytes; a record takes from
 * both or from neither. Records are charged call by call, in request order.
 *
 * AWS publishes no exact algorithm. This is the "capacity tank" of its Large records page, in the form of the
 * limiter in its own producer library; burst sizes are parameters.
 */
import { lengthened } from './column.ts';
import { LIMITS } from './limits.ts';
import { costOf, roundUpToKiB } from './record.ts';
import type { LayoutChange } from './shard-map.ts';
import { TOKEN, TokenBuckets } from './token-bucket.ts';

/** What the throttle said to one record. */
export const ACCEPTED = 0;
export const THROTTLED_BY_RECORDS = 1;
export const THROTTLED_BY_BYTES = 2;
export type Verdict = typeof ACCEPTED | typeof THROTTLED_BY_RECORDS | typeof THROTTLED_BY_BYTES;

export interface ThrottleOptions {
  /** Largest record of the stream in bytes; the byte bucket holds at least one. Default 1 MiB. */
  readonly maxRecordBytes?: number;
  /** Byte burst in bytes; default 1 MiB, or what the largest record costs where that is more. */
  readonly byteBurst?: number;
  /** Level of every bucket at the start, 0…1. Default 1, full. */
  readonly initialFill?: number;
}

export class Throttle {
  readonly #records: TokenBuckets;
  #bytes: TokenBuckets;
  #calledAt: Float64Array;
  #calledBytes: Float64Array;
  #call = 0;
  #nowUs = 0;

  /** Buckets for shards 0 … capacity - 1, by shard number; children of later reshards need `grow` first. */
  constructor(capacity: number, nowUs: number, options: ThrottleOptions = {}) {
    const byteBurst =
      options.byteBurst ?? byteBurstFor(options.maxRecordBytes ?? LIMITS.defaultMaxRecordBytes.value);
    const fill = options.initialFill ?? 1;
    this.#records = new TokenBuckets(
      capacity,
      { refillPerSec: LIMITS.writeRecordsPerSec.value, burst: LIMITS.writeRecordBurst.value },
      nowUs,
      fill,
    );
    this.#bytes = new TokenBuckets(
      capacity,
      { refillPerSec: LIMITS.writeBytesPerSec.value, burst: byteBurst },
      nowUs,
      fill,
    );
    this.#calledAt = new Float64Array(capacity);
    this.#calledBytes = new Float64Array(capacity);
  }

  /** The stream takes records of another size from now on: the byte buckets hold at least one. */
  takeRecordsUpTo(maxRecordBytes: number, nowUs: number): void {
    this.#bytes = this.#bytes.withBurst(byteBurstFor(maxRecordBytes), nowUs);
  }

  /** Starts a call (one PutRecord or PutRecords request). All of it is charged at the same microsecond. */
  beginCall(nowUs: number): void {
    this.#call++;
    this.#nowUs = nowUs;
  }

  /** Charges one record of the call, in request order. A refusal takes nothing and does not stop the rest. */
  charge(shard: number, bytes: number): Verdict {
    if (this.#calledAt[shard] !== this.#call) {
      this.#calledAt[shard] = this.#call;
      this.#calledBytes[shard] = 0;
    }
    const cost = costOf(bytes, this.#calledBytes[shard]);
    if (this.#records.levelAt(shard, this.#nowUs) < TOKEN) return THROTTLED_BY_RECORDS;
    if (this.#bytes.levelAt(shard, this.#nowUs) < cost * TOKEN) return THROTTLED_BY_BYTES;
    this.#records.take(shard, 1);
    this.#bytes.take(shard, cost);
    this.#calledBytes[shard] += bytes;
    return ACCEPTED;
  }

  /** Makes room for shards up to number `capacity` - 1; each must inherit its level before it is charged. */
  grow(capacity: number): void {
    this.#records.grow(capacity);
    this.#bytes.grow(capacity);
    this.#calledAt = lengthened(this.#calledAt, capacity);
    this.#calledBytes = lengthened(this.#calledBytes, capacity);
  }

  /** Every split and merge of a change in turn. */
  reshard(change: LayoutChange, nowUs: number): void {
    this.grow(change.map.all.length);
    for (const step of change.steps) {
      if (step.kind === 'split') this.split(step.parents[0], step.children, nowUs);
      else this.merge(step.parents, step.children[0], nowUs);
    }
  }

  /** After a split: both children start at the level of their parent. */
  split(parent: number, children: readonly [number, number], nowUs: number): void {
    for (const buckets of [this.#records, this.#bytes]) {
      for (const child of children) buckets.inherit(child, [parent], nowUs);
    }
  }

  /** After a merge: the child starts at the lower of its parents' levels. */
  merge(parents: readonly [number, number], child: number, nowUs: number): void {
    for (const buckets of [this.#records, this.#bytes]) {
      buckets.inherit(child, parents, nowUs);
    }
  }
}

/** Bytes in a full bucket where nothing else is wanted. */
function byteBurstFor(maxRecordBytes: number): number {
  return Math.max(LIMITS.writeByteBurst.value, roundUpToKiB(maxRecordBytes));
}

export interface CallRecord {
  /** Shard number. */
  readonly shard: number;
  /** Data and key bytes. */
  readonly bytes: number;
}

/** One whole call in rows, for tests and readers. */
export function chargeCall(throttle: Throttle, nowUs: number, records: readonly CallRecord[]): Verdict[] {
  throttle.beginCall(nowUs);
  return records.map((record) => throttle.charge(record.shard, record.bytes));
}
