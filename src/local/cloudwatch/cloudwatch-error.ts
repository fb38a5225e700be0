/**
 * An error that CloudWatch answers with. It has two names: the one of the JSON protocol, and the code that the older
 * Query protocol knows and that `x-amzn-query-error` still carries. The protocols do not always share a status.
 */
import type { ServiceError } from '../service-error.ts';

export class CloudWatchError extends Error {
  readonly type: string;
  readonly code: string;
  readonly status: number;
  /** The status in the Query protocol. */
  readonly queryStatus: number;

  constructor(type: string, code: string, message: string, status = 400, queryStatus = status) {
    super(message);
    this.name = 'CloudWatchError';
    this.type = type;
    this.code = code;
    this.status = status;
    this.queryStatus = queryStatus;
  }
}

/**
 * Code and status that the Query protocol has for an error of the checks that CloudWatch and Kinesis share (source:
 * common errors of the CloudWatch API reference and of IAM's, November 2026).
 */
const QUERY_ERRORS: ReadonlyMap<string, readonly [string, number]> = new Map([
  ['IncompleteSignatureException', ['IncompleteSignature', 400]],
  ['InvalidSignatureException', ['SignatureDoesNotMatch', 403]],
  ['MissingAuthenticationTokenException', ['MissingAuthenticationToken', 403]],
  ['UnrecognizedClientException', ['InvalidClientTokenId', 403]],
  ['ValidationException', ['ValidationError', 400]],
]);

/** What the shared checks say, under the names that CloudWatch has for it. */
export function sharedError({ type, message, status }: ServiceError): CloudWatchError {
  const [code, queryStatus] = QUERY_ERRORS.get(type) ?? [type, status];
  return new CloudWatchError(type, code, message, status, queryStatus);
}

export function validationError(message: string): CloudWatchError {
  return new CloudWatchError('ValidationException', 'ValidationError', message);
}

export function invalidValue(message: string): CloudWatchError {
  return new CloudWatchError('InvalidParameterValueException', 'InvalidParameterValue', message);
}

export function invalidCombination(message: string): CloudWatchError {
  return new CloudWatchError('InvalidParameterCombinationException', 'InvalidParameterCombination', message);
}

export function missingParameter(name: string): CloudWatchError {
  const message = `The parameter ${name} is required.`;
  return new CloudWatchError('MissingRequiredParameterException', 'MissingParameter', message);
}

export function invalidNextToken(): CloudWatchError {
  return new CloudWatchError('InvalidNextToken', 'InvalidNextToken', 'The next token specified is invalid.');
}
