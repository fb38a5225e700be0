/** The points of one series, period by period, counted from the start of the range that was asked for. */
import { statsAt, type ClosedMinute } from './metric-history.ts';
import { NAMESPACE } from './metric-name.ts';
import type { MetricRange } from './metric-range.ts';
import type { MetricStore } from './metric-store.ts';
import type { Dimension, Subject } from './series-table.ts';
import { addMinute, emptyAggregate, type Aggregate } from './statistics.ts';

/** A metric as a request names it. */
export interface MetricReference {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: readonly Dimension[] | undefined;
}

export interface Series {
  readonly subject: Subject;
  /** Place in the subject's list of metrics. */
  readonly metric: number;
}

export interface Point extends Aggregate {
  /** Number of the period in the range, from 0. */
  period: number;
}

/** The series of a metric with exactly these dimensions; undefined where nothing was ever measured. */
export function findSeries(store: MetricStore, wanted: MetricReference, unit?: string): Series | undefined {
  if (wanted.Namespace !== NAMESPACE) return undefined;
  const subject = store.table.find(wanted.Dimensions ?? []);
  const metric = subject?.metrics.findIndex(({ name }) => name === wanted.MetricName) ?? -1;
  if (subject === undefined || metric < 0) return undefined;
  return unit === undefined || unit === subject.metrics[metric].unit ? { subject, metric } : undefined;
}

/**
 * Hands over point after point of a series: periods without samples have none.
 * @param minutes what the store keeps of the range, in the order wanted
 * @param length of a period, in minutes
 * @param visit returns false where it wants no more
 */
export function eachPoint(
  { subject, metric }: Series,
  minutes: readonly ClosedMinute[],
  { start }: MetricRange,
  length: number,
  visit: (point: Point) => boolean,
): void {
  if (subject.base < 0) return;
  let point: Point | undefined;
  for (const minute of minutes) {
    const at = statsAt(minute, subject.base + metric);
    if (at < 0) continue;
    const period = Math.floor((minute.minute - start) / length);
    if (point?.period !== period) {
      if (point !== undefined && !visit(point)) return;
      point = { period, ...emptyAggregate() };
    }
    addMinute(point, minute.stats, at);
  }
  if (point !== undefined) visit(point);
}
