/**
 * What the stream carried as a whole, step by step, against what its open shards could carry then.
 */
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { JudgedInterval } from '../../results/diagnosis-finding.ts';
import type { Dimension } from '../../results/finding.ts';
import type { StepLoads } from '../evidence/step-loads.ts';
import { THROTTLED_SIZE } from '../evidence/step-loads.ts';
import { ABOVE, BELOW, lastEpisode, NEAR, type Episode } from './episode.ts';
import { judged, limitOf } from './judged-interval.ts';

export interface WholeLoad {
  readonly worst: JudgedInterval;
  readonly worstStep: number;
  /** Shards open in that step. */
  readonly shards: number;
  /** Of steps above the mark that was asked for. */
  readonly episode: Episode | null;
  readonly throttled: number;
  readonly stepsThrottled: number;
  readonly firstThrottled: number | null;
  readonly lastThrottled: number | null;
  /** Steps with a sample. */
  readonly known: number;
}

/** Sums over the shards, to which each adds its own. */
export class ShardSums {
  readonly records: { readonly lower: Float64Array; readonly upper: Float64Array };
  readonly bytes: { readonly lower: Float64Array; readonly upper: Float64Array };
  readonly throttled: Float64Array;
  readonly known: Uint8Array;

  constructor(steps: number) {
    this.records = { lower: new Float64Array(steps), upper: new Float64Array(steps) };
    this.bytes = { lower: new Float64Array(steps), upper: new Float64Array(steps) };
    this.throttled = new Float64Array(steps);
    this.known = new Uint8Array(steps);
  }

  add({ records, bytes, throttled, known }: StepLoads): void {
    addTo(this.records.lower, records.lower);
    addTo(this.records.upper, records.upper);
    addTo(this.bytes.lower, bytes.lower);
    addTo(this.bytes.upper, bytes.upper);
    addTo(this.throttled, throttled);
    for (let step = 0; step < known.length; step++) this.known[step] |= known[step];
  }

  /**
   * Takes in what the stream's own metrics say: they are never less than the sum over shards, some of which may lack
   * metrics or have holes in them.
   */
  addStream({ stream, secPerStep }: MinuteSeries): void {
    for (let step = 0; step < this.known.length; step++) {
      const recordsIn = perSec(stream.IncomingRecords, step, secPerStep);
      const bytesIn = perSec(stream.IncomingBytes, step, secPerStep);
      const refused = perSec(stream.WriteProvisionedThroughputExceeded, step, secPerStep);
      if ([recordsIn, bytesIn, refused].every(Number.isNaN)) continue;
      const meanSize = recordsIn > 0 ? zeroOf(bytesIn) / recordsIn : 0;
      this.known[step] = 1;
      raise(this.records, step, zeroOf(recordsIn), zeroOf(recordsIn) + zeroOf(refused));
      raise(this.bytes, step, zeroOf(bytesIn), zeroOf(bytesIn) + zeroOf(refused) * meanSize * THROTTLED_SIZE);
      this.throttled[step] = Math.max(this.throttled[step], zeroOf(refused));
    }
  }
}

/** Of a step without samples it is zero. */
function addTo(sum: Float64Array, column: Float64Array): void {
  for (let step = 0; step < column.length; step++) sum[step] += column[step];
}

function raise(
  interval: { readonly lower: Float64Array; readonly upper: Float64Array },
  step: number,
  lower: number,
  upper: number,
): void {
  interval.lower[step] = Math.max(interval.lower[step], lower);
  interval.upper[step] = Math.max(interval.upper[step], upper);
}

function perSec(column: Column | undefined, step: number, secPerStep: number): number {
  return column === undefined ? NaN : column[step] / secPerStep;
}

function zeroOf(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

/** The whole against its capacity; null where no step is known. @param mark part of the capacity that is too much */
export function wholeLoadOf(
  sums: ShardSums,
  series: MinuteSeries,
  shards: readonly EvidenceShard[],
  mark: number,
): WholeLoad | null {
  const open = openInSteps(shards, series);
  const levels = new Uint8Array(series.count);
  let [known, above, worst] = [0, 0, -1];
  const at = (step: number, end: 'lower' | 'upper', dimension: Dimension): number =>
    sums[dimension][end][step] / (limitOf(dimension) * Math.max(1, open[step]));
  const worstOf = (step: number, end: 'lower' | 'upper'): number =>
    Math.max(at(step, end, 'records'), at(step, end, 'bytes'));
  for (let step = 0; step < series.count; step++) {
    if (sums.known[step] === 0) continue;
    known++;
    const lower = worstOf(step, 'lower');
    levels[step] = lower > mark ? ABOVE : lower > mark * mark ? NEAR : BELOW;
    if (levels[step] === ABOVE) above++;
    if (
      worst < 0 ||
      lower > worstOf(worst, 'lower') ||
      (lower === worstOf(worst, 'lower') && worstOf(step, 'upper') > worstOf(worst, 'upper'))
    )
      worst = step;
  }
  if (worst < 0) return null;
  const worse: Dimension = at(worst, 'lower', 'bytes') > at(worst, 'lower', 'records') ? 'bytes' : 'records';
  const throttledSteps = stepsWith(sums.throttled);
  return {
    worst: judged(
      worse,
      { lower: sums[worse].lower[worst], upper: sums[worse].upper[worst] },
      { above, of: series.count },
      limitOf(worse) * Math.max(1, open[worst]),
    ),
    worstStep: worst,
    shards: open[worst],
    episode: lastEpisode(levels, series.complete),
    throttled: Math.round(sums.throttled.reduce((sum, each) => sum + each, 0) * series.secPerStep),
    stepsThrottled: throttledSteps.length,
    firstThrottled: throttledSteps.at(0) ?? null,
    lastThrottled: throttledSteps.at(-1) ?? null,
    known,
  };
}

function stepsWith(column: Float64Array): number[] {
  const steps: number[] = [];
  column.forEach((value, step) => {
    if (value > 0) steps.push(step);
  });
  return steps;
}

/** Shards open at the end of each step. */
export function openInSteps(
  shards: readonly EvidenceShard[],
  { startMs, stepMs, count }: MinuteSeries,
): Int32Array {
  const closedMs = closingTimes(shards);
  const changes = new Int32Array(count + 1);
  const stepAt = (ms: number | undefined, otherwise: number): number =>
    ms === undefined ? otherwise : Math.min(count, Math.max(0, Math.floor((ms - startMs) / stepMs)));
  for (const shard of shards) {
    const from = stepAt(shard.openedBeforeMs, 0);
    const to = shard.open ? count : stepAt(closedMs.get(shard.shardId), 0);
    if (to <= from) continue;
    changes[from]++;
    changes[to]--;
  }
  const open = new Int32Array(count);
  let now = 0;
  for (let step = 0; step < count; step++) open[step] = now += changes[step];
  return open;
}

/** When a shard's children were there; absent where it closed before the window. */
function closingTimes(shards: readonly EvidenceShard[]): Map<string, number> {
  const closed = new Map<string, number>();
  for (const { parents, openedBeforeMs } of shards) {
    if (openedBeforeMs === undefined) continue;
    for (const parent of parents)
      closed.set(parent, Math.min(openedBeforeMs, closed.get(parent) ?? Infinity));
  }
  return closed;
}
