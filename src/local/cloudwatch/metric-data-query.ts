/** What GetMetricData refuses about its queries. */
import { LIMITS } from '../../model/limits.ts';
import { validationError } from './cloudwatch-error.ts';
import { isPeriod } from './metric-range.ts';
import { isExtendedStatistic, isStatistic } from './statistics.ts';

const MOST_QUERIES = LIMITS.metricQueries.value;
const ID = /^[a-z][a-zA-Z0-9_]*$/;

interface Query {
  readonly Id: string;
  readonly MetricStat?: { readonly Period: number; readonly Stat: string } | undefined;
  readonly Expression?: string | undefined;
}

/** @throws CloudWatchError where one of them cannot be answered, or all together */
export function checkQueries(queries: readonly Query[]): void {
  if (queries.length === 0) {
    throw validationError('The collection MetricDataQueries must not be empty.');
  }
  if (queries.length > MOST_QUERIES) {
    throw validationError(
      `The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`,
    );
  }
  const wrong = queries.find(({ Id }) => !ID.test(Id));
  if (wrong !== undefined) {
    throw validationError(
      `Invalid metrics list: the id "${wrong.Id}" must begin with a lower-case letter and contain only letters, digits and underscores.`,
    );
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw validationError('The values for parameter id in MetricDataQueries are not unique.');
  }
  queries.forEach((query, i) => checkQuery(query, `MetricDataQueries.member.${i + 1}`));
}

function checkQuery({ Id, MetricStat: stat, Expression: expression }: Query, path: string): void {
  if ((stat === undefined) === (expression === undefined)) {
    throw validationError(
      `The parameter ${path} must have exactly one of the parameters MetricStat and Expression.`,
    );
  }
  if (expression !== undefined) {
    throw validationError(
      `Error in expression '${Id}': metric math and Metrics Insights queries are not supported by this endpoint.`,
    );
  }
  if (stat === undefined) return;
  if (!isPeriod(stat.Period)) {
    throw validationError(
      `The parameter ${path}.MetricStat.Period must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60.`,
    );
  }
  if (!isStatistic(stat.Stat) && !isExtendedStatistic(stat.Stat)) {
    throw validationError(`The value ${stat.Stat} for parameter ${path}.MetricStat.Stat is not supported.`);
  }
}
