/**
 * Reads what a plan says of single records from a stream, by polling or by fan-out.
 */
import { LIMITS } from '../../model/limits.ts';
import type { RecordSample } from '../../results/evidence/record-sample.ts';
import type { SamplePlan } from '../../results/evidence/sample-plan.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import { RecordSampler } from '../../results/sample/record-sampler.ts';
import type { AwsConnection } from '../aws/connection.ts';
import type { EndpointClock } from '../aws/reply-watch.ts';
import { epochClock } from '../clock.ts';
import { readClients } from '../read/read-target.ts';
import { sampleFanOut } from './sample-fan-out.ts';
import { samplePolling } from './sample-poll.ts';
import type { SampleResult } from './sample-result.ts';
import { byShard, metricMsOf, wantedSliceOf, type WantedSlice } from './wanted-slice.ts';

const HOUR_MS = 3_600_000;
/** Records about to be trimmed may be gone when they are asked for. */
const TRIM_MARGIN_MS = 60_000;
/** Over the time that the budget needs: for calls that are throttled, and replies without records. */
const SPARE_MS = 15_000;

export interface SampleAsk {
  readonly by: 'polling' | 'fan-out';
  /** Only what arrives from now on, for so long. */
  readonly nowForMs: number | undefined;
  /** Of what a shard may be read by polling. */
  readonly share: number;
}

export interface StreamSample extends SampleResult {
  readonly sample: RecordSample;
}

/** From when on records are still there, on the metrics' clock. */
export function oldestMetricMs({ stream }: StreamEvidence, clock: EndpointClock | undefined): number {
  return metricMsOf(trimmedMsOf(stream.retentionHours) + TRIM_MARGIN_MS, clock);
}

function trimmedMsOf(retentionHours: number): number {
  return epochClock() / 1000 - retentionHours * HOUR_MS;
}

/** @param signal ends it; what was read by then is the sample */
export async function sampleStream(
  connection: AwsConnection,
  evidence: StreamEvidence,
  plan: SamplePlan,
  ask: SampleAsk,
  signal: AbortSignal,
): Promise<StreamSample> {
  const { stream } = evidence;
  const slices = slicesOf(plan, ask, connection.watch.metricClock);
  const reads = {
    slices,
    trimmedMs: trimmedMsOf(stream.retentionHours),
    untilMs: epochClock() / 1000 + mostMsOf(slices, ask),
    signal,
  };
  const parts = new Set(slices.map(({ shardId, isBeforeOnset }) => `${shardId} ${isBeforeOnset === true}`));
  const sampler = new RecordSampler(ask.by, parts.size);
  const clients = readClients({ client: connection.clientSpec, streamName: stream.name });
  try {
    const result =
      ask.by === 'polling'
        ? await samplePolling(
            { ...reads, client: clients.calls, streamName: nameOf(evidence), share: ask.share },
            sampler,
          )
        : await sampleFanOut(
            {
              ...reads,
              client: clients.calls,
              subscriptions: clients.subscriptions,
              streamArn: stream.arn,
            },
            sampler,
          );
    const metricMs = (ms: number): number => metricMsOf(ms, connection.watch.metricClock);
    const ranges = new Map(evidence.shards.map(({ shardId, range }) => [shardId, range]));
    return { ...result, sample: sampler.sample((shardId) => ranges.get(shardId), metricMs) };
  } finally {
    clients.calls.destroy();
    clients.subscriptions.destroy();
  }
}

/** By ARN a stream may be another account's. */
function nameOf({ stream }: StreamEvidence): string {
  return stream.arn === '' ? stream.name : stream.arn;
}

function slicesOf(
  plan: SamplePlan,
  { nowForMs }: SampleAsk,
  clock: EndpointClock | undefined,
): WantedSlice[] {
  if (nowForMs === undefined) return plan.slices.map((slice) => wantedSliceOf(slice, clock));
  const shards = [...new Map(plan.slices.map((slice) => [slice.shardId, slice])).values()];
  const mostBytes = Math.floor(plan.mostBytes / Math.max(1, shards.length));
  return shards.map(({ shardId, meanBytes }) => ({
    ...{ shardId, fromMs: undefined, forMs: nowForMs, mostBytes, meanBytes },
  }));
}

/** How long it may take at most: what a shard's share needs for its slices, and some spare time. */
function mostMsOf(slices: readonly WantedSlice[], { by, share, nowForMs = 0 }: SampleAsk): number {
  const bytesPerMs = (LIMITS.readBytesPerSec.value * (by === 'polling' ? share : 1)) / 1000;
  const perShard = byShard(slices).map((own) => own.reduce((sum, { mostBytes }) => sum + mostBytes, 0));
  return (
    Math.max(nowForMs, perShard.reduce((most, bytes) => Math.max(most, bytes), 0) / bytesPerMs) + SPARE_MS
  );
}
