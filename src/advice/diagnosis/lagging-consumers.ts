/**
 * Consumers that are behind: beyond half of what the stream keeps, or further behind with every step. Metrics name those
 * with enhanced fan-out; of those that poll they tell the one that is furthest behind, and not which it is.
 */
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
import { timeOf, type StreamView } from './stream-view.ts';

const HALF = 0.5;
/** A lag below this is no lag: a poll now and then. */
const LEAST_MS = 60_000;
/** Milliseconds of age per second that count as falling behind: at 1,000 nothing is read at all. */
const LEAST_GROWTH = 50;
/** Of a consumer that reads regularly: steps with an age, real seconds of them, and their part of all steps since. */
const LEAST_STEPS = 5;
const LEAST_SECONDS = 60;
const MOST = 0.6;
/** Steps whose growth is looked at: the last ones. */
const RECENT = 15;

type Found = DiagnosisFindingOf<'LAGGING_CONSUMER'>;

export function findLaggingConsumers(view: StreamView): Found[] {
  const { metrics } = view.evidence;
  if (metrics === null) return [];
  const pollers = metrics.stream['GetRecords.IteratorAgeMilliseconds'] ?? highest(view, metrics);
  const named = [...metrics.fanOut].flatMap(([consumer, columns]) =>
    lagOf(view, metrics, columns['SubscribeToShardEvent.MillisBehindLatest'], consumer),
  );
  return [...lagOf(view, metrics, pollers, null), ...named];
}

/** The greatest age of any shard, where the stream's own metric was not there. */
function highest({ open }: StreamView, { shards, count }: MinuteSeries): Column | undefined {
  const columns = open.flatMap(({ shardId }) => shards.get(shardId)?.IteratorAgeMilliseconds ?? []);
  if (columns.length === 0) return undefined;
  const most = new Float64Array(count).fill(NaN);
  for (const column of columns)
    for (let step = 0; step < count; step++)
      if (!Number.isNaN(column[step])) most[step] = Math.max(zeroOf(most[step]), column[step]);
  return most;
}

function lagOf(
  view: StreamView,
  metrics: MinuteSeries,
  column: Column | undefined,
  consumer: string | null,
): Found[] {
  if (column === undefined) return [];
  const known = Array.from({ length: metrics.count }, (_, step) => step).filter(
    (step) => !Number.isNaN(column[step]),
  );
  const last = known.at(-1);
  if (last === undefined) return [];
  const ageMs = column[last];
  const maxAgeMs = known.reduce((most, step) => Math.max(most, column[step]), 0);
  const retentionMs = view.evidence.stream.retentionHours * 3_600_000;
  const growth = growthOf(column, known, metrics);
  const isGrowing = growth >= LEAST_GROWTH && ageMs >= LEAST_MS;
  const isLate = ageMs >= HALF * retentionMs;
  if (!isGrowing && !isLate) return [];
  const isRegular = consumer !== null || isReadRegularly(column, known, metrics);
  const since = known.find((step) => column[step] >= LEAST_MS) ?? last;
  return [
    {
      code: 'LAGGING_CONSUMER',
      severity: isLate && isRegular ? 'critical' : 'warning',
      confidence: isRegular ? 'high' : 'low',
      splitHelps: 'no-matter',
      sinceMs: timeOf(view, since),
      untilMs: timeOf(view, last),
      evidence: {
        consumer,
        ageMs,
        maxAgeMs,
        retentionMs,
        isRegular,
        growthMsPerSec: growth,
        lostInMs: growth > 0 && isRegular ? Math.max(0, (retentionMs - ageMs) / growth) * 1000 : null,
      },
    },
  ];
}

/**
 * Whether an age comes from a consumer that goes on reading: it is there in most steps since it was first high, of a minute
 * or more. Who reads old positions for a moment, as a diagnosis with `--sample` does, leaves the same age in a step or two.
 */
function isReadRegularly(column: Column, known: readonly number[], metrics: MinuteSeries): boolean {
  const late = known.filter((step) => column[step] >= LEAST_MS);
  const [first] = late;
  const end = Math.max(metrics.complete, (late.at(-1) ?? 0) + 1);
  const isLong = late.length >= LEAST_STEPS && late.length * metrics.secPerStep >= LEAST_SECONDS;
  return isLong && late.length >= MOST * (end - first);
}

/** By the slope between the means of the two halves of the last steps: one step alone does not make it. */
function growthOf(column: Column, known: readonly number[], { secPerStep }: MinuteSeries): number {
  const recent = known.slice(-RECENT);
  if (recent.length < 4) return 0;
  const half = Math.floor(recent.length / 2);
  const early = recent.slice(0, half);
  const late = recent.slice(-half);
  const rise = mean(late.map((step) => column[step])) - mean(early.map((step) => column[step]));
  return rise / ((mean(late) - mean(early)) * secPerStep);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function zeroOf(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
