/**
 * One page of GetMetricData: the queries in their order, each point by point, until the page is full. The token says
 * where the next one goes on: at which query and period, of the minutes that showed when the first page was read.
 */
import { decodeToken, encodeToken } from '../page-token.ts';
import { invalidNextToken } from './cloudwatch-error.ts';
import type { ClosedMinute } from './metric-history.ts';
import type { MetricRange } from './metric-range.ts';
import type { MetricStore } from './metric-store.ts';
import { eachPoint, type Series } from './series-points.ts';
import { valueOf, type Statistic } from './statistics.ts';

export interface DataQuery {
  readonly id: string;
  readonly label: string;
  /** What to read; absent where there is nothing. */
  readonly found?: { readonly series: Series; readonly minutes: number; readonly statistic: Statistic };
}

export interface DataRequest {
  readonly store: MetricStore;
  readonly range: MetricRange;
  readonly isAscending: boolean;
  readonly mostPoints: number;
  readonly queries: readonly DataQuery[];
  /** Tells this request from others. */
  readonly digest: number;
}

interface DataResult {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: number[];
  readonly Values: number[];
  readonly StatusCode: 'Complete' | 'PartialData';
}

/** Where a page begins: the query's index, and the first minute of its next period (-1 for all of it). */
interface Place {
  readonly query: number;
  readonly minute: number;
  /** The first minute that does not belong to the answer, as it did not show when the first page was read. */
  readonly end: number;
}

export class MetricDataPage {
  readonly #request: DataRequest;
  #left: number;

  constructor(request: DataRequest) {
    this.#request = request;
    this.#left = request.mostPoints;
  }

  /** @param visibleEnd the first minute that does not show yet */
  read(token: string | undefined, visibleEnd: number): object {
    const { queries } = this.#request;
    const from = token === undefined ? { query: 0, minute: -1, end: visibleEnd } : this.#place(token);
    const results: DataResult[] = [];
    let next: Place | undefined;
    for (let query = from.query; query < queries.length; query++) {
      if (next !== undefined) {
        results.push(emptyResult(queries[query]));
        continue;
      }
      const minute = query === from.query ? from.minute : -1;
      const { result, stoppedAt } = this.#readQuery(queries[query], minute, from.end);
      results.push(result);
      if (stoppedAt !== undefined) next = { query, minute: stoppedAt, end: from.end };
    }
    return {
      MetricDataResults: results,
      ...(next === undefined ? {} : { NextToken: this.#token(next) }),
      Messages: [],
    };
  }

  /** @returns what fits on the page, and the first minute of the period that did not */
  #readQuery(query: DataQuery, minute: number, end: number): { result: DataResult; stoppedAt?: number } {
    const { range } = this.#request;
    const Timestamps: number[] = [];
    const Values: number[] = [];
    let stoppedAt: number | undefined;
    if (query.found !== undefined) {
      const { series, minutes, statistic } = query.found;
      eachPoint(series, this.#minutes(minute, minutes, end), range, minutes, (point) => {
        const start = range.start + point.period * minutes;
        if (this.#left === 0) {
          stoppedAt = start;
          return false;
        }
        this.#left--;
        Timestamps.push(start * 60);
        Values.push(valueOf(statistic, point));
        return true;
      });
    }
    const StatusCode = stoppedAt === undefined ? 'Complete' : 'PartialData';
    const result: DataResult = { Id: query.id, Label: query.label, Timestamps, Values, StatusCode };
    return stoppedAt === undefined ? { result } : { result, stoppedAt };
  }

  /** The minutes of a query that are still to be read, in the order asked for. */
  #minutes(from: number, length: number, visibleEnd: number): ClosedMinute[] {
    const { store, range, isAscending } = this.#request;
    const end = Math.min(range.end, visibleEnd);
    if (isAscending) return store.between(Math.max(range.start, from), end);
    return store.between(range.start, from < 0 ? end : Math.min(end, from + length)).reverse();
  }

  #token({ query, minute, end }: Place): string {
    return encodeToken('metric-data', [this.#request.digest, query, minute, end]);
  }

  #place(token: string): Place {
    const fields = decodeToken('metric-data', ['number', 'number', 'number', 'number'], token);
    if (!fields || fields[0] !== this.#request.digest) throw invalidNextToken();
    const [, query, minute, end] = fields;
    if (!fields.every(Number.isSafeInteger) || query < 0 || end < 0) throw invalidNextToken();
    return { query, minute, end };
  }
}

/** A query that the page has no room for. */
function emptyResult({ id, label }: DataQuery): DataResult {
  return { Id: id, Label: label, Timestamps: [], Values: [], StatusCode: 'PartialData' };
}
