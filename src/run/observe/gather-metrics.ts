/**
 * The metrics of a window: of the stream and its fan-out consumers first, then of its shards.
 */
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import {
  FAN_OUT_METRICS,
  STREAM_METRICS,
  type Column,
  type FanOutMetric,
  type MinuteSeries,
  type StreamMetric,
} from '../../results/evidence/minute-series.ts';
import type { MissingEvidence } from '../../results/evidence/missing-evidence.ts';
import type { StreamFacts } from '../../results/preflight.ts';
import type { MetricReading } from '../aws/metric-data.ts';
import { readColumns, type ColumnReading, type MetricAsker } from './metric-columns.ts';
import { completeSteps, stepsOfWindow, type MetricSteps } from './metric-steps.ts';
import {
  metricsThatAreOn,
  readShardMetrics,
  TELLING_METRICS,
  type ShardColumns,
  type ShardReading,
} from './shard-metrics.ts';
import type { TimeWindow } from './time-point.ts';
import { metricsOff, missingAfterReading, type Place } from './what-is-missing.ts';

const MAXIMA: readonly string[] = [
  'GetRecords.IteratorAgeMilliseconds',
  'SubscribeToShardEvent.MillisBehindLatest',
];
/** Consumers whose metrics are read: AWS allows no more on a stream than fifty. */
const MOST_CONSUMERS = 50;

export interface MetricsAsk {
  readonly facts: StreamFacts;
  /** Whether the facts are the stream's own; otherwise nobody knows which shard-level metrics are on. */
  readonly isDescribed: boolean;
  /** Those that were open in the window. */
  readonly shards: readonly EvidenceShard[];
  readonly fanOutConsumers: readonly string[] | null;
  readonly window: TimeWindow;
  readonly allShards: boolean;
  /** Metric seconds per real second. */
  readonly factor: number;
  readonly place: Place;
}

export interface GatheredMetrics {
  /** With the shard-level metrics that turned out to be on. */
  readonly facts: StreamFacts;
  readonly metrics: MinuteSeries | null;
  readonly missing: readonly MissingEvidence[];
  readonly readings: readonly MetricReading[];
}

export async function gatherMetrics(asker: MetricAsker, ask: MetricsAsk): Promise<GatheredMetrics> {
  const { fromMs, toMs } = ask.window;
  const steps = stepsOfWindow(fromMs, toMs, asker.nowMs());
  const complete = completeSteps(steps, asker.nowMs());
  const secPerStep = steps.stepMs / 1000 / ask.factor;
  const stream = await readStream(asker, ask, steps);
  if (isNothing(stream.reading)) {
    const missing = missingAfterReading('stream-metrics', [stream.reading]);
    const off = offOf(ask);
    return {
      facts: ask.facts,
      metrics: null,
      missing: [...(missing === undefined ? [] : [missing]), ...off],
      readings: [stream.reading],
    };
  }
  const shards = await readShards(asker, ask, steps, secPerStep);
  return {
    facts: shards.facts,
    metrics: {
      ...{ startMs: steps.startMs, stepMs: steps.stepMs, count: steps.count, complete, secPerStep },
      ...{ stream: stream.stream, fanOut: stream.fanOut, shards: shards.columns },
    },
    missing: [...stream.missing, ...shards.missing],
    readings: [stream.reading, ...shards.readings],
  };
}

/** Whether nothing at all was answered: it failed, or was interrupted. */
function isNothing({ columns, unread }: ColumnReading): boolean {
  return unread.length === columns.length;
}

interface StreamReading {
  readonly stream: Partial<Record<StreamMetric, Column>>;
  readonly fanOut: Map<string, Partial<Record<FanOutMetric, Column>>>;
  readonly missing: readonly MissingEvidence[];
  readonly reading: ColumnReading;
}

/** A metric of the stream that was answered without a sample is a column of holes: nothing happened. */
async function readStream(
  asker: MetricAsker,
  { fanOutConsumers }: MetricsAsk,
  steps: MetricSteps,
): Promise<StreamReading> {
  const consumers = (fanOutConsumers ?? []).slice(0, MOST_CONSUMERS);
  const queries = [
    ...STREAM_METRICS.map((name) => ({ name, stat: statOf(name) })),
    ...consumers.flatMap((consumer) =>
      FAN_OUT_METRICS.map((name) => ({ name, consumer, stat: statOf(name) })),
    ),
  ];
  const reading = await readColumns(asker, queries, steps, 'the stream');
  const unread = new Set(reading.unread);
  const stream: Partial<Record<StreamMetric, Column>> = {};
  STREAM_METRICS.forEach((name, i) => {
    if (!unread.has(i)) stream[name] = reading.columns[i] ?? new Float64Array(steps.count).fill(NaN);
  });
  const fanOut = new Map<string, Partial<Record<FanOutMetric, Column>>>();
  consumers.forEach((consumer, c) => {
    const of: Partial<Record<FanOutMetric, Column>> = {};
    FAN_OUT_METRICS.forEach((name, i) => {
      const column = reading.columns[STREAM_METRICS.length + c * FAN_OUT_METRICS.length + i];
      if (column !== undefined) of[name] = column;
    });
    fanOut.set(consumer, of);
  });
  const missing = missingAfterReading('stream-metrics', [reading]);
  return { stream, fanOut, missing: missing === undefined ? [] : [missing], reading };
}

interface ShardsPart {
  readonly facts: StreamFacts;
  readonly columns: ShardColumns;
  readonly missing: readonly MissingEvidence[];
  readonly readings: readonly MetricReading[];
}

async function readShards(
  asker: MetricAsker,
  ask: MetricsAsk,
  steps: MetricSteps,
  secPerStep: number,
): Promise<ShardsPart> {
  const { facts, isDescribed, shards, allShards } = ask;
  const off = offOf(ask);
  const metrics = isDescribed ? metricsThatAreOn(facts.shardMetrics) : [...TELLING_METRICS];
  if (metrics.length === 0 || shards.length === 0) {
    return { facts, columns: new Map(), missing: off, readings: [] };
  }
  const reading = await readShardMetrics(asker, { shards, metrics, steps, secPerStep, allShards });
  const { columns, readings } = reading;
  const failed = missingAfterReading('shard-metrics', readings);
  const missing = [
    ...(failed === undefined ? [] : [failed]),
    ...(failed === undefined ? leftOutOf(reading, shards.length) : []),
  ];
  if (isDescribed) return { facts, columns, missing: [...missing, ...off], readings };
  const found = metrics.filter((name) => [...columns.values()].some((of) => of[name] !== undefined));
  const described = { ...facts, shardMetrics: found };
  const unknown = found.length === 0 && failed === undefined ? offOf({ ...ask, isDescribed: true }) : [];
  return { facts: described, columns, missing: [...missing, ...unknown], readings };
}

function leftOutOf({ leftOut, columns }: ShardReading, shards: number): MissingEvidence[] {
  if (leftOut === 0) return [];
  const detail = `${columns.size} of ${shards} shards were read by the minute, the worst ones; --all-shards reads all`;
  return [{ what: 'shard-metrics', why: 'not-asked', detail }];
}

/** The telling metrics that are switched off. */
function offOf({ facts, isDescribed, place }: MetricsAsk): MissingEvidence[] {
  if (!isDescribed) return [];
  const on = metricsThatAreOn(facts.shardMetrics);
  const off = TELLING_METRICS.filter((name) => !on.includes(name));
  return off.length === 0 ? [] : [metricsOff(facts, off, place)];
}

function statOf(name: string): 'Sum' | 'Maximum' {
  return MAXIMA.includes(name) ? 'Maximum' : 'Sum';
}
