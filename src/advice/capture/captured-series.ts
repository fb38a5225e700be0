/**
 * When a stream was sent how much: the steps of its metrics that count, and of each shard what was offered in them. Where
 * there are no metrics, the mean of what was sampled.
 */
import type { HashRange } from '../../model/hash-range.ts';
import { formatCount } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { CaptureBasis, Offered } from './capture.ts';
import type { SampledTraffic } from './sampled-traffic.ts';
import { shardSeries, sum, type ShardCounts } from './shard-series.ts';

export interface CapturedSeries extends Pick<
  CaptureBasis,
  'rates' | 'shares' | 'steps' | 'stepSec' | 'emptySteps' | 'incompleteSteps' | 'isThrottlingGuessed'
> {
  readonly fromMs: number;
  readonly toMs: number;
  readonly shards: readonly ShardCounts[];
}

/** Shards x steps: 10,000 shards in a day and a half of minutes. */
const MOST_CELLS = 20_000_000;

const PART: Readonly<Record<Offered, number>> = { attempts: 1, middle: 0.5, accepted: 0 };

/** Records offered to a shard by step. */
export function offeredOf({ accepted, throttled }: ShardCounts, offered: Offered): Float64Array {
  return accepted.map((records, i) => records + PART[offered] * throttled[i]);
}

/** @throws Refusal (exit 2) where nothing was sent, or nothing says how much */
export function capturedSeriesOf(
  evidence: StreamEvidence,
  ranges: readonly HashRange[],
  sample: SampledTraffic | null,
): CapturedSeries {
  const { metrics, shards: known } = evidence;
  const steps = metrics === null ? undefined : busySteps(evidence, metrics);
  if (metrics === null || steps === undefined) return sampledSeries(evidence, ranges, sample);
  refuseTooMuch((steps.to - steps.from) * ranges.length);
  const { startMs, stepMs, secPerStep, count, complete } = metrics;
  return {
    ...shardSeries(metrics, steps, ranges, known, sample),
    rates: 'metrics',
    fromMs: startMs + steps.from * stepMs,
    toMs: startMs + steps.to * stepMs,
    steps: steps.to - steps.from,
    stepSec: secPerStep,
    emptySteps: complete - (steps.to - steps.from),
    incompleteSteps: count - complete,
  };
}

/** A count takes 32 bytes for each shard and step. */
function refuseTooMuch(cells: number): void {
  if (cells <= MOST_CELLS) return;
  throw badInput(
    `capture: ${formatCount(cells)} counts, of every shard in every step, are too many to hold.`,
    'Capture a shorter time, with --from and --to.',
  );
}

/** From the first to the last complete step in which anything was sent; undefined where there is none. */
function busySteps(
  { shards }: StreamEvidence,
  metrics: NonNullable<StreamEvidence['metrics']>,
): { readonly from: number; readonly to: number } | undefined {
  const columns = [
    metrics.stream.IncomingRecords,
    metrics.stream.WriteProvisionedThroughputExceeded,
    ...shards.map(({ shardId }) => metrics.shards.get(shardId)?.IncomingRecords),
  ].filter((column) => column !== undefined);
  let [from, to] = [Infinity, 0];
  for (const column of columns) {
    for (let step = 0; step < metrics.complete; step++) {
      if (!(column[step] > 0)) continue;
      from = Math.min(from, step);
      to = Math.max(to, step + 1);
    }
  }
  return from < to ? { from, to } : undefined;
}

/** One step at the mean of the sample. */
function sampledSeries(
  evidence: StreamEvidence,
  ranges: readonly HashRange[],
  sample: SampledTraffic | null,
): CapturedSeries {
  const seen = sample?.shards.filter((shard) => shard !== undefined) ?? [];
  const seconds = Math.round(Math.max(0, ...seen.map((shard) => shard.seconds)));
  if (sample === null || seconds < 1 || sum(seen.map(({ records }) => records)) <= 0) {
    throw badInput(
      `capture: nothing says what stream ${evidence.stream.name} was sent in that time.`,
      'Give a time in which it was written to with --from and --to, or read its records with --sample.',
    );
  }
  const times = sample.slices.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  const one = (value: number): Float64Array => Float64Array.of(value * seconds);
  return {
    rates: 'sample',
    shares: 'sample',
    isThrottlingGuessed: false,
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
    ...{ steps: 1, stepSec: seconds, emptySteps: 0, incompleteSteps: 0 },
    shards: ranges.map((_, i) => ({
      accepted: one(sample.shards[i]?.recordsPerSec ?? 0),
      throttled: one(0),
      bytes: one(sample.shards[i]?.bytesPerSec ?? 0),
      from: 'sample' as const,
    })),
  };
}
