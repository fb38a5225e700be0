/** Statistics of a metric over a period, from what is kept of each minute: minimum, maximum, sum and sample count. */
import { COUNT, MAX, MIN, SUM } from './metric-history.ts';

export const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Several minutes of one series taken together. */
export interface Aggregate {
  min: number;
  max: number;
  sum: number;
  count: number;
}

export function emptyAggregate(): Aggregate {
  return { min: Infinity, max: -Infinity, sum: 0, count: 0 };
}

/** Adds the minute whose numbers begin at `at`. */
export function addMinute(into: Aggregate, stats: Float64Array, at: number): void {
  into.min = Math.min(into.min, stats[at + MIN]);
  into.max = Math.max(into.max, stats[at + MAX]);
  into.sum += stats[at + SUM];
  into.count += stats[at + COUNT];
}

export function valueOf(statistic: Statistic, { min, max, sum, count }: Aggregate): number {
  switch (statistic) {
    case 'SampleCount':
      return count;
    case 'Average':
      return sum / count;
    case 'Sum':
      return sum;
    case 'Minimum':
      return min;
    case 'Maximum':
      return max;
  }
}

export function isStatistic(text: string): text is Statistic {
  return (STATISTICS as readonly string[]).includes(text);
}

const PERCENT = '(?:\\d{1,2}(?:\\.\\d{1,10})?|100)';
const BOUND = '-?\\d{1,20}(?:\\.\\d{1,10})?%?';
const EXTENDED = new RegExp(
  `^(?:p${PERCENT}|(?:tm|wm|tc|ts)${PERCENT}|IQM|(?:TM|WM|PR|TC|TS)\\((?:${BOUND})?:(?:${BOUND})?\\))$`,
);

/**
 * Whether a text names a percentile, a trimmed mean or their like. Kinesis publishes sets of minimum, maximum, sum and
 * count, of which CloudWatch can compute none of these: such a query is valid and finds no points.
 */
export function isExtendedStatistic(text: string): boolean {
  return EXTENDED.test(text);
}
