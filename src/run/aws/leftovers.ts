/**
 * What load tests have made and not removed: streams and fan-out consumers that carry our tags.
 */
import {
  DeregisterStreamConsumerCommand,
  ListStreamsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-kinesis';
import { setTimeout as sleep } from 'node:timers/promises';
import { awsTrouble, errorName } from './aws-trouble.ts';
import type { AwsConnection } from './connection.ts';
import { OWN_PREFIX, ownershipOf, type Ownership } from './ownership.ts';
import { call, readConsumers, readTags } from './stream-facts.ts';
import { deleteStream } from './temporary-stream.ts';

export interface Leftover extends Ownership {
  readonly kind: 'stream' | 'consumer';
  readonly name: string;
  readonly arn: string;
  /** Of a consumer. */
  readonly streamName?: string;
}

interface ListedStream {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** Microseconds since 1970. */
  readonly createdUs: number;
}

/** Streams per page; the most that ListStreams gives. */
const PAGE = 1_000;
const DEREGISTER_TRIES = 30;
const DEREGISTER_WAIT_MS = 1_000;

/**
 * Streams of ours, oldest first. Streams that are being deleted are not left over.
 * @param listed all streams, where they have been listed already
 */
export async function findStreams(
  connection: AwsConnection,
  listed?: readonly ListedStream[],
): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { name, arn, status, createdUs } of listed ?? (await listStreams(connection))) {
    if (!name.startsWith(OWN_PREFIX) || status === 'DELETING') continue;
    const tags = await unlessGone(readTags(connection, arn));
    const ownership = tags && ownershipOf(name, tags, createdUs);
    if (ownership) found.push({ ...ownership, kind: 'stream', name, arn });
  }
  return found.sort((a, b) => a.createdUs - b.createdUs);
}

/** Fan-out consumers of ours on streams that are not. */
export async function findConsumers(
  connection: AwsConnection,
  listed: readonly ListedStream[],
  signal: AbortSignal,
): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { name: streamName, arn: streamArn, status } of listed) {
    if (signal.aborted) break;
    if (status === 'DELETING') continue;
    for (const consumer of (await unlessGone(readConsumers(connection, streamArn))) ?? []) {
      const { name, arn, createdUs } = consumer;
      if (!name.startsWith(OWN_PREFIX) || consumer.status === 'DELETING') continue;
      const tags = (await unlessGone(consumerTags(connection, arn))) ?? {};
      const ownership = ownershipOf(name, tags, createdUs);
      if (ownership) found.push({ ...ownership, kind: 'consumer', name, arn, streamName });
    }
  }
  return found.sort((a, b) => a.createdUs - b.createdUs);
}

/** Every stream of the account in the region. */
export async function listStreams(connection: AwsConnection): Promise<ListedStream[]> {
  const streams: ListedStream[] = [];
  let token: string | undefined;
  do {
    const page = await call(connection, 'ListStreams', 'the streams of the account', (options) =>
      connection.control.send(
        new ListStreamsCommand({ Limit: PAGE, ...(token === undefined ? {} : { NextToken: token }) }),
        options,
      ),
    );
    for (const { StreamName = '', StreamARN = '', StreamStatus = '', ...rest } of page.StreamSummaries ??
      []) {
      const createdUs = (rest.StreamCreationTimestamp?.getTime() ?? 0) * 1000;
      streams.push({ name: StreamName, arn: StreamARN, status: StreamStatus, createdUs });
    }
    token = page.NextToken;
  } while (token !== undefined);
  return streams;
}

/** Deletes one; one that is gone already counts as deleted. */
export async function removeLeftover(connection: AwsConnection, leftover: Leftover): Promise<void> {
  if (leftover.kind === 'stream') await deleteStream(connection, leftover.arn);
  else await deregister(connection, leftover);
}

async function deregister(connection: AwsConnection, { arn, name }: Leftover): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await connection.control.send(new DeregisterStreamConsumerCommand({ ConsumerARN: arn }));
      return;
    } catch (error) {
      const code = errorName(error);
      if (code === 'ResourceNotFoundException') return;
      if (code !== 'ResourceInUseException' || tries === DEREGISTER_TRIES) {
        throw awsTrouble(error, {
          action: 'kinesis:DeregisterStreamConsumer',
          about: `consumer ${name}`,
          endpoint: connection.watch.endpoint,
        });
      }
      await sleep(DEREGISTER_WAIT_MS);
    }
  }
}

async function consumerTags(connection: AwsConnection, arn: string): Promise<Record<string, string>> {
  const { Tags = [] } = await call(connection, 'ListTagsForResource', arn, (options) =>
    connection.control.send(new ListTagsForResourceCommand({ ResourceARN: arn }), options),
  );
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** What somebody else deletes meanwhile is not there. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (/^There is no /.test((error as Error).message)) return undefined;
    throw error;
  }
}
