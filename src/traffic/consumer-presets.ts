/**
 * Consumers as they come: how each reads unless it is told otherwise. Numbers stand beside their source; where the
 * sources are silent, it says so.
 */
import { LIMITS } from '../model/limits.ts';
import type { ConsumerPreset, ConsumerSpec } from './scenario.ts';

/** How a consumer polls, and what it hands to its code. */
export type Polling = Pick<ConsumerSpec, 'everyUs' | 'idleUs' | 'throttledUs' | 'limit' | 'batch'>;

export interface ConsumerDefaults {
  /** Absent: a user must say. */
  readonly kind?: ConsumerSpec['kind'];
  readonly kinds: readonly ConsumerSpec['kind'][];
  readonly polling: Polling;
}

const MOST = LIMITS.recordsPerGetRecords.value;
const SECOND_US = 1_000_000;

/** One call a second, as AWS advises (API reference, GetRecords: "wait 1 second between calls"). */
const ONCE_A_SECOND: Polling = {
  everyUs: SECOND_US,
  idleUs: SECOND_US,
  throttledUs: SECOND_US,
  limit: MOST,
  batch: MOST,
};

const BOTH = ['polling', 'efo'] as const;

export const CONSUMER_DEFAULTS: Readonly<Record<ConsumerPreset, ConsumerDefaults>> = {
  custom: { kinds: BOTH, polling: ONCE_A_SECOND },
  /**
   * KCL 2 and later default to enhanced fan-out; polling, PollingConfig: 1,500 ms between calls, 10,000 records
   * (amazon-kinesis-client 3.5; AWS's low-latency page says 1 s).
   */
  kcl: {
    kind: 'efo',
    kinds: BOTH,
    polling: { ...ONCE_A_SECOND, everyUs: 1_500_000, idleUs: 1_500_000, throttledUs: 1_500_000 },
  },
  /**
   * Lambda developer guide, Kinesis: polls each shard once a second; BatchSize 100. That one poll fetches up to 10,000
   * records, out of which batches are made, is our reading of "keeps processing batches until it has caught up".
   */
  lambda: { kind: 'polling', kinds: BOTH, polling: { ...ONCE_A_SECOND, batch: 100 } },
  /** Firehose developer guide, Kinesis source: GetRecords once a second per shard; twice with full backup. */
  firehose: { kind: 'polling', kinds: ['polling'], polling: ONCE_A_SECOND },
  /**
   * Flink KinesisStreamsSource: no delay between fetches that return records (source.reader.
   * nonempty-records-fetch-interval, default 0 ms; flink-connector-aws PRs 241 and 254). 250 ms after an empty one: one
   * secondary source. After a throttled one the same is assumed.
   */
  flink: {
    kind: 'polling',
    kinds: BOTH,
    polling: { everyUs: 0, idleUs: 250_000, throttledUs: 250_000, limit: MOST, batch: MOST },
  },
};

/** Firehose with backup of all records reads twice as often. */
export const BACKUP_EVERY_US = 500_000;
