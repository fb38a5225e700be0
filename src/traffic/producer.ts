/**
 * What stands between records that fall due and requests that go out: batches, linger, in-flight slots, a bounded
 * queue, retries. A state machine without a clock: whoever drives it says what time it is, so the simulator and
 * the live run share it.
 */
import { ATTEMPT, OUTCOME, finalOutcome, type AttemptOutcome, type RecordOutcome } from '../model/outcome.ts';
import { LIMITS } from '../model/limits.ts';
import { RecordSlab } from './record-slab.ts';
import type { ProducerSpec, Retry } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';
import { TimedHeap } from './timed-heap.ts';
import { WaitingLine } from './waiting-line.ts';

/** What the queue in front of the producer holds at most (interface, scenario file). */
export const QUEUE_BYTES = 64 * 1024 * 1024;
export const QUEUE_US = 10_000_000;

const MOST_BYTES = LIMITS.bytesPerPutRecords.value;

/** Who is told what happened to a record; `slot` is its place in the slab and is free again after `finished`. */
export interface ProducerSink {
  attempted(slot: number, outcome: AttemptOutcome, nowUs: number): void;
  finished(slot: number, outcome: RecordOutcome, nowUs: number): void;
}

export interface Batch {
  readonly slots: Uint32Array;
  readonly sentUs: number;
  /** Time that the batch waited for an in-flight slot when it was full, had lingered long enough or was flushed. */
  readonly queueUs: number;
}

export class Producer {
  readonly records = new RecordSlab();
  readonly #spec: ProducerSpec;
  readonly #sink: ProducerSink;
  readonly #jitters: readonly Draws[];
  /** Never sent, in order of entering; and sent before, in order of release. */
  readonly #fresh = new WaitingLine();
  readonly #again = new WaitingLine();
  readonly #backingOff = new TimedHeap();
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
    this.#jitters = Array.from({ length: sources }, (_, source) => new Draws(seed, PURPOSE.jitter, source));
  }

  /** Requests on their way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether it holds no record at all. */
  get idle(): boolean {
    return this.records.size === 0;
  }

  /** A record that the caller has filled into a slot of the slab enters the queue, or is dropped where it is full. */
  enter(slot: number, nowUs: number): void {
    const bytes = this.#bytesOf(slot);
    if (this.#waitingBytes + bytes > QUEUE_BYTES) {
      this.#finish(slot, OUTCOME.dropped, nowUs);
      return;
    }
    this.records.waitingSinceUs[slot] = nowUs;
    this.#waitingBytes += bytes;
    this.#readyBytes += bytes;
    this.#fresh.push(slot);
  }

  /** Nothing more will enter: batches go out without waiting to be full. */
  flush(): void {
    this.#flushing = true;
  }

  /** Gives up everything that is not on its way: never sent is dropped, the rest ends as its last attempt did. */
  abandon(nowUs: number): void {
    this.#abandoned = true;
    while (this.#backingOff.length > 0) this.#again.push(this.#backingOff.shift());
    while (this.#again.length > 0) this.#giveUp(this.#again.shift(), nowUs);
    while (this.#fresh.length > 0) this.#finish(this.#fresh.shift(), OUTCOME.dropped, nowUs);
    this.#waitingBytes = 0;
    this.#readyBytes = 0;
  }

  /** When `nextBatch` may have something new to say although nothing entered and no reply came. */
  nextWakeUs(): number {
    let wakeUs = this.#backingOff.nextUs;
    if (this.#fresh.length > 0) wakeUs = Math.min(wakeUs, this.#since(this.#fresh) + QUEUE_US + 1);
    if (this.#inFlight < this.#spec.inFlight) wakeUs = Math.min(wakeUs, this.#lingerEndUs());
    return wakeUs;
  }

  /** The next request, where one is ready and a slot is free. Expires and releases what time has come for. */
  nextBatch(nowUs: number): Batch | undefined {
    if (this.#flushing && this.#flushedUs === Infinity) this.#flushedUs = nowUs;
    this.#release(nowUs);
    this.#expire(nowUs);
    if (this.#inFlight >= this.#spec.inFlight) return undefined;
    const waiting = this.#again.length + this.#fresh.length;
    if (waiting === 0) return undefined;
    const full = waiting >= this.#spec.batch || this.#readyBytes >= MOST_BYTES;
    if (!full && !this.#flushing && nowUs < this.#lingerEndUs()) return undefined;
    return this.#form(nowUs);
  }

  /** The reply to a request: one outcome for each of its records. `retryable` says which may be tried again. */
  settle(batch: Batch, outcomes: ArrayLike<AttemptOutcome>, nowUs: number, retryable = true): void {
    this.#inFlight--;
    for (let i = 0; i < batch.slots.length; i++) {
      const slot = batch.slots[i];
      const outcome = outcomes[i];
      this.#count(slot, outcome);
      this.#sink.attempted(slot, outcome, nowUs);
      if (outcome === ATTEMPT.accepted) this.#finish(slot, OUTCOME.accepted, nowUs);
      else if (retryable && this.#mayRetry(slot)) this.#backOff(slot, nowUs);
      else this.#finish(slot, finalOutcome(outcome), nowUs);
    }
  }

  #count(slot: number, outcome: AttemptOutcome): void {
    const { records } = this;
    records.attempts[slot]++;
    records.lastOutcome[slot] = outcome;
    if (outcome === ATTEMPT.throttled) records.throttledAttempts[slot]++;
    else if (outcome !== ATTEMPT.accepted) records.failedAttempts[slot]++;
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
      if (bytes + this.#bytesOf(slot) > MOST_BYTES) break;
      bytes += this.#bytesOf(slot);
      const sinceUs = this.records.waitingSinceUs[slot];
      if (sinceUs < oldestUs) oldestUs = sinceUs;
      if (sinceUs > newestUs) newestUs = sinceUs;
      slots[count++] = line.shift();
    }
    this.#waitingBytes -= bytes;
    this.#readyBytes -= bytes;
    this.#inFlight++;
    const full = count === this.#spec.batch || count < limit || bytes === MOST_BYTES;
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

  /** Records that have waited for their first sending more than 10 s are dropped: a linger of 10 s still sends. */
  #expire(nowUs: number): void {
    while (this.#fresh.length > 0 && nowUs - this.#since(this.#fresh) > QUEUE_US) {
      const slot = this.#fresh.shift();
      this.#waitingBytes -= this.#bytesOf(slot);
      this.#readyBytes -= this.#bytesOf(slot);
      this.#finish(slot, OUTCOME.dropped, nowUs);
    }
  }

  #mayRetry(slot: number): boolean {
    const { retry } = this.#spec;
    if (this.#abandoned) return false;
    return retry.policy === 'backoff' && this.records.attempts[slot] < retry.maxAttempts;
  }

  #backOff(slot: number, nowUs: number): void {
    const { records } = this;
    const attempt = records.attempts[slot];
    const u = this.#jitters[records.source[slot]].uniform(records.k[slot], attempt);
    this.#waitingBytes += this.#bytesOf(slot);
    this.#backingOff.add(nowUs + Math.floor(u * longestWaitUs(this.#spec.retry, attempt)), slot);
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

/** Upper end of the wait after the given attempt (from 1): doubled each time, up to the policy's most. */
export function longestWaitUs(retry: Retry, attempt: number): number {
  if (retry.policy === 'none') return 0;
  let waitUs = retry.baseUs;
  for (let i = 1; i < attempt && waitUs < retry.maxUs; i++) waitUs *= 2;
  return Math.min(waitUs, retry.maxUs);
}
