/**
 * Base64 as AWS takes it in JSON: standard alphabet, padded, no stray bits behind the last byte.
 */
import { malformed } from './service-error.ts';

/** Bytes behind a well-formed base64 text. */
export function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

/**
 * Refuses what is not base64.
 * @throws ServiceError SerializationException, worded as kinesalite's authors recorded it
 */
export function checkBase64(text: string): void {
  if (text.length % 4 !== 0) {
    throw refused(text, `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`);
  }
  if (!/^[a-zA-Z0-9+/]*={0,2}$/.test(text)) {
    const wrong = /[^a-zA-Z0-9+/=]/.exec(text)?.[0] ?? '=';
    throw refused(text, `Invalid Base64 character: '${wrong}'`);
  }
  if (!/(?:^|[^=]|[AQgw]==|[AEIMQUYcgkosw048]=)$/.test(text)) {
    throw refused(text, 'Invalid last non-pad Base64 character dectected');
  }
}

function refused(text: string, why: string): Error {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return malformed(`'${shown}' can not be converted to a Blob: ${why}`);
}
