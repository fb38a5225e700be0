import { describe, expect, it } from 'vitest';
import { awsTrouble } from '../../../src/run/aws/aws-trouble.ts';

const ASKED = {
  action: 'kinesis:PutRecords',
  about: 'stream orders',
  endpoint: 'https://kinesis.eu-west-1.amazonaws.com',
};

/** An error as the SDK throws it: of a reply with a status, or of the network with a code. */
function thrown(name: string, message: string, rest: object = {}): Error {
  return Object.assign(new Error(message), { name, ...rest });
}
const replied = { $metadata: { httpStatusCode: 400 } };

describe('what AWS refuses is said in a sentence', () => {
  it.each<[Error, number, string]>([
    [
      thrown('ExpiredTokenException', 'The security token included in the request is expired', replied),
      1,
      'The AWS credentials have expired.',
    ],
    [
      thrown(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
        replied,
      ),
      1,
      'The credentials are not accepted (UnrecognizedClientException): The security token included in the request is invalid.',
    ],
    [
      thrown(
        'InvalidSignatureException',
        'Signature expired: 20261120T100000Z is now earlier than …',
        replied,
      ),
      1,
      "AWS refuses the signature's time: Signature expired: 20261120T100000Z is now earlier than ….",
    ],
    [
      thrown(
        'AccessDeniedException',
        'User: arn:… is not authorized to perform: kinesis:PutRecords',
        replied,
      ),
      1,
      'kinesis:PutRecords is not allowed on stream orders.',
    ],
    [
      thrown('AccessDenied', 'no identity-based policy allows it', { $metadata: { httpStatusCode: 403 } }),
      1,
      'kinesis:PutRecords is not allowed on stream orders.',
    ],
    [
      thrown('ResourceNotFoundException', 'Stream orders under account 1 not found.', replied),
      2,
      'There is no stream orders at https://kinesis.eu-west-1.amazonaws.com.',
    ],
    [
      thrown(
        'LimitExceededException',
        'This request would exceed the shard limit for the account 1 in us-east-1. Limit: 500.',
        replied,
      ),
      1,
      'The account may not have so many shards (LimitExceededException): This request would exceed the shard limit for the account 1 in us-east-1. Limit: 500.',
    ],
    [
      thrown('LimitExceededException', 'Rate exceeded for account 1.', replied),
      1,
      'AWS throttled kinesis:PutRecords of stream orders (LimitExceededException): Rate exceeded for account 1.',
    ],
    [
      thrown('Error', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }),
      1,
      'https://kinesis.eu-west-1.amazonaws.com could not be reached: nothing listens there.',
    ],
    [
      thrown('Error', 'getaddrinfo', { cause: { code: 'ENOTFOUND' } }),
      1,
      'https://kinesis.eu-west-1.amazonaws.com could not be reached: there is no such host.',
    ],
    [
      thrown('TimeoutError', 'Connection timed out'),
      1,
      'https://kinesis.eu-west-1.amazonaws.com could not be reached: it did not answer in time.',
    ],
    [
      thrown('Error', 'self signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      1,
      'https://kinesis.eu-west-1.amazonaws.com shows a certificate that is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).',
    ],
    [
      thrown('CredentialsProviderError', 'The SSO session associated with this profile has expired'),
      2,
      'The AWS credentials have expired: The SSO session associated with this profile has expired.',
    ],
    [
      thrown('CredentialsProviderError', 'Could not load credentials from any providers'),
      2,
      'No AWS credentials were found: Could not load credentials from any providers.',
    ],
    [
      thrown('InternalFailure', 'Internal Service Failure', { $metadata: { httpStatusCode: 500 } }),
      1,
      'kinesis:PutRecords of stream orders failed (InternalFailure): Internal Service Failure.',
    ],
  ])('%s', (error, exitCode, what) => {
    const refusal = awsTrouble(error, ASKED);
    expect([refusal.exitCode, refusal.what]).toEqual([exitCode, what]);
    expect(refusal.fix).toMatch(/\.$/);
  });

  it('and a sentence that is one already is left alone', () => {
    const refusal = awsTrouble(thrown('InternalFailure', 'a'), ASKED);
    expect(awsTrouble(refusal, ASKED)).toBe(refusal);
  });
});
