/**
 * One look at every open shard over the whole window: its worst step, whether it is above the planning limit, and where it
 * throttled. Everything after that needs only these few figures of most shards.
 */
import type { Column } from '../../results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { StepLoads } from '../evidence/step-loads.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';
import { TRIGGER } from './recommend-options.ts';
import type { StreamLoads } from './stream-loads.ts';

/** Figures of one shard; fills are parts of the planning limit. */
export interface ShardFigures {
  readonly peak: { readonly lower: number; readonly upper: number };
  /** Highest means of a step per second, by the upper end spread evenly; and by the lower. */
  readonly planned: { readonly records: number; readonly bytes: number };
  readonly least: { readonly records: number; readonly bytes: number };
  /** Above in 3 of 5 steps, or in one that throttled. */
  readonly isAbove: { readonly lower: boolean; readonly upper: boolean };
  /** Steps above by the upper end. */
  readonly stepsAbove: number;
  /** Complete steps in which it throttled. */
  readonly throttledSteps: number;
  /** The first of them; the number of steps where there is none. */
  readonly firstThrottled: number;
}

export interface Census {
  readonly shards: readonly ShardFigures[];
  /** By step: the fullest shard's fill (upper end), and what all shards carry (lower end) per second. */
  readonly worst: Float64Array;
  readonly total: { readonly records: Float64Array; readonly bytes: Float64Array };
  /** Names of all shards, open or closed, that throttled at any time; empty for the stream, where no shard is known to. */
  readonly throttled: ReadonlySet<string>;
  /** Those that did in a step which is not complete yet. */
  readonly throttledNow: ReadonlySet<string>;
}

export function takeCensus(evidence: StreamEvidence, loads: StreamLoads, limit: PlanningLimit): Census {
  const room = loads.room();
  const even = loads.room();
  const worst = new Float64Array(loads.steps);
  const total = { records: new Float64Array(loads.steps), bytes: new Float64Array(loads.steps) };
  const needed = evidence.metrics !== null && evidence.metrics.stepMs >= 300_000 ? 1 : TRIGGER.steps;
  const shards = loads.shards.map((_, shard) => {
    loads.fill(shard, room, 'ends');
    const isVague = loads.isVague(shard);
    if (isVague) loads.fill(shard, even, 'even');
    return figuresOf(room, isVague ? even : room, { limit, needed, worst, total });
  });
  return { shards, worst, total, ...throttling(evidence) };
}

interface Surroundings {
  readonly limit: PlanningLimit;
  readonly needed: number;
  readonly worst: Float64Array;
  readonly total: { readonly records: Float64Array; readonly bytes: Float64Array };
}

function figuresOf(
  room: StepLoads,
  even: StepLoads,
  { limit, needed, worst, total }: Surroundings,
): ShardFigures {
  const [lower, upper] = [new Recent(needed), new Recent(needed)];
  const { records, bytes, throttled } = room;
  let stepsAbove = 0;
  let throttledSteps = 0;
  let firstThrottled = worst.length;
  const figures = (low: Recent, high: Recent): ShardFigures => ({
    peak: { lower: low.peak, upper: high.peak },
    planned,
    least,
    isAbove: { lower: low.isAbove, upper: high.isAbove },
    stepsAbove,
    throttledSteps,
    firstThrottled,
  });
  const least = { records: mostOf(records.lower), bytes: mostOf(bytes.lower) };
  const planned = { records: mostOf(even.records.upper), bytes: mostOf(even.bytes.upper) };
  addTo(total.records, even.records.lower);
  addTo(total.bytes, even.bytes.lower);
  for (let step = 0; step < worst.length; step++) {
    const high = fillOf(limit, records.upper[step], bytes.upper[step]);
    if (high > worst[step]) worst[step] = high;
    upper.add(high, throttled[step] > 0);
    if (high > 1) stepsAbove++;
    if (throttled[step] > 0 && throttledSteps++ === 0) firstThrottled = step;
  }
  // Where nothing throttled and nothing is vague, both ends are one.
  if (throttledSteps === 0 && even === room) return figures(upper, upper);
  for (let step = 0; step < worst.length; step++)
    lower.add(fillOf(limit, records.lower[step], bytes.lower[step]), throttled[step] > 0);
  return figures(lower, upper);
}

function mostOf(column: Float64Array): number {
  let most = 0;
  for (let step = 0; step < column.length; step++) if (column[step] > most) most = column[step];
  return most;
}

function addTo(sum: Float64Array, column: Float64Array): void {
  for (let step = 0; step < sum.length; step++) sum[step] += column[step];
}

/** Counts how many of the newest five steps were above the limit. */
export class Recent {
  peak = 0;
  isAbove = false;
  readonly #needed: number;
  /** One bit for each of the newest steps. */
  #bits = 0;

  constructor(needed: number) {
    this.#needed = needed;
  }

  add(fill: number, isThrottled: boolean): void {
    if (fill > this.peak) this.peak = fill;
    if (fill <= 1 && this.#bits === 0) return;
    this.#bits = ((this.#bits << 1) | (fill > 1 ? 1 : 0)) & ((1 << TRIGGER.of) - 1);
    if (fill > 1 && (isThrottled || onesOf(this.#bits) >= this.#needed)) this.isAbove = true;
  }
}

function onesOf(bits: number): number {
  let ones = 0;
  for (let rest = bits; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
}

/** Who throttled in the window at all, in complete steps or not; and who in those that are not. */
function throttling({ metrics, shards }: StreamEvidence): Pick<Census, 'throttled' | 'throttledNow'> {
  const throttled = new Set<string>();
  const throttledNow = new Set<string>();
  if (metrics === null) return { throttled, throttledNow };
  for (const { shardId } of shards) {
    const column = metrics.shards.get(shardId)?.WriteProvisionedThroughputExceeded;
    if (isAny(column)) throttled.add(shardId);
    if (isAny(column?.subarray(metrics.complete))) throttledNow.add(shardId);
  }
  const stream = metrics.stream.WriteProvisionedThroughputExceeded;
  if (throttled.size === 0 && isAny(stream)) throttled.add('');
  if (throttledNow.size === 0 && isAny(stream?.subarray(metrics.complete))) throttledNow.add('');
  return { throttled, throttledNow };
}

function isAny(column: Column | undefined): boolean {
  return column?.some((value: number) => value > 0) ?? false;
}

/** Steps in which the stream or one shard carries most: half of them each, at most so many. */
export function worstSteps(
  { worst, total }: Pick<Census, 'worst' | 'total'>,
  limit: PlanningLimit,
  most: number,
): number[] {
  const byShard = largest(worst.length, most / 2, (step) => worst[step]);
  const byStream = largest(worst.length, most / 2, (step) =>
    fillOf(limit, total.records[step], total.bytes[step]),
  );
  return [...new Set([...byShard, ...byStream])];
}

function largest(count: number, most: number, valueOf: (step: number) => number): number[] {
  const chosen: number[] = [];
  for (let step = 0; step < count; step++) {
    if (chosen.length === most && valueOf(chosen[chosen.length - 1]) >= valueOf(step)) continue;
    let at = chosen.length;
    while (at > 0 && valueOf(chosen[at - 1]) < valueOf(step)) at--;
    chosen.splice(at, 0, step);
    if (chosen.length > most) chosen.pop();
  }
  return chosen;
}
