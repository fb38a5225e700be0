/**
 * CloudWatch in Smithy's RPC v2 CBOR, as the newest clients speak it: the operation stands in the path, and both bodies
 * are CBOR (source: Smithy's specification of smithy.protocols#rpcv2Cbor, November 2026).
 */
import { CborDouble, CborTime, encodeCbor } from '../cbor-writer.ts';
import type { LocalReply, LocalRequest } from '../message.ts';
import { malformed } from '../service-error.ts';
import { readCbor } from '../wire-format.ts';
import { CloudWatchError } from './cloudwatch-error.ts';
import { metricReply, queryErrorHeader, type MetricCall } from './metric-call.ts';

const PROTOCOL = 'rpc-v2-cbor';
const CONTENT_TYPE = 'application/cbor';
const PATH = /\/service\/GraniteServiceVersion20100801\/operation\/(\w+)$/;
const UNKNOWN = 'UnknownOperationException';

export function rpcCall({ method, path, headers, body }: LocalRequest): MetricCall | undefined {
  if (method !== 'POST' || headers['smithy-protocol'] !== PROTOCOL) return undefined;
  const operation = PATH.exec(path)?.[1];
  if (operation === undefined) return undefined;
  return {
    operation,
    // An operation without members may come without a body.
    input: () => (body.length === 0 ? {} : (plain(readCbor(body)) as object)),
    unknownOperation: () => new CloudWatchError(UNKNOWN, UNKNOWN, ''),
    result: (result) => (result === undefined ? emptyReply() : rpcReply(200, result)),
    error: (error) => {
      const { type, message, status } = error;
      const reply = rpcReply(status, { __type: type, message });
      return { ...reply, headers: { ...reply.headers, ...queryErrorHeader(error) } };
    },
  };
}

/** A value that JSON could have said too; times are seconds already. @throws ServiceError where there is another */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array || (typeof value === 'number' && !Number.isFinite(value)))
    throw malformed();
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(plain);
  return value;
}

function rpcReply(status: number, content: object): LocalReply {
  const reply = metricReply(status, CONTENT_TYPE, encodeCbor(typed('', content)));
  return { ...reply, headers: { ...reply.headers, 'smithy-protocol': PROTOCOL } };
}

/** Without content there is no type of it either. */
function emptyReply(): LocalReply {
  return { status: 200, headers: { 'smithy-protocol': PROTOCOL }, body: Buffer.alloc(0) };
}

/** Members whose numbers are times, in seconds since the epoch; those that are doubles, whole or not. */
const TIMES = new Set(['Timestamp', 'Timestamps']);
const DOUBLES = new Set(['Values', 'SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']);

/** A reply's content with its numbers as their members have them. */
function typed(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(name, item));
  if (typeof value === 'number') {
    if (TIMES.has(name)) return new CborTime(value);
    return DOUBLES.has(name) ? new CborDouble(value) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, typed(key, member)]));
}
