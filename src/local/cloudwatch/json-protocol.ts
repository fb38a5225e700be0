/** CloudWatch in AWS JSON 1.0, as the newer clients speak it. */
import type { LocalReply, LocalRequest } from '../message.ts';
import { malformed } from '../service-error.ts';
import { CloudWatchError } from './cloudwatch-error.ts';
import { metricReply, queryErrorHeader, type MetricCall } from './metric-call.ts';

const TARGET_PREFIX = 'GraniteServiceVersion20100801.';
const UNKNOWN = 'UnknownOperationException';
const CONTENT_TYPE = 'application/x-amz-json-1.0';

export function jsonCall({ headers, body }: LocalRequest): MetricCall | undefined {
  const target = headers['x-amz-target'];
  if (target?.startsWith(TARGET_PREFIX) !== true) return undefined;
  return {
    operation: target.slice(TARGET_PREFIX.length),
    input: () => parseBody(body),
    unknownOperation: () => new CloudWatchError(UNKNOWN, UNKNOWN, ''),
    result: (result) => metricReply(200, CONTENT_TYPE, result === undefined ? '' : JSON.stringify(result)),
    error: errorReply,
  };
}

function parseBody(body: Buffer): object {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed();
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw malformed();
  return input;
}

function errorReply(error: CloudWatchError): LocalReply {
  const { type, message, status } = error;
  const reply = metricReply(status, CONTENT_TYPE, JSON.stringify({ __type: type, message }));
  return { ...reply, headers: { ...reply.headers, ...queryErrorHeader(error) } };
}
