/**
 * The metrics of single shards: of all of them where there are few, of a large stream's suspects otherwise.
 */
import { formatCount } from '../../model/quantity.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import { SHARD_METRICS, type Column, type ShardMetric } from '../../results/evidence/minute-series.ts';
import type { MetricQuery, MetricReading } from '../aws/metric-data.ts';
import { readColumns, type MetricAsker } from './metric-columns.ts';
import { HOUR_MS, MINUTE_MS, stepsOver, type MetricSteps } from './metric-steps.ts';
import { suspectsOf } from './suspects.ts';

/** Those by which a shard's load is judged. */
export const TELLING_METRICS = [
  'IncomingRecords',
  'IncomingBytes',
  'WriteProvisionedThroughputExceeded',
] as const satisfies readonly ShardMetric[];

/** Shards that are asked for by the minute without being asked to. */
export const MOST_BY_THE_MINUTE = 150;

const MAXIMA: readonly ShardMetric[] = ['IteratorAgeMilliseconds'];

export type ShardColumns = Map<string, Partial<Record<ShardMetric, Column>>>;

export interface ShardReading {
  readonly columns: ShardColumns;
  /** Of all calls together. */
  readonly readings: readonly MetricReading[];
  /** Shards that were only looked at coarsely. */
  readonly leftOut: number;
}

/** What of the shards is to be read. */
export interface ShardAsk {
  /** Those that were open in the window. */
  readonly shards: readonly EvidenceShard[];
  /** Metrics that are switched on. */
  readonly metrics: readonly ShardMetric[];
  readonly steps: MetricSteps;
  readonly secPerStep: number;
  readonly allShards: boolean;
}

/** Shard-level metrics that are on, by AWS's names; `ALL` is all of them. */
export function metricsThatAreOn(shardMetrics: readonly string[]): ShardMetric[] {
  return SHARD_METRICS.filter((name) => shardMetrics.includes(name) || shardMetrics.includes('ALL'));
}

export async function readShardMetrics(asker: MetricAsker, ask: ShardAsk): Promise<ShardReading> {
  const ids = ask.shards.map(({ shardId }) => shardId);
  if (ids.length <= MOST_BY_THE_MINUTE) {
    const reading = await readOf(asker, ids, ask.metrics, ask.steps, amountOf(ids));
    return { ...reading, leftOut: 0 };
  }
  return ask.allShards ? readAll(asker, ask, ids) : readSuspects(asker, ask, ids);
}

function amountOf({ length }: readonly string[]): string {
  return length === 1 ? '1 shard' : `${formatCount(length)} shards`;
}

/** The telling metrics of all shards by the minute, the others of the worst. */
async function readAll(asker: MetricAsker, ask: ShardAsk, ids: readonly string[]): Promise<ShardReading> {
  const telling = TELLING_METRICS.filter((name) => ask.metrics.includes(name));
  const others = ask.metrics.filter((name) => !(telling as readonly string[]).includes(name));
  const all = await readOf(asker, ids, telling, ask.steps, `all ${amountOf(ids)}`);
  const worst = worstOf(all.columns, ids, ask.secPerStep);
  if (others.length === 0 || worst.length === 0 || troubled(all.readings)) return { ...all, leftOut: 0 };
  const more = await readOf(asker, worst, others, ask.steps, `more of the ${worst.length} worst`);
  for (const [shardId, columns] of more.columns) {
    all.columns.set(shardId, { ...all.columns.get(shardId), ...columns });
  }
  return { columns: all.columns, readings: [...all.readings, ...more.readings], leftOut: 0 };
}

/** A look at all in coarse steps, then the worst by the minute. */
async function readSuspects(
  asker: MetricAsker,
  ask: ShardAsk,
  ids: readonly string[],
): Promise<ShardReading> {
  const telling = TELLING_METRICS.filter((name) => ask.metrics.includes(name));
  const coarse = coarseSteps(ask.steps);
  const first = await readOf(asker, ids, telling, coarse, `a first look at ${amountOf(ids)}`);
  const worst = worstOf(first.columns, ids, (ask.secPerStep * coarse.stepMs) / ask.steps.stepMs);
  const leftOut = ids.length - worst.length;
  if (worst.length === 0 || troubled(first.readings)) {
    return { columns: new Map(), readings: first.readings, leftOut: ids.length };
  }
  const second = await readOf(asker, worst, ask.metrics, ask.steps, `the ${worst.length} worst shards`);
  return { columns: second.columns, readings: [...first.readings, ...second.readings], leftOut };
}

/** Five minutes as long as 500 metrics of them fit on a page, else an hour. */
export function coarseSteps({ startMs, stepMs, count }: MetricSteps): MetricSteps {
  const lengthMs = count * stepMs;
  const coarseMs = lengthMs <= 200 * 5 * MINUTE_MS ? 5 * MINUTE_MS : HOUR_MS;
  return stepsOver(startMs, startMs + lengthMs, Math.max(stepMs, coarseMs));
}

function worstOf(columns: ShardColumns, ids: readonly string[], secPerStep: number): string[] {
  const looks = ids.map((shardId) => {
    const of = columns.get(shardId);
    return {
      shardId,
      records: of?.IncomingRecords,
      bytes: of?.IncomingBytes,
      throttled: of?.WriteProvisionedThroughputExceeded,
    };
  });
  return suspectsOf(looks, secPerStep, MOST_BY_THE_MINUTE);
}

function troubled(readings: readonly MetricReading[]): boolean {
  return readings.some(({ trouble }) => trouble !== undefined);
}

async function readOf(
  asker: MetricAsker,
  shardIds: readonly string[],
  metrics: readonly ShardMetric[],
  steps: MetricSteps,
  what: string,
): Promise<{ readonly columns: ShardColumns; readonly readings: readonly MetricReading[] }> {
  const queries = shardIds.flatMap((shardId) => metrics.map((name) => queryOf(name, shardId)));
  const { columns: read, ...reading } = await readColumns(asker, queries, steps, what);
  const columns: ShardColumns = new Map();
  shardIds.forEach((shardId, shard) => {
    const of: Partial<Record<ShardMetric, Column>> = {};
    metrics.forEach((name, i) => {
      const column = read[shard * metrics.length + i];
      if (column !== undefined) of[name] = column;
    });
    if (Object.keys(of).length > 0) columns.set(shardId, of);
  });
  return { columns, readings: [reading] };
}

function queryOf(name: ShardMetric, shardId: string): MetricQuery {
  return { name, shardId, stat: MAXIMA.includes(name) ? 'Maximum' : 'Sum' };
}
