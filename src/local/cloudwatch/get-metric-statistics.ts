/** GetMetricStatistics: one metric, several statistics, all points at once and in no order. */
import { LIMITS } from '../../model/limits.ts';
import { invalidCombination, invalidValue } from './cloudwatch-error.ts';
import { metricOperation } from './metric-operation.ts';
import { isPeriod, periodMinutes, rangeOf } from './metric-range.ts';
import { DIMENSIONS, METRIC_NAME, NAMESPACE_NAME, UNIT } from './metric-shapes.ts';
import { eachPoint, findSeries, type Point } from './series-points.ts';
import { isExtendedStatistic, STATISTICS, valueOf, type Statistic } from './statistics.ts';

const MOST_POINTS = LIMITS.metricStatisticsPoints.value;

export const GET_METRIC_STATISTICS = metricOperation(
  {
    Namespace: { ...NAMESPACE_NAME, required: true },
    MetricName: { ...METRIC_NAME, required: true },
    Dimensions: DIMENSIONS,
    StartTime: { type: 'Timestamp', required: true },
    EndTime: { type: 'Timestamp', required: true },
    Period: { type: 'Integer', min: 1, required: true },
    Statistics: { type: 'List', min: 1, max: 5, of: { type: 'String', values: STATISTICS } },
    ExtendedStatistics: { type: 'List', min: 1, max: 10, of: { type: 'String' } },
    Unit: UNIT,
  },
  (store, input, nowUs) => {
    const { StartTime, EndTime, Period, Statistics, ExtendedStatistics } = input;
    checkStatistics(Statistics, ExtendedStatistics);
    checkTimes(StartTime, EndTime, Period);
    const range = rangeOf(StartTime, EndTime);
    const end = store.visibleEnd(nowUs);
    const minutes = periodMinutes(Period, range, end);
    const series = findSeries(store, input, input.Unit);
    const points: Point[] = [];
    if (series !== undefined && minutes !== undefined && Statistics !== undefined) {
      const kept = store.between(range.start, Math.min(range.end, end));
      eachPoint(series, kept, range, minutes, (point) => points.push(point) > 0);
    }
    return {
      Label: input.MetricName,
      Datapoints: scattered(points).map((point) => ({
        Timestamp: (range.start + point.period * (minutes ?? 1)) * 60,
        ...Object.fromEntries(
          (Statistics ?? []).map((name) => [name, valueOf(name as Statistic, point)] as const),
        ),
        Unit: series?.subject.metrics[series.metric].unit,
      })),
    };
  },
);

function checkStatistics(plain?: readonly string[], extended?: readonly string[]): void {
  if ((plain === undefined) === (extended === undefined)) {
    throw invalidCombination(
      plain === undefined
        ? 'At least one of the parameters Statistics and ExtendedStatistics must be specified.'
        : 'The parameters Statistics and ExtendedStatistics cannot be specified together.',
    );
  }
  const wrong = extended?.find((text) => !isExtendedStatistic(text));
  if (wrong !== undefined)
    throw invalidValue(`The value ${wrong} for parameter ExtendedStatistics is not supported.`);
}

function checkTimes(startSec: number, endSec: number, period: number): void {
  if (!isPeriod(period)) {
    throw invalidValue(
      'The parameter Period must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60.',
    );
  }
  if (startSec >= endSec) {
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  }
  const points = Math.ceil((endSec - startSec) / period);
  if (points > MOST_POINTS) {
    throw invalidCombination(
      `You have requested up to ${points} datapoints, which exceeds the limit of ${MOST_POINTS}. ` +
        'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    );
  }
}

/** AWS promises no order. A client that relies on one is to find out here, so points come in a fixed disorder. */
function scattered(points: readonly Point[]): Point[] {
  const place = ({ period }: Point): number => Math.imul(period + 1, 0x9e3779b1) >>> 0;
  return [...points].sort((a, b) => place(a) - place(b));
}
