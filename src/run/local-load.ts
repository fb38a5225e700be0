/**
 * A whole load test against the embedded endpoint: target up, scenario sent, counters read, target down.
 */
import { randomBytes } from 'node:crypto';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Reconciliation } from '../results/reconciliation.ts';
import type { FaultPlan } from '../local/faults/fault-rule.ts';
import type { TimelineRow } from '../results/report-document.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { reconcileAtOnce } from './aws/reconcile.ts';
import { LOCAL_REGION, openLocalTarget, type LocalTarget } from './local-target.ts';
import { LayoutFollower, together } from './reshard/layout-follower.ts';
import { StreamDirector } from './reshard/stream-director.ts';
import { ReaderGroup, type ReadResult } from './read/reader-group.ts';
import { runCrew, type CrewResult, type CrewView } from './send/crew.ts';
import type { Director } from './send/crew-stage.ts';
import { localClient } from './send/client.ts';
import { bootThreads, endThreads } from './send/thread-pool.ts';
import type { StartTime } from './send/start-time.ts';
import type { TransportName } from './send/transport.ts';

export interface LocalLoadOptions {
  readonly scenario: Scenario;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  readonly transport: TransportName;
  /** Sending threads. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Whether the endpoint's counters are read afterwards. */
  readonly reconcile: boolean;
  /** What the endpoint makes go wrong from the start of the schedule on. */
  readonly faults?: FaultPlan | undefined;
  /** Hears of what the timeline waits for, and cannot do. */
  readonly say?: (text: string) => void;
  /** Default: as soon as can be. */
  readonly startAt?: StartTime | undefined;
  /** Told where records go, before the first is sent. */
  readonly onOpen?: (target: { readonly streamName: string; readonly endpoint: string }) => void;
  /** Called every second while the load runs. */
  readonly onSecond?: (view: CrewView) => void;
}

export interface LocalLoad extends CrewResult {
  /** Of the scenario's consumers. */
  readonly reading?: ReadResult;
  /** What happened to the stream by the scenario's timeline. */
  readonly timeline: readonly TimelineRow[];
  /** Start of the counted duration, microseconds since 1970. */
  readonly startedUs: number;
  readonly streamName: string;
  readonly endpoint: string;
  readonly reconciliation: Reconciliation;
}

export async function runLocalLoad({
  scenario,
  workers,
  reconcile,
  faults,
  say = () => undefined,
  ...options
}: LocalLoadOptions): Promise<LocalLoad> {
  // First, because from then on the stream's buckets fill.
  const threads = await bootThreads(workers, options.transport);
  const isRead = scenario.consumers.length > 0;
  let target: LocalTarget | undefined;
  let readers: ReaderGroup | undefined;
  let control: KinesisClient | undefined;
  try {
    target = await openLocalTarget(scenario.stream, isRead);
    const { streamName, map, endpoint, embedded } = target;
    const client = { kind: 'local', endpoint, region: LOCAL_REGION } as const;
    const runId = randomBytes(16);
    if (isRead) readers = await ReaderGroup.start({ target: { client, streamName }, scenario, runId });
    options.onOpen?.({ streamName, endpoint });
    control = localClient(endpoint, LOCAL_REGION, 2);
    const timeline = new StreamDirector({
      ...{ client: control, stream: streamName, events: scenario.timeline ?? [] },
      ...{ warmupUs: scenario.warmupUs, signal: options.signal, say },
      failPuts: (fromUs, toUs) => embedded.failPuts(fromUs, toUs),
    });
    const { warmupUs, stream } = scenario;
    const follower = new LayoutFollower({
      client: control,
      stream: streamName,
      warmupUs,
      cause: 'on-demand',
    });
    const begin = (): void => {
      if (faults !== undefined) embedded.setFaults(faults);
    };
    const directors: Director[] = [{ begin, end: () => Promise.resolve() }, timeline];
    if (stream.onDemand !== undefined) directors.push(follower);
    const result = await runCrew({
      ...options,
      scenario,
      threads,
      map,
      client,
      stream: { StreamName: streamName },
      runId,
      // Whoever neither changes the stream nor its faults costs nothing.
      ...(faults === undefined && scenario.timeline === undefined && stream.onDemand === undefined
        ? {}
        : { director: together(directors) }),
      ...(readers && { readers }),
    });
    const reading = await readers?.drain(options.signal, result.acknowledged);
    const reconciliation: Reconciliation = reconcile
      ? await reconcileAtOnce({ connection: target.metrics, streamName, shardMetrics: [], ...result })
      : { verdict: 'skipped', reason: '--no-reconcile' };
    const startedUs = result.startUs + scenario.warmupUs;
    const rows = [...timeline.rows, ...follower.rows].sort((a, b) => a.atMs - b.atMs);
    const own = { startedUs, streamName, endpoint, reconciliation, timeline: rows };
    return { ...result, ...(reading && { reading }), ...own };
  } finally {
    control?.destroy();
    await endThreads(threads);
    await readers?.close();
    await target?.close();
  }
}
