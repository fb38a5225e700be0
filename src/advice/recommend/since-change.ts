/**
 * What was seen of a stream since its layout changed within the window: the layout of now is judged by that where it is
 * enough, for what came before was another layout's.
 */
import type { Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { RecommendationReason } from '../../results/recommendation-document.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';
import { TRIGGER } from './recommend-options.ts';
import type { Census } from './shard-census.ts';
import { lastChangeOf } from './shard-lineage.ts';

/** Fewer complete steps since the change say nothing. */
const LEAST_STEPS = TRIGGER.of;

/**
 * The busiest step since the change carries at least this part of the busiest of the window. An assumption: with less, how
 * the shards share the load may be another matter than when it is high.
 */
const LEAST_BUSY = 0.5;

export type SinceChange = Extract<RecommendationReason, { code: 'since-change' }>;

/** The evidence without the steps before the last change; undefined where there was none, or nothing was seen since. */
export function evidenceSinceChange(evidence: StreamEvidence): StreamEvidence | undefined {
  const { metrics, shards } = evidence;
  const changeMs = lastChangeOf(shards);
  if (metrics === null || changeMs === null) return undefined;
  const first = Math.max(0, Math.ceil((changeMs - metrics.startMs) / metrics.stepMs));
  if (first === 0 || first >= Math.min(metrics.complete, metrics.count)) return undefined;
  const series = seriesFrom(metrics, first);
  return { ...evidence, fromMs: series.startMs, shards: shards.filter(({ open }) => open), metrics: series };
}

/** @returns undefined where something throttled since then */
export function sinceChange(
  whole: { readonly evidence: StreamEvidence; readonly census: Census; readonly limit: PlanningLimit },
  since: { readonly evidence: StreamEvidence; readonly census: Census },
): SinceChange | undefined {
  const { metrics } = since.evidence;
  const before = whole.evidence.metrics;
  if (metrics === null || before === null || since.census.throttled.size > 0) return undefined;
  const busiest = busiestOf(whole.census, whole.limit);
  return {
    code: 'since-change',
    sinceMs: metrics.startMs,
    steps: Math.min(metrics.complete, metrics.count),
    attempts: sumOf(metrics.stream.IncomingRecords, metrics.complete),
    throttledBefore: sumOf(before.stream.WriteProvisionedThroughputExceeded, before.count),
    busiest: busiest > 0 ? Math.min(1, busiestOf(since.census, whole.limit) / busiest) : 1,
  };
}

/** Whether it is long enough, and busy enough that the fullest shard would fit in the busiest step of the window too. */
export function isEnough({ steps, busiest }: SinceChange, { shards }: Census): boolean {
  if (steps < LEAST_STEPS || busiest < LEAST_BUSY) return false;
  return shards.every(({ peak }) => peak.upper <= busiest);
}

/** What all shards carry together, in the step with most of it. */
function busiestOf({ total }: Census, limit: PlanningLimit): number {
  let most = 0;
  total.records.forEach((records, step) => {
    most = Math.max(most, fillOf(limit, records, total.bytes[step]));
  });
  return most;
}

function seriesFrom(series: MinuteSeries, first: number): MinuteSeries {
  const cut = <K extends string>(columns: Readonly<Partial<Record<K, Column>>>): typeof columns =>
    Object.fromEntries(
      (Object.entries(columns) as [K, Column][]).map(([metric, column]) => [metric, column.subarray(first)]),
    ) as unknown as typeof columns;
  const all = <K extends string>(of: ReadonlyMap<string, Readonly<Partial<Record<K, Column>>>>): typeof of =>
    new Map([...of].map(([name, columns]) => [name, cut(columns)]));
  return {
    ...series,
    startMs: series.startMs + first * series.stepMs,
    count: series.count - first,
    complete: Math.min(series.complete, series.count) - first,
    stream: cut(series.stream),
    shards: all(series.shards),
    fanOut: all(series.fanOut),
  };
}

/** Of the first so many steps; holes count for nothing. */
function sumOf(column: Column | undefined, steps: number): number {
  let sum = 0;
  column?.subarray(0, steps).forEach((value: number) => {
    if (value > 0) sum += value;
  });
  return sum;
}
