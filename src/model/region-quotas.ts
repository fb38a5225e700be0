/**
 * Quotas that differ between AWS's regions: three large ones have more than the others.
 */
import { LIMITS, type Limit } from './limits.ts';

const LARGE_REGIONS: ReadonlySet<string> = new Set(['us-east-1', 'us-west-2', 'eu-west-1']);

/** Whether a region has the larger of two quotas; of other services the same three do. */
export function hasLargeQuotas(region: string): boolean {
  return LARGE_REGIONS.has(region);
}

/** Shards that an account may have by default; elsewhere the more cautious of the two that AWS names. */
export function shardQuotaOf(region: string): Limit {
  return hasLargeQuotas(region) ? LIMITS.shardQuota : LIMITS.shardQuotaElsewhere;
}

/** Bytes per second that an on-demand stream grows to by default. */
export function onDemandWriteLimitOf(region: string): Limit {
  return hasLargeQuotas(region) ? LIMITS.onDemandWriteBytesPerSec : LIMITS.onDemandWriteBytesElsewhere;
}

/** Consumers with enhanced fan-out that a stream may have, by its capacity mode. */
export function fanOutLimitOf(mode: 'provisioned' | 'on-demand' | 'on-demand-advantage'): Limit {
  return mode === 'on-demand-advantage' ? LIMITS.consumersPerAdvantageStream : LIMITS.fanOutConsumers;
}
