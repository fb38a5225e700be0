/**
 * What a request asks for, from its method and headers: the operation, and the format of both bodies.
 */
import type { LocalRequest } from './message.ts';
import { ServiceError } from './service-error.ts';
import { CBOR_FORMAT, formatOf, type WireFormat } from './wire-format.ts';

/** A request that is not even of a known format is refused in XML. */
export class XmlError extends ServiceError {}

export interface Target {
  readonly format: WireFormat;
  /** Service and version with their dot, as X-Amz-Target begins. */
  readonly service: string;
  readonly operation: string;
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
