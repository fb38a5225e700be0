/**
 * A whole load test against the embedded endpoint: target up, scenario sent, counters read, target down.
 */
import { randomBytes } from 'node:crypto';
import type { Reconciliation } from '../results/reconciliation.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { reconcileAtOnce } from './aws/reconcile.ts';
import { LOCAL_REGION, openLocalTarget, type LocalTarget } from './local-target.ts';
import { ReaderGroup, type ReadResult } from './read/reader-group.ts';
import { runCrew, type CrewResult, type CrewView } from './send/crew.ts';
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
  ...options
}: LocalLoadOptions): Promise<LocalLoad> {
  // First, because from then on the stream's buckets fill.
  const threads = await bootThreads(workers, options.transport);
  const isRead = scenario.consumers.length > 0;
  let target: LocalTarget | undefined;
  let readers: ReaderGroup | undefined;
  try {
    target = await openLocalTarget(scenario.stream, isRead);
    const { streamName, map, endpoint } = target;
    const client = { kind: 'local', endpoint, region: LOCAL_REGION } as const;
    const runId = randomBytes(16);
    if (isRead) readers = await ReaderGroup.start({ target: { client, streamName }, scenario, runId });
    options.onOpen?.({ streamName, endpoint });
    const result = await runCrew({
      ...options,
      scenario,
      threads,
      map,
      client,
      stream: { StreamName: streamName },
      runId,
      ...(readers && { readers }),
    });
    const reading = await readers?.drain(options.signal, result.acknowledged);
    const reconciliation: Reconciliation = reconcile
      ? await reconcileAtOnce({ connection: target.metrics, streamName, shardMetrics: [], ...result })
      : { verdict: 'skipped', reason: '--no-reconcile' };
    const startedUs = result.startUs + scenario.warmupUs;
    return { ...result, ...(reading && { reading }), startedUs, streamName, endpoint, reconciliation };
  } finally {
    await endThreads(threads);
    await readers?.close();
    await target?.close();
  }
}
