/**
 * LOST_RECORDS: records that left the stream before a consumer had read them, or were never there, one finding for each consumer.
 */
import { shardIdOf } from '../model/shard-map.ts';
import type { FindingOf } from '../results/report-document.ts';
import type { Loss } from '../simulate/consumer-rows.ts';

export function lostRecordsOf(losses: readonly Loss[], retentionHours: number): FindingOf<'LOST_RECORDS'>[] {
  return losses.map(({ consumer, records, shards, worstShard, firstMs, isMissing, isAtLeast }) => ({
    code: 'LOST_RECORDS',
    severity: 'critical',
    shardId: shardIdOf(worstShard),
    evidence: {
      ...{ consumer, records, shards, retentionHours, firstLostMs: firstMs },
      ...(isMissing && { isMissing }),
      ...(isAtLeast && { isAtLeast }),
    },
  }));
}
