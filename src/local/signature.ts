/**
 * Verifies the signature of a request (AWS Signature Version 4), in the Authorization header or in the query string.
 *
 * Names of errors and their words are those that AWS's services answer with, as users report them. The form of the
 * request is looked at before, in `authorization.ts`.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { LocalRequest } from './message.ts';
import { basicTimeText, parseBasicTime } from './basic-time.ts';
import { ServiceError } from './service-error.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const TERMINATOR = 'aws4_request';
/** How far a client's clock may be off (source: Kinesis's own error text, "- 5 min."). */
const SKEW_SEC = 300;
/** The longest life of a presigned request (source: AWS's SigV4 reference). */
const MOST_LIFE_SEC = 604_800;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a request says about its signature. */
interface Claim {
  readonly algorithm: string;
  /** Key id, date, region, service, terminator. */
  readonly credential: readonly string[];
  readonly credentialText: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  /** Seconds that a presigned request lives, else undefined. */
  readonly lifeSec: number | undefined;
}

export class SignatureVerifier {
  readonly #credentials: Credentials;
  readonly #region: string;
  readonly #services: readonly string[];
  /** The signing key of the last scope: it changes once a day. */
  #scope = '';
  #key: Buffer = Buffer.alloc(0);

  /** @param services names that a credential's scope may have, the usual one first */
  constructor(credentials: Credentials, region: string, services: readonly string[]) {
    this.#credentials = credentials;
    this.#region = region;
    this.#services = services;
  }

  /**
   * @param nowUs microseconds since the epoch; undefined takes a signature of any time
   * @throws ServiceError where the request is not signed with the credentials, or not now
   */
  verify(request: LocalRequest, nowUs: number | undefined): void {
    const claim = claimOf(request);
    const sec = secondsOf(claim.date);
    this.#checkScope(claim);
    if (nowUs !== undefined) checkTime(claim, sec, Math.floor(nowUs / 1_000_000));
    const canonical = canonicalRequest(request, claim.signedHeaders);
    const scope = claim.credential.slice(1).join('/');
    const toSign = [ALGORITHM, claim.date, scope, sha256(canonical)].join('\n');
    const expected = createHmac('sha256', this.#keyOf(claim.credential)).update(toSign).digest('hex');
    if (!isEqual(expected, claim.signature)) throw mismatch(canonical, toSign);
  }

  #checkScope({ algorithm, credential, credentialText, signedHeaders, date }: Claim): void {
    if (algorithm !== ALGORITHM) throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}'.`);
    if (credential.length !== 5) {
      throw incomplete(
        'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, ' +
          `got '${credentialText}'`,
      );
    }
    const [keyId, day, region, service, terminator] = credential;
    if (!isEqual(keyId, this.#credentials.accessKeyId)) {
      throw new ServiceError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    if (region !== this.#region)
      throw invalid(`Credential should be scoped to a valid region, not '${region}'. `);
    if (!this.#services.includes(service))
      throw invalid(`Credential should be scoped to correct service: '${this.#services[0]}'. `);
    if (terminator !== TERMINATOR)
      throw invalid(
        `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'. `,
      );
    if (day !== date.slice(0, 8)) {
      throw invalid(
        'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
          `'${day}' != '${date.slice(0, 8)}', from '${date}'.`,
      );
    }
    // SDKs on HTTP/2 sign the host under the name that it has there.
    if (!signedHeaders.includes('host') && !signedHeaders.includes(':authority'))
      throw invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }

  #keyOf(credential: readonly string[]): Buffer {
    const scope = credential.slice(1).join('/');
    if (scope !== this.#scope) {
      const secret = Buffer.from(`AWS4${this.#credentials.secretAccessKey}`);
      this.#key = credential
        .slice(1)
        .reduce((key, part) => createHmac('sha256', key).update(part).digest(), secret);
      this.#scope = scope;
    }
    return this.#key;
  }
}

function claimOf({ headers, path }: LocalRequest): Claim {
  const { authorization = '' } = headers;
  if (authorization === '') return presignedClaim(new URLSearchParams(path.split('?', 2).at(1) ?? ''));
  const [algorithm] = authorization.split(' ', 1);
  const given = new Map(
    authorization
      .slice(algorithm.length)
      .split(/[, ]+/)
      .map((part): [string, string] => {
        const at = part.indexOf('=');
        return [part.slice(0, at), part.slice(at + 1)];
      }),
  );
  const date = headers['x-amz-date'] ?? headers.date ?? '';
  return { ...claim((name) => given.get(name) ?? ''), algorithm, date, lifeSec: undefined };
}

function presignedClaim(query: URLSearchParams): Claim {
  const read = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  const life = Number(read('Expires'));
  const lifeSec = /^\d+$/.test(read('Expires')) ? Math.min(life, MOST_LIFE_SEC) : SKEW_SEC;
  return { ...claim(read), algorithm: read('Algorithm'), date: read('Date'), lifeSec };
}

function claim(
  read: (name: string) => string,
): Pick<Claim, 'credential' | 'credentialText' | 'signedHeaders' | 'signature'> {
  const credentialText = read('Credential');
  return {
    credentialText,
    credential: credentialText.split('/'),
    signedHeaders: read('SignedHeaders').toLowerCase().split(';'),
    signature: read('Signature'),
  };
}

function secondsOf(date: string): number {
  const sec = parseBasicTime(date);
  if (sec !== undefined) return sec;
  throw incomplete(
    `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

function checkTime({ date, lifeSec }: Claim, sec: number, nowSec: number): void {
  const now = basicTimeText(nowSec);
  if (sec > nowSec + SKEW_SEC) {
    const most = basicTimeText(nowSec + SKEW_SEC);
    throw invalid(`Signature not yet current: ${date} is still later than ${most} (${now} + 5 min.)`);
  }
  if (lifeSec !== undefined) {
    if (sec + lifeSec < nowSec)
      throw invalid(`Signature expired: ${basicTimeText(sec + lifeSec)} is now earlier than ${now}`);
  } else if (sec < nowSec - SKEW_SEC) {
    const least = basicTimeText(nowSec - SKEW_SEC);
    throw invalid(`Signature expired: ${date} is now earlier than ${least} (${now} - 5 min.)`);
  }
}

/** The request as both sides write it before they hash it. */
export function canonicalRequest(
  { method, path, headers, body }: LocalRequest,
  signedHeaders: readonly string[],
): string {
  const at = path.indexOf('?');
  return [
    method,
    canonicalPath(at < 0 ? path : path.slice(0, at)),
    at < 0 ? '' : canonicalQuery(path.slice(at + 1)),
    ...signedHeaders.map((name) => `${name}:${sentValue(headers, name).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
}

/** Empty where the header was not sent: a client may name any, even what every object has. */
function sentValue(headers: LocalRequest['headers'], name: string): string {
  return Object.hasOwn(headers, name) ? (headers[name] ?? '') : '';
}

/** Without empty steps and dots, and encoded once more, as every service but S3 has it. */
function canonicalPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(encoded(step));
  }
  const last = steps.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${steps.join('/')}${last}`;
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at < 0 ? [reencoded(pair), ''] : [reencoded(pair.slice(0, at)), reencoded(pair.slice(at + 1))];
    })
    .filter(([name]) => name !== 'X-Amz-Signature');
  pairs.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Decoded where it can be, and encoded again. */
function reencoded(text: string): string {
  let plain = text;
  try {
    plain = decodeURIComponent(text);
  } catch {
    // Signed as it stands.
  }
  return encoded(plain);
}

/** As RFC 3986 has it; half a surrogate pair, which has no UTF-8, becomes U+FFFD. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replace(/[!'()*]/g, escaped);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Takes the same time wherever two texts differ; hashed first, so that their lengths do not tell either. */
function isEqual(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

function incomplete(message: string): ServiceError {
  return new ServiceError('IncompleteSignatureException', message);
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidSignatureException', message);
}

function mismatch(canonical: string, toSign: string): ServiceError {
  return invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
      'Key and signing method. Consult the service documentation for details.\n\n' +
      `The Canonical String for this request should have been\n'${canonical}'\n\n` +
      `The String-to-Sign should have been\n'${toSign}'\n`,
  );
}
