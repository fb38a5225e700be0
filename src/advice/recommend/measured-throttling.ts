/**
 * What CloudWatch has counted as throttled, to be held beside a replay, and why the two differ where they do.
 */
import type { Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { MeasuredThrottling, PlanningRules, ReplayGap } from '../../results/recommendation-document.ts';
import type { StreamLoads } from './stream-loads.ts';

/** Shares that differ by less than this, or by less than a factor of two, tell the same story. */
const ALIKE = 0.005;

/** Null where the stream's metric is not there. @param steps all complete ones where not given */
export function measuredThrottling(
  { stream, complete, count }: MinuteSeries,
  steps?: readonly number[],
): MeasuredThrottling | null {
  const { IncomingRecords: incoming, WriteProvisionedThroughputExceeded: throttled } = stream;
  if (throttled === undefined || incoming === undefined) return null;
  const all = steps ?? Array.from({ length: Math.min(complete, count) }, (_, step) => step);
  return { accepted: sumOf(incoming, all), throttledAttempts: sumOf(throttled, all) };
}

function sumOf(column: Column, steps: readonly number[]): number {
  return steps.reduce((sum, step) => sum + (column[step] > 0 ? column[step] : 0), 0);
}

/** Part of the attempts, 0…1. */
export function throttledShare({ accepted, throttledAttempts }: MeasuredThrottling): number {
  const attempts = accepted + throttledAttempts;
  return attempts > 0 ? throttledAttempts / attempts : 0;
}

/** Why a replay of the layout of now does not throttle about as much as was measured; none where it does. */
export function gapsOf(
  measured: MeasuredThrottling | null,
  replayed: number,
  loads: StreamLoads,
  burst: PlanningRules['burstFactor'],
): ReplayGap[] {
  if (measured === null) return [];
  const share = throttledShare(measured);
  if (Math.abs(share - replayed) <= ALIKE) return [];
  if (replayed < share / 2)
    return [
      ...(loads.hasUnknownShards ? (['shard-loads-unknown'] as const) : []),
      'bursts-within-second' as const,
    ];
  if (replayed <= share * 2) return [];
  return [
    ...(share > 0 ? (['retries-as-new'] as const) : []),
    ...(burst.records > 1 || burst.bytes > 1 ? (['burst-factor'] as const) : []),
  ];
}
