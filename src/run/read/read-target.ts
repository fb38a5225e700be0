/**
 * Where the readers read, as it can be told to a thread, and the clients that they use there.
 */
import { NodeHttp2Handler } from '@smithy/node-http-handler';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { kinesisClient, type ClientSpec } from '../send/client.ts';

export interface ReadTarget {
  readonly client: ClientSpec;
  readonly streamName: string;
}

export interface ReadClients {
  /** Everything but subscriptions. */
  readonly calls: KinesisClient;
  /** SubscribeToShard, which is HTTP/2 only: a connection for each, so that a slow one holds up no other. */
  readonly subscriptions: KinesisClient;
}

/** GetRecords calls at a time; more wait for each other. */
const CONNECTIONS = 64;
/** For a subscription to be answered, and to be silent: it says every few seconds that there is nothing. */
const SILENT_MS = 30_000;

export function readClients({ client }: ReadTarget): ReadClients {
  const subscriptions = kinesisClient(client, CONNECTIONS);
  subscriptions.config.requestHandler = new NodeHttp2Handler({
    disableConcurrentStreams: true,
    requestTimeout: SILENT_MS,
  });
  return { calls: kinesisClient(client, CONNECTIONS), subscriptions };
}
