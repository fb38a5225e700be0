import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basicTimeText, parseBasicTime } from '../../src/local/basic-time.ts';
import { LocalService, type LocalRequest } from '../../src/local/local-service.ts';
import { SignatureVerifier } from '../../src/local/signature.ts';
import { START_US } from './client.ts';

/** Credentials of AWS's published test vectors. */
const EXAMPLE = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const EXAMPLE_US = 1_440_938_160_000_000; // 2015-08-30T12:36:00Z
const NOTHING = Buffer.alloc(0);

function signed(
  method: string,
  path: string,
  headers: Record<string, string>,
  names: string,
  signature: string,
  service = 'service',
): LocalRequest {
  const credential = `AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return {
    method,
    path,
    headers: { 'x-amz-date': '20150830T123600Z', ...headers, authorization },
    body: NOTHING,
  };
}

/** Signed requests that AWS has published, with their signatures. */
const VECTORS: readonly (readonly [string, string, LocalRequest])[] = [
  [
    'get-vanilla',
    'service',
    signed(
      'GET',
      '/',
      { host: 'example.amazonaws.com' },
      'host;x-amz-date',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ),
  ],
  [
    'post-vanilla',
    'service',
    signed(
      'POST',
      '/',
      { host: 'example.amazonaws.com' },
      'host;x-amz-date',
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ),
  ],
  [
    'ListUsers of the documentation',
    'iam',
    signed(
      'GET',
      '/?Action=ListUsers&Version=2010-05-08',
      { host: 'iam.amazonaws.com', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      'content-type;host;x-amz-date',
      '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
      'iam',
    ),
  ],
];

const MINE = { accessKeyId: 'local', secretAccessKey: 's3cret/+=' };
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

interface Signing {
  readonly atUs?: number;
  readonly body?: string;
  readonly secret?: string;
  readonly keyId?: string;
  readonly region?: string;
  readonly service?: string;
  readonly names?: readonly string[];
}

/** Signs a call as an SDK would, written down here a second time. */
function call({
  atUs = START_US,
  body = '{}',
  secret = MINE.secretAccessKey,
  keyId = 'local',
  ...rest
}: Signing = {}): LocalRequest {
  const {
    region = 'us-east-1',
    service = 'kinesis',
    names = ['content-type', 'host', 'x-amz-date', 'x-amz-target'],
  } = rest;
  const date = basicTimeText(Math.floor(atUs / 1e6));
  const headers: Record<string, string> = {
    host: 'localhost:4567',
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-date': date,
    'x-amz-target': 'Kinesis_20131202.ListStreams',
  };
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${Object.hasOwn(headers, name) ? headers[name] : ''}`),
    '',
    names.join(';'),
    sha(body),
  ];
  const scope = [date.slice(0, 8), region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secret}`);
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha(canonical.join('\n'))].join('\n');
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${[keyId, ...scope].join('/')}, SignedHeaders=${names.join(';')}, ` +
    `Signature=${hmac(key, toSign).toString('hex')}`;
  return { method: 'POST', path: '/', headers, body: Buffer.from(body) };
}

/** The same in the query string, good for some seconds. */
function presigned(expires: number, atUs = START_US): LocalRequest {
  const date = basicTimeText(Math.floor(atUs / 1e6));
  const scope = [date.slice(0, 8), 'us-east-1', 'kinesis', 'aws4_request'];
  const query =
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(['local', ...scope].join('/'))}` +
    `&X-Amz-Date=${date}&X-Amz-Expires=${expires}&X-Amz-SignedHeaders=host`;
  const canonical = ['POST', '/', query, 'host:localhost', '', 'host', sha('{}')].join('\n');
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${MINE.secretAccessKey}`);
  const signature = hmac(
    key,
    ['AWS4-HMAC-SHA256', date, scope.join('/'), sha(canonical)].join('\n'),
  ).toString('hex');
  const headers = {
    host: 'localhost',
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'Kinesis_20131202.ListStreams',
  };
  // Parameters in another order than they are signed in.
  return {
    method: 'POST',
    path: `/?X-Amz-Signature=${signature}&${query}`,
    headers,
    body: Buffer.from('{}'),
  };
}

function answer(
  request: LocalRequest,
  nowUs = START_US,
  service = new LocalService({ credentials: MINE }),
): [number, string, string] {
  const reply = service.handle(request, nowUs);
  const { __type = '', message = '' } = JSON.parse(reply.body.toString()) as {
    __type?: string;
    message?: string;
  };
  return [reply.status, __type, message];
}

const OK = [200, '', ''];

describe('a signature', () => {
  it.each(VECTORS)('that AWS has published is found right: %s', (_, service, request) => {
    const verifier = new SignatureVerifier(EXAMPLE, 'us-east-1', [service]);
    expect(() => verifier.verify(request, EXAMPLE_US)).not.toThrow();
    const wrong = { ...request, method: 'PUT' };
    expect(() => verifier.verify(wrong, EXAMPLE_US)).toThrow(/does not match the signature you provided/);
  });

  it('is not looked at where no secret is given', () => {
    expect(answer(call({ secret: 'any' }), START_US, new LocalService())).toEqual(OK);
  });

  it('must be of the secret, the key id, the region and the service', () => {
    expect(answer(call())).toEqual(OK);
    expect(answer(call({ secret: 'wrong' }))).toEqual([
      400,
      'InvalidSignatureException',
      expect.stringMatching(/^The request signature we calculated does not match/) as string,
    ]);
    expect(answer(call({ keyId: 'other' }))).toEqual([
      400,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ]);
    expect(answer(call({ region: 'eu-west-1' }))[2]).toBe(
      "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    );
    for (const service of ['s3', 'monitoring']) {
      expect(answer(call({ service }))[2]).toBe(
        "Credential should be scoped to correct service: 'kinesis'. ",
      );
    }
    expect(answer(call({ keyId: 'a/b' }))[1]).toBe('IncompleteSignatureException');
    expect(answer(call({ names: ['x-amz-date'] }))[2]).toMatch(
      /^'Host' or ':authority' must be a 'SignedHeader'/,
    );
  });

  it('covers the body and every signed header', () => {
    const request = call({ body: '{"Limit":1}' });
    expect(answer(request)).toEqual(OK);
    expect(answer({ ...request, body: Buffer.from('{"Limit":2}') })[1]).toBe('InvalidSignatureException');
    const headers = { ...request.headers, host: 'elsewhere' };
    expect(answer({ ...request, headers })[1]).toBe('InvalidSignatureException');
    expect(answer({ ...request, headers: { ...request.headers, 'user-agent': 'any' } })).toEqual(OK);
    expect(answer({ ...request, path: '/?a=b' })[1]).toBe('InvalidSignatureException');
  });

  it('covers the body of a put that goes the fast way', () => {
    const service = new LocalService({ credentials: MINE });
    service.createStream({ name: 's', shards: 1 }, START_US);
    const body = JSON.stringify({ StreamName: 's', Records: [{ Data: 'YQ==', PartitionKey: 'k' }] });
    const names = ['content-type', 'host', 'x-amz-date'];
    const put = call({ body, names });
    const headers = { ...put.headers, 'x-amz-target': 'Kinesis_20131202.PutRecords' };
    expect(answer({ ...put, headers }, START_US, service)[0]).toBe(200);
    const forged = Buffer.from(body.replace('YQ==', 'Yg=='));
    expect(answer({ ...put, headers, body: forged }, START_US, service)[1]).toBe('InvalidSignatureException');
  });

  it('may name a header that was not sent, which counts as empty, even where every object has one of the name', () => {
    for (const name of ['constructor', '__proto__', 'tostring', 'valueof', 'x-none']) {
      const names = ['host', name, 'x-amz-date'];
      expect(answer(call({ names }))).toEqual(OK);
      expect(answer(call({ names, secret: 'wrong' }))[1]).toBe('InvalidSignatureException');
    }
  });

  it('holds for five minutes of clock skew and no second longer', () => {
    const minutes = 300_000_000;
    for (const off of [-minutes, minutes]) expect(answer(call({ atUs: START_US + off }))).toEqual(OK);
    expect(answer(call({ atUs: START_US - minutes - 1_000_000 }))).toEqual([
      400,
      'InvalidSignatureException',
      'Signature expired: 20270115T075459Z is now earlier than 20270115T075500Z (20270115T080000Z - 5 min.)',
    ]);
    expect(answer(call({ atUs: START_US + minutes + 1_000_000 }))).toEqual([
      400,
      'InvalidSignatureException',
      'Signature not yet current: 20270115T080501Z is still later than 20270115T080500Z (20270115T080000Z + 5 min.)',
    ]);
  });

  it('is of its own day on both sides of midnight', () => {
    const service = new LocalService({ credentials: MINE });
    const midnight = START_US + 16 * 3_600_000_000;
    for (const [signedUs, nowUs] of [
      [midnight - 1_000_000, midnight - 1_000_000],
      [midnight - 1_000_000, midnight + 1_000_000],
      [midnight + 1_000_000, midnight + 2_000_000],
      [midnight - 60_000_000, midnight + 3_000_000],
    ]) {
      expect(answer(call({ atUs: signedUs }), nowUs, service)).toEqual(OK);
    }
    const request = call({ atUs: midnight + 4_000_000 });
    const authorization = (request.headers.authorization ?? '').replace('20270116/', '20270115/');
    const headers = { ...request.headers, authorization };
    expect(answer({ ...request, headers }, midnight + 4_000_000, service)[2]).toMatch(
      /^Date in Credential scope does not match YYYYMMDD .* '20270115' != '20270116', from '20270116T000004Z'\.$/,
    );
  });

  it('may stand in the query string, for as long as it says', () => {
    expect(answer(presigned(60))).toEqual(OK);
    expect(answer(presigned(60), START_US + 60_000_000)).toEqual(OK);
    expect(answer(presigned(60), START_US + 61_000_000)[2]).toBe(
      'Signature expired: 20270115T080100Z is now earlier than 20270115T080101Z',
    );
    const request = presigned(60);
    expect(answer({ ...request, path: request.path.replace('Expires=60', 'Expires=61') })[1]).toBe(
      'InvalidSignatureException',
    );
  });

  it('that is incomplete is refused before anything is calculated', () => {
    const request = call();
    const without = (name: string): LocalRequest => ({
      ...request,
      headers: { ...request.headers, [name]: undefined },
    });
    expect(answer(without('authorization'))[1]).toBe('MissingAuthenticationTokenException');
    expect(answer(without('x-amz-date'))[1]).toBe('IncompleteSignatureException');
    const headers = { ...request.headers, 'x-amz-date': 'yesterday' };
    expect(answer({ ...request, headers })[2]).toMatch(
      /^Date must be in ISO-8601 'basic format'\. Got 'yesterday'/,
    );
  });

  it('never makes the endpoint fail, whatever stands in it', () => {
    const service = new LocalService({ credentials: MINE });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.webPath(), (text, date, path) => {
        const { headers } = call();
        const authorization = `AWS4-HMAC-SHA256 Credential=local/${date}/us-east-1/kinesis/aws4_request, SignedHeaders=${text}, Signature=${text}`;
        for (const value of [text, authorization]) {
          const changed = { ...headers, authorization: value, 'x-amz-date': date };
          const query = `${path}?X-Amz-Algorithm=${text}&%=%&${text}`;
          for (const asked of [path, query]) {
            const reply = service.handle(
              { method: 'POST', path: asked, headers: changed, body: Buffer.from('{}') },
              START_US,
            );
            expect(reply.status).toBe(400);
          }
        }
        expect(service.takeNotices()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a time in a signature', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_799 }), (sec) => {
        const text = new Date(sec * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
        expect(basicTimeText(sec)).toBe(text);
        expect(parseBasicTime(text)).toBe(sec);
      }),
    );
    for (const text of [
      '',
      '20270230T000000Z',
      '20270115T080000',
      '20270115T250000Z',
      '2027-01-15T08:00:00Z',
    ])
      expect(parseBasicTime(text)).toBeUndefined();
  });
});
