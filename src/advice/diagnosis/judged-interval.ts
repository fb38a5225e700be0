/**
 * A load whose ends are known, held against a limit.
 */
import { LIMITS } from '../../model/limits.ts';
import type { JudgedInterval } from '../../results/diagnosis-finding.ts';
import type { Dimension } from '../../results/finding.ts';
import type { LoadInterval } from '../../results/load-interval.ts';

/** One shard's limit, per second. */
export function limitOf(dimension: Dimension): number {
  return dimension === 'records' ? LIMITS.writeRecordsPerSec.value : LIMITS.writeBytesPerSec.value;
}

export function judged(
  dimension: Dimension,
  perSec: LoadInterval,
  steps: { readonly above: number; readonly of: number },
  limitPerSec = limitOf(dimension),
): JudgedInterval {
  return {
    dimension,
    perSec,
    limitPerSec,
    utilization: { lower: perSec.lower / limitPerSec, upper: perSec.upper / limitPerSec },
    stepsAbove: steps.above,
    steps: steps.of,
  };
}
