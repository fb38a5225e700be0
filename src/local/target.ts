/**
 * What a request asks for, from its method and headers: the operation, and the format of both bodies.
 */
import type { LocalRequest } from './message.ts';
import { ServiceError } from './service-error.ts';
import { TARGET_PREFIX } from './operations.ts';
import { CBOR_FORMAT, formatOf, type WireFormat } from './wire-format.ts';

/** A request that is not even of a known format is refused in XML. */
export class XmlError extends ServiceError {}

/** How much of an operation's name is told on: one that we do not know may be of any length. */
export const MOST_NAME_CHARS = 128;
/** How far into a form its operation is looked for. */
const FORM_BYTES = 4096;

export interface Target {
  readonly format: WireFormat;
  /** Service and version with their dot, as X-Amz-Target begins. */
  readonly service: string;
  readonly operation: string;
}

/**
 * The operation that a request names, known or not, for the request log: another service's with the service, as
 * `DynamoDB_20120810.GetItem`; '' where it names none.
 */
export function askedFor({ headers, body }: LocalRequest): string {
  const { 'x-amz-target': target, 'content-type': type } = headers;
  if (target !== undefined) {
    const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : target;
    return name.slice(0, MOST_NAME_CHARS);
  }
  if (type?.startsWith('application/x-www-form-urlencoded') !== true) return '';
  return /(?:^|&)Action=(\w{1,128})/.exec(body.toString('latin1', 0, FORM_BYTES))?.[1] ?? '';
}

/** @throws XmlError where the request is of no format */
export function targetOf({ method, headers, path, body }: LocalRequest): Target {
  const contentType = (headers['content-type'] ?? '').split(';')[0].trim();
  const target = headers['x-amz-target'] ?? '';
  const dot = target.indexOf('.') + 1;
  const known = method === 'POST' ? formatOf(contentType) : undefined;
  // Of an empty body AWS takes whatever is not JSON for CBOR (observed behaviour, recorded in kinesalite).
  const format = known ?? (method === 'POST' && body.length === 0 ? CBOR_FORMAT : undefined);
  if (format) return { format, service: target.slice(0, dot), operation: target.slice(dot) };
  if (method === 'POST' && dot > 0) throw new XmlError('UnknownOperationException', '', 404);
  if (!headers.authorization && !path.includes('X-Amz-Algorithm')) {
    throw new XmlError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const message = 'Unable to determine service/operation name to be authorized';
  throw new XmlError('AccessDeniedException', message, 403);
}
