/**
 * Whether a request is signed. The signature itself is not checked: any credentials will do, none will not.
 * Words and order as kinesalite's authors recorded them of the real service.
 */
import type { LocalRequest } from './message.ts';
import { ServiceError } from './service-error.ts';

const HEADER_PARAMETERS = ['Credential', 'Signature', 'SignedHeaders'];
const QUERY_PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
];

/** The quick look: true means that `requireAuthorization` has nothing to say. */
export function isPlainlySigned({ headers, path }: LocalRequest): boolean {
  const { authorization } = headers;
  return (
    authorization?.startsWith('AWS4-HMAC-SHA256 Credential=') === true &&
    /, ?SignedHeaders=[^,\s]+, ?Signature=[^,\s]+$/.test(authorization) &&
    headers['x-amz-date'] !== undefined &&
    !path.includes('?')
  );
}

/** @throws ServiceError where the request carries no signature, half a one, or two */
export function requireAuthorization({ headers, path }: LocalRequest): void {
  const { authorization } = headers;
  const query = new URLSearchParams(path.split('?', 2)[1] ?? '');
  const inQuery = query.has('X-Amz-Algorithm');
  if (authorization && inQuery) {
    throw new ServiceError(
      'InvalidSignatureException',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (!authorization && !inQuery) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const missing = authorization
    ? missingInHeader(authorization, headers['x-amz-date'] ?? headers.date)
    : missingInQuery(query);
  if (missing !== '') throw new ServiceError('IncompleteSignatureException', missing);
}

function missingInHeader(authorization: string, date: string | undefined): string {
  const given = new Map(
    authorization
      .split(/,| /)
      .slice(1)
      .map((part): [string, string] => {
        const at = part.indexOf('=');
        return [part.slice(0, at), part.slice(at + 1)];
      }),
  );
  const missing = HEADER_PARAMETERS.filter((name) => !given.get(name)).map(
    (name) => `Authorization header requires '${name}' parameter. `,
  );
  if (!date) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  return missing.length === 0 ? '' : `${missing.join('')}Authorization=${authorization}`;
}

function missingInQuery(query: URLSearchParams): string {
  const missing = QUERY_PARAMETERS.filter((name) => !query.get(name)).map(
    (name) => `AWS query-string parameters must include '${name}'. `,
  );
  return missing.length === 0 ? '' : `${missing.join('')}Re-examine the query-string parameters.`;
}
