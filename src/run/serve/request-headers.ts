/** A request's headers as the endpoint takes them: one text for each name, however often it was sent. */
import type { IncomingHttpHeaders } from 'node:http';
import type { LocalRequest } from '../../local/message.ts';

/**
 * Node gives the values of `set-cookie` as a list, as it may not be joined in replies; a signature covers them joined
 * by commas, as all others (source: AWS's SigV4 reference, canonical headers).
 */
export function requestHeaders(headers: IncomingHttpHeaders): LocalRequest['headers'] {
  const { 'set-cookie': cookies } = headers;
  if (cookies === undefined) return headers as Record<string, string | undefined>;
  return { ...headers, 'set-cookie': String(cookies) };
}
