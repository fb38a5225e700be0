/** GetMetricData: many metrics at once, page by page. */
import { LIMITS } from '../../model/limits.ts';
import type { InputOf } from '../shape.ts';
import { validationError } from './cloudwatch-error.ts';
import { MetricDataPage, type DataQuery } from './metric-data-page.ts';
import { checkQueries } from './metric-data-query.ts';
import { metricOperation } from './metric-operation.ts';
import { periodMinutes, rangeOf } from './metric-range.ts';
import { DIMENSIONS, METRIC_NAME, NAMESPACE_NAME, UNIT } from './metric-shapes.ts';
import type { MetricStore } from './metric-store.ts';
import { findSeries } from './series-points.ts';
import { isStatistic } from './statistics.ts';

const MOST_POINTS = LIMITS.metricDataPoints.value;

const METRIC = {
  type: 'Structure',
  required: true,
  fields: { Namespace: NAMESPACE_NAME, MetricName: METRIC_NAME, Dimensions: DIMENSIONS },
} as const;

export const QUERY_FIELDS = {
  Id: { type: 'String', min: 1, max: 255, required: true },
  MetricStat: {
    type: 'Structure',
    fields: {
      Metric: METRIC,
      Period: { type: 'Integer', min: 1, required: true },
      Stat: { type: 'String', required: true },
      Unit: UNIT,
    },
  },
  Expression: { type: 'String', min: 1, max: 2048 },
  Label: { type: 'String' },
  ReturnData: { type: 'Boolean' },
  Period: { type: 'Integer', min: 1 },
  // Linked accounts do not exist here: it changes nothing.
  AccountId: { type: 'String', min: 1, max: 255 },
} as const;

const FIELDS = {
  MetricDataQueries: { type: 'List', of: { type: 'Structure', fields: QUERY_FIELDS }, required: true },
  StartTime: { type: 'Timestamp', required: true },
  EndTime: { type: 'Timestamp', required: true },
  NextToken: { type: 'String' },
  ScanBy: { type: 'String', values: ['TimestampDescending', 'TimestampAscending'] },
  MaxDatapoints: { type: 'Integer', min: 1, max: MOST_POINTS },
  LabelOptions: { type: 'Structure', fields: { Timezone: { type: 'String' } } },
} as const;

type Input = InputOf<typeof FIELDS>;

export const GET_METRIC_DATA = metricOperation(FIELDS, (store, input, nowUs) => {
  checkQueries(input.MetricDataQueries);
  if (input.StartTime === input.EndTime) {
    throw validationError('The parameter StartTime must not equal parameter EndTime.');
  }
  if (input.StartTime > input.EndTime) {
    throw validationError('The parameter EndTime must be greater than StartTime.');
  }
  const range = rangeOf(input.StartTime, input.EndTime);
  const end = store.visibleEnd(nowUs);
  const queries = input.MetricDataQueries.filter((query) => query.ReturnData !== false);
  return new MetricDataPage({
    store,
    range,
    isAscending: input.ScanBy === 'TimestampAscending',
    mostPoints: input.MaxDatapoints ?? MOST_POINTS,
    queries: queries.map((query) => dataQuery(store, query, (sec) => periodMinutes(sec, range, end))),
    digest: digestOf(input),
  }).read(input.NextToken, end);
});

function dataQuery(
  store: MetricStore,
  { Id, Label, MetricStat: stat }: Input['MetricDataQueries'][number],
  minutesOf: (periodSec: number) => number | undefined,
): DataQuery {
  const series = stat && findSeries(store, stat.Metric, stat.Unit);
  const minutes = stat && minutesOf(stat.Period);
  const statistic = stat !== undefined && isStatistic(stat.Stat) ? stat.Stat : undefined;
  const found = series && minutes && statistic && { series, minutes, statistic };
  return { id: Id, label: Label ?? stat?.Metric.MetricName ?? Id, ...(found ? { found } : {}) };
}

/** Tells requests apart, so that a token is not used with another one: FNV-1a over what was asked. */
function digestOf({ MetricDataQueries, StartTime, EndTime, ScanBy }: Input): number {
  const text = JSON.stringify([MetricDataQueries, StartTime, EndTime, ScanBy]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
