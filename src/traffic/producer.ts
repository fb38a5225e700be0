/**
 * What stands between records that fall due and requests that go out: batches, linger, in-flight slots, a bounded
 * queue, retries. A state machine without a clock: whoever drives it says what time it is, so the simulator and
 * the live run share it.
 */
import { ATTEMPT, OUTCOME, finalOutcome, type AttemptOutcome, type RecordOutcome } from '../model/outcome.ts';
import { LIMITS } from '../model/limits.ts';
import { HeldRequests } from './held-requests.ts';
import type { Batch, EnteringRecords, ProducerSink, RecordProducer } from './record-producer.ts';
import { RecordSlab } from './record-slab.ts';
import { RetryWaits } from './retry-wait.ts';
import type { ProducerSpec } from './scenario.ts';
import { TimedHeap } from './timed-heap.ts';
import { WaitingLine } from './waiting-line.ts';

export type * from './record-producer.ts';

/** What the queue in front of the producer holds at most (interface, scenario file). */
export const QUEUE_BYTES = 64 * 1024 * 1024;
export const QUEUE_US = 10_000_000;

/**
 * How long a record may wait for its first sending, in microseconds. Where batches linger about as long as the queue's
 * time or longer, as the Kinesis Agent's do, a record has after its linger at least 5 s, and from 10 s on the whole of
 * that time: a timer that is a millisecond late drops nothing.
 */
export function queueTimeUs({ lingerUs }: ProducerSpec): number {
  return Math.max(QUEUE_US, lingerUs + Math.min(lingerUs, QUEUE_US));
}

export class Producer implements RecordProducer {
  readonly records = new RecordSlab();
  readonly #spec: ProducerSpec;
  readonly #sink: ProducerSink;
  readonly #waits: RetryWaits;
  readonly #mostBytes: number;
  readonly #queueBytes: number;
  readonly #queueUs: number;
  /** Never sent, in order of entering; and sent before, in order of release. */
  readonly #fresh = new WaitingLine();
  readonly #again = new WaitingLine();
  readonly #backingOff = new TimedHeap();
  readonly #held = new HeldRequests();
  #waitingBytes = 0;
  #readyBytes = 0;
  #inFlight = 0;
  #flushing = false;
  /** When the first look since then was taken. */
  #flushedUs = Infinity;
  #abandoned = false;

  /** @param sources how many sources the scenario has; each has its own draws for the jitter of its retries */
  constructor(spec: ProducerSpec, sink: ProducerSink, seed: number, sources: number) {
    this.#spec = spec;
    this.#sink = sink;
    this.#waits = new RetryWaits(spec.retry, seed, sources);
    this.#mostBytes = spec.batchBytes ?? LIMITS.bytesPerPutRecords.value;
    this.#queueBytes = spec.queueBytes ?? QUEUE_BYTES;
    this.#queueUs = queueTimeUs(spec);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get idle(): boolean {
    return this.records.size === 0;
  }

  quietRun({ length, dueUs, bytes }: EnteringRecords, from: number, untilUs: number): number {
    const { batch, lingerUs } = this.#spec;
    // The first to enter may begin to wait for its linger, or for the queue's time.
    const wakeUs = Math.min(untilUs, this.nextWakeUs(), dueUs[from] + Math.min(lingerUs, this.#queueUs));
    const most = Math.min(length - from, Math.max(1, batch - this.#again.length - this.#fresh.length));
    let ready = this.#readyBytes;
    let waiting = this.#waitingBytes;
    for (let n = 0; n < most; n++) {
      if (n > 0 && dueUs[from + n] >= wakeUs) return n;
      ready += bytes[from + n];
      waiting += bytes[from + n];
      if (ready >= this.#mostBytes || waiting > this.#queueBytes) return n + 1;
    }
    return most;
  }

  /**
   * How many of some records, from record `from` on, the next request takes beside what waits for it; 0 where no slot is
   * free, or it is full.
   */
  room({ length, bytes }: EnteringRecords, from: number, nowUs: number): number {
    this.#release(nowUs);
    if (this.#inFlight >= this.#spec.inFlight) return 0;
    const waiting = this.#again.length + this.#fresh.length;
    let ready = this.#readyBytes;
    let to = from;
    for (; to < length && waiting + to - from < this.#spec.batch; to++) {
      ready += bytes[to];
      // A record above the limit of the batch goes alone.
      if (ready > this.#mostBytes && waiting + to - from > 0) break;
    }
    return to - from;
  }

  enter(slot: number, nowUs: number): void {
    const bytes = this.#bytesOf(slot);
    if (this.#waitingBytes + bytes > this.#queueBytes) {
      this.#finish(slot, OUTCOME.dropped, nowUs);
      return;
    }
    this.records.waitingSinceUs[slot] = nowUs;
    this.#waitingBytes += bytes;
    this.#readyBytes += bytes;
    this.#fresh.push(slot);
  }

  enterRun({ slot, dueUs, bytes }: EnteringRecords, from: number, to: number, nowUs?: number): void {
    let sum = 0;
    for (let i = from; i < to; i++) sum += bytes[i];
    if (this.#waitingBytes + sum > this.#queueBytes) {
      for (let i = from; i < to; i++) this.enter(slot[i], nowUs ?? dueUs[i]);
      return;
    }
    const { waitingSinceUs } = this.records;
    for (let i = from; i < to; i++) waitingSinceUs[slot[i]] = nowUs ?? dueUs[i];
    this.#waitingBytes += sum;
    this.#readyBytes += sum;
    this.#fresh.pushRun(slot, from, to);
  }

  flush(): void {
    this.#flushing = true;
  }

  /** It does not ask for shards. */
  layoutChanged(): void {}

  abandon(nowUs: number): void {
    this.#abandoned = true;
    for (const { slots } of this.#held.clear()) {
      this.#inFlight--;
      for (const slot of slots) this.#giveUp(slot, nowUs);
    }
    while (this.#backingOff.length > 0) this.#again.push(this.#backingOff.shift());
    while (this.#again.length > 0) this.#giveUp(this.#again.shift(), nowUs);
    while (this.#fresh.length > 0) this.#finish(this.#fresh.shift(), OUTCOME.dropped, nowUs);
    this.#waitingBytes = 0;
    this.#readyBytes = 0;
  }

  nextWakeUs(): number {
    let wakeUs = Math.min(this.#backingOff.nextUs, this.#held.nextUs);
    if (this.#fresh.length > 0) wakeUs = Math.min(wakeUs, this.#since(this.#fresh) + this.#queueUs + 1);
    if (this.#inFlight < this.#spec.inFlight) wakeUs = Math.min(wakeUs, this.#lingerEndUs());
    return wakeUs;
  }

  nextBatch(nowUs: number): Batch | undefined {
    if (this.#flushing && this.#flushedUs === Infinity) this.#flushedUs = nowUs;
    this.#release(nowUs);
    this.#expire(nowUs);
    if (this.#held.nextUs <= nowUs) return this.#held.take(nowUs);
    if (this.#inFlight >= this.#spec.inFlight) return undefined;
    const waiting = this.#again.length + this.#fresh.length;
    if (waiting === 0) return undefined;
    const full = waiting >= this.#spec.batch || this.#readyBytes >= this.#mostBytes;
    if (!full && !this.#flushing && nowUs < this.#lingerEndUs()) return undefined;
    return this.#form(nowUs);
  }

  settle(
    batch: Batch,
    outcomes: ArrayLike<AttemptOutcome>,
    nowUs: number,
    retryable = true,
    isWhole = false,
  ): void {
    if (isWhole && retryable && this.#hold(batch, outcomes, nowUs)) return;
    this.#inFlight--;
    if (this.#endAtOnce(batch.slots, outcomes, nowUs, retryable)) return;
    for (let i = 0; i < batch.slots.length; i++) {
      const slot = batch.slots[i];
      const outcome = outcomes[i];
      this.records.attempted(slot, outcome);
      this.#sink.attempted(slot, outcome, nowUs);
      if (outcome === ATTEMPT.accepted) this.#finish(slot, OUTCOME.accepted, nowUs);
      else if (retryable && this.#mayRetry(slot)) this.#backOff(slot, nowUs);
      else this.#finish(slot, finalOutcome(outcome), nowUs);
    }
  }

  /** Ends the records of a request, where for all of them it was the first attempt and the last; false where not. */
  #endAtOnce(
    slots: Uint32Array,
    outcomes: ArrayLike<AttemptOutcome>,
    nowUs: number,
    retryable: boolean,
  ): boolean {
    if (this.#sink.ended === undefined) return false;
    const { attempts } = this.records;
    const mayRetry = retryable && !this.#abandoned && this.#spec.retry.policy === 'backoff';
    for (let i = 0; i < slots.length; i++) {
      if (attempts[slots[i]] > 0 || (mayRetry && outcomes[i] !== ATTEMPT.accepted)) return false;
    }
    this.#sink.ended(slots, outcomes, nowUs);
    this.records.giveBackAll(slots);
    return true;
  }

  /** Keeps a request that is sent again as it is, in its slot; false where it is not. */
  #hold(batch: Batch, outcomes: ArrayLike<AttemptOutcome>, nowUs: number): boolean {
    const [first] = batch.slots;
    if (this.#abandoned || !this.#waits.mayResend(this.records, first)) return false;
    for (let i = 0; i < batch.slots.length; i++) {
      this.records.attempted(batch.slots[i], outcomes[i]);
      this.#sink.attempted(batch.slots[i], outcomes[i], nowUs);
    }
    this.#held.add(batch, nowUs + this.#waits.ofRequest(this.records, first));
    return true;
  }

  #form(nowUs: number): Batch {
    const limit = Math.min(this.#spec.batch, this.#again.length + this.#fresh.length);
    const slots = new Uint32Array(limit);
    let count = 0;
    let bytes = 0;
    let oldestUs = Infinity;
    let newestUs = -Infinity;
    while (count < limit) {
      const line = this.#again.length > 0 ? this.#again : this.#fresh;
      const slot = line.peek(0);
      // A record above the limit of the batch goes alone.
      if (count > 0 && bytes + this.#bytesOf(slot) > this.#mostBytes) break;
      bytes += this.#bytesOf(slot);
      const sinceUs = this.records.waitingSinceUs[slot];
      if (sinceUs < oldestUs) oldestUs = sinceUs;
      if (sinceUs > newestUs) newestUs = sinceUs;
      slots[count++] = line.shift();
    }
    this.#waitingBytes -= bytes;
    this.#readyBytes -= bytes;
    this.#inFlight++;
    const full = count === this.#spec.batch || count < limit || bytes >= this.#mostBytes;
    const readyUs = Math.min(
      oldestUs + this.#spec.lingerUs,
      full ? newestUs : Infinity,
      Math.max(this.#flushedUs, oldestUs),
    );
    return { slots: slots.subarray(0, count), sentUs: nowUs, queueUs: Math.max(0, nowUs - readyUs) };
  }

  /** When the record that waits longest has waited for the linger; Infinity where none waits. */
  #lingerEndUs(): number {
    const { lingerUs } = this.#spec;
    const fresh = this.#fresh.length > 0 ? this.#since(this.#fresh) + lingerUs : Infinity;
    const again = this.#again.length > 0 ? this.#since(this.#again) + lingerUs : Infinity;
    return Math.min(fresh, again);
  }

  #since(line: WaitingLine): number {
    return this.records.waitingSinceUs[line.peek(0)];
  }

  /** Retries whose wait is over stand in line again. */
  #release(nowUs: number): void {
    while (this.#backingOff.nextUs <= nowUs) {
      const slot = this.#backingOff.shift();
      this.records.waitingSinceUs[slot] = nowUs;
      this.#readyBytes += this.#bytesOf(slot);
      this.#again.push(slot);
    }
  }

  /** Records that have waited for their first sending longer than that are dropped: a linger of 10 s still sends. */
  #expire(nowUs: number): void {
    while (this.#fresh.length > 0 && nowUs - this.#since(this.#fresh) > this.#queueUs) {
      const slot = this.#fresh.shift();
      this.#waitingBytes -= this.#bytesOf(slot);
      this.#readyBytes -= this.#bytesOf(slot);
      this.#finish(slot, OUTCOME.dropped, nowUs);
    }
  }

  #mayRetry(slot: number): boolean {
    return !this.#abandoned && this.#waits.mayRetry(this.records, slot);
  }

  #backOff(slot: number, nowUs: number): void {
    this.#waitingBytes += this.#bytesOf(slot);
    this.#backingOff.add(nowUs + this.#waits.ofRecord(this.records, slot), slot);
  }

  #giveUp(slot: number, nowUs: number): void {
    this.#finish(slot, finalOutcome(this.records.lastOutcome[slot] as AttemptOutcome), nowUs);
  }

  #finish(slot: number, outcome: RecordOutcome, nowUs: number): void {
    this.#sink.finished(slot, outcome, nowUs);
    this.records.giveBack(slot);
  }

  #bytesOf(slot: number): number {
    return this.records.dataBytes[slot] + this.records.keyBytes[slot];
  }
}
