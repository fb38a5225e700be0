/**
 * What happened when: counts per step of time, at most 1,440 steps, per shard for at most 100 shards, those with the
 * lowest numbers. What is answered after the end is counted apart, so that no step has what did not happen in it.
 */
import { ATTEMPT } from '../model/outcome.ts';
import type { LayoutCounts } from './layout-phases.ts';
import type { AfterEnd, Series } from './report-document.ts';
import type { RetryTrace } from './retry-recovery.ts';

export const MOST_STEPS = 1440;
const MOST_SHARDS = 100;
const US_PER_SEC = 1_000_000;

/** Length of a step: whole seconds, as few as the most steps allow. @param unitSec what it is a multiple of */
export function stepUsOf(durationUs: number, unitSec = 1): number {
  const durationSec = Math.ceil(durationUs / US_PER_SEC);
  return Math.ceil(durationSec / MOST_STEPS / unitSec) * unitSec * US_PER_SEC;
}

export class TimeSeries {
  readonly #durationUs: number;
  readonly #stepUs: number;
  readonly #steps: number;
  #shards: number;
  readonly #offered: Float64Array;
  readonly #accepted: Float64Array;
  readonly #throttled: Float64Array;
  readonly #bytes: Float64Array;
  readonly #retries: Float64Array;
  /** Largest backlog within a step, in seconds of a shard's limit. */
  readonly #backlog: Float64Array;
  /** Open shards at the end of each step, where the layout has changed. */
  #open: Float64Array | undefined;
  readonly #shardOffered: Float64Array[];
  readonly #shardThrottled: Float64Array[];

  /** When the last reply came. */
  #lastUs = 0;
  /** The step that was looked up last: most look-ups are of the same. */
  #step = 0;
  #fromUs = 0;
  #untilUs = 0;

  /** @param unitSec what a step is a multiple of */
  constructor(durationUs: number, shards: number, unitSec = 1) {
    this.#durationUs = durationUs;
    this.#stepUs = stepUsOf(durationUs, unitSec);
    this.#steps = Math.ceil(durationUs / this.#stepUs);
    this.#shards = Math.min(shards, MOST_SHARDS);
    const column = (): Float64Array => this.#column();
    [this.#offered, this.#accepted, this.#throttled, this.#bytes] = [column(), column(), column(), column()];
    [this.#retries, this.#backlog] = [column(), column()];
    this.#shardOffered = Array.from({ length: this.#shards }, column);
    this.#shardThrottled = Array.from({ length: this.#shards }, column);
  }

  /** A count per step, and behind them one for what comes after the end. */
  #column(): Float64Array {
    return new Float64Array(this.#steps + 1);
  }

  /** Shards up to number `shards` - 1 may be named from now on. */
  grow(shards: number): void {
    this.#shards = Math.max(this.#shards, Math.min(shards, MOST_SHARDS));
    while (this.#shardOffered.length < this.#shards) {
      this.#shardOffered.push(this.#column());
      this.#shardThrottled.push(this.#column());
    }
  }

  /** From now on so many shards are open; before the first change as many as `before`. */
  layout(timeUs: number, open: number, before: number): void {
    this.#open ??= new Float64Array(this.#steps).fill(before);
    this.#open.fill(open, this.#stepAt(timeUs));
  }

  /** Counted so far. */
  get counts(): LayoutCounts {
    return {
      offered: sumOf(this.#offered),
      accepted: sumOf(this.#accepted),
      throttled: sumOf(this.#throttled),
    };
  }

  offer(dueUs: number, shard: number, bytes: number): void {
    const step = this.#stepAt(dueUs);
    this.#offered[step]++;
    this.#bytes[step] += bytes;
    if (shard < this.#shards) this.#shardOffered[shard][step]++;
  }

  /** Offers records `from` … `to - 1` of some columns, all of one step: that of `dueUs`. */
  offerRun(dueUs: number, shards: Uint32Array, bytes: Uint32Array, from: number, to: number): void {
    const step = this.#stepAt(dueUs);
    let sum = 0;
    for (let i = from; i < to; i++) {
      sum += bytes[i];
      if (shards[i] < this.#shards) this.#shardOffered[shards[i]][step]++;
    }
    this.#offered[step] += to - from;
    this.#bytes[step] += sum;
  }

  /** Many records of one shard fall due in one step. */
  offerMany(timeUs: number, shard: number, records: number, bytes: number): void {
    const step = this.#stepAt(timeUs);
    this.#offered[step] += records;
    this.#bytes[step] += bytes;
    if (shard < this.#shards) this.#shardOffered[shard][step] += records;
  }

  /** Many attempts were answered in one step, the last of them now. @param throttled by shard */
  answerMany(timeUs: number, accepted: number, retries: number, throttled: Float64Array): void {
    const step = this.#replyAt(timeUs);
    this.#accepted[step] += accepted;
    this.#retries[step] += retries;
    for (let shard = 0; shard < throttled.length; shard++) {
      this.#throttled[step] += throttled[shard];
      if (shard < this.#shards) this.#shardThrottled[shard][step] += throttled[shard];
    }
  }

  /** Many records of one shard at once, each tried once. */
  add(timeUs: number, shard: number, records: number, bytes: number, throttled: number): void {
    const step = this.#stepAt(timeUs);
    this.#offered[step] += records;
    this.#bytes[step] += bytes;
    this.#accepted[step] += records - throttled;
    this.#throttled[step] += throttled;
    if (shard >= this.#shards) return;
    this.#shardOffered[shard][step] += records;
    this.#shardThrottled[shard][step] += throttled;
  }

  accept(timeUs: number, records = 1): void {
    this.#accepted[this.#replyAt(timeUs)] += records;
  }

  throttle(timeUs: number, shard: number): void {
    const step = this.#replyAt(timeUs);
    this.#throttled[step]++;
    if (shard < this.#shards) this.#shardThrottled[shard][step]++;
  }

  /** The first `count` of some records were answered, all now. */
  answerRun(timeUs: number, shards: Uint32Array, outcomes: Uint8Array, count: number): void {
    const step = this.#replyAt(timeUs);
    let [accepted, throttled] = [0, 0];
    for (let i = 0; i < count; i++) {
      if (outcomes[i] === ATTEMPT.accepted) accepted++;
      if (outcomes[i] !== ATTEMPT.throttled) continue;
      throttled++;
      if (shards[i] < this.#shards) this.#shardThrottled[shards[i]][step]++;
    }
    this.#accepted[step] += accepted;
    this.#throttled[step] += throttled;
  }

  /** An attempt was answered that was not its record's first. */
  retry(timeUs: number): void {
    this.#retries[this.#replyAt(timeUs)]++;
  }

  /** An attempt failed otherwise than by throttling: only its time is kept. */
  fail(timeUs: number): void {
    this.#replyAt(timeUs);
  }

  /** A second had this backlog at its end; see `backlog.ts`. */
  backlog(second: number, seconds: number): void {
    const step = this.#stepAt(second * US_PER_SEC);
    this.#backlog[step] = Math.max(this.#backlog[step], seconds);
  }

  /** What `retry-recovery.ts` judges. Retries after the end weigh on the last step: with them on their way it was not calm. */
  get retryTrace(): RetryTrace {
    const retries = this.#retries.slice(0, this.#steps);
    retries[this.#steps - 1] += this.#retries[this.#steps];
    return {
      stepSec: this.#stepUs / US_PER_SEC,
      offered: this.#offered.subarray(0, this.#steps),
      retries,
      backlogSec: this.#backlog.subarray(0, this.#steps),
    };
  }

  /** The step in which a reply comes, or the place behind the last of them. */
  #replyAt(timeUs: number): number {
    if (timeUs > this.#lastUs) this.#lastUs = timeUs;
    return timeUs >= this.#durationUs ? this.#steps : this.#stepAt(timeUs);
  }

  #stepAt(timeUs: number): number {
    if (timeUs >= this.#fromUs && timeUs < this.#untilUs) return this.#step;
    const step = Math.min(this.#steps - 1, Math.max(0, Math.floor(timeUs / this.#stepUs)));
    this.#step = step;
    this.#fromUs = step * this.#stepUs;
    this.#untilUs = this.#fromUs + this.#stepUs;
    return step;
  }

  /**
   * The steps up to `endUs`, and apart from them what was answered later.
   * @param endUs the duration, or where a run was cut short
   * @param shardIds by number; those without a name are left out
   */
  until(endUs: number, shardIds: readonly (string | undefined)[]): Series {
    const steps = Math.min(this.#steps, Math.max(1, Math.ceil(endUs / this.#stepUs)));
    const cut = (column: Float64Array): number[] => Array.from(column.subarray(0, steps));
    // A record that fell due as the run was cut short is one of its last step.
    const cutOffered = (column: Float64Array): number[] => {
      const kept = cut(column);
      kept[steps - 1] += sumOf(column.subarray(steps));
      return kept;
    };
    const afterEnd = this.#after(steps);
    return {
      stepMs: this.#stepUs / 1000,
      offered: cutOffered(this.#offered),
      accepted: cut(this.#accepted),
      throttledAttempts: cut(this.#throttled),
      retries: cut(this.#retries),
      bytes: cutOffered(this.#bytes),
      ...(this.#open === undefined ? {} : { openShards: Array.from(this.#open.subarray(0, steps)) }),
      shards: this.#shardOffered.flatMap((offered, i) => {
        const shardId = shardIds.at(i);
        if (shardId === undefined) return [];
        return { shardId, offered: cutOffered(offered), throttledAttempts: cut(this.#shardThrottled[i]) };
      }),
      ...(afterEnd === undefined ? {} : { afterEnd }),
    };
  }

  /** What was answered after so many steps. */
  #after(steps: number): AfterEnd | undefined {
    const after = (column: Float64Array): number => sumOf(column.subarray(steps));
    const accepted = after(this.#accepted);
    const throttledAttempts = after(this.#throttled);
    if (accepted + throttledAttempts === 0 && this.#lastUs < this.#durationUs) return undefined;
    return { accepted, throttledAttempts, retries: after(this.#retries), lastMs: this.#lastUs / 1000 };
  }
}

function sumOf(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}
