/**
 * What a shard carried over the window, in a few figures: its worst step, since when it is above its limit, and where it
 * throttled although it was below.
 */
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { Dimension } from '../../results/finding.ts';
import type { JudgedInterval } from '../../results/diagnosis-finding.ts';
import { SATURATED, type LoadColumns, type StepLoads } from '../evidence/step-loads.ts';
import { ABOVE, BELOW, CLEAR, lastEpisode, NEAR, type Episode } from './episode.ts';
import { judged, limitOf } from './judged-interval.ts';

export interface ShardLoad {
  readonly shard: EvidenceShard;
  readonly source: 'metrics' | 'sample';
  readonly worst: JudgedInterval;
  /** Null where only records were sampled. */
  readonly worstStep: number | null;
  /** In the worst step, per second: what it was certain to have accepted, and attempts that it throttled at most. */
  readonly accepted: Readonly<Record<Dimension, number>>;
  readonly throttledPerSec: number;
  /** Of that step, upper ends, per second. */
  readonly upper: Readonly<Record<Dimension, number>>;
  /** Sums over the window. */
  readonly incomingRecords: number;
  readonly incomingBytes: number;
  readonly throttled: number;
  /** The last step that throttled; null where none did, or only records were sampled. */
  readonly lastThrottled: number | null;
  readonly episode: Episode | null;
  readonly burst: ThrottledBelow | null;
}

/** Steps that throttled although their mean is below the limit, none of them beside a step that is above. */
export interface ThrottledBelow {
  readonly steps: number;
  readonly throttled: number;
  readonly firstStep: number;
  readonly lastStep: number;
  /** Of the one that throttled most. */
  readonly worstStep: number;
  readonly worst: JudgedInterval;
}

/** Room for what is worked out for each step of one shard, to be used again for the next. */
export interface StepRoom {
  readonly levels: Uint8Array;
  /** Lower end of the load over the worse of the two limits. */
  readonly lower: Float64Array;
}

export function roomForShard(steps: number): StepRoom {
  return { levels: new Uint8Array(steps), lower: new Float64Array(steps) };
}

/**
 * The figures of one shard; undefined where no step is known.
 * @param margin standard deviations that a count must be above the limit by (`noiseMargin`)
 */
export function shardLoadOf(
  shard: EvidenceShard,
  columns: LoadColumns,
  loads: StepLoads,
  room: StepRoom,
  { secPerStep, complete }: MinuteSeries,
  margin: number,
): ShardLoad | undefined {
  const { levels, lower } = room;
  const { throttled } = loads;
  let known = 0;
  let above = 0;
  let refused = 0;
  let worst = 0;
  let lastThrottled: number | null = null;
  fillLower(loads, lower);
  for (let step = 0; step < levels.length; step++) {
    known += loads.known[step];
    refused += throttled[step];
    if (throttled[step] > 0) lastThrottled = step;
    levels[step] = lower[step] < CLEAR ? BELOW : levelOf(loads, lower[step], step, secPerStep, margin);
    if (levels[step] === ABOVE) above++;
    if (lower[step] < lower[worst]) continue;
    if (lower[step] > lower[worst] || upperAt(loads, step) > upperAt(loads, worst)) worst = step;
  }
  if (known === 0) return undefined;
  const steps = { above, of: levels.length };
  return {
    shard,
    source: 'metrics',
    worst: judgedStep(loads, worst, steps),
    worstStep: worst,
    accepted: {
      records: valueAt(columns.incomingRecords, worst) / secPerStep,
      bytes: valueAt(columns.incomingBytes, worst) / secPerStep,
    },
    throttledPerSec: throttled[worst],
    upper: { records: loads.records.upper[worst], bytes: loads.bytes.upper[worst] },
    incomingRecords: sumOf(columns.incomingRecords),
    incomingBytes: sumOf(columns.incomingBytes),
    throttled: Math.round(refused * secPerStep),
    lastThrottled,
    episode: above > 0 ? lastEpisode(levels, complete) : null,
    burst: refused > 0 ? throttledBelow(loads, room, secPerStep, steps) : null,
  };
}

function fillLower({ records, bytes }: StepLoads, lower: Float64Array): void {
  for (let step = 0; step < lower.length; step++)
    lower[step] = Math.max(records.lower[step] / RECORDS, bytes.lower[step] / BYTES);
}

/** A step as a load held against a shard's limit, the worse one of the two. */
export function judgedStep(
  loads: StepLoads,
  step: number,
  steps: { readonly above: number; readonly of: number },
): JudgedInterval {
  const { lower, upper } = loads.records;
  const records = judged('records', { lower: lower[step], upper: upper[step] }, steps);
  const bytes = judged('bytes', { lower: loads.bytes.lower[step], upper: loads.bytes.upper[step] }, steps);
  const { utilization: r } = records;
  const { utilization: b } = bytes;
  return b.lower > r.lower || (b.lower === r.lower && b.upper > r.upper) ? bytes : records;
}

/** At 0.95 of a limit and throttling, or above it by more than chance. @param lower from 0.9 */
function levelOf(loads: StepLoads, lower: number, step: number, secPerStep: number, margin: number): number {
  if (loads.throttled[step] > 0 && lower >= 1) return ABOVE;
  const counted = loads.records.lower[step] * secPerStep;
  return counted > 0 && lower * (1 - margin / Math.sqrt(counted)) > 1 ? ABOVE : NEAR;
}

const RECORDS = limitOf('records');
const BYTES = limitOf('bytes');

function upperAt({ records, bytes }: StepLoads, step: number): number {
  return Math.max(records.upper[step] / RECORDS, bytes.upper[step] / BYTES);
}

/** A step beside one that is above is its beginning or its end: a load that began within the minute. */
function throttledBelow(
  loads: StepLoads,
  { levels, lower }: StepRoom,
  secPerStep: number,
  steps: { readonly above: number; readonly of: number },
): ThrottledBelow | null {
  let count = 0;
  let throttled = 0;
  let first = -1;
  let last = -1;
  let worst = -1;
  for (let step = 0; step < levels.length; step++) {
    if (!(loads.throttled[step] > 0) || lower[step] >= SATURATED) continue;
    if (levels[step - 1] === ABOVE || levels[step + 1] === ABOVE) continue;
    count++;
    throttled += loads.throttled[step] * secPerStep;
    if (first < 0) first = step;
    last = step;
    if (worst < 0 || loads.throttled[step] > loads.throttled[worst]) worst = step;
  }
  if (count === 0) return null;
  return {
    steps: count,
    throttled: Math.round(throttled),
    firstStep: first,
    lastStep: last,
    worstStep: worst,
    worst: judgedStep(loads, worst, steps),
  };
}

function sumOf(column: LoadColumns['incomingRecords']): number {
  let sum = 0;
  if (column === undefined) return sum;
  // Only NaN is not itself.
  for (let step = 0; step < column.length; step++) if (column[step] === column[step]) sum += column[step];
  return sum;
}

function valueAt(column: LoadColumns['incomingRecords'], step: number): number {
  const value = column?.[step] ?? 0;
  return Number.isNaN(value) ? 0 : value;
}
