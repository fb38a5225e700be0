/**
 * What AWS, or the way to it, refused: one sentence on what is wrong, one on what to do.
 */
import { badInput, Refusal, worldFailure } from '../../model/refusal.ts';
import { DENIED, EXPIRED, NOT_OURS } from '../lasting-trouble.ts';

export interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly cause?: unknown;
}

const THROTTLED = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer in time',
  TimeoutError: 'it did not answer in time',
  ECONNRESET: 'it hung up',
  EPIPE: 'it hung up',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};

/** The name of what went wrong: AWS's, or the network's. */
export function errorName(thrown: unknown): string {
  const error = thrown as SdkError;
  if (typeof error.code === 'string' && error.$metadata?.httpStatusCode === undefined) return error.code;
  const { code } = (error.cause ?? {}) as SdkError;
  if (typeof code === 'string' && error.$metadata?.httpStatusCode === undefined) return code;
  return error.name ?? 'Error';
}

/** A call that was not allowed, and the permission that it lacked. */
export class DeniedCall extends Refusal {
  /** IAM's name of it, such as `kinesis:ListShards`. */
  readonly permission: string;

  constructor({ action, about }: Pick<Attempted, 'about'> & { readonly action: string | readonly string[] }) {
    const actions = typeof action === 'string' ? [action] : action;
    const [are, them] = actions.length === 1 ? ['is', 'it'] : ['are', 'them'];
    super(
      1,
      `${actions.join(' and ')} ${are} not allowed on ${about}.`,
      `Allow ${them} to these credentials (docs/iam/ has the policies), or use others with --profile.`,
    );
    this.permission = actions.join(', ');
  }
}

/** What may be over soon: nobody answered, or AWS asked for patience. */
export class PassingTrouble extends Refusal {
  constructor(what: string, fix: string) {
    super(1, what, fix);
  }
}

/** Whether a call was not allowed: what it would have told can be left out. */
export function isDenied(thrown: unknown): boolean {
  return thrown instanceof DeniedCall || DENIED.has(errorName(thrown));
}

export interface Attempted {
  /** IAM's name of the call, such as `kinesis:PutRecords`. */
  readonly action: string;
  /** What the call is about, such as `stream orders`. */
  readonly about: string;
  readonly endpoint: string;
}

/** Whether AWS asked for patience. */
export function isThrottled(thrown: unknown): boolean {
  return THROTTLED.has(errorName(thrown)) || errorName(thrown) === 'LimitExceededException';
}

/** @returns a Refusal; exit 1 where AWS or the network did not do its part, 2 where something does not exist */
export function awsTrouble(thrown: unknown, { action, about, endpoint }: Attempted): Refusal {
  if (thrown instanceof Refusal) return thrown;
  const error = thrown as SdkError;
  const name = errorName(thrown);
  const message = sentence(error.message ?? name);
  if (name === 'CredentialsProviderError' || name === 'ProviderError') return noCredentials(thrown);
  if (EXPIRED.has(name) || (/expired/i.test(message) && DENIED.has(name))) {
    return worldFailure(
      'The AWS credentials have expired.',
      'Get new ones (such as by "aws sso login") and run again.',
    );
  }
  if (NOT_OURS.has(name)) {
    if (/signature (expired|not yet)/i.test(message)) {
      return worldFailure(
        `AWS refuses the signature's time: ${message}`,
        "Set this machine's clock; AWS allows five minutes.",
      );
    }
    return worldFailure(
      `The credentials are not accepted (${name}): ${firstLine(message)}`,
      'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile.',
    );
  }
  if (DENIED.has(name)) return new DeniedCall({ action, about });
  if (name === 'ResourceNotFoundException') {
    return badInput(
      `There is no ${about} at ${endpoint}.`,
      'Check its name, --region and the account of the credentials; run makes one with --create.',
    );
  }
  if (THROTTLED.has(name) || name === 'LimitExceededException') {
    return new PassingTrouble(
      `AWS throttled ${action} of ${about} (${name}): ${firstLine(message)}`,
      'Wait a minute and run again; where it is a quota, raise it.',
    );
  }
  if (name in NETWORK) {
    return new PassingTrouble(
      `${endpoint} could not be reached: ${NETWORK[name]}.`,
      'Check the network, --region and --endpoint-url.',
    );
  }
  if (/certificate|self.signed|ERR_TLS|CERT_/i.test(`${name} ${message}`)) {
    return worldFailure(
      `${endpoint} shows a certificate that is not trusted (${name}).`,
      'Name its authority in NODE_EXTRA_CA_CERTS.',
    );
  }
  const failed = `${action} of ${about} failed (${name}): ${firstLine(message)}`;
  const fix = 'Try again, or ask AWS.';
  const isTheirs = (error.$metadata?.httpStatusCode ?? 0) >= 500;
  return isTheirs ? new PassingTrouble(failed, fix) : worldFailure(failed, fix);
}

export function noCredentials(thrown: unknown): Refusal {
  const { message = '' } = thrown as SdkError;
  if (/expired/i.test(message)) {
    return badInput(
      `The AWS credentials have expired: ${firstLine(message)}`,
      'Log in again and run it again.',
    );
  }
  return badInput(
    `No AWS credentials were found: ${firstLine(message)}`,
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a --profile, or run "aws sso login".',
  );
}

function firstLine(text: string): string {
  return sentence(text.split('\n', 1)[0].slice(0, 300));
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
