/**
 * What a shard may carry as a mean over a step: its limits less headroom, over the factor by which single seconds are
 * busier. Loads are held against it as they are, not raised.
 */
import { LIMITS } from '../../model/limits.ts';
import type { PlanningRules } from '../../results/recommendation-document.ts';

export interface PlanningLimit {
  /** Records and bytes per second. */
  readonly records: number;
  readonly bytes: number;
}

/** limit x (1 - headroom) / burst factor */
export function planningLimit(headroom: number, burst: PlanningRules['burstFactor']): PlanningLimit {
  return {
    records: (LIMITS.writeRecordsPerSec.value * (1 - headroom)) / burst.records,
    bytes: (LIMITS.writeBytesPerSec.value * (1 - headroom)) / burst.bytes,
  };
}

/** The fuller dimension, as a part of the planning limit. */
export function fillOf(limit: PlanningLimit, records: number, bytes: number): number {
  const ofRecords = records / limit.records;
  const ofBytes = bytes / limit.bytes;
  return ofRecords > ofBytes ? ofRecords : ofBytes;
}
