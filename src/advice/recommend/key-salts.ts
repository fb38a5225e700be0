/**
 * Keys that fit on no shard, with the salts that would make them fit, and the other ways out for a stream whose layout is
 * not the trouble.
 */
import { LIMITS } from '../../model/limits.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { LayoutRange, UnfitKey, WayOut } from '../../results/recommendation-document.ts';
import { saltsFor } from '../placement/salts.ts';
import type { KeyShare } from './key-shares.ts';
import type { Census } from './shard-census.ts';
import type { StreamLoads } from './stream-loads.ts';

/** The heaviest first, on as many shards as there will be. Salts are for the upper end of the key's load, beside the mean load of everything else. */
export function unfitKeys(
  found: readonly { readonly shard: number; readonly key: KeyShare }[],
  loads: StreamLoads,
  census: Census,
  headroom: number,
  burst: { readonly records: number; readonly bytes: number },
  after: readonly LayoutRange[],
): UnfitKey[] {
  const shards = after.length;
  const mean = {
    records: mostOf(census.total.records) / shards / LIMITS.writeRecordsPerSec.value,
    bytes: mostOf(census.total.bytes) / shards / LIMITS.writeBytesPerSec.value,
  };
  return found
    .map(({ shard, key }): UnfitKey => {
      const { least, planned } = census.shards[shard];
      const fill = (of: typeof least, end: 'lower' | 'upper') => ({
        records: (key.records[end] * of.records) / LIMITS.writeRecordsPerSec.value,
        bytes: (key.bytes[end] * of.bytes) / LIMITS.writeBytesPerSec.value,
      });
      const [lower, upper] = [fill(least, 'lower'), fill(planned, 'upper')];
      const dimension = upper.records >= upper.bytes ? 'records' : 'bytes';
      const others = Math.max(0, mean[dimension] - lower[dimension] / shards);
      const utilization = {
        lower: Math.max(lower.records, lower.bytes),
        upper: Math.max(upper.records, upper.bytes),
      };
      const times = burst[dimension] / (1 - headroom);
      return {
        key: key.key,
        shardId: loads.shards[shard].shardId,
        shardIdAfter: shardOf(key.hashKey, after) ?? loads.shards[shard].shardId,
        utilization,
        planned: {
          lower: Math.max(lower.records * burst.records, lower.bytes * burst.bytes),
          upper: Math.max(upper.records * burst.records, upper.bytes * burst.bytes),
        },
        fits:
          utilization.upper > 1
            ? 'nowhere'
            : utilization.upper > 1 - headroom
              ? 'no-headroom'
              : 'busy-seconds',
        salts: saltsFor(upper[dimension] * times, others * times, shards),
      };
    })
    .sort((a, b) => b.utilization.upper - a.utilization.upper);
}

function shardOf(hashKey: bigint, layout: readonly LayoutRange[]): string | undefined {
  return layout.find(({ endingHashKey }) => BigInt(endingHashKey) >= hashKey)?.shardId;
}

/** What helps besides, or instead. */
export function waysOut(
  { stream, sample }: StreamEvidence,
  keys: readonly UnfitKey[],
  census: Census,
  isShort: boolean,
): WayOut[] {
  const ways: WayOut[] = keys.map(({ key }) => ({ code: 'salt-key', key }));
  const isOnDemand = stream.mode === 'on-demand';
  if (isOnDemand && isShort) {
    const peak = Math.max(
      mostOf(census.total.bytes) / LIMITS.writeBytesPerSec.value,
      mostOf(census.total.records) / LIMITS.writeRecordsPerSec.value,
    );
    ways.push({ code: 'warm-throughput', mibPerSec: Math.max(1, Math.ceil(peak * 2)) });
    ways.push({ code: 'own-shards', shards: stream.shards });
  }
  if (keys.some(({ fits }) => fits !== 'busy-seconds')) {
    if (sample !== null && sample.aggregates === 0) ways.push({ code: 'aggregate' });
    if (!stream.ignoresKeys) ways.push({ code: 'auto-distribution', needsOnDemand: !isOnDemand });
  }
  return ways;
}

function mostOf(column: Float64Array): number {
  return column.reduce((most, value) => (value > most ? value : most), 0);
}
