/**
 * A load test on a stream that somebody else runs: the stream made if need be, the scenario sent, what was made removed,
 * the counters compared.
 */
import type { ShardMap } from '../../model/shard-map.ts';
import type { PlannedStream, StreamFacts } from '../../results/preflight.ts';
import type { TimelineRow } from '../../results/report-document.ts';
import type { Reconciliation } from '../../results/reconciliation.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import { epochClock } from '../clock.ts';
import { ReaderGroup, type ReadResult } from '../read/reader-group.ts';
import type { ReadPart } from '../read/reading.ts';
import { LayoutFollower } from '../reshard/layout-follower.ts';
import { StreamDirector } from '../reshard/stream-director.ts';
import { kinesisClient } from '../send/client.ts';
import { bootThreads, endThreads } from '../send/thread-pool.ts';
import { runCrew, type CrewOptions, type CrewResult } from '../send/crew.ts';
import type { AwsConnection } from './connection.ts';
import { guardCrash } from './crash-guard.ts';
import { thisProcess } from './ownership.ts';
import { asItIs, layoutOf } from './preflight.ts';
import { reconcileWithService } from './reconcile.ts';
import { waitUntilActive } from './stream-facts.ts';
import { referenceTo } from './stream-reference.ts';
import { createStream, deleteStream, deleteStreamNow } from './temporary-stream.ts';

/** Beside the scenario's own time: for creating the stream, draining and deleting. */
const EXPIRY_MARGIN_US = 3_600_000_000;

/** A stream to send to, and what removes what was made for it. */
export interface AwsTarget {
  readonly connection: AwsConnection;
  /** As calls name it: name or ARN. */
  readonly stream: string;
  readonly facts: StreamFacts;
  readonly map: ShardMap;
  /** The scenario on this stream. */
  readonly scenario: Scenario;
  /** Whether it was made for this run, and is deleted after it. */
  readonly isTemporary: boolean;
  readonly cleanup: () => Promise<void>;
}

export interface TargetOptions {
  readonly connection: AwsConnection;
  readonly scenario: Scenario;
  /** 32 hexadecimal digits. */
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Told of a stream that is about to be made: it may be there from then on. */
  readonly onCreate?: (stream: TemporaryStream) => void;
}

/** A stream that goes again, for who cannot wait until it does. */
export interface TemporaryStream {
  readonly name: string;
  readonly isGone: () => boolean;
  /** Asks once. @throws Refusal where it stays */
  readonly deleteNow: () => Promise<void>;
}

/**
 * Waits until a stream that is there is ACTIVE and reads its layout.
 * @returns undefined where it was interrupted before that
 */
export async function openTarget(options: TargetOptions, stream: string): Promise<AwsTarget | undefined> {
  const { connection, scenario, signal, say } = options;
  const facts = await waitUntilActive(connection, stream, {
    signal,
    onState: (status) => say(`waiting for the stream: ${status}`),
  });
  if (signal.aborted) return undefined;
  return {
    connection,
    stream,
    facts,
    map: await layoutOf(connection, stream),
    scenario: asItIs(scenario, facts),
    isTemporary: false,
    cleanup: () => Promise.resolve(),
  };
}

/**
 * Makes a stream and waits until it is ACTIVE. Whatever goes wrong, or whoever interrupts, it does not stay.
 * @returns undefined where it was interrupted before that
 */
export async function createTarget(
  options: TargetOptions,
  planned: PlannedStream,
): Promise<AwsTarget | undefined> {
  const { connection, scenario, runId, say } = options;
  const createdUs = epochClock();
  const expiresUs = createdUs + scenario.warmupUs + scenario.durationUs + EXPIRY_MARGIN_US;
  let isGone = false;
  const cleanup = async (): Promise<void> => {
    if (isGone) return;
    say(`deleting stream ${planned.name}`);
    await deleteStream(connection, planned.name);
    isGone = true;
  };
  const release = guardCrash(cleanup);
  const end = async (): Promise<void> => {
    release();
    await cleanup();
  };
  say(`creating stream ${planned.name}`);
  options.onCreate?.({
    ...{ name: planned.name, isGone: () => isGone },
    deleteNow: () => deleteStreamNow(connection, planned.name),
  });
  try {
    await createStream(connection, planned, { runId, createdUs, expiresUs, process: thisProcess() });
  } catch (error) {
    release();
    throw error;
  }
  try {
    const target = await openTarget(options, planned.name);
    if (target === undefined) await end();
    return target && { ...target, isTemporary: true, cleanup: end };
  } catch (error) {
    await end();
    throw error;
  }
}

export interface AwsLoadOptions extends Pick<
  CrewOptions,
  'z' | 'transport' | 'split' | 'startAt' | 'signal' | 'onSecond'
> {
  /** Sending threads. */
  readonly workers: number;
  readonly target: AwsTarget;
  readonly runId: string;
  /** Hears of what the timeline waits for, and cannot do. */
  readonly notice: (text: string) => void;
}

export interface AwsLoad extends CrewResult {
  /** Start of the counted duration, microseconds since 1970. */
  readonly startedUs: number;
  /** What happened to the stream by the scenario's timeline. */
  readonly timeline: readonly TimelineRow[];
  /** Of the scenario's consumers. */
  readonly reading?: ReadResult;
}

/** Sends the scenario. The target stays: who opened it cleans up. */
export async function runAwsLoad({
  target,
  runId: id,
  workers,
  notice,
  ...rest
}: AwsLoadOptions): Promise<AwsLoad> {
  const { connection, scenario, stream, map } = target;
  const client = connection.clientSpec;
  const runId = Buffer.from(id, 'hex');
  const control = kinesisClient(client, 2);
  const events = scenario.timeline ?? [];
  const director = new StreamDirector({
    ...{ client: control, stream, events, warmupUs: scenario.warmupUs, signal: rest.signal, say: notice },
  });
  // Parts of several machines are added up by one layout; who changes it himself sees what comes of it.
  const isFollowed = rest.split === undefined && events.length === 0;
  const cause = scenario.stream.onDemand === undefined ? 'outside' : 'on-demand';
  const follower = new LayoutFollower({ client: control, stream, warmupUs: scenario.warmupUs, cause });
  const threads = await bootThreads(workers, rest.transport);
  let readers: GuardedReaders | undefined;
  try {
    readers = await startReaders(target, runId, partOf(rest));
    const result = await runCrew({
      ...{ ...rest, threads, scenario, map, client, runId, endsAtDeadEnd: true },
      distanceTo: connection.watch.endpoint,
      stream: referenceTo(stream),
      ...(isFollowed ? { director: follower } : events.length > 0 && { director }),
      ...(readers && { readers: readers.group }),
    });
    const reading = await drained(readers?.group, rest.signal, result);
    const startedUs = result.startUs + scenario.warmupUs;
    return {
      ...result,
      startedUs,
      timeline: isFollowed ? follower.rows : director.rows,
      ...(reading && { reading }),
    };
  } finally {
    await endThreads(threads);
    await readers?.close();
    control.destroy();
  }
}

/** What was read; undefined without consumers, and where a stream that lets nothing through is not to be read either. */
async function drained(
  group: ReaderGroup | undefined,
  signal: AbortSignal,
  { ended, acknowledged }: CrewResult,
): Promise<ReadResult | undefined> {
  if (ended === undefined) return group?.drain(signal, acknowledged);
  return undefined;
}

interface GuardedReaders {
  readonly group: ReaderGroup;
  /** Deregisters what is registered. */
  readonly close: () => Promise<void>;
}

/** Of one machine of several: which shards are its to read, and when all of them start. */
function partOf({ split, startAt }: Pick<AwsLoadOptions, 'split' | 'startAt'>): ReadPart | undefined {
  return split && startAt && { ...split, baseUs: startAt.us };
}

/** Undefined where the scenario has no consumers. */
async function startReaders(
  target: AwsTarget,
  runId: Uint8Array,
  part: ReadPart | undefined,
): Promise<GuardedReaders | undefined> {
  const { connection, scenario, stream, isTemporary } = target;
  if (scenario.consumers.length === 0) return undefined;
  const read = { client: connection.clientSpec, streamName: stream };
  const group = await ReaderGroup.start({ target: read, scenario, runId, part });
  // A stream that is deleted takes its consumers along.
  const release = isTemporary ? () => undefined : guardCrash(() => group.close());
  return {
    group,
    close: async () => {
      release();
      await group.close();
    },
  };
}

/** Holds what was sent against the service's own count. */
export async function reconcileAwsLoad(
  { connection, facts }: AwsTarget,
  { puts, map }: Pick<AwsLoad, 'puts' | 'map'>,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Reconciliation> {
  return reconcileWithService({
    connection,
    streamName: facts.name,
    map,
    shardMetrics: facts.shardMetrics,
    puts,
    signal,
    onWait: (leftMs) => say(`waiting for CloudWatch's minutes, ${Math.ceil(leftMs / 1000)} s at most`),
  });
}
