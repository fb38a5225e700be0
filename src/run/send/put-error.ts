/**
 * What a failed PutRecords request means for its records: throttled, refused, never sent, or perhaps stored.
 */
import { ATTEMPT, type AttemptOutcome } from '../../model/outcome.ts';
import { UNSIGNED } from '../lasting-trouble.ts';

export interface PutFailure {
  readonly outcome: AttemptOutcome;
  readonly retryable: boolean;
  readonly code: string;
  readonly message: string;
}

/** Errors of the network that come before anything was sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Client errors that another try may survive (fact sheet, whole-request exceptions). */
const RETRYABLE = new Set([
  'ThrottlingException',
  'LimitExceededException',
  'KMSThrottlingException',
  'InternalFailure',
  'ServiceUnavailable',
]);

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: unknown;
  readonly cause?: unknown;
}

/** Reads an error that the AWS SDK has thrown. */
export function failureOf(thrown: unknown): PutFailure {
  const error = thrown as SdkError;
  const code = networkCodeOf(error) ?? error.name ?? 'Error';
  const message = error.message === undefined || error.message === '' ? code : error.message;
  if (code === 'ProvisionedThroughputExceededException') {
    return { outcome: ATTEMPT.throttled, retryable: true, code, message };
  }
  const status = error.$metadata?.httpStatusCode;
  if (status !== undefined) {
    return { outcome: ATTEMPT.failed, retryable: status >= 500 || RETRYABLE.has(code), code, message };
  }
  if (UNSIGNED.has(code)) return { outcome: ATTEMPT.failed, retryable: false, code, message };
  const outcome = NOT_SENT.has(code) ? ATTEMPT.failed : ATTEMPT.lost;
  return { outcome, retryable: true, code, message };
}

function networkCodeOf(error: SdkError): string | undefined {
  if (typeof error.code === 'string') return error.code;
  const cause = error.cause as SdkError | undefined;
  return typeof cause?.code === 'string' ? cause.code : undefined;
}
