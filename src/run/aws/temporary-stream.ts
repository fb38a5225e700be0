/**
 * A stream for one load test: made with the tags that say so, and deleted afterwards, whatever happened in between.
 */
import { uniformRanges } from '../../model/hash-range.ts';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  type CreateStreamCommandInput,
} from '@aws-sdk/client-kinesis';
import { setTimeout as sleep } from 'node:timers/promises';
import { KIB, LIMITS, MIB } from '../../model/limits.ts';
import { badInput, Refusal } from '../../model/refusal.ts';
import type { PlannedStream } from '../../results/preflight.ts';
import type { StreamSpec } from '../../traffic/scenario.ts';
import { awsTrouble, errorName, type SdkError } from './aws-trouble.ts';
import { readQuota } from './account-quota.ts';
import type { AwsConnection } from './connection.ts';
import { ownName, ownTags, type Ownership } from './ownership.ts';
import { referenceTo } from './stream-reference.ts';

/** A stream can be deleted when it is ACTIVE or UPDATING; creating one takes about half a minute. */
const DELETE_TRIES = 60;
const DELETE_WAIT_MS = 1_000;

/**
 * The stream that a scenario describes, as it will be made.
 * @throws Refusal (exit 2) for a layout that CreateStream cannot make
 */
export function plannedStream(
  runId: string,
  { shards, ranges, maxRecordBytes, onDemand }: StreamSpec,
): PlannedStream {
  refuseUneven(shards, ranges);
  const warm = onDemand?.warmBytesPerSec;
  return {
    name: ownName(runId),
    mode: onDemand === undefined ? 'provisioned' : 'on-demand',
    shards,
    maxRecordBytes,
    ...(warm === undefined ? {} : { warmMiBps: Math.round(warm / MIB) }),
  };
}

/** AWS makes streams of equal shards. */
function refuseUneven(shards: number, ranges: StreamSpec['ranges']): void {
  const equal = uniformRanges(shards);
  if (ranges === undefined || ranges.every(({ start }, i) => start === equal[i].start)) return;
  throw badInput(
    '--create: stream.startingHashKeys asks for shards that are not equal, and AWS creates streams of equal ones.',
    'Remove stream.startingHashKeys, or name a stream that has that layout with --stream.',
  );
}

/**
 * Refuses (exit 2) more shards, or on-demand streams, than the account may have. Where the quota may not be read,
 * CreateStream will say it.
 */
export async function checkQuota(connection: AwsConnection, { mode, shards }: PlannedStream): Promise<void> {
  const limits = await readQuota(connection);
  const [used = 0, most = Infinity] =
    mode === 'on-demand'
      ? [limits.OnDemandStreamCount, limits.OnDemandStreamCountLimit]
      : [limits.OpenShardCount, limits.ShardLimit];
  const wanted = mode === 'on-demand' ? 1 : shards;
  if (used + wanted <= most) return;
  const thing = mode === 'on-demand' ? 'on-demand streams' : 'shards';
  throw badInput(
    `--create asks for ${wanted} of the ${most} ${thing} that the account may have in ${connection.region}, and ` +
      `${used} are there.`,
    'Ask for fewer in stream.shards, or have the quota raised.',
  );
}

/**
 * Asks for the stream; it is CREATING when this returns. Where it is not known whether AWS has made it, it is deleted
 * again.
 */
export async function createStream(
  connection: AwsConnection,
  planned: PlannedStream,
  ownership: Ownership,
): Promise<void> {
  const { control, watch } = connection;
  try {
    await control.send(new CreateStreamCommand(inputOf(planned, ownership)));
  } catch (error) {
    // The name is drawn by chance: who has it already is an earlier try of this very call.
    if (errorName(error) === 'ResourceInUseException') return;
    const status = (error as SdkError).$metadata?.httpStatusCode ?? 500;
    if (status >= 500) await deleteStream(connection, planned.name).catch(() => undefined);
    throw awsTrouble(error, {
      action: 'kinesis:CreateStream',
      about: `stream ${planned.name}`,
      endpoint: watch.endpoint,
    });
  }
}

function inputOf(planned: PlannedStream, ownership: Ownership): CreateStreamCommandInput {
  const { name, mode, shards, maxRecordBytes, warmMiBps } = planned;
  return {
    StreamName: name,
    StreamModeDetails: { StreamMode: mode === 'on-demand' ? 'ON_DEMAND' : 'PROVISIONED' },
    ...(mode === 'on-demand' ? {} : { ShardCount: shards }),
    ...(warmMiBps === undefined ? {} : { WarmThroughputMiBps: warmMiBps }),
    ...(maxRecordBytes === LIMITS.defaultMaxRecordBytes.value
      ? {}
      : { MaxRecordSizeInKiB: Math.ceil(maxRecordBytes / KIB) }),
    Tags: ownTags(ownership),
  };
}

/**
 * Deletes a stream of ours, its consumers with it. Waits out a stream that is still CREATING; one that is gone, or going,
 * is what was wanted.
 * @throws Refusal where it stays
 */
export async function deleteStream(connection: AwsConnection, stream: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const error = await askDeletion(connection, stream);
    if (error === undefined) return;
    if (errorName(error) !== 'ResourceInUseException' || tries === DELETE_TRIES)
      throw notDeleted(connection, stream, error);
    await sleep(DELETE_WAIT_MS);
  }
}

/**
 * The same by a single call, for who cannot wait: a stream that is still CREATING stays.
 * @throws Refusal where it stays
 */
export async function deleteStreamNow(connection: AwsConnection, stream: string): Promise<void> {
  const error = await askDeletion(connection, stream);
  if (error !== undefined) throw notDeleted(connection, stream, error);
}

/** @returns why it was refused; undefined where the stream goes, or is gone */
async function askDeletion({ control }: AwsConnection, stream: string): Promise<unknown> {
  try {
    await control.send(new DeleteStreamCommand({ ...referenceTo(stream), EnforceConsumerDeletion: true }));
    return undefined;
  } catch (error) {
    const name = errorName(error);
    if (name === 'ResourceNotFoundException') return undefined;
    if (name === 'ResourceInUseException' && /DELETING/.test((error as Error).message)) return undefined;
    return error;
  }
}

function notDeleted({ watch }: AwsConnection, stream: string, error: unknown): Refusal {
  const about = { action: 'kinesis:DeleteStream', about: `stream ${stream}`, endpoint: watch.endpoint };
  const { what } = awsTrouble(error, about);
  return new Refusal(1, what, `Stream ${stream} is still there: "shardwise cleanup" lists it.`);
}
