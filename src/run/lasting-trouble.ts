/**
 * Answers that stay the same however often one asks: somebody has to do something first. By the names that AWS, and the
 * SDK where it has nothing to sign with, give them.
 */
import type { DeadEndKind } from '../results/ended-early.ts';

export const EXPIRED: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'RequestExpired',
  'TokenRefreshRequired',
]);
export const DENIED: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'NotAuthorized',
  'AuthorizationError',
]);
export const NOT_OURS: ReadonlySet<string> = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
  'MissingAuthenticationToken',
]);
/** The SDK found no credentials, or could not renew them: nothing was sent. */
export const UNSIGNED: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ProviderError',
]);
const KEY_REFUSED: ReadonlySet<string> = new Set([
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'KMSOptInRequired',
]);

/** Undefined for what another try may survive. */
export function lastingTroubleOf(code: string, message = ''): DeadEndKind | undefined {
  if (code === 'ResourceNotFoundException') return 'stream-gone';
  if (EXPIRED.has(code) || UNSIGNED.has(code)) return 'credentials-expired';
  if (DENIED.has(code)) return /expired/i.test(message) ? 'credentials-expired' : 'not-allowed';
  if (NOT_OURS.has(code)) return 'credentials-refused';
  return KEY_REFUSED.has(code) ? 'key-refused' : undefined;
}
