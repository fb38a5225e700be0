import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignatureVerifier } from '../../../src/local/signature.ts';
import { basicDateTime, Signer } from '../../../src/run/send/signer.ts';

/** Credentials and time of AWS's published test vectors. */
const EXAMPLE = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const EXAMPLE_TIME = '20150830T123600Z';
const HOST = 'example.amazonaws.com';

/** Of AWS's test suite, those that are a POST to `/`; the service is "service", the region us-east-1. */
const VECTORS: readonly {
  name: string;
  headers: Record<string, string>;
  body: string;
  signature: string;
}[] = [
  {
    name: 'post-vanilla',
    headers: { host: HOST },
    body: '',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-header-value-case',
    headers: { host: HOST, 'my-header1': 'VALUE1' },
    body: '',
    signature: 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  },
  {
    name: 'post-x-www-form-urlencoded',
    headers: { host: HOST, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Param1=value1',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
];

/** The algorithm as AWS describes it, step by step and with nothing kept: the canonical request is built from a list. */
function signedAsDescribed(
  { accessKeyId, secretAccessKey }: typeof EXAMPLE,
  [region, service]: readonly [string, string],
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): string {
  const sha = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const names = Object.keys(headers).sort();
  const lines = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${headers[name].trim().split(/ +/).join(' ')}`),
    '',
    names.join(';'),
    sha(body),
  ];
  const time = headers['x-amz-date'];
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha(lines.join('\n'))].join('\n');
  const key = scope.reduce<string | Buffer>((chain, part) => mac(chain, part), `AWS4${secretAccessKey}`);
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${mac(key, text).toString('hex')}`;
}

describe('the signer', () => {
  it.each(VECTORS)("signs AWS's vector $name as AWS does", ({ headers, body, signature }) => {
    const signer = new Signer(EXAMPLE, { region: 'us-east-1', service: 'service', headers });
    expect(signer.authorization(Buffer.from(body), EXAMPLE_TIME)).toMatch(
      new RegExp(`Signature=${signature}$`),
    );
  });

  it('signs whatever it is given as the description of the algorithm says, from day to day', () => {
    const value = fc
      .string({ unit: fc.constantFrom('a', 'Z', '9', ' ', '/', '-', ';', '=') })
      .map((v) => `v${v}`);
    const header = fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/), value);
    fc.assert(
      fc.property(
        fc.array(header, { maxLength: 5 }),
        fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/), { nil: undefined }),
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        (list, sessionToken, bytes, ...secs) => {
          const headers = { host: HOST, ...Object.fromEntries(list) };
          const kind = { region: 'eu-west-1', service: 'kinesis', headers };
          const signer = new Signer({ ...EXAMPLE, sessionToken }, kind);
          for (const sec of secs) {
            const time = basicDateTime(sec * 1000);
            const all = { ...headers, ...signer.still, 'x-amz-date': time };
            const expected = signedAsDescribed(EXAMPLE, ['eu-west-1', 'kinesis'], all, Buffer.from(bytes));
            expect(signer.authorization(bytes, time)).toBe(expected);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("passes the endpoint's verification, and with another body does not", () => {
    const headers = { host: HOST, 'content-type': 'application/x-amz-json-1.1' };
    const signer = new Signer(EXAMPLE, { region: 'us-east-1', service: 'kinesis', headers });
    const body = Buffer.from('{"Records":[]}');
    const request = {
      ...{ method: 'POST', path: '/', body },
      headers: {
        ...headers,
        'x-amz-date': EXAMPLE_TIME,
        authorization: signer.authorization(body, EXAMPLE_TIME),
      },
    };
    const verifier = new SignatureVerifier(EXAMPLE, 'us-east-1', ['kinesis']);
    expect(() => verifier.verify(request, 1_440_938_160_000_000)).not.toThrow();
    const other = { ...request, body: Buffer.from('{"Records":[1]}') };
    expect(() => verifier.verify(other, 1_440_938_160_000_000)).toThrow();
  });

  it('writes times as AWS wants them', () => {
    expect(basicDateTime(Date.UTC(2015, 7, 30, 12, 36, 0, 999))).toBe(EXAMPLE_TIME);
  });
});
