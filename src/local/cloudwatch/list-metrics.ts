/** ListMetrics: the metrics that had samples in the last two weeks, 500 at a time. */
import { LIMITS } from '../../model/limits.ts';
import { decodeToken, encodeToken } from '../page-token.ts';
import { invalidValue } from './cloudwatch-error.ts';
import { NAMESPACE } from './metric-name.ts';
import { metricOperation } from './metric-operation.ts';
import { METRIC_NAME, NAMESPACE_NAME } from './metric-shapes.ts';
import type { MetricStore } from './metric-store.ts';
import type { Subject } from './series-table.ts';

const MOST_METRICS = LIMITS.metricsListed.value;
const LISTED_MINUTES = 14 * 24 * 60;
const RECENT_MINUTES = 3 * 60;

interface DimensionFilter {
  readonly Name: string;
  readonly Value?: string | undefined;
}

export const LIST_METRICS = metricOperation(
  {
    Namespace: NAMESPACE_NAME,
    MetricName: METRIC_NAME,
    Dimensions: {
      type: 'List',
      max: 10,
      of: {
        type: 'Structure',
        fields: {
          Name: { type: 'String', min: 1, max: 255, required: true },
          Value: { type: 'String', min: 1, max: 1024 },
        },
      },
    },
    NextToken: { type: 'String' },
    RecentlyActive: { type: 'String', values: ['PT3H'] },
    // Linked accounts do not exist here: both change nothing.
    IncludeLinkedAccounts: { type: 'Boolean' },
    OwningAccount: { type: 'String', min: 1, max: 255 },
  },
  (store, { Namespace, MetricName, Dimensions, NextToken, RecentlyActive }, nowUs) => {
    const from = NextToken === undefined ? { order: 0, metric: 0 } : readToken(NextToken);
    const oldest = store.visibleEnd(nowUs) - (RecentlyActive === undefined ? LISTED_MINUTES : RECENT_MINUTES);
    const isWanted = (subject: Subject): boolean => matches(subject, Dimensions ?? []);
    if (Namespace !== undefined && Namespace !== NAMESPACE) return { Metrics: [] };
    return page(store, from, isWanted, MetricName, oldest);
  },
);

interface Place {
  /** Order of a subject, and place in its list of metrics. */
  readonly order: number;
  readonly metric: number;
}

function page(
  store: MetricStore,
  from: Place,
  isWanted: (subject: Subject) => boolean,
  name: string | undefined,
  oldest: number,
): object {
  const listed: object[] = [];
  const { subjects } = store.table;
  for (let i = firstFrom(subjects, from.order); i < subjects.length; i++) {
    const subject = subjects[i];
    if (!isWanted(subject)) continue;
    for (
      let metric = subject.order === from.order ? from.metric : 0;
      metric < subject.metrics.length;
      metric++
    ) {
      if (name !== undefined && subject.metrics[metric].name !== name) continue;
      if (store.lastMinute(subject, metric) < Math.max(oldest, 0)) continue;
      if (listed.length === MOST_METRICS) {
        return { Metrics: listed, NextToken: encodeToken('metrics', [subject.order, metric]) };
      }
      const { name: MetricName } = subject.metrics[metric];
      listed.push({ Namespace: NAMESPACE, MetricName, Dimensions: subject.dimensions });
    }
  }
  return { Metrics: listed };
}

/** Index of the first subject whose order is not lower. */
function firstFrom(subjects: readonly Subject[], order: number): number {
  let low = 0;
  let high = subjects.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (subjects[middle].order < order) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A metric may have more dimensions than the filters name. */
function matches({ dimensions }: Subject, filters: readonly DimensionFilter[]): boolean {
  return filters.every(({ Name, Value }) =>
    dimensions.some(
      (dimension) => dimension.Name === Name && (Value === undefined || dimension.Value === Value),
    ),
  );
}

function readToken(token: string): Place {
  const fields = decodeToken('metrics', ['number', 'number'], token);
  if (!fields) throw invalidValue('The value for parameter NextToken is invalid.');
  return { order: fields[0], metric: fields[1] };
}
