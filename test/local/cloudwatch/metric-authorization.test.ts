import { describe, expect, it } from 'vitest';
import { serviceWith, SIGNED, START_US } from '../client.ts';

const service = serviceWith([], { credentials: { accessKeyId: 'local', secretAccessKey: 's3cret' } });
const right = SIGNED.authorization.replace('/kinesis/', '/monitoring/');

/** What is wrong, the header, the error's name in JSON, and code and status in the Query protocol. */
const WRONG: readonly (readonly [string, string, string, string, number])[] = [
  ['the signature', right, 'InvalidSignatureException', 'SignatureDoesNotMatch', 403],
  ['the service', SIGNED.authorization, 'InvalidSignatureException', 'SignatureDoesNotMatch', 403],
  [
    'the key id',
    right.replace('=local/', '=other/'),
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    403,
  ],
  [
    'half of it',
    right.replace(/, Signature.*/, ''),
    'IncompleteSignatureException',
    'IncompleteSignature',
    400,
  ],
  ['all of it', '', 'MissingAuthenticationTokenException', 'MissingAuthenticationToken', 403],
];

describe('a CloudWatch request whose signature is wrong', () => {
  it.each(WRONG)('is refused by code in the Query protocol: %s', (_, authorization, _type, code, status) => {
    const headers = {
      ...SIGNED,
      authorization,
      'content-type': 'application/x-www-form-urlencoded',
      host: 'localhost',
    };
    const body = Buffer.from('Action=ListMetrics&Version=2010-08-01');
    const reply = service.handle({ method: 'POST', path: '/', headers, body }, START_US);
    expect(reply.status).toBe(status);
    expect(reply.body.toString()).toContain(`<Type>Sender</Type><Code>${code}</Code>`);
  });

  it.each(WRONG)('is refused by name and code in JSON: %s', (_, authorization, type, code) => {
    const headers = {
      ...SIGNED,
      authorization,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
      host: 'localhost',
    };
    const reply = service.handle({ method: 'POST', path: '/', headers, body: Buffer.from('{}') }, START_US);
    expect([reply.status, (JSON.parse(reply.body.toString()) as { __type: string }).__type]).toEqual([
      400,
      type,
    ]);
    expect(reply.headers['x-amzn-query-error']).toBe(`${code};Sender`);
  });
});
