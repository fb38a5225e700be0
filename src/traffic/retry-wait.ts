/**
 * How long a retry waits: the arithmetic of the policies, with waits drawn from the scenario's seed.
 */
import { ATTEMPT } from '../model/outcome.ts';
import type { RecordSlab } from './record-slab.ts';
import type { Retry } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';

/**
 * First wait of the AWS SDK after an error that is no throttling (source: @smithy/core, DEFAULT_RETRY_DELAY_BASE);
 * the policy's base is that after throttling.
 */
const SDK_TRANSIENT_BASE_US = 100_000;

/** Upper end of the wait after the given attempt (from 1): doubled each time, up to the policy's most. */
export function longestWaitUs(retry: Retry, attempt: number): number {
  if (retry.policy === 'none' || retry.policy === 'kpl') return 0;
  return doubled(retry.baseUs, retry.maxUs, attempt);
}

function doubled(baseUs: number, maxUs: number, attempt: number): number {
  let waitUs = baseUs;
  for (let i = 1; i < attempt && waitUs < maxUs; i++) waitUs *= 2;
  return Math.min(waitUs, maxUs);
}

export class RetryWaits {
  readonly #retry: Retry;
  readonly #jitters: readonly Draws[];

  /** @param sources how many sources the scenario has; each has its own draws */
  constructor(retry: Retry, seed: number, sources: number) {
    this.#retry = retry;
    this.#jitters = Array.from({ length: sources }, (_, source) => new Draws(seed, PURPOSE.jitter, source));
  }

  /** Whether a record may be tried again on its own after its last attempt. */
  mayRetry(records: RecordSlab, slot: number): boolean {
    return this.#retry.policy === 'backoff' && records.attempts[slot] < this.#retry.maxAttempts;
  }

  /**
   * Whether the SDK sends a request again whose attempt is not counted yet; all its records were tried equally often.
   */
  mayResend(records: RecordSlab, slot: number): boolean {
    return this.#retry.policy === 'sdk' && records.attempts[slot] + 1 < this.#retry.maxAttempts;
  }

  /** Wait of a record after its last attempt, in microseconds: evenly between 0 and the longest. */
  ofRecord(records: RecordSlab, slot: number): number {
    return this.#drawn(records, slot, longestWaitUs(this.#retry, records.attempts[slot]));
  }

  /** Wait of a whole request whose first record this is, as the AWS SDK waits. */
  ofRequest(records: RecordSlab, slot: number): number {
    if (this.#retry.policy !== 'sdk') return 0;
    const { baseUs, maxUs } = this.#retry;
    const isThrottled = records.lastOutcome[slot] === ATTEMPT.throttled;
    const longestUs = doubled(isThrottled ? baseUs : SDK_TRANSIENT_BASE_US, maxUs, records.attempts[slot]);
    return this.#drawn(records, slot, longestUs);
  }

  #drawn(records: RecordSlab, slot: number, longestUs: number): number {
    const draws = this.#jitters[records.source[slot]];
    return Math.floor(draws.uniform(records.k[slot], records.attempts[slot]) * longestUs);
  }
}
