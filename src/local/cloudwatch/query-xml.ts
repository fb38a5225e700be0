/** Replies of the Query protocol: XML whose elements are named after the members, lists as `member` elements. */
import type { CloudWatchError } from './cloudwatch-error.ts';
import { isoTime } from './iso-time.ts';
import { senderOrReceiver } from './metric-call.ts';

const NAMESPACE = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
/** Members whose numbers are times. */
const TIMES = new Set(['Timestamp', 'Timestamps']);

export function resultXml(operation: string, result: object | undefined, requestId: string): string {
  return (
    `<${operation}Response xmlns="${NAMESPACE}">\n` +
    (result === undefined ? '' : `  <${operation}Result>${membersXml(result)}</${operation}Result>\n`) +
    `  <ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>\n` +
    `</${operation}Response>\n`
  );
}

export function errorXml(error: CloudWatchError, requestId: string): string {
  const { code, message } = error;
  const type = senderOrReceiver(error);
  return (
    `<ErrorResponse xmlns="${NAMESPACE}">\n` +
    `  <Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>\n` +
    `  <RequestId>${requestId}</RequestId>\n` +
    '</ErrorResponse>\n'
  );
}

function membersXml(value: object): string {
  return Object.entries(value)
    .map(([name, member]) => (member === undefined ? '' : `<${name}>${valueXml(name, member)}</${name}>`))
    .join('');
}

function valueXml(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => `<member>${valueXml(name, item)}</member>`).join('');
  }
  if (typeof value === 'object' && value !== null) return membersXml(value);
  if (typeof value === 'number' && TIMES.has(name)) return isoTime(value);
  return escapeXml(String(value));
}

/** Control characters cannot stand in XML 1.0 in any form, so they become the replacement character. */
export function escapeXml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replace(/[&<>"'\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  );
}
