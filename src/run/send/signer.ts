/**
 * AWS Signature Version 4 of one kind of request: a POST to `/` whose headers are always the same but for the date. The
 * key of the day and what stands around the body's hash are kept, so that little is left to do but to hash the body.
 *
 * Source: AWS, "Create a signed AWS API request" (SigV4), read 2026-11. Checked in the tests against AWS's published
 * vectors, the SDK's own signer and the endpoint's verification.
 */
import { createHmac, hash } from 'node:crypto';

const ALGORITHM = 'AWS4-HMAC-SHA256';

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** What every request of a kind has in common. */
export interface SignedKind {
  readonly region: string;
  readonly service: string;
  /** Sent and signed, `host` among them; names in lower case, without the date and the token. */
  readonly headers: Readonly<Record<string, string>>;
}

export class Signer {
  readonly #kind: SignedKind;
  readonly #keys: SigningKeys;
  readonly #names: string;
  /** Up to the value of the date, and from there to the body's hash. */
  readonly #before: string;
  readonly #after: string;
  #day = '';
  #scope = '';
  #key = Buffer.alloc(0);

  constructor(keys: SigningKeys, kind: SignedKind) {
    this.#keys = keys;
    this.#kind = kind;
    const headers = Object.entries({ ...kind.headers, ...this.still, 'x-amz-date': '\n' }).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    this.#names = headers.map(([name]) => name).join(';');
    const lines = headers.map(([name, value]) => `${name}:${canonical(name, value)}\n`).join('');
    [this.#before, this.#after] = splitAt(`POST\n/\n\n${lines}\n${this.#names}\n`, 'x-amz-date:');
  }

  /** Headers of the credentials that are the same in every request. */
  get still(): Record<string, string> {
    const { sessionToken } = this.#keys;
    return sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken };
  }

  /** The Authorization header. @param dateTime as `basicDateTime` writes it */
  authorization(body: Uint8Array, dateTime: string): string {
    const day = dateTime.slice(0, 8);
    if (day !== this.#day) this.#startDay(day);
    const request = `${this.#before}${dateTime}${this.#after}${hash('sha256', body, 'hex')}`;
    const toSign = `${ALGORITHM}\n${dateTime}\n${this.#scope}\n${hash('sha256', request, 'hex')}`;
    const signature = createHmac('sha256', this.#key).update(toSign).digest('hex');
    return (
      `${ALGORITHM} Credential=${this.#keys.accessKeyId}/${this.#scope}, ` +
      `SignedHeaders=${this.#names}, Signature=${signature}`
    );
  }

  #startDay(day: string): void {
    const { region, service } = this.#kind;
    this.#day = day;
    this.#scope = `${day}/${region}/${service}/aws4_request`;
    let key = Buffer.from(`AWS4${this.#keys.secretAccessKey}`);
    for (const part of [day, region, service, 'aws4_request']) {
      key = createHmac('sha256', key).update(part).digest();
    }
    this.#key = key;
  }
}

/** `20261120T164500Z`. @param epochMs milliseconds since 1970 */
export function basicDateTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** The date is left empty: it is put in later. */
function canonical(name: string, value: string): string {
  return name === 'x-amz-date' ? '' : value.trim().replaceAll(/ +/g, ' ');
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark) + mark.length;
  return [text.slice(0, at), text.slice(at)];
}
