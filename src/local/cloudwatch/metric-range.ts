/**
 * The stretch of time that a query is about, in metric minutes and periods. Kinesis publishes one point a minute, so
 * the periods of less than a minute that CloudWatch knows give the minutes as they are.
 */
import { LIMITS } from '../../model/limits.ts';

const SUB_MINUTE = [1, 5, 10, 20, 30];
const MINUTES_OF_5 = LIMITS.metricMinutesKept.value;
const MINUTES_OF_60 = LIMITS.metricFiveMinutesKept.value;

export interface MetricRange {
  /** First minute, and the one behind the last. */
  readonly start: number;
  readonly end: number;
}

/** @param startSec seconds since 1970, rounded down to the minute; `endSec` is exclusive */
export function rangeOf(startSec: number, endSec: number): MetricRange {
  const clamp = (minute: number): number => Math.min(Math.max(minute, 0), Number.MAX_SAFE_INTEGER);
  return { start: clamp(Math.floor(startSec / 60)), end: clamp(Math.ceil(endSec / 60)) };
}

/** Whether CloudWatch takes this many seconds as a period. */
export function isPeriod(seconds: number): boolean {
  return SUB_MINUTE.includes(seconds) || (seconds > 0 && seconds % 60 === 0);
}

/** Minutes of a period; undefined where it is too fine for a start so long ago, which then has no points. */
export function periodMinutes(
  seconds: number,
  { start }: MetricRange,
  nowMinute: number,
): number | undefined {
  const age = nowMinute - start;
  if (age > MINUTES_OF_60 && seconds % 3600 !== 0) return undefined;
  if (age > MINUTES_OF_5 && seconds % 300 !== 0) return undefined;
  return Math.max(1, Math.floor(seconds / 60));
}
