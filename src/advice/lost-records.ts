/**
 * LOST_RECORDS: records that left the stream before a consumer had read them, one finding for each consumer.
 */
import type { Shard } from '../model/shard-map.ts';
import type { FindingOf } from '../results/report-document.ts';
import type { Loss } from '../simulate/consumer-rows.ts';

/** @param all the shards by number */
export function lostRecordsOf(
  losses: readonly Loss[],
  retentionHours: number,
  all: readonly Shard[],
): FindingOf<'LOST_RECORDS'>[] {
  return losses.map(({ consumer, records, shards, worstShard, firstMs }) => ({
    code: 'LOST_RECORDS',
    severity: 'critical',
    shardId: all[worstShard].shardId,
    evidence: { consumer, records, shards, retentionHours, firstLostMs: firstMs },
  }));
}
