/** Whether a request to CloudWatch is signed as it should be. */
import { requireAuthorization } from '../authorization.ts';
import type { LocalRequest } from '../message.ts';
import { SignatureVerifier, type Credentials } from '../signature.ts';
import type { MetricClock } from './metric-clock.ts';

/**
 * The check of each request; without credentials any signature will do.
 *
 * SDKs correct their clocks by the `date` of a reply. Where the metric clock runs ahead, so do the signatures that come
 * after it, and their time says nothing: it is not looked at then.
 * @returns a function that throws a ServiceError
 */
export function metricAuthorization(
  credentials: Credentials | undefined,
  region: string,
  clock: MetricClock,
): (request: LocalRequest, nowUs: number) => void {
  const verifier = credentials && new SignatureVerifier(credentials, region, ['monitoring']);
  return (request, nowUs) => {
    requireAuthorization(request);
    verifier?.verify(request, clock.factor === 1 ? nowUs : undefined);
  };
}
