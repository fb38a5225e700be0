/** CloudWatch in the Query protocol, a form answered in XML, as older clients speak it. */
import type { LocalRequest } from '../message.ts';
import { CloudWatchError } from './cloudwatch-error.ts';
import { metricReply, type MetricCall } from './metric-call.ts';
import { parseForm, readForm } from './query-form.ts';
import { errorXml, resultXml } from './query-xml.ts';

const VERSION = '2010-08-01';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const XML_TYPE = 'text/xml';

/** What is known of a compressed form without unpacking it. */
const COMPRESSED_PUT: ReadonlyMap<string, string> = new Map([
  ['Action', 'PutMetricData'],
  ['Version', VERSION],
]);

export function queryCall(request: LocalRequest): MetricCall | undefined {
  const form = isCompressedPut(request) ? COMPRESSED_PUT : formOf(request);
  if (form?.get('Version') !== VERSION) return undefined;
  const operation = form.get('Action') ?? '';
  return {
    operation,
    input: (fields) => readForm(fields, form),
    unknownOperation: () => {
      const message = `Could not find operation ${operation} for version ${VERSION}`;
      return new CloudWatchError('InvalidAction', 'InvalidAction', message);
    },
    result: (result, requestId) => metricReply(200, XML_TYPE, resultXml(operation, result, requestId)),
    error: (error, requestId) => metricReply(error.queryStatus, XML_TYPE, errorXml(error, requestId)),
  };
}

/** SDKs compress requests to one operation of CloudWatch alone, from 10 KiB on (source: the SDK's model, November 2026). */
function isCompressedPut({ method, headers }: LocalRequest): boolean {
  return (
    method === 'POST' &&
    headers['content-encoding'] === 'gzip' &&
    headers['content-type']?.startsWith(FORM_TYPE) === true &&
    headers.authorization?.includes('/monitoring/') === true
  );
}

function formOf(request: LocalRequest): ReadonlyMap<string, string> | undefined {
  const text = formText(request);
  return text === undefined ? undefined : parseForm(text);
}

/** The form where there may be one of ours; a cheap look, as other bodies may be large. */
function formText({ method, headers, path, body }: LocalRequest): string | undefined {
  if (method === 'GET') {
    const query = path.slice(path.indexOf('?') + 1);
    return query.includes(`Version=${VERSION}`) ? query : undefined;
  }
  const isForm = method === 'POST' && headers['content-type']?.startsWith(FORM_TYPE) === true;
  return isForm && body.includes(`Version=${VERSION}`) ? body.toString('utf8') : undefined;
}
