/**
 * PutRecords through the AWS SDK, over keep-alive HTTP/1.1 and with the SDK's own retries off: a retry that we do
 * not see is a latency and an attempt that we do not count.
 */
import { Agent } from 'node:http';
import {
  KinesisClient,
  type KinesisClientConfig,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ATTEMPT, type AttemptOutcome } from '../../model/outcome.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import { entriesOf, kinesisRecordsOf, rangeOf, type WireKeys } from './put-entries.ts';
import { failureOf } from './put-error.ts';
import type { RecordData } from './record-data.ts';
import type { PutReply, Transport, TransportError } from './transport.ts';

const CONNECTION_TIMEOUT_MS = 3_000;
/** As long as the reply of a stalled stream is waited for; then the records' fate is unknown. */
export const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Everything that the SDK would otherwise look up in the user's environment and configuration files: their AWS is
 * none of a local run's business, and a FIPS endpoint on 127.0.0.1 is an exception.
 */
const NOTHING_OF_THE_USERS = {
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
  retryMode: 'standard',
  defaultsMode: 'standard',
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  accountIdEndpointMode: 'disabled',
  authSchemePreference: [],
  userAgentAppId: '',
} satisfies KinesisClientConfig;

/** A client for one local endpoint with as many connections as there are in-flight slots. */
export function localClient(endpoint: string, region: string, connections: number): KinesisClient {
  return new KinesisClient({
    endpoint,
    region,
    ...NOTHING_OF_THE_USERS,
    requestHandler: new NodeHttpHandler({
      httpAgent: new Agent({ keepAlive: true, maxSockets: connections }),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
}

export interface SdkTransportOptions {
  readonly client: KinesisClient;
  readonly streamName: string;
  readonly data: RecordData;
  readonly keys: WireKeys;
  /** Shard ids by position, to check our routing against the replies. */
  readonly shardIds: readonly string[];
}

export class SdkTransport implements Transport {
  readonly name = 'sdk';
  readonly #options: SdkTransportOptions;

  constructor(options: SdkTransportOptions) {
    this.#options = options;
  }

  async put(batch: Batch, records: RecordSlab): Promise<PutReply> {
    const { client, streamName, data, keys } = this.#options;
    const entries = entriesOf(batch, data.of(batch.slots, records), records, keys);
    try {
      const reply = await client.send(new PutRecordsCommand({ StreamName: streamName, Records: entries }));
      return this.#read(reply, batch, records);
    } catch (error) {
      return failedReply(error, batch);
    }
  }

  close(): void {
    this.#options.client.destroy();
  }

  #read(reply: PutRecordsCommandOutput, batch: Batch, records: RecordSlab): PutReply {
    const results = reply.Records ?? [];
    const sent = kinesisRecordsOf(batch);
    if (results.length !== sent) {
      return failedReply(new Error(`a reply of ${results.length} results to ${sent} records`), batch);
    }
    const outcomes = new Uint8Array(sent);
    const errors: TransportError[] = [];
    let misrouted = 0;
    results.forEach((result, i) => {
      const [start, end] = rangeOf(batch, i);
      if (result.ErrorCode === undefined || result.ErrorCode === '') {
        outcomes[i] = ATTEMPT.accepted;
        if (result.ShardId !== this.#options.shardIds[records.shard[batch.slots[start]]]) misrouted++;
      } else if (result.ErrorCode === 'ProvisionedThroughputExceededException') {
        outcomes[i] = ATTEMPT.throttled;
      } else {
        outcomes[i] = ATTEMPT.failed;
        errors.push({ code: result.ErrorCode, message: result.ErrorMessage ?? '', records: end - start });
      }
    });
    return {
      outcomes: outcomes as unknown as ArrayLike<AttemptOutcome>,
      retryable: true,
      isWhole: false,
      misrouted,
      errors,
    };
  }
}

function failedReply(error: unknown, batch: Batch): PutReply {
  const { outcome, retryable, code, message } = failureOf(error);
  return {
    outcomes: new Array<AttemptOutcome>(kinesisRecordsOf(batch)).fill(outcome),
    retryable,
    isWhole: true,
    misrouted: 0,
    errors: outcome === ATTEMPT.throttled ? [] : [{ code, message, records: batch.slots.length }],
  };
}
