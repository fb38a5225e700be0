/**
 * One consumer on one shard: how far it has read, and since when it has been behind.
 */
import type { FanOutThrottle } from '../model/read-throttle.ts';
import type { BatchSlots } from './batch-slots.ts';

/** Not there yet; waiting for the parents of its shard to be read to their end; reading; at the end of a closed shard. */
export type ReaderState = 'absent' | 'waiting' | 'reading' | 'done';

/** What a reader did while it counted. */
export interface ReadCounts {
  calls: number;
  emptyCalls: number;
  /** Throttled because all calls of the second were used, or the bytes. */
  throttledByCalls: number;
  throttledByBytes: number;
  records: number;
  bytes: number;
  lost: number;
  /** When the first was lost; Infinity where none was. */
  lostUs: number;
}

export class Reader {
  readonly shard: number;
  readonly consumer: number;
  readonly slots: BatchSlots;
  /** Of enhanced fan-out. */
  readonly throttle: FanOutThrottle | undefined;
  state: ReaderState = 'absent';
  /** Number of the record that it reads next. */
  position = 0;
  /** Whether an event of it is due; a consumer that is pushed to has none while there is nothing to push. */
  isScheduled = false;
  /** Whether it was out when it would have read last. */
  wasOut = false;
  /** Before this time nothing can be pushed to it. */
  readyUs = 0;
  /** How often its polling began anew. */
  starts = 0;
  /** How often it has waited for its next call. */
  waits = 0;
  /** Since when its calls have not brought it to the tip; Infinity where the last one did. */
  behindUs = Infinity;
  #behindPosition = 0;
  #behindEnd = 0;
  /** The longest time that it was behind, of those that are over. */
  longestUs = 0;
  counts = noCounts();

  constructor(shard: number, consumer: number, slots: BatchSlots, throttle?: FanOutThrottle) {
    this.shard = shard;
    this.consumer = consumer;
    this.slots = slots;
    this.throttle = throttle;
  }

  get isBehind(): boolean {
    return this.behindUs < Infinity;
  }

  /** @param end number of the shard's next record */
  fallBehind(nowUs: number, end: number): void {
    if (this.isBehind) return;
    this.behindUs = nowUs;
    this.#behindPosition = this.position;
    this.#behindEnd = end;
  }

  catchUp(nowUs: number): void {
    if (!this.isBehind) return;
    this.longestUs = Math.max(this.longestUs, nowUs - this.behindUs);
    this.behindUs = Infinity;
  }

  /**
   * How long a reader that is behind still needs at the pace since it fell behind, microseconds; Infinity where records
   * come as fast as it reads.
   */
  remainingUs(nowUs: number, end: number): number {
    const closer = this.position - this.#behindPosition - (end - this.#behindEnd);
    if (closer <= 0) return Infinity;
    return Math.round(((end - this.position) * (nowUs - this.behindUs)) / closer);
  }

  /** From here on it is counted. */
  begin(nowUs: number, end: number): void {
    this.counts = noCounts();
    this.longestUs = 0;
    if (!this.isBehind) return;
    this.behindUs = Infinity;
    this.fallBehind(nowUs, end);
  }
}

function noCounts(): ReadCounts {
  return {
    calls: 0,
    emptyCalls: 0,
    throttledByCalls: 0,
    throttledByBytes: 0,
    records: 0,
    bytes: 0,
    lost: 0,
    lostUs: Infinity,
  };
}
