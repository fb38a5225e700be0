/**
 * What AWS says of one stream: its summary, tags, consumers, and whether it may be written to.
 */
import {
  DescribeStreamSummaryCommand,
  ListStreamConsumersCommand,
  ListTagsForStreamCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type StreamDescriptionSummary,
} from '@aws-sdk/client-kinesis';
import { setTimeout as sleep } from 'node:timers/promises';
import { KIB, LIMITS } from '../../model/limits.ts';
import { worldFailure } from '../../model/refusal.ts';
import type { StreamFacts, WritePermission } from '../../results/preflight.ts';
import { awsTrouble, errorName, isDenied } from './aws-trouble.ts';
import type { PutApi } from '../../traffic/scenario.ts';
import type { AwsConnection } from './connection.ts';
import type { Tags } from './ownership.ts';
import { partsOf, referenceTo } from './stream-reference.ts';

const WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** A reshard of many shards takes minutes; creating a large stream too. */
const GIVE_UP_MS = 15 * 60_000;

/** @throws Refusal where the stream does not exist or may not be described */
export async function readFacts(connection: AwsConnection, stream: string): Promise<StreamFacts> {
  const summary = await call(connection, 'DescribeStreamSummary', `stream ${stream}`, (signal) =>
    connection.control.send(new DescribeStreamSummaryCommand(referenceTo(stream)), signal),
  );
  return factsOf(summary.StreamDescriptionSummary, stream);
}

function factsOf(summary: StreamDescriptionSummary | undefined, stream: string): StreamFacts {
  const arn = summary?.StreamARN;
  const parts = arn === undefined ? undefined : partsOf(arn);
  if (summary === undefined || arn === undefined || parts === undefined) {
    throw worldFailure(`DescribeStreamSummary of ${stream} said nothing of it.`, 'Check the endpoint.');
  }
  const warmMiBps = summary.WarmThroughput?.CurrentMiBps;
  return {
    name: parts.name,
    arn,
    account: parts.account,
    status: summary.StreamStatus ?? 'UNKNOWN',
    mode: summary.StreamModeDetails?.StreamMode === 'ON_DEMAND' ? 'on-demand' : 'provisioned',
    shards: summary.OpenShardCount ?? 0,
    retentionHours: summary.RetentionPeriodHours ?? LIMITS.retentionHoursDefault.value,
    consumers: summary.ConsumerCount ?? 0,
    maxRecordBytes: (summary.MaxRecordSizeInKiB ?? LIMITS.defaultMaxRecordBytes.value / KIB) * KIB,
    encryption: summary.EncryptionType === 'KMS' ? 'KMS' : 'NONE',
    ignoresKeys: summary.RecordDistributionStrategy === 'AUTO',
    shardMetrics: (summary.EnhancedMonitoring ?? []).flatMap(
      ({ ShardLevelMetrics }) => ShardLevelMetrics ?? [],
    ),
    ...(warmMiBps === undefined || warmMiBps === 0 ? {} : { warmMiBps }),
    ...(summary.StreamCreationTimestamp === undefined
      ? {}
      : { createdMs: summary.StreamCreationTimestamp.getTime() }),
  };
}

export interface Wait {
  readonly signal: AbortSignal;
  /** Hears of the state that is waited in. */
  readonly onState?: ((status: string) => void) | undefined;
}

/**
 * Waits until a stream is ACTIVE. A stream that is UPDATING takes records, but its layout is about to change.
 * @returns the stream as it is then, or as it was when the signal came
 * @throws Refusal where it is being deleted, or 15 minutes were not enough
 */
export async function waitUntilActive(
  connection: AwsConnection,
  stream: string,
  { signal, onState }: Wait,
): Promise<StreamFacts> {
  const deadlineMs = performance.now() + GIVE_UP_MS;
  for (let waitMs = WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.5)) {
    const facts = await readFacts(connection, stream);
    if (facts.status === 'ACTIVE' || signal.aborted) return facts;
    if (facts.status === 'DELETING') {
      throw worldFailure(`Stream ${facts.name} is being deleted.`, 'Name another one, or use --create.');
    }
    if (performance.now() > deadlineMs) {
      throw worldFailure(
        `Stream ${facts.name} is still ${facts.status} after 15 minutes.`,
        'Try again later.',
      );
    }
    onState?.(facts.status);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

/** All tags of a stream. */
export async function readTags(connection: AwsConnection, stream: string): Promise<Tags> {
  const tags: Record<string, string> = {};
  let after: string | undefined;
  for (;;) {
    const page = await call(connection, 'ListTagsForStream', `stream ${stream}`, (signal) =>
      connection.control.send(
        new ListTagsForStreamCommand({
          ...referenceTo(stream),
          ...(after === undefined ? {} : { ExclusiveStartTagKey: after }),
        }),
        signal,
      ),
    );
    const list = page.Tags ?? [];
    for (const { Key = '', Value = '' } of list) tags[Key] = Value;
    after = list.at(-1)?.Key;
    if (page.HasMoreTags !== true || after === undefined) return tags;
  }
}

export interface RegisteredConsumer {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** Microseconds since 1970. */
  readonly createdUs: number;
}

/** The fan-out consumers of a stream. */
export async function readConsumers(connection: AwsConnection, arn: string): Promise<RegisteredConsumer[]> {
  const consumers: RegisteredConsumer[] = [];
  let token: string | undefined;
  do {
    const page = await call(connection, 'ListStreamConsumers', arn, (signal) =>
      connection.control.send(
        new ListStreamConsumersCommand({
          StreamARN: arn,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
        signal,
      ),
    );
    for (const { ConsumerName = '', ConsumerARN = '', ConsumerStatus = '', ...rest } of page.Consumers ??
      []) {
      const createdUs = (rest.ConsumerCreationTimestamp?.getTime() ?? 0) * 1000;
      consumers.push({ name: ConsumerName, arn: ConsumerARN, status: ConsumerStatus, createdUs });
    }
    token = page.NextToken;
  } while (token !== undefined);
  return consumers;
}

/**
 * Whether records may be put, asked by a DryRun, which puts none. Only where it is known that the endpoint keeps to it:
 * one that does not know the flag would store the record.
 */
export async function writePermission(
  connection: AwsConnection,
  stream: string,
  api: PutApi,
): Promise<WritePermission> {
  const { watch, control } = connection;
  if (!watch.isOurs && !/\.amazonaws\.com(\.cn)?$/.test(new URL(watch.endpoint).hostname))
    return 'unknown-endpoint';
  try {
    const record = { Data: Buffer.from('shardwise'), PartitionKey: 'shardwise' };
    const put = { ...referenceTo(stream), DryRun: true };
    if (api === 'PutRecord') await control.send(new PutRecordCommand({ ...put, ...record }));
    else await control.send(new PutRecordsCommand({ ...put, Records: [record] }));
    return 'not-supported';
  } catch (error) {
    if (errorName(error) === 'DryRunOperationException') return 'allowed';
    if (isDenied(error)) return 'denied';
    throw awsTrouble(error, {
      action: `kinesis:${api}`,
      about: `stream ${stream}`,
      endpoint: watch.endpoint,
    });
  }
}

/** One call of the control plane; what it throws is told as a Refusal. */
export async function call<T>(
  { watch }: AwsConnection,
  operation: string,
  about: string,
  send: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await send({});
  } catch (error) {
    throw awsTrouble(error, { action: `kinesis:${operation}`, about, endpoint: watch.endpoint });
  }
}
