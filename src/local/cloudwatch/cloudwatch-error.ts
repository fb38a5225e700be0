/**
 * An error that CloudWatch answers with. It has two names: the one of the JSON protocol, and the code that the older
 * Query protocol knows and that `x-amzn-query-error` still carries.
 */

export class CloudWatchError extends Error {
  readonly type: string;
  readonly code: string;
  readonly status: number;

  constructor(type: string, code: string, message: string, status = 400) {
    super(message);
    this.name = 'CloudWatchError';
    this.type = type;
    this.code = code;
    this.status = status;
  }
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
