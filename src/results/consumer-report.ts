/**
 * The parts of a report that are about consumers: how far behind each was, what it was refused, and who took what it
 * was refused for.
 */
import type { LatencySummary } from './report-document.ts';

/** One consumer over the counted duration. Records are Kinesis records: an aggregate of the KPL is one. */
export interface ConsumerRow {
  readonly name: string;
  readonly kind: 'polling' | 'efo';
  readonly preset?: 'kcl' | 'lambda' | 'firehose' | 'flink' | 'custom';
  /** Polling: from one call on a shard to the next, after one that returned records and one that did not. */
  readonly everyMs?: number;
  readonly idleMs?: number;
  /** GetRecords calls, the throttled and the empty ones among them; of fan-out: pushes. */
  readonly calls: number;
  readonly throttledCalls: number;
  readonly emptyCalls: number;
  /** Read. */
  readonly records: number;
  readonly bytes: number;
  /** Left the stream by age before it read them. */
  readonly lostRecords: number;
  /**
   * As AWS defines it, the age of the last record of a reply and 0 where the reply reached the tip; while calls are
   * throttled or the consumer is out, the age of its oldest unread record. The worst shard.
   */
  readonly iteratorAgeMs: { readonly max: number; readonly atEnd: number };
  /**
   * Stored and not read yet, over all shards, within the counted duration and at its end. What was stored after it,
   * while the producer settled what it still had, nobody is followed in reading; absent where that is nothing.
   */
  readonly backlog: {
    readonly maxRecords: number;
    readonly atEndRecords: number;
    readonly storedLaterRecords?: number;
  };
  readonly drain: Drain;
  /** From a record's due time to its being processed: modelled, or in a run measured. */
  readonly endToEndMs: LatencySummary;
  /** Records that `endToEndMs` does not cover, for they were not read: unread at the end, or lost. */
  readonly endToEndWithout?: number;
  /** Of what a shard allows, on average over shards and time: for all that poll together, or for this one alone. */
  readonly share: {
    readonly callsPerSec: number;
    readonly callsLimitPerSec: number | null;
    readonly bytesPerSec: number;
    readonly bytesLimitPerSec: number;
  };
  /** Where calls were throttled: on the shard with most of them, for which limit, and who used most of that. */
  readonly starvation?: Starvation;
  /** Where the backlog outgrew what is kept record by record: ages and latencies are known to so many milliseconds. */
  readonly coarsenedMs?: number;
  /** And whose backlog that was: its own, or that of another consumer of the same shard. */
  readonly coarsenedBy?: string;
  /** Of a run: acknowledged against seen; absent for one that joined at the newest record, as it need not see all. */
  readonly delivery?: DeliveryInfo;
  /** Of a run: calls that failed otherwise than by throttling, and the first such error. */
  readonly failedCalls?: number;
  readonly firstError?: { readonly code: string; readonly message: string };
}

/**
 * Kinesis records of the run, over all of it: warm-up and the reading to the tip afterwards included.
 * `seen` = `acknowledged` - `lost` - `unread` + `unacknowledged`.
 */
export interface DeliveryInfo {
  readonly acknowledged: number;
  readonly seen: number;
  /** Acknowledged, and not there when the shard was read to its end; a lower bound where `isAtLeast`. */
  readonly lost: number;
  readonly isAtLeast?: true;
  /** Acknowledged, on shards that could not be read to their end in time. */
  readonly unread: number;
  /** Seen though no reply had acknowledged them: puts of unknown fate that were stored. */
  readonly unacknowledged: number;
  /** User records that came a second time, among the latest 260,000 at least. */
  readonly duplicates: number;
  /** User records too short for a header, or texts: whose they are, and how late, cannot be told. */
  readonly withoutHeader: number;
  /** Kinesis records of other producers. */
  readonly others: number;
}

/**
 * How the consumer got rid of what it was behind. `keptUp`: every call reached the tip. `drained`: it was behind for
 * `ms` at most. `draining`: still behind in the end, and at the pace it read and records came it takes `ms` more.
 * `growing`: still behind, and not coming nearer.
 */
export interface Drain {
  readonly state: 'keptUp' | 'drained' | 'draining' | 'growing';
  readonly ms: number | null;
}

export interface Starvation {
  readonly limit: 'calls' | 'bytes';
  readonly shardId: string;
  /** Name of the consumer that used most of it; it may be the throttled one itself. */
  readonly by: string;
  /** Its part of what was used, 0…1. */
  readonly share: number;
}

/** In the steps of the series. Largest value within a step; of ages that of the worst shard. */
export interface ConsumerSeries {
  readonly name: string;
  readonly iteratorAgeMs: readonly number[];
  readonly backlog: readonly number[];
}
