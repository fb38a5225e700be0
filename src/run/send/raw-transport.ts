/**
 * PutRecords, or PutRecord, without the AWS SDK's machinery: undici's connections, our own bodies and signatures. Where to, with which
 * headers and with whose credentials is still the SDK's to say.
 */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { buildConnector, Pool, type Dispatcher } from 'undici';
import type { AcknowledgedRecords } from '../read/acknowledged-records.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import { CONNECTION_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './client.ts';
import { bodyWriterOf, type BodyWriter, type PutBodyOptions } from './put-body.ts';
import { failedReply, ReplyReader } from './reply-reader.ts';
import { basicDateTime, Signer } from './signer.ts';
import type { PutReply, Transport } from './transport.ts';
import type { WireMeter } from './wire-meter.ts';
import { WireKindReader, type WireKind } from './wire-kind.ts';

const SERVICE = 'kinesis';

export interface RawTransportOptions extends PutBodyOptions {
  /** Asked for address, headers and credentials only. */
  readonly client: KinesisClient;
  readonly connections: number;
  readonly shardIds: readonly string[];
  /** Counts what the connections carry. */
  readonly wire?: WireMeter;
  /** Where consumers are to be told what was acknowledged. */
  readonly acknowledged?: AcknowledgedRecords | undefined;
}

interface HttpReply {
  readonly status: number;
  /** In the pieces in which it came. */
  readonly chunks: readonly Buffer[];
}

/** An open way to the stream, for as long as the credentials stay. */
interface Way {
  readonly kind: WireKind;
  readonly pool: Pool;
  readonly signer: Signer;
  readonly headers: Readonly<Record<string, string>>;
}

export class RawTransport implements Transport {
  readonly name = 'raw';
  readonly #options: RawTransportOptions;
  readonly #kinds: WireKindReader;
  readonly #body: BodyWriter;
  readonly #reader: ReplyReader;
  #way: Way | undefined;

  constructor(options: RawTransportOptions) {
    this.#options = options;
    this.#kinds = new WireKindReader(options.client, options.stream, options.api);
    this.#body = bodyWriterOf(options);
    this.#reader = new ReplyReader(options.shardIds, options.acknowledged, options.api);
  }

  async put(batch: Batch, records: RecordSlab): Promise<PutReply> {
    try {
      const way = await this.#open();
      const body = this.#body.write(batch, records);
      const reply = await send(way, body);
      // Where the request failed, the connection may still be reading from the body.
      this.#body.giveBack(body);
      return reply.status === 200
        ? this.#reader.read(reply.chunks, batch, records)
        : failedReply(errorOf(reply), batch);
    } catch (error) {
      return failedReply(error, batch);
    }
  }

  close(): void {
    void this.#way?.pool.destroy();
    this.#options.client.destroy();
  }

  async #open(): Promise<Way> {
    const kind = await this.#kinds.read();
    if (this.#way?.kind === kind) return this.#way;
    const before = this.#way;
    const isSameOrigin = before?.kind.origin === kind.origin;
    if (!isSameOrigin) void before?.pool.close();
    const pool = isSameOrigin ? before.pool : poolOf(kind.origin, this.#options);
    const signer = new Signer(kind.keys, { region: kind.region, service: SERVICE, headers: kind.headers });
    return (this.#way = { kind, pool, signer, headers: { ...kind.headers, ...signer.still } });
  }
}

function poolOf(origin: string, { connections, wire }: RawTransportOptions): Pool {
  const connector = buildConnector({ timeout: CONNECTION_TIMEOUT_MS });
  return new Pool(origin, {
    connections,
    pipelining: 1,
    connect: (options, callback) =>
      connector(options, (...result) => {
        const [error, socket] = result;
        if (error === null) wire?.watch(socket);
        callback(...result);
      }),
    headersTimeout: REQUEST_TIMEOUT_MS,
    bodyTimeout: REQUEST_TIMEOUT_MS,
  });
}

function send({ pool, signer, headers }: Way, body: Buffer): Promise<HttpReply> {
  const dateTime = basicDateTime(Date.now());
  const signed = {
    ...headers,
    'x-amz-date': dateTime,
    authorization: signer.authorization(body, dateTime),
  };
  return new Promise((resolve, reject) => {
    const request: Dispatcher.DispatchOptions = { path: '/', method: 'POST', headers: signed, body };
    pool.dispatch(request, new ReplyCollector(resolve, reject));
  });
}

/** Puts a reply together, without a stream for each. */
class ReplyCollector implements Dispatcher.DispatchHandler {
  readonly #resolve: (reply: HttpReply) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;

  constructor(resolve: (reply: HttpReply) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#resolve({ status: this.#status, chunks: this.#chunks });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

/** A reply that is no success, as the SDK would throw it. */
function errorOf({ status, chunks }: HttpReply): unknown {
  const text = Buffer.concat(chunks).toString();
  let said: { __type?: unknown; message?: unknown; Message?: unknown } = {};
  try {
    said = JSON.parse(text) as typeof said;
  } catch {
    // An answer of something between us and the service: its text is all there is.
  }
  const type = typeof said.__type === 'string' ? said.__type.replace(/^.*#/, '').replace(/:.*$/, '') : '';
  const message = said.message ?? said.Message;
  return {
    name: type === '' ? `HTTP ${status}` : type,
    message: typeof message === 'string' ? message : text.slice(0, 200),
    $metadata: { httpStatusCode: status },
  };
}
