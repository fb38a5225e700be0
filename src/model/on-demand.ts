/**
 * How the service itself reshards an on-demand stream, without a clock: it is told what each open shard took in every
 * minute, and says which shards are to be split, and when.
 *
 * AWS publishes the rule in words: a shard that is written to above 500 KB/s is split evenly within 15 minutes, so that
 * a stream carries about twice its peak, and one that more than doubles within 15 minutes is throttled meanwhile
 * (developer guide, How do I size a stream). Everything beyond these words is an assumption, listed in
 * `on-demand-assumptions.ts`. The 2 x rule needs no second mechanism: shards that are split above half of their limit leave
 * a stream that carries twice what it took.
 */
import { LIMITS, MIB } from './limits.ts';

export interface OnDemandRules {
  /** Mean of a minute above which a shard is split, in bytes per second. */
  readonly splitAboveBytesPerSec: number;
  /** The same in records per second. */
  readonly splitAboveRecordsPerSec: number;
  /** From the start of the first minute above to the split, in microseconds. */
  readonly withinUs: number;
  /** Open shards that the stream grows to at most. */
  readonly mostShards: number;
}

/** What AWS's words are taken to say. */
export const ON_DEMAND_RULES: OnDemandRules = {
  splitAboveBytesPerSec: LIMITS.onDemandSplitBytesPerSec.value,
  splitAboveRecordsPerSec: LIMITS.onDemandSplitRecordsPerSec.value,
  withinUs: LIMITS.onDemandSplitWithinSec.value * 1_000_000,
  mostShards: LIMITS.onDemandWriteBytesPerSec.value / MIB,
};

export const MINUTE_US = 60_000_000;

/**
 * Open shards of a new on-demand stream: 4, or as many as its warm throughput fills (On-demand Advantage).
 * @param warmBytesPerSec writes that it is to take at once, bytes per second
 */
export function onDemandShards(warmBytesPerSec?: number): number {
  const least = LIMITS.onDemandNewShards.value;
  return warmBytesPerSec === undefined ? least : Math.max(least, Math.ceil(warmBytesPerSec / MIB));
}

/** Open shards that a stream can come to have within a time, each split as soon as it can be. */
export function reachableShards(
  shards: number,
  { withinUs, mostShards }: OnDemandRules,
  timeUs: number,
): number {
  let most = shards;
  for (let us = withinUs; us < timeUs && most < mostShards; us += withinUs) most *= 2;
  return Math.min(most, mostShards);
}

/** Which shards of one stream are due to be split; shards by number. */
export class OnDemandScaler {
  readonly #rules: OnDemandRules;
  /** Due times by shard, in order of being due: every shard waits as long as any other. */
  readonly #due = new Map<number, number>();

  constructor(rules: OnDemandRules = ON_DEMAND_RULES) {
    this.#rules = rules;
  }

  /** When the next split is due, in microseconds; Infinity where none is. */
  get nextUs(): number {
    for (const dueUs of this.#due.values()) return dueUs;
    return Infinity;
  }

  /** A minute is over in which an open shard accepted so much; minutes come in order. */
  minute(shard: number, records: number, bytes: number, startUs: number): void {
    const { splitAboveBytesPerSec, splitAboveRecordsPerSec, withinUs } = this.#rules;
    const isAbove = bytes > splitAboveBytesPerSec * 60 || records > splitAboveRecordsPerSec * 60;
    if (isAbove && !this.#due.has(shard)) this.#due.set(shard, startUs + withinUs);
  }

  /**
   * Takes out the shards to be split by now.
   * @param openShards open shards before; those that would make too many stay as they are, and are forgotten
   */
  take(nowUs: number, openShards: number): number[] {
    const shards: number[] = [];
    for (const [shard, dueUs] of this.#due) {
      if (dueUs > nowUs) break;
      this.#due.delete(shard);
      if (openShards + shards.length < this.#rules.mostShards) shards.push(shard);
    }
    return shards;
  }
}
