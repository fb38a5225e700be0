/**
 * Gathers all that AWS tells of a stream in a window of time. A call that is denied or fails costs its own evidence and is
 * named; only where nothing is left that could be judged is that the end.
 */
import { Refusal } from '../../model/refusal.ts';
import type { Shard } from '../../model/shard-map.ts';
import type { CoarsePeaks } from '../../results/evidence/minute-series.ts';
import type { MissingEvidence } from '../../results/evidence/missing-evidence.ts';
import type { AskedMetrics, GivenConsumer, StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import { askingUsd } from '../../model/metric-prices.ts';
import type { ReportDocument } from '../../results/report-document.ts';
import type { StreamFacts } from '../../results/preflight.ts';
import { DeniedCall } from '../aws/aws-trouble.ts';
import type { AwsConnection } from '../aws/connection.ts';
import type { MetricReading } from '../aws/metric-data.ts';
import { learnMetricTime, MetricTime } from '../aws/metric-sums.ts';
import { epochClock } from '../clock.ts';
import type { MetricAsker } from './metric-columns.ts';
import type { AskPlan } from './metric-plan.ts';
import { readCoarsePeaks } from './coarse-peaks.ts';
import { gatherMetrics, type GatheredMetrics } from './gather-metrics.ts';
import { metricsThatAreOn, MOST_BY_THE_MINUTE } from './shard-metrics.ts';
import { Background, factsWithout } from './stream-background.ts';
import { windowOf, type TimePoint } from './time-point.ts';
import { missingAfterReading } from './what-is-missing.ts';

/** What is wanted of which stream. */
export interface EvidenceAsk {
  /** Name or ARN. */
  readonly stream: string;
  readonly from: TimePoint;
  readonly to: TimePoint;
  /** Every shard by the minute, however many there are. */
  readonly allShards: boolean;
  readonly givenConsumers: readonly GivenConsumer[] | null;
  /** Report of a run against the stream. */
  readonly run?: ReportDocument | undefined;
  /** Also the peaks of the last 63 and 455 days. */
  readonly coarse?: boolean;
  /** Where the user sends the calls, for commands to print; undefined: AWS. */
  readonly endpointUrl?: string | undefined;
}

export interface GatherHooks {
  /** Ends the gathering; what is there by then is the evidence. */
  readonly signal: AbortSignal;
  /** Hears of what will be asked of CloudWatch, before it is. */
  readonly onPlan: (plan: AskPlan, what: string) => void;
  /** Progress. */
  readonly say: (text: string) => void;
  /** Between tries, for tests. */
  readonly pauseMs?: number;
}

/** @throws Refusal where there is no such stream, the window is none, or nothing at all may be read */
export async function gatherEvidence(
  connection: AwsConnection,
  ask: EvidenceAsk,
  hooks: GatherHooks,
): Promise<StreamEvidence> {
  const { signal, say } = hooks;
  say(`asking for stream ${ask.stream}`);
  const background = new Background(connection, ask.stream, signal);
  const said = await background.facts();
  const time = await metricTimeOf(connection, ask.stream);
  const nowMs = (): number => time.at(epochClock()) / 1000;
  const window = windowOf(ask.from, ask.to, nowMs());
  const [listed, tags] = await Promise.all([background.shards(), background.tags()]);
  const stood = said ?? factsWithout(ask.stream, listed ?? []);
  const fanOutConsumers = stood.arn === '' ? null : await background.fanOutConsumers(stood.arn);
  const shards = await background.history(
    listed ?? [],
    oursOf(window, time),
    (ms) => time.at(ms * 1000) / 1000,
  );
  const asker: MetricAsker = {
    ...{ source: connection, streamName: stood.name, nowMs, ...hooks },
  };
  const gathered = await gatherMetrics(asker, {
    ...{ facts: stood, isDescribed: said !== undefined, shards, fanOutConsumers, window },
    ...{ allShards: ask.allShards, factor: time.factor },
    place: { region: connection.region, endpointUrl: ask.endpointUrl },
  });
  const coarse = await coarseOf(asker, ask, gathered, listed ?? [], time.factor);
  const missing = [...background.missing, ...gathered.missing, ...coarse.missing];
  refuseNothing(ask.stream, said, listed, gathered, missing);
  return {
    stream: gathered.facts,
    region: connection.region,
    endpoint: ask.endpointUrl ?? connection.watch.endpoint,
    isLocal: connection.watch.isOurs,
    tags,
    fanOutConsumers,
    givenConsumers: ask.givenConsumers,
    shards,
    ...window,
    metrics: gathered.metrics,
    coarse: coarse.peaks,
    sample: null,
    log: null,
    run: ask.run ?? null,
    missing,
    asked: askedOf([...gathered.readings, ...coarse.readings]),
  };
}

/** An endpoint of ours tells how fast its metric clock runs only in replies of its CloudWatch; AWS's is ours. */
async function metricTimeOf(connection: AwsConnection, stream: string): Promise<MetricTime> {
  if (!connection.watch.isOurs) return new MetricTime(connection.watch);
  try {
    return await learnMetricTime(connection, stream);
  } catch (error) {
    if (error instanceof Refusal) return new MetricTime(connection.watch);
    throw error;
  }
}

/** The window on the stream's own clock, which is real. */
function oursOf(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  time: MetricTime,
): { fromMs: number; toMs: number } {
  return { fromMs: time.oursAt(fromMs * 1000) / 1000, toMs: time.oursAt(toMs * 1000) / 1000 };
}

async function coarseOf(
  asker: MetricAsker,
  { coarse = false, allShards }: EvidenceAsk,
  { facts, metrics }: GatheredMetrics,
  listed: readonly Shard[],
  factor: number,
): Promise<{ peaks: CoarsePeaks[]; missing: MissingEvidence[]; readings: MetricReading[] }> {
  const all = {
    peaks: [] as CoarsePeaks[],
    missing: [] as MissingEvidence[],
    readings: [] as MetricReading[],
  };
  if (!coarse || metrics === null || asker.signal.aborted) return all;
  const known = listed.map(({ shardId, range, open, parentShardId, adjacentParentShardId }) => ({
    ...{ shardId, range, open },
    parents: [parentShardId, adjacentParentShardId].filter((id) => id !== undefined),
  }));
  const on = metricsThatAreOn(facts.shardMetrics);
  const isOn = on.includes('IncomingRecords') && on.includes('IncomingBytes');
  const open = known.filter((shard) => shard.open);
  const shards = isOn && (allShards || open.length <= MOST_BY_THE_MINUTE) ? open : [];
  for (const reach of ['63d', '455d'] as const) {
    const { peaks, readings } = await readCoarsePeaks(asker, { reach, shards, known, factor });
    all.peaks.push(peaks);
    all.readings.push(...readings);
  }
  const missing = missingAfterReading('coarse-metrics', all.readings);
  if (missing !== undefined) all.missing.push(missing);
  else if (isOn && shards.length < open.length) {
    const detail = `of ${open.length} shards only with --all-shards`;
    all.missing.push({ what: 'coarse-metrics', why: 'not-asked', detail });
  }
  return all;
}

/** @throws Refusal where nothing could be read that says anything of the stream */
function refuseNothing(
  stream: string,
  said: StreamFacts | undefined,
  listed: readonly Shard[] | undefined,
  { metrics }: GatheredMetrics,
  missing: readonly MissingEvidence[],
): void {
  if (said !== undefined || listed !== undefined) return;
  const hasPoints = Object.values(metrics?.stream ?? {}).some((column) => column.some((value) => value >= 0));
  if (hasPoints) return;
  const denied = [...new Set(missing.flatMap(({ permission }) => permission ?? []))];
  if (denied.length === 0) return;
  throw new DeniedCall({ action: denied, about: `stream ${stream}` });
}

function askedOf(readings: readonly MetricReading[]): AskedMetrics {
  const requests = readings.reduce((sum, reading) => sum + reading.requests, 0);
  const metrics = readings.reduce((sum, reading) => sum + reading.metrics, 0);
  return { requests, metrics, usd: askingUsd(metrics) };
}
