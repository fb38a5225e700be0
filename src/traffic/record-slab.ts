/**
 * The records that a producer holds, as columns: a slot is a number, taken when a record enters and given back
 * when it is finished. Nothing is allocated per record.
 */
import { ATTEMPT, type AttemptOutcome } from '../model/outcome.ts';

/** Records as columns, with all that a slot is told of them. */
export interface SlabColumns {
  readonly dueUs: Float64Array;
  readonly k: Float64Array;
  readonly key: Uint32Array;
  readonly shard: Uint32Array;
  readonly dataBytes: Uint32Array;
  readonly keyBytes: Uint16Array;
  readonly source: Uint16Array;
  /** Written by the slab. */
  readonly slot: Uint32Array;
}

export class RecordSlab {
  /** Microseconds on the schedule's clock: when the record was due, and since when it waits to be sent. */
  dueUs = new Float64Array(0);
  waitingSinceUs = new Float64Array(0);
  k = new Float64Array(0);
  key = new Uint32Array(0);
  shard = new Uint32Array(0);
  dataBytes = new Uint32Array(0);
  keyBytes = new Uint16Array(0);
  source = new Uint16Array(0);
  /** Attempts so far, and how many of them were throttled or failed. */
  attempts = new Uint16Array(0);
  throttledAttempts = new Uint16Array(0);
  failedAttempts = new Uint16Array(0);
  /** Outcome of the last attempt (`ATTEMPT` of the model); meaningful once there was one. */
  lastOutcome = new Uint8Array(0);
  /** 1 where a producer that packs has packed the record before. */
  packed = new Uint8Array(0);
  #free = new Uint32Array(0);
  #freeCount = 0;

  /** Records held now. */
  get size(): number {
    return this.dueUs.length - this.#freeCount;
  }

  /** A free slot with its counters at 0. */
  take(): number {
    if (this.#freeCount === 0) this.#grow();
    const slot = this.#free[--this.#freeCount];
    this.attempts[slot] = 0;
    this.throttledAttempts[slot] = 0;
    this.failedAttempts[slot] = 0;
    return slot;
  }

  /** Slots for records `from` … `to - 1` of some columns, filled with them and written beside them. */
  takeRun(columns: SlabColumns, from: number, to: number): void {
    while (this.#freeCount < to - from) this.#grow();
    const { dueUs, k, key, shard, dataBytes, keyBytes, source } = this;
    const { attempts, throttledAttempts, failedAttempts } = this;
    const free = this.#free;
    let freeCount = this.#freeCount;
    for (let i = from; i < to; i++) {
      const slot = free[--freeCount];
      columns.slot[i] = slot;
      dueUs[slot] = columns.dueUs[i];
      k[slot] = columns.k[i];
      key[slot] = columns.key[i];
      shard[slot] = columns.shard[i];
      dataBytes[slot] = columns.dataBytes[i];
      keyBytes[slot] = columns.keyBytes[i];
      source[slot] = columns.source[i];
      attempts[slot] = 0;
      throttledAttempts[slot] = 0;
      failedAttempts[slot] = 0;
    }
    this.#freeCount = freeCount;
  }

  /** Counts an attempt that was answered, or given up as lost. */
  attempted(slot: number, outcome: AttemptOutcome): void {
    this.attempts[slot]++;
    this.lastOutcome[slot] = outcome;
    if (outcome === ATTEMPT.throttled) this.throttledAttempts[slot]++;
    else if (outcome !== ATTEMPT.accepted) this.failedAttempts[slot]++;
  }

  giveBack(slot: number): void {
    this.#free[this.#freeCount++] = slot;
  }

  giveBackAll(slots: Uint32Array): void {
    const free = this.#free;
    const before = this.#freeCount;
    for (let i = 0; i < slots.length; i++) free[before + i] = slots[i];
    this.#freeCount = before + slots.length;
  }

  #grow(): void {
    const before = this.dueUs.length;
    const after = Math.max(1024, before * 2);
    this.dueUs = grown(this.dueUs, after);
    this.waitingSinceUs = grown(this.waitingSinceUs, after);
    this.k = grown(this.k, after);
    this.key = grown(this.key, after);
    this.shard = grown(this.shard, after);
    this.dataBytes = grown(this.dataBytes, after);
    this.keyBytes = grown(this.keyBytes, after);
    this.source = grown(this.source, after);
    this.attempts = grown(this.attempts, after);
    this.throttledAttempts = grown(this.throttledAttempts, after);
    this.failedAttempts = grown(this.failedAttempts, after);
    this.lastOutcome = grown(this.lastOutcome, after);
    this.packed = grown(this.packed, after);
    this.#free = grown(this.#free, after);
    for (let slot = after - 1; slot >= before; slot--) this.#free[this.#freeCount++] = slot;
  }
}

type Column =
  Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

function grown<C extends Column>(column: C, length: number): C {
  const larger = new (column.constructor as new (length: number) => C)(length);
  larger.set(column);
  return larger;
}
