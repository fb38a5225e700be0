/**
 * The producer of the Kinesis Producer Library, without a clock: records are packed per shard (`aggregator.ts`), held
 * back per shard (`shard-limiter.ts`), collected into requests (`collector.ts`), and go back to the beginning where
 * they fail. Sources: KPL aggregator.h, limiter.h, collector.h, retrier.cc.
 *
 * A new layout of the stream it is taken to learn of at once: parcels that are open are closed, what is packed from
 * then on is packed by the new shards, and each parcel goes whole where its first record's key goes. Parcels that wait
 * behind the brake stay in the line of the shard that they were packed for.
 *
 * Other retry policies work with it too; then nothing is held back. Where a record's time is over is noticed when it
 * would be sent on: at the head of its shard's line, in a request that gets a slot, or when it would be tried again.
 */
import { LIMITS } from '../model/limits.ts';
import { ATTEMPT, OUTCOME, finalOutcome, type AttemptOutcome, type RecordOutcome } from '../model/outcome.ts';
import { Aggregator, loneParcel, type Parcel } from './aggregator.ts';
import { Collector, type Collection } from './collector.ts';
import { HeldRequests } from './held-requests.ts';
import {
  QUEUE_BYTES,
  queueTimeUs,
  type Batch,
  type NewLayout,
  type EnteringRecords,
  type ProducerSink,
  type RecordProducer,
} from './producer.ts';
import { RecordSlab } from './record-slab.ts';
import { RetryWaits } from './retry-wait.ts';
import type { ProducerSpec } from './scenario.ts';
import { ShardLimiter } from './shard-limiter.ts';
import { TimedHeap } from './timed-heap.ts';

export class KplProducer implements RecordProducer {
  /** `waitingSinceUs` is when a record entered, whatever was tried since. */
  readonly records = new RecordSlab();
  readonly #spec: ProducerSpec;
  readonly #sink: ProducerSink;
  readonly #waits: RetryWaits;
  readonly #aggregator: Aggregator | undefined;
  readonly #limiter: ShardLimiter | undefined;
  readonly #collector: Collector;
  readonly #backingOff = new TimedHeap();
  readonly #held = new HeldRequests();
  #waitingBytes = 0;
  #inFlight = 0;
  #flushing = false;
  #abandoned = false;
  /** Once the stream's layout has changed. */
  #layout: NewLayout | undefined;

  /** @param sources how many sources the scenario has; each has its own draws for the jitter of its retries */
  constructor(spec: ProducerSpec, sink: ProducerSink, seed: number, sources: number) {
    const { aggregate, retry, batch, batchBytes } = spec;
    this.#spec = spec;
    this.#sink = sink;
    this.#waits = new RetryWaits(retry, seed, sources);
    this.#aggregator =
      aggregate && new Aggregator(this.records, aggregate, (parcel, nowUs) => this.#forward(parcel, nowUs));
    this.#limiter = retry.policy === 'kpl' ? new ShardLimiter(retry.rateLimit) : undefined;
    this.#collector = new Collector(batch, batchBytes ?? LIMITS.bytesPerPutRecords.value);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get idle(): boolean {
    return this.records.size === 0;
  }

  quietRun(): number {
    return 1;
  }

  enter(slot: number, nowUs: number): void {
    if (this.#waitingBytes + this.#bytesOf(slot) > (this.#spec.queueBytes ?? QUEUE_BYTES)) {
      this.#finish(slot, OUTCOME.dropped, nowUs);
      return;
    }
    this.records.waitingSinceUs[slot] = nowUs;
    this.records.packed[slot] = 0;
    this.#waitingBytes += this.#bytesOf(slot);
    this.#pack(slot, nowUs + this.#spec.lingerUs, nowUs);
  }

  enterRun({ slot, dueUs }: EnteringRecords, from: number, to: number, nowUs?: number): void {
    for (let i = from; i < to; i++) this.enter(slot[i], nowUs ?? dueUs[i]);
  }

  flush(): void {
    this.#flushing = true;
  }

  layoutChanged(nowUs: number, layout: NewLayout): void {
    this.#layout = layout;
    this.#aggregator?.closeAll(nowUs);
  }

  abandon(nowUs: number): void {
    this.#abandoned = true;
    for (const { slots } of this.#held.clear()) {
      this.#inFlight--;
      for (const slot of slots) this.#giveUp(slot, nowUs);
    }
    while (this.#backingOff.length > 0) this.#giveUp(this.#backingOff.shift(), nowUs);
    this.#aggregator?.closeAll(nowUs);
    for (const parcel of this.#limiter?.clear() ?? []) this.#giveUpAll(parcel, nowUs);
    this.#collector.close(nowUs);
    for (let next = this.#collector.take(); next; next = this.#collector.take()) {
      for (const parcel of next.parcels) this.#giveUpAll(parcel, nowUs);
    }
    this.#waitingBytes = 0;
  }

  nextWakeUs(): number {
    return Math.min(
      this.#backingOff.nextUs,
      this.#held.nextUs,
      this.#aggregator?.nextUs ?? Infinity,
      this.#limiter?.nextUs ?? Infinity,
      this.#collector.nextUs,
    );
  }

  nextBatch(nowUs: number): Batch | undefined {
    this.#moveOn(nowUs);
    if (this.#held.nextUs <= nowUs) return this.#held.take(nowUs);
    while (this.#inFlight < this.#spec.inFlight) {
      const collection = this.#collector.take();
      if (collection === undefined) return undefined;
      const batch = this.#form(collection, nowUs);
      if (batch !== undefined) return batch;
      // All of it had expired; what was packed anew may be ready already.
      this.#moveOn(nowUs);
    }
    return undefined;
  }

  settle(
    batch: Batch,
    outcomes: ArrayLike<AttemptOutcome>,
    nowUs: number,
    retryable = true,
    isWhole = false,
  ): void {
    const { records } = this;
    const isHeld = isWhole && retryable && !this.#abandoned && this.#waits.mayResend(records, batch.slots[0]);
    eachRecord(batch, (slot, i) => {
      records.attempted(slot, outcomes[i]);
      this.#sink.attempted(slot, outcomes[i], nowUs);
    });
    if (isHeld) {
      this.#held.add(batch, nowUs + this.#waits.ofRequest(records, batch.slots[0]));
      return;
    }
    this.#inFlight--;
    eachRecord(batch, (slot, i) => {
      if (outcomes[i] === ATTEMPT.accepted) this.#finish(slot, OUTCOME.accepted, nowUs);
      else if (!retryable || this.#abandoned || !this.#retry(slot, nowUs))
        this.#finish(slot, finalOutcome(outcomes[i]), nowUs);
    });
  }

  /** Everything that happens by itself up to now, from one stage to the next. */
  #moveOn(nowUs: number): void {
    while (this.#backingOff.nextUs <= nowUs) {
      this.#pack(this.#backingOff.shift(), nowUs + this.#spec.lingerUs, nowUs);
    }
    if (this.#flushing) this.#aggregator?.closeAll(nowUs);
    else this.#aggregator?.closeDue(nowUs);
    this.#limiter?.drain(
      nowUs,
      (parcel) => this.#collect(parcel, nowUs),
      (parcel) => this.#isOver(parcel, nowUs),
    );
    if (this.#flushing || this.#collector.nextUs <= nowUs) this.#collector.close(nowUs);
  }

  #pack(slot: number, deadlineUs: number, nowUs: number): void {
    this.#layout?.move(slot, this.#layout.shardOf(slot));
    if (this.#aggregator !== undefined) this.#aggregator.put(slot, deadlineUs, nowUs);
    else this.#forward(loneParcel(this.records, slot, deadlineUs), nowUs);
  }

  /** A packed parcel goes on to its shard's line, or straight into a request. */
  #forward(packed: Parcel, nowUs: number): void {
    const parcel = this.#asLaidOut(packed);
    this.#tellPacked(parcel, nowUs);
    if (this.#limiter === undefined) this.#collector.put(parcel, nowUs);
    else this.#limiter.put(parcel, nowUs);
  }

  #collect(parcel: Parcel, nowUs: number): void {
    if (this.#isOver(parcel, nowUs)) this.#expire(parcel, nowUs);
    else this.#collector.put(this.#asLaidOut(parcel), nowUs);
  }

  /** The parcel on the shard where it goes now, all of it. */
  #asLaidOut(parcel: Parcel): Parcel {
    const layout = this.#layout;
    if (layout === undefined) return parcel;
    const shard = layout.shardOf(parcel.slots[0]);
    for (const slot of parcel.slots) layout.move(slot, shard);
    return { ...parcel, shard };
  }

  /** Only the first packing is told: a retry is no new load. A record's part is that of its bytes. */
  #tellPacked(parcel: Parcel, nowUs: number): void {
    if (this.#sink.packed === undefined) return;
    let bytes = 0;
    for (const slot of parcel.slots) bytes += this.#bytesOf(slot);
    for (const slot of parcel.slots) {
      if (this.records.packed[slot] === 1) continue;
      this.records.packed[slot] = 1;
      const part = this.#bytesOf(slot) / bytes;
      this.#sink.packed(slot, part, part * parcel.bytes, nowUs);
    }
  }

  #form({ parcels, readyUs }: Collection, nowUs: number): Batch | undefined {
    const kept = parcels.filter((parcel) => !this.#isOver(parcel, nowUs));
    for (const parcel of parcels) if (this.#isOver(parcel, nowUs)) this.#expire(parcel, nowUs);
    if (kept.length === 0) return undefined;
    const slots = Uint32Array.from(kept.flatMap((parcel) => parcel.slots));
    const ends = new Uint32Array(kept.length);
    kept.forEach((parcel, i) => (ends[i] = (i === 0 ? 0 : ends[i - 1]) + parcel.slots.length));
    for (const slot of slots) this.#waitingBytes -= this.#bytesOf(slot);
    this.#inFlight++;
    const bytes = Uint32Array.from(kept, (parcel) => parcel.bytes);
    return { slots, parcels: { ends, bytes }, sentUs: nowUs, queueUs: Math.max(0, nowUs - readyUs) };
  }

  /** Whether a failed record is tried again; then it is on its way back. */
  #retry(slot: number, nowUs: number): boolean {
    const { retry, lingerUs } = this.#spec;
    const isAgain =
      retry.policy === 'kpl' ? nowUs <= this.#expiryUs(slot) : this.#waits.mayRetry(this.records, slot);
    if (!isAgain) return false;
    this.#waitingBytes += this.#bytesOf(slot);
    // Half of the buffering time is left to a record that comes back (source: KPL retrier.cc).
    if (retry.policy === 'kpl') this.#pack(slot, nowUs + Math.floor(lingerUs / 2), nowUs);
    else this.#backingOff.add(nowUs + this.#waits.ofRecord(this.records, slot), slot);
    return true;
  }

  /** Last moment at which a record may be sent. */
  #expiryUs(slot: number): number {
    const { retry } = this.#spec;
    const enteredUs = this.records.waitingSinceUs[slot];
    if (retry.policy === 'kpl') return enteredUs + retry.ttlUs;
    return this.records.attempts[slot] > 0 ? Infinity : enteredUs + queueTimeUs(this.#spec);
  }

  /** Whether a record in it is over its time: then it must be packed anew. */
  #isOver(parcel: Parcel, nowUs: number): boolean {
    return parcel.slots.some((slot) => nowUs > this.#expiryUs(slot));
  }

  #expire(parcel: Parcel, nowUs: number): void {
    for (const slot of parcel.slots) {
      if (nowUs <= this.#expiryUs(slot)) {
        this.#pack(slot, nowUs, nowUs);
        continue;
      }
      this.#waitingBytes -= this.#bytesOf(slot);
      this.#giveUp(slot, nowUs);
    }
  }

  #giveUpAll(parcel: Parcel, nowUs: number): void {
    for (const slot of parcel.slots) this.#giveUp(slot, nowUs);
  }

  #giveUp(slot: number, nowUs: number): void {
    const isSent = this.records.attempts[slot] > 0;
    const last = this.records.lastOutcome[slot] as AttemptOutcome;
    this.#finish(slot, isSent ? finalOutcome(last) : OUTCOME.dropped, nowUs);
  }

  #finish(slot: number, outcome: RecordOutcome, nowUs: number): void {
    this.#sink.finished(slot, outcome, nowUs);
    this.records.giveBack(slot);
  }

  #bytesOf(slot: number): number {
    return this.records.dataBytes[slot] + this.records.keyBytes[slot];
  }
}

/** Every record of a packed request with the position of its Kinesis record. */
function eachRecord({ slots, parcels }: Batch, visit: (slot: number, parcel: number) => void): void {
  if (parcels === undefined) throw new Error('a request of the KPL is packed');
  for (let parcel = 0, i = 0; parcel < parcels.ends.length; parcel++) {
    for (; i < parcels.ends[parcel]; i++) visit(slots[i], parcel);
  }
}
