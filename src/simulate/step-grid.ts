/**
 * How time is cut for the aggregate engine: steps, whose counts are drawn and reported, and ticks within them, in
 * which buckets are looked at where they can run empty.
 */
import type { Scenario } from '../traffic/scenario.ts';
import { peakRateOfAll, requestPeriodUs } from './request-period.ts';

const US_PER_SEC = 1_000_000;
/** The finest tick: a hundredth of what a bucket holds flows in. Requests farther apart are looked at one by one. */
const FINEST_US = 10_000;
/** Tick where so many shards are simulated for so long that every tick of each would take too long. */
const COARSER_US = 20_000;
/** Looks at buckets that take some seconds. */
const MOST_LOOKS = 20_000_000;
/** Counts per shard and second that take some seconds. */
const MOST_SECONDS = 20_000_000;
/** Steps where there are more: the window in which load is judged. */
const LONG_STEP_SEC = 10;

export interface StepGrid {
  /** Length of a step in microseconds, whole seconds; the last before a boundary may be shorter. */
  readonly stepUs: number;
  /** Longest tick, in microseconds. */
  readonly tickUs: number;
  /** Every tick is one request, whose records arrive together at its end. */
  readonly atOnce: boolean;
  /** Every bucket is looked at in every tick. */
  readonly isThorough: boolean;
}

/** @param meanBytes of data and key of a record */
export function stepGridOf(scenario: Scenario, meanBytes: number): StepGrid {
  const seconds = (scenario.warmupUs + scenario.durationUs) / US_PER_SEC;
  const { shards } = scenario.stream;
  const stepUs = (shards * seconds > MOST_SECONDS ? LONG_STEP_SEC : 1) * US_PER_SEC;
  const periodUs = requestPeriodUs(scenario.producer, peakRateOfAll(scenario), meanBytes);
  const inBursts = scenario.traffic.some(({ arrivals }) => arrivals.kind === 'bursts');
  if (periodUs >= FINEST_US && !inBursts) {
    const isThorough = (shards * seconds * US_PER_SEC) / Math.min(periodUs, stepUs) <= MOST_LOOKS;
    if (isThorough) return { stepUs, tickUs: Math.min(periodUs, stepUs), atOnce: true, isThorough };
  }
  const isThorough = (shards * seconds * US_PER_SEC) / FINEST_US <= MOST_LOOKS;
  return { stepUs, tickUs: isThorough ? FINEST_US : COARSER_US, atOnce: false, isThorough };
}

/** Ticks of equal length in a stretch of a step. */
export function ticksIn(grid: StepGrid, lengthUs: number, requestUs: number): number {
  const ticks = grid.atOnce ? Math.round(lengthUs / requestUs) : Math.ceil(lengthUs / grid.tickUs);
  return Math.max(1, ticks);
}
