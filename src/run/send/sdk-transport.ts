/**
 * PutRecords, or PutRecord, through the AWS SDK, with a body and a reply of our own in its middleware: the SDK resolves the endpoint,
 * signs, holds the connections and understands errors; what is done per record is ours.
 *
 * The SDK serializes a request without records, which has the headers that it gives any request, and our body takes
 * the place of that one before it is signed. On the way back it is handed a reply without results to understand, and
 * ours is read beside it.
 */
import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { AcknowledgedRecords } from '../read/acknowledged-records.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import { bodyWriterOf, type BodyWriter, type PutBodyOptions } from './put-body.ts';
import { EMPTY_REPLIES, emptyCommand } from './put-call.ts';
import { failedReply, ReplyReader } from './reply-reader.ts';
import type { PutReply, Transport } from './transport.ts';

export interface SdkTransportOptions extends PutBodyOptions {
  /** Its middleware is changed: it is good for nothing but its call from then on. */
  readonly client: KinesisClient;
  /** Shard ids by number, to check our routing against the replies. */
  readonly shardIds: readonly string[];
  /** Where consumers are to be told what was acknowledged. */
  readonly acknowledged?: AcknowledgedRecords | undefined;
}

/** What travels with a request through the SDK's middleware. */
interface Parcel {
  readonly body: Buffer;
  /** In the pieces in which it came. */
  reply?: readonly Buffer[];
}

const PARCEL = Symbol('parcel');
type ParcelInput = { readonly [PARCEL]?: Parcel };

export class SdkTransport implements Transport {
  readonly name = 'sdk';
  readonly #options: SdkTransportOptions;
  readonly #body: BodyWriter;
  readonly #reader: ReplyReader;

  constructor(options: SdkTransportOptions) {
    this.#options = options;
    this.#body = bodyWriterOf(options);
    this.#reader = new ReplyReader(options.shardIds, options.acknowledged, options.api);
    carryParcels(options.client.middlewareStack, EMPTY_REPLIES[options.api ?? 'PutRecords']);
  }

  async put(batch: Batch, records: RecordSlab): Promise<PutReply> {
    const { client, stream, api = 'PutRecords' } = this.#options;
    const parcel: Parcel = { body: this.#body.write(batch, records) };
    const carried: ParcelInput = { [PARCEL]: parcel };
    try {
      await client.send(emptyCommand(api, stream, carried) as PutRecordsCommand);
      // Where the request failed, the connection may still be reading from the body.
      this.#body.giveBack(parcel.body);
      return this.#reader.read(parcel.reply ?? [EMPTY_REPLIES[api]], batch, records);
    } catch (error) {
      return failedReply(error, batch);
    }
  }

  close(): void {
    this.#options.client.destroy();
  }
}

/** The two kinds of middleware that we need, without all that theirs can do. */
type Step<A, R> = (next: (args: A) => Promise<R>) => (args: A) => Promise<R>;
type SerializeMiddleware = Step<{ input: unknown; request?: unknown }, unknown>;
type DeserializeMiddleware = Step<{ input: unknown }, { response: unknown }>;

/** Makes a client send the bodies, and keep the replies, that come with its inputs. */
function carryParcels(stack: KinesisClient['middlewareStack'], emptyReply: Buffer): void {
  const putBody: SerializeMiddleware = (next) => (args) => {
    const { body } = (args.input as ParcelInput)[PARCEL] ?? {};
    if (body !== undefined) (args.request as { body: Buffer }).body = body;
    return next(args);
  };
  const keepReply: DeserializeMiddleware = (next) => async (args) => {
    const result = await next(args);
    const parcel = (args.input as ParcelInput)[PARCEL];
    const response = result.response as { statusCode: number; body: AsyncIterable<Buffer> | Buffer };
    if (parcel === undefined || response.statusCode !== 200) return result;
    parcel.reply = await collected(response.body as AsyncIterable<Buffer>);
    response.body = emptyReply;
    return result;
  };
  stack.addRelativeTo(putBody as never, {
    name: 'shardwiseBody',
    relation: 'after',
    toMiddleware: 'serializerMiddleware',
  });
  stack.addRelativeTo(keepReply as never, {
    name: 'shardwiseReply',
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
  });
}

async function collected(body: AsyncIterable<Buffer>): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}
