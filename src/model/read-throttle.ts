/**
 * The read limits of a stream's shards: 5 GetRecords calls and 2 MiB a second, shared by everybody who polls the
 * shard; and for a consumer with enhanced fan-out 2 MiB a second of its own.
 *
 * AWS publishes no exact algorithm, but what a caller sees: after a reply of 10 MiB the shard answers nobody for 5 s,
 * after one that its bandwidth cut short nobody for 1 s. A bucket of 10 MiB that refills at 2 MiB/s explains both.
 */
import { LIMITS } from './limits.ts';
import { TOKEN, TokenBuckets } from './token-bucket.ts';

/** What a shard says to a call, where it is not how many bytes its reply may hold. */
export const THROTTLED_BY_CALLS = -1;
export const THROTTLED_BY_PENALTY = -2;

export interface ReadThrottleOptions {
  /** Calls in the bucket when full; default 5. */
  readonly callBurst?: number;
  /** Bytes in the bucket when full; default 10 MiB. */
  readonly byteBurst?: number;
  /** Whether a throttled call counts towards the 5 a second. Unknown of AWS; default no. */
  readonly throttledCallsCount?: boolean;
}

const SECOND_US = 1_000_000;
const FULL_REPLY = LIMITS.bytesPerGetRecords.value;

export class ReadThrottle {
  readonly #options: Required<ReadThrottleOptions>;
  /** By shard number, made when a shard is first read. */
  readonly #calls: TokenBuckets[] = [];
  readonly #bytes: TokenBuckets[] = [];
  /** Until when a shard answers nobody, microseconds. */
  readonly #shutUntilUs: number[] = [];

  constructor(options: ReadThrottleOptions = {}) {
    this.#options = {
      callBurst: options.callBurst ?? LIMITS.getRecordsCallBurst.value,
      byteBurst: options.byteBurst ?? LIMITS.readByteBurst.value,
      throttledCallsCount: options.throttledCallsCount ?? false,
    };
  }

  /**
   * A GetRecords call reaches a shard.
   * @returns the bytes that its reply may hold, 0…10 MiB; or why it is throttled, a number below 0
   */
  call(shard: number, nowUs: number): number {
    const calls = (this.#calls[shard] ??= this.#fullCalls(nowUs));
    const bytes = (this.#bytes[shard] ??= this.#fullBytes(nowUs));
    const hasCall = calls.levelAt(0, nowUs) >= TOKEN;
    if (nowUs < (this.#shutUntilUs[shard] ?? 0)) {
      if (hasCall && this.#options.throttledCallsCount) calls.take(0, 1);
      return THROTTLED_BY_PENALTY;
    }
    if (!hasCall) return THROTTLED_BY_CALLS;
    return Math.min(FULL_REPLY, Math.floor(bytes.levelAt(0, nowUs) / TOKEN));
  }

  /**
   * What the call that was just let in is answered with.
   * @param bytes of the reply, at most what `call` returned
   * @param isCut whether there was another record that these bytes left no room for
   * @param allowed what `call` returned
   * @returns whether the call is answered; a reply cut down to nothing is a throttled call
   */
  reply(shard: number, nowUs: number, bytes: number, isCut: boolean, allowed: number): boolean {
    const isFull = bytes >= FULL_REPLY || (isCut && allowed >= FULL_REPLY);
    if (isFull) this.#shut(shard, nowUs, LIMITS.readPenaltyFullSec.value);
    else if (isCut) this.#shut(shard, nowUs, LIMITS.readPenaltyShortSec.value);
    const isAnswered = bytes > 0 || !isCut;
    if (isAnswered || this.#options.throttledCallsCount) this.#calls[shard].take(0, 1);
    this.#bytes[shard].take(0, bytes);
    return isAnswered;
  }

  #shut(shard: number, nowUs: number, seconds: number): void {
    this.#shutUntilUs[shard] = nowUs + seconds * SECOND_US;
  }

  #fullCalls(nowUs: number): TokenBuckets {
    const rate = { refillPerSec: LIMITS.getRecordsCallsPerSec.value, burst: this.#options.callBurst };
    return new TokenBuckets(1, rate, nowUs);
  }

  #fullBytes(nowUs: number): TokenBuckets {
    const rate = { refillPerSec: LIMITS.readBytesPerSec.value, burst: this.#options.byteBurst };
    return new TokenBuckets(1, rate, nowUs);
  }
}

/** What is pushed to one consumer from one shard. */
export class FanOutThrottle {
  readonly #bytes: TokenBuckets;

  /** @param maxRecordBytes of the stream: the bucket holds at least one such record */
  constructor(nowUs: number, maxRecordBytes: number) {
    const burst = Math.max(LIMITS.fanOutByteBurst.value, maxRecordBytes);
    this.#bytes = new TokenBuckets(1, { refillPerSec: LIMITS.fanOutBytesPerSec.value, burst }, nowUs);
  }

  /** Bytes in the bucket when full. */
  get burst(): number {
    return this.#bytes.rate.burst;
  }

  /** Bytes that may be pushed now. */
  room(nowUs: number): number {
    return Math.floor(this.#bytes.levelAt(0, nowUs) / TOKEN);
  }

  take(bytes: number): void {
    this.#bytes.take(0, bytes);
  }

  /** The first microsecond at which there is room for so many bytes, at most what the bucket holds. */
  whenUs(bytes: number, nowUs: number): number {
    const missing = bytes * TOKEN - this.#bytes.levelAt(0, nowUs);
    return missing <= 0 ? nowUs : nowUs + Math.ceil(missing / this.#bytes.rate.refillPerSec);
  }
}
