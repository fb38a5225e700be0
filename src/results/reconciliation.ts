/**
 * Our count of what was put against the service's own: IncomingRecords, IncomingBytes and
 * WriteProvisionedThroughputExceeded, stream by stream and, where shard metrics are on, shard by shard.
 */
import type { PutCounts } from './put-counts.ts';

/** Ours, theirs, and what theirs is above ours. */
export interface CountPair {
  readonly ours: number;
  readonly theirs: number;
  readonly difference: number;
}

export interface ReconciledShard {
  readonly shardId: string;
  /** Absent where its metric is off. */
  readonly records?: CountPair;
  readonly bytes?: CountPair;
  readonly throttled?: CountPair;
}

/**
 * `matches`: nothing is left to explain. `unknown`: records whose reply never came explain the difference. `others`: there
 * is more than we sent: somebody else writes, too. `missing`: less than was acknowledged to us. `incomplete`: the minutes
 * were not all there when we stopped waiting.
 */
export const RECONCILED = ['matches', 'unknown', 'others', 'missing', 'incomplete'] as const;
export type Reconciled = (typeof RECONCILED)[number];

/** Why nothing was compared: the user's wish, nothing was sent, an interruption, or the service did not tell. */
export const UNRECONCILED = ['skipped', 'nothing-sent', 'interrupted', 'unavailable'] as const;
export type Unreconciled = (typeof UNRECONCILED)[number];

export type Reconciliation =
  | {
      readonly verdict: Reconciled;
      /** The minutes that were read, ISO 8601 on the clock of the metrics; `to` is exclusive. */
      readonly from: string;
      readonly to: string;
      /** How long was waited for them. */
      readonly waitedMs: number;
      /** Kinesis records, warm-up included. */
      readonly records: CountPair;
      /** Data and partition keys. */
      readonly bytes: CountPair;
      /** Part of our bytes that are partition keys. */
      readonly keyBytes: number;
      /** Attempts at Kinesis records. */
      readonly throttled: CountPair;
      /** Kinesis records that may be stored although no reply came; not among ours. */
      readonly unknown: number;
      readonly shards?: readonly ReconciledShard[];
    }
  | { readonly verdict: Unreconciled; readonly reason: string };

/** What the service has counted. */
export interface ServiceCounts {
  readonly records: number;
  readonly bytes: number;
  readonly throttled: number;
  readonly shards?: readonly ServiceShardCounts[];
}

export interface ServiceShardCounts {
  readonly shardId: string;
  /** Number of the shard. */
  readonly shard: number;
  readonly records?: number;
  readonly bytes?: number;
  readonly throttled?: number;
}

/** Of what minutes the counts are, and how long they were waited for. */
export interface ReadMinutes {
  readonly from: string;
  readonly to: string;
  readonly waitedMs: number;
  /** Whether all minutes were there. */
  readonly complete: boolean;
}

export function reconcile(
  ours: PutCounts,
  theirs: ServiceCounts,
  { complete, from, to, waitedMs }: ReadMinutes,
): Reconciliation {
  const records = pairOf(ours.accepted, theirs.records);
  const bytes = pairOf(ours.dataBytes + ours.keyBytes, theirs.bytes);
  const throttled = pairOf(ours.throttled, theirs.throttled);
  return {
    verdict: verdictOf({ records, bytes, throttled }, ours, complete),
    from,
    to,
    waitedMs,
    records,
    bytes,
    keyBytes: ours.keyBytes,
    throttled,
    unknown: ours.unknown,
    ...(theirs.shards === undefined ? {} : { shards: theirs.shards.map((shard) => shardPairs(ours, shard)) }),
  };
}

function verdictOf(
  { records, bytes, throttled }: Record<'records' | 'bytes' | 'throttled', CountPair>,
  { unknown, keyBytes }: PutCounts,
  complete: boolean,
): Reconciled {
  // Nobody has published whether IncomingBytes counts partition keys: without them is no difference.
  const bytesMatch = bytes.difference === 0 || bytes.difference === -keyBytes;
  const isLess = records.difference < 0 || throttled.difference < 0;
  if (isLess) return complete ? 'missing' : 'incomplete';
  if (records.difference === 0 && throttled.difference === 0) {
    if (bytesMatch) return 'matches';
    return complete ? 'missing' : 'incomplete';
  }
  // A request without a reply may have been stored, throttled, or both in part.
  const isExplained = records.difference + throttled.difference <= unknown;
  return isExplained ? 'unknown' : 'others';
}

function shardPairs(ours: PutCounts, shard: ServiceShardCounts): ReconciledShard {
  const own = ours.shards[shard.shard] ?? { accepted: 0, bytes: 0, throttled: 0 };
  return {
    shardId: shard.shardId,
    ...(shard.records === undefined ? {} : { records: pairOf(own.accepted, shard.records) }),
    ...(shard.bytes === undefined ? {} : { bytes: pairOf(own.bytes, shard.bytes) }),
    ...(shard.throttled === undefined ? {} : { throttled: pairOf(own.throttled, shard.throttled) }),
  };
}

function pairOf(ours: number, theirs: number): CountPair {
  return { ours, theirs, difference: theirs - ours };
}
