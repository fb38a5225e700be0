/**
 * The part of a plan that says what was asked: without it, nobody can tell later what the answer is an answer to.
 */
import type { ConsumerRow } from './consumer-report.ts';

export interface PlanQuestion {
  readonly sources: readonly AskedSource[];
  readonly consumers: readonly AskedConsumer[];
  /** Short times in which more comes; of Poisson arrivals the one second in a million. */
  readonly bursts: readonly AskedBurst[];
  readonly outage?: { readonly outageSec: number; readonly recoverSec: number };
  readonly retentionHours: number;
  readonly region: string;
  readonly shardQuota: number;
  /** Part of every limit that is kept free, 0…1. */
  readonly headroom: number;
  /** Which of the two is the criterion for hot shards. */
  readonly confidence?: number;
  readonly maxThrottled?: number;
  /** Whether generated names of keys are placed by name. */
  readonly placement: 'random' | 'actual';
  readonly currentShards?: number;
  /** Of a scenario of a provisioned stream. */
  readonly scenarioShards?: number;
  /** Where producers aggregate; the sources are in user records. */
  readonly aggregate?: {
    readonly maxBytes: number;
    readonly maxCount: number;
    readonly lingerMs: number;
    readonly producers: number;
  };
}

export interface AskedSource {
  readonly name?: string;
  /** On average and at the peak; absent where the rate is what was asked for. */
  readonly meanRecordsPerSec?: number;
  readonly recordsPerSec?: number;
  /** Of a record on average, and of its key. */
  readonly dataBytes: number;
  readonly keyBytes: number;
  /** In short form, `zipf:1.1:100000`, or how many are given by name; absent where nothing is known of them. */
  readonly keys?: string;
}

export interface AskedConsumer extends Pick<ConsumerRow, 'kind' | 'preset'> {
  readonly name: string;
  /** As a flag says it: `lambda`, `kcl-polling`, `firehose-backup`. */
  readonly short: string;
  /** What its code works off, for each batch of a shard at a time; absent where nobody said. */
  readonly recordsPerSec?: number;
  /** Batches of a shard at a time. */
  readonly parallel: number;
}

export interface AskedBurst {
  readonly lengthSec: number;
  readonly everySec?: number;
  /** All that is sent while it lasts. */
  readonly recordsPerSec: number;
  readonly isChance?: true;
}
