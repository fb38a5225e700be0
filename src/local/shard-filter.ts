/**
 * ShardFilter of ListShards: which shards, open and closed, a list is about. Times are settled when a list begins, so
 * that all its pages show the same shards although the stream reshards meanwhile.
 */
import { invalidArgument } from './service-error.ts';
import type { StreamLayout } from './stream-layout.ts';

export const SHARD_FILTERS = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const;

type FilterType = (typeof SHARD_FILTERS)[number];

/** ShardFilter as a request carries it. */
export interface FilterInput {
  readonly Type: string;
  readonly ShardId: string | undefined;
  /** Seconds since the epoch. */
  readonly Timestamp: number | undefined;
}

/** `all`: every shard. `open`: those open at a time. `during`: those that a time touches, by its millisecond. `since`: those not closed before it. */
export interface ShardFilter {
  readonly kind: string;
  readonly atUs: number;
}

/** @throws ServiceError where a filter comes without what it needs, or with what it does not */
export function checkFilter(input: FilterInput | undefined): void {
  const type = input?.Type ?? 'FROM_TRIM_HORIZON';
  if ((type === 'AFTER_SHARD_ID') !== (input?.ShardId !== undefined)) {
    throw invalidArgument(
      'ShardId must be provided with the ShardFilter type AFTER_SHARD_ID, and with no other.',
    );
  }
  if (type.endsWith('_TIMESTAMP') !== (input?.Timestamp !== undefined)) {
    throw invalidArgument(
      'Timestamp must be provided with the ShardFilter types AT_TIMESTAMP and FROM_TIMESTAMP, and with no other.',
    );
  }
}

/**
 * The filter of a checked input at a time. Shards before the trim horizon are gone, so no time reaches behind it.
 */
export function filterOf(input: FilterInput | undefined, horizonUs: number, nowUs: number): ShardFilter {
  const wantedUs = Math.max(horizonUs, Math.round((input?.Timestamp ?? 0) * 1000) * 1000);
  switch ((input?.Type ?? 'FROM_TRIM_HORIZON') as FilterType) {
    case 'AT_LATEST':
      return { kind: 'open', atUs: nowUs };
    case 'AT_TRIM_HORIZON':
      return { kind: 'open', atUs: horizonUs };
    case 'AT_TIMESTAMP':
      return { kind: 'during', atUs: wantedUs };
    case 'FROM_TIMESTAMP':
      return { kind: 'since', atUs: wantedUs };
    default:
      return { kind: 'all', atUs: 0 };
  }
}

/** Whether a shard is one of those that a filter means. */
export function passes({ kind, atUs }: ShardFilter, layout: StreamLayout, shard: number): boolean {
  const openedUs = layout.openedUs(shard);
  const closedUs = layout.closedUs(shard);
  switch (kind) {
    case 'open':
      return openedUs <= atUs && closedUs > atUs;
    case 'during':
      // Timestamps are whole milliseconds; a shard counts with the one in which it opened, and in which it closed.
      return millisecond(openedUs) <= millisecond(atUs) && millisecond(closedUs) >= millisecond(atUs);
    case 'since':
      return millisecond(closedUs) >= millisecond(atUs);
    default:
      return true;
  }
}

function millisecond(us: number): number {
  return Math.floor(us / 1000);
}
