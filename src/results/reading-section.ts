/**
 * What the report of one of several machines carries of its consumers, so that `merge` can hold what all machines had
 * acknowledged against what the consumers saw on all shards: each shard is read by one machine alone.
 */
import type { ConsumerRow } from './consumer-report.ts';
import type { ExactLatency } from './latency.ts';
import type { LedgerParts } from './sequence-ledger.ts';

export interface SavedReading {
  /** What the stream keeps, for the words of what was lost. */
  readonly retentionHours: number;
  /** From the common start of all machines to the counted duration. */
  readonly warmupMs: number;
  /** Kinesis records that this machine's senders had acknowledged, on whichever shard. */
  readonly acknowledged: LedgerParts;
  /** Their number at the end of each step of the series, warm-up included. */
  readonly told: readonly number[];
  /** In the order of the scenario. */
  readonly consumers: readonly SavedConsumer[];
}

/** A consumer's row without what only all machines together know. */
export type SavedConsumerRow = Omit<ConsumerRow, 'backlog' | 'delivery' | 'lostRecords' | 'endToEndWithout'>;

/** One consumer on the shards that this machine read. */
export interface SavedConsumer {
  readonly row: SavedConsumerRow;
  /** Whether all that was acknowledged is for it: it did not join at the newest record. */
  readonly readsAll: boolean;
  /** Shards of which it has read anything within the counted duration: `row.share` is a mean over them. */
  readonly shards: number;
  /** By step of the series: the greatest age that is known, and the records that it was past at the end of the step. */
  readonly agesMs: readonly number[];
  readonly passed: readonly number[];
  /**
   * By step: how long it had not been at the tip of a shard while it was throttled or out. That is its age at most;
   * whether anything was there to be read, only all machines together know. And the same in the end, where it was out.
   */
  readonly heldMs: readonly number[];
  readonly heldAtEndMs: number;
  readonly seen: LedgerParts;
  /** Numbers of closed shards read to their end, and of open ones read to the tip after the load. */
  readonly ended: readonly number[];
  readonly drained: readonly number[];
  /** When the first of the latter was at its tip, microseconds since 1970; absent where there is none. */
  readonly tipUs?: number;
  /** What the summary of `row.endToEndMs` rounds. */
  readonly endToEnd: ExactLatency;
  /** Records read when their time was over, so that their latency is not their own. */
  readonly hurried: number;
  readonly duplicates: number;
  readonly withoutHeader: number;
  readonly others: number;
}
