/**
 * The highest load that each shard of now has carried in the last 63 or 455 days, from coarse metrics, a few shards at a
 * time: all of them at once would be gigabytes.
 */
import { LIMITS } from '../../model/limits.ts';
import type { CoarsePeaks } from '../../results/evidence/minute-series.ts';
import { ancestorsOf, type LineageShard } from '../../results/evidence/shard-lineage.ts';
import type { MetricReading } from '../aws/metric-data.ts';
import { readColumns, type MetricAsker } from './metric-columns.ts';
import { stepsOfReach, type MetricSteps } from './metric-steps.ts';

const REACHES = {
  '63d': { minutes: LIMITS.metricFiveMinutesKept.value, stepSec: 300 },
  '455d': { minutes: LIMITS.metricHoursKept.value, stepSec: 3600 },
} as const;

/** Bytes that the columns of one group of shards may take. */
const MOST_BYTES = 32 * 1024 * 1024;

export interface CoarseAsk {
  readonly reach: CoarsePeaks['reach'];
  /** Shards of now whose peaks are wanted; empty where shard-level metrics are off. */
  readonly shards: readonly LineageShard[];
  /** All that are remembered, closed ones too. */
  readonly known: readonly LineageShard[];
  /** Metric seconds per real second. */
  readonly factor: number;
}

export interface CoarseReading {
  readonly peaks: CoarsePeaks;
  readonly readings: readonly MetricReading[];
}

type Load = 'recordsPerSec' | 'bytesPerSec';
const METRIC_OF = { recordsPerSec: 'IncomingRecords', bytesPerSec: 'IncomingBytes' } as const;

export async function readCoarsePeaks(asker: MetricAsker, ask: CoarseAsk): Promise<CoarseReading> {
  const { minutes, stepSec } = REACHES[ask.reach];
  const steps = stepsOfReach(minutes, stepSec * 1000, asker.nowMs());
  const secPerStep = stepSec / ask.factor;
  const stream = await readStream(asker, ask, steps, secPerStep);
  const readings = [...stream.readings];
  const shards = new Map<string, Record<Load, number>>();
  for (const group of groupsOf(ask, steps)) {
    if (asker.signal.aborted || readings.some(({ trouble }) => trouble !== undefined)) break;
    readings.push(...(await readGroup(asker, ask, group, steps, secPerStep, shards)));
  }
  return {
    peaks: { reach: ask.reach, stepSec, sinceMs: stream.sinceMs, stream: stream.peak, shards },
    readings,
  };
}

async function readStream(
  asker: MetricAsker,
  { reach }: CoarseAsk,
  steps: MetricSteps,
  secPerStep: number,
): Promise<{ sinceMs: number | null; peak: CoarsePeaks['stream']; readings: MetricReading[] }> {
  const queries = Object.values(METRIC_OF).map((name) => ({ name }));
  const { columns, ...reading } = await readColumns(asker, queries, steps, `the stream's last ${reach}`);
  const first = Math.min(...columns.map((column) => firstOf(column)));
  if (first === Infinity) return { sinceMs: null, peak: null, readings: [reading] };
  const [recordsPerSec, bytesPerSec] = columns.map((column) => peakOf(column) / secPerStep);
  return {
    sinceMs: steps.startMs + first * steps.stepMs,
    peak: { recordsPerSec, bytesPerSec },
    readings: [reading],
  };
}

/** So many shards at a time that their columns and those of their ancestors have room. */
export function groupsOf<S>({ shards }: { readonly shards: readonly S[] }, { count }: MetricSteps): S[][] {
  const most = Math.max(1, Math.floor(MOST_BYTES / (count * 8 * 2)));
  const groups: S[][] = [];
  for (let from = 0; from < shards.length; from += most) groups.push(shards.slice(from, from + most));
  return groups;
}

async function readGroup(
  asker: MetricAsker,
  { reach, known }: CoarseAsk,
  group: readonly LineageShard[],
  steps: MetricSteps,
  secPerStep: number,
  into: Map<string, Record<Load, number>>,
): Promise<MetricReading[]> {
  const byId = new Map(known.map((shard) => [shard.shardId, shard]));
  const lines = group.map((shard) => ({
    shardId: shard.shardId,
    parts: [{ shardId: shard.shardId, share: 1 }, ...ancestorsOf(shard, byId)],
  }));
  const ids = [...new Set(lines.flatMap(({ parts }) => parts.map(({ shardId }) => shardId)))];
  const readings: MetricReading[] = [];
  for (const load of Object.keys(METRIC_OF) as Load[]) {
    const queries = ids.map((shardId) => ({ name: METRIC_OF[load], shardId }));
    const amount = group.length === 1 ? '1 shard' : `${group.length} shards`;
    const what = `the last ${reach} of ${amount}`;
    const { columns, ...reading } = await readColumns(asker, queries, steps, what);
    readings.push(reading);
    const columnOf = new Map(ids.map((shardId, i) => [shardId, columns[i]]));
    for (const { shardId, parts } of lines) {
      const peak = peakOfSum(
        parts.map((part) => ({ share: part.share, column: columnOf.get(part.shardId) })),
        steps.count,
      );
      if (peak === undefined) continue;
      const row = into.get(shardId) ?? { recordsPerSec: 0, bytesPerSec: 0 };
      row[load] = peak / secPerStep;
      into.set(shardId, row);
    }
  }
  return readings;
}

/** The highest sum of a step; undefined where no column has a value. */
export function peakOfSum(
  parts: readonly { readonly share: number; readonly column: ArrayLike<number> | undefined }[],
  count: number,
): number | undefined {
  const there = parts.flatMap(({ share, column }) => (column === undefined ? [] : [{ share, column }]));
  if (there.length === 0) return undefined;
  let peak = 0;
  for (let step = 0; step < count; step++) {
    let sum = 0;
    for (const { share, column } of there) {
      const value = column[step];
      if (!Number.isNaN(value)) sum += share * value;
    }
    if (sum > peak) peak = sum;
  }
  return peak;
}

function firstOf(column: ArrayLike<number> | undefined): number {
  for (let step = 0; step < (column?.length ?? 0); step++) {
    if (!Number.isNaN(column?.[step])) return step;
  }
  return Infinity;
}

function peakOf(column: ArrayLike<number> | undefined): number {
  return peakOfSum([{ share: 1, column }], column?.length ?? 0) ?? 0;
}
