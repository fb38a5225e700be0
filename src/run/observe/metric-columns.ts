/**
 * Reads metrics of a stream, its shards and its fan-out consumers into columns of one time axis; holes stay NaN.
 */
import type { Column } from '../../results/evidence/minute-series.ts';
import { readMetricData, type MetricQuery, type MetricReading } from '../aws/metric-data.ts';
import { MetricPace } from '../aws/metric-pace.ts';
import type { MetricSource } from '../aws/metric-source.ts';
import { metricsPerCall, planAsking, pointsPerSec, type AskPlan } from './metric-plan.ts';
import type { MetricSteps } from './metric-steps.ts';

/** Whom metrics are asked of, how, and who hears of it. */
export interface MetricAsker {
  readonly source: MetricSource;
  readonly streamName: string;
  /** On the metrics' clock, milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  /** Hears what will be asked, before it is. */
  readonly onPlan: (plan: AskPlan, what: string) => void;
  readonly say: (text: string) => void;
  /** Between tries; for tests. */
  readonly pauseMs?: number | undefined;
}

/** More columns than this are of single precision. */
const MOST_DOUBLE = 1000;

export interface ColumnReading extends MetricReading {
  /** By query; undefined where there is no sample at all. */
  readonly columns: readonly (Column | undefined)[];
}

/** @param what is asked for, as a progress line says it */
export async function readColumns(
  asker: MetricAsker,
  queries: readonly MetricQuery[],
  steps: MetricSteps,
  what: string,
): Promise<ColumnReading> {
  const columns: (Column | undefined)[] = queries.map(() => undefined);
  const Kind = queries.length > MOST_DOUBLE ? Float32Array : Float64Array;
  const reading = await readPoints(asker, queries, steps, what, (query, step, value) => {
    const column = (columns[query] ??= new Kind(steps.count).fill(NaN));
    column[step] = value;
  });
  return { ...reading, columns };
}

/**
 * The same point by point, for who does not want to keep them.
 * @param onPoint hears of a point again where a call is repeated
 */
export async function readPoints(
  { source, streamName, nowMs, signal, onPlan, say, pauseMs }: MetricAsker,
  queries: readonly MetricQuery[],
  steps: MetricSteps,
  what: string,
  onPoint: (query: number, step: number, value: number) => void,
): Promise<MetricReading> {
  const { startMs, stepMs, count } = steps;
  const plan = planAsking([{ metrics: queries.length, steps }], nowMs());
  onPlan(plan, what);
  let answered = 0;
  return readMetricData(
    source,
    {
      ...{ streamName, queries, startMs, periodSec: stepMs / 1000, perCall: metricsPerCall(steps) },
      endMs: startMs + count * stepMs,
    },
    (query, atMs, value) => {
      const step = Math.floor((atMs - startMs) / stepMs);
      if (step >= 0 && step < count) onPoint(query, step, value);
    },
    {
      ...{ signal, pauseMs },
      // Nobody limits an endpoint of our own.
      pace: source.watch.isOurs ? undefined : new MetricPace(pointsPerSec(steps, nowMs())),
      onCall: () => say(`CloudWatch, ${what}: ${++answered} of ${plan.requests} calls`),
    },
  );
}
