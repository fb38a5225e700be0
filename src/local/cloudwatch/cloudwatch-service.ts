/**
 * CloudWatch on the endpoint's port: knows its requests, in AWS JSON 1.0, in the newer RPC v2 CBOR and in the
 * older Query protocol, and answers them from the metric store.
 */
import type { LocalReply, LocalRequest } from '../message.ts';
import { ServiceError } from '../service-error.ts';
import type { Fields } from '../shape.ts';
import { MOST_NAME_CHARS } from '../target.ts';
import { checkInput } from '../validation.ts';
import { CloudWatchError, missingParameter, sharedError } from './cloudwatch-error.ts';
import { GET_METRIC_DATA } from './get-metric-data.ts';
import { GET_METRIC_STATISTICS } from './get-metric-statistics.ts';
import { httpDate } from './iso-time.ts';
import { LIST_METRICS } from './list-metrics.ts';
import { jsonCall } from './json-protocol.ts';
import type { MetricCall } from './metric-call.ts';
import type { MetricOperation } from './metric-operation.ts';
import type { MetricStore } from './metric-store.ts';
import { PUT_METRIC_DATA } from './put-metric-data.ts';
import { queryCall } from './query-protocol.ts';
import { rpcCall } from './rpc-protocol.ts';

const OPERATIONS: ReadonlyMap<string, MetricOperation> = new Map([
  ['GetMetricData', GET_METRIC_DATA],
  ['GetMetricStatistics', GET_METRIC_STATISTICS],
  ['ListMetrics', LIST_METRICS],
  ['PutMetricData', PUT_METRIC_DATA],
]);

export interface CloudWatchAnswer {
  readonly reply: LocalReply;
  readonly operation: string;
  /** What went wrong where that was our own doing. */
  readonly failure?: unknown;
}

export class CloudWatchService {
  readonly #store: MetricStore;
  readonly #authorize: (request: LocalRequest, nowUs: number) => void;

  /** @param authorize throws a ServiceError where a request is not signed as it should be */
  constructor(store: MetricStore, authorize: (request: LocalRequest, nowUs: number) => void) {
    this.#store = store;
    this.#authorize = authorize;
  }

  /**
   * Answers a request to CloudWatch; undefined where it is for somebody else.
   * @param common the headers of every reply; called only where the request is for CloudWatch
   */
  handle(
    request: LocalRequest,
    nowUs: number,
    common: () => Record<string, string>,
  ): CloudWatchAnswer | undefined {
    const call = jsonCall(request) ?? rpcCall(request) ?? queryCall(request);
    if (call === undefined) return undefined;
    const headers: Record<string, string> = { ...common(), ...this.#clockHeaders(nowUs) };
    delete headers['content-type'];
    const requestId = headers['x-amzn-requestid'];
    const operation = call.operation.slice(0, MOST_NAME_CHARS);
    const finish = (reply: LocalReply, error?: string): LocalReply => {
      const about = { operation, stream: undefined, error };
      return { ...reply, headers: { ...headers, ...reply.headers }, about };
    };
    try {
      const reply = finish(call.result(this.#perform(call, request, nowUs), requestId));
      return { operation, reply };
    } catch (error) {
      const shown = shownError(error);
      const reply = finish(call.error(shown, requestId), shown.type);
      return shown.status < 500 ? { operation, reply } : { operation, reply, failure: error };
    }
  }

  /** The plain way: operation, members, signature, constraints. */
  #perform(call: MetricCall, request: LocalRequest, nowUs: number): object | undefined {
    const operation = OPERATIONS.get(call.operation);
    if (operation === undefined) throw call.unknownOperation();
    const input = operation.isUnread === true ? {} : call.input(operation.fields);
    this.#authorize(request, nowUs);
    requireParameters(operation.fields, input);
    return operation.perform(this.#store, checkInput(operation.fields, input), nowUs);
  }

  /** By the factor and the origin of the clock, readers map metric minutes to real time. */
  #clockHeaders(nowUs: number): Record<string, string> {
    const { clock } = this.#store;
    return {
      date: httpDate(clock.virtualUs(nowUs) / 1_000_000),
      'x-shardwise-metrics-clock': clock.factor.toString(),
      'x-shardwise-metrics-origin-us': clock.originUs.toString(),
    };
  }
}

function requireParameters(fields: Fields, input: unknown): void {
  const given = input as Record<string, unknown>;
  const missing = Object.entries(fields).find(
    ([name, { required }]) => required === true && (given[name] === undefined || given[name] === null),
  );
  if (missing !== undefined) throw missingParameter(missing[0]);
}

/** An error as CloudWatch puts it; our own failures hide what they say. */
function shownError(error: unknown): CloudWatchError {
  if (error instanceof CloudWatchError) return error;
  if (!(error instanceof ServiceError)) {
    return new CloudWatchError('InternalServiceFault', 'InternalServiceError', 'Internal service error', 500);
  }
  return sharedError(error);
}
