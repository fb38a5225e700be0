/**
 * What the AWS SDK would send: the address, the headers, the region and the credentials of a request that puts records, found
 * by letting it make one and keeping it from being sent. Looked up again when the credentials change.
 */
import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { PutApi } from '../../traffic/scenario.ts';
import type { StreamRef } from './put-body.ts';
import { emptyCommand } from './put-call.ts';
import type { SigningKeys } from './signer.ts';

export interface WireKind {
  /** Protocol, host and port. */
  readonly origin: string;
  readonly region: string;
  readonly keys: SigningKeys;
  /** Names in lower case, without those that a signature adds, and without the body's length. */
  readonly headers: Readonly<Record<string, string>>;
}

interface MadeRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Made anew for every request by the signature, by the connection or by ourselves. */
const PER_REQUEST = new Set([
  'authorization',
  'content-length',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
  'amz-sdk-invocation-id',
  'amz-sdk-request',
]);

export class WireKindReader {
  readonly #client: KinesisClient;
  readonly #stream: StreamRef;
  readonly #api: PutApi;
  #keys: SigningKeys | undefined;
  #kind: WireKind | undefined;

  constructor(client: KinesisClient, stream: StreamRef, api: PutApi = 'PutRecords') {
    this.#api = api;
    this.#client = client;
    this.#stream = stream;
    // The innermost step: everything that the SDK does to a request is done.
    client.middlewareStack.add(
      () => (args) => Promise.reject(new Made((args as { request: MadeRequest }).request)),
      { step: 'deserialize', priority: 'low', name: 'shardwiseProbe' },
    );
  }

  /**
   * The SDK keeps credentials and fetches others before they expire; this is cheap while they stay.
   * @throws the SDK's error where there are no credentials, no region or no endpoint
   */
  async read(): Promise<WireKind> {
    const keys = await this.#client.config.credentials();
    if (this.#kind !== undefined && keys === this.#keys) return this.#kind;
    const request = await this.#request();
    const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
    const port = request.port === undefined ? '' : `:${request.port}`;
    this.#keys = keys;
    return (this.#kind = {
      origin: `${request.protocol}//${request.hostname}${port}`,
      region: await this.#client.config.region(),
      keys,
      headers: Object.fromEntries(headers.filter(([name]) => !PER_REQUEST.has(name))) as WireKind['headers'],
    });
  }

  async #request(): Promise<MadeRequest> {
    try {
      await this.#client.send(emptyCommand(this.#api, this.#stream) as PutRecordsCommand);
    } catch (error) {
      if (error instanceof Made) return error.request;
      throw error;
    }
    throw new Error('a request that was to be kept was sent');
  }
}

/** Carries a request out of the SDK. */
class Made extends Error {
  readonly request: MadeRequest;

  constructor(request: MadeRequest) {
    super('made, not sent');
    this.request = request;
  }
}
