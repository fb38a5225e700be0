/** Asks a LocalService for metrics without a socket, in AWS JSON 1.0 or in the Query protocol. */
import type { LocalReply, LocalService } from '../../../src/local/local-service.ts';
import { SIGNED, START_US } from '../client.ts';

export const MINUTE_US = 60_000_000;
/** START_US is a whole minute. */
export const START_SEC = START_US / 1_000_000;

export interface DataResult {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly number[];
  readonly Values: readonly number[];
  readonly StatusCode: string;
}

export interface Datapoint {
  readonly Timestamp: number;
  readonly Unit: string;
  readonly Sum?: number;
  readonly Average?: number;
  readonly Minimum?: number;
  readonly Maximum?: number;
  readonly SampleCount?: number;
}

export interface ListedMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

export interface MetricBody {
  readonly __type?: string;
  readonly message: string;
  readonly MetricDataResults: readonly DataResult[];
  readonly Datapoints: readonly Datapoint[];
  readonly Metrics: readonly ListedMetric[];
  readonly NextToken?: string;
}

export interface MetricAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: MetricBody;
}

export function ask(service: LocalService, operation: string, input: unknown, nowUs: number): MetricAnswer {
  const headers = {
    ...SIGNED,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
    'x-amzn-query-mode': 'true',
  };
  const body = Buffer.from(JSON.stringify(input));
  const reply = service.handle({ method: 'POST', path: '/', headers, body }, nowUs);
  return { ...reply, body: JSON.parse(reply.body.toString()) as MetricBody };
}

/** A form as botocore wrote it before CloudWatch learned JSON. */
export function askForm(
  service: LocalService,
  operation: string,
  form: Readonly<Record<string, string>>,
  nowUs: number,
): LocalReply & { readonly xml: string } {
  const headers = { ...SIGNED, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const fields = new URLSearchParams({ Action: operation, Version: '2010-08-01', ...form });
  const reply = service.handle(
    { method: 'POST', path: '/', headers, body: Buffer.from(fields.toString()) },
    nowUs,
  );
  return { ...reply, xml: reply.body.toString() };
}

export function dimensions(stream: string, more: Readonly<Record<string, string>> = {}): object[] {
  return Object.entries({ StreamName: stream, ...more }).map(([Name, Value]) => ({ Name, Value }));
}

export function query(id: string, name: string, dims: readonly object[], rest: object = {}): object {
  const stat = { Period: 60, Stat: 'Sum', ...rest };
  return {
    Id: id,
    MetricStat: { Metric: { Namespace: 'AWS/Kinesis', MetricName: name, Dimensions: dims }, ...stat },
  };
}

/** All pages of a GetMetricData request, put together by Id. */
export function getData(service: LocalService, input: object, nowUs: number): Map<string, DataResult> {
  const found = new Map<string, DataResult>();
  for (let NextToken: string | undefined; ;) {
    const { status, body } = ask(service, 'GetMetricData', { ...input, NextToken }, nowUs);
    if (status !== 200) throw new Error(JSON.stringify(body));
    for (const result of body.MetricDataResults) {
      const before = found.get(result.Id);
      found.set(result.Id, {
        ...result,
        Timestamps: [...(before?.Timestamps ?? []), ...result.Timestamps],
        Values: [...(before?.Values ?? []), ...result.Values],
      });
    }
    NextToken = body.NextToken;
    if (NextToken === undefined) return found;
  }
}
