/**
 * One look at every open shard over the whole window: its worst step, whether it is above the planning limit, and where it
 * throttled. Everything after that needs only these few figures of most shards.
 */
import type { Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
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
}

export interface Census {
  readonly shards: readonly ShardFigures[];
  /** By step: the fullest shard's fill (upper end), and what all shards carry (lower end) per second. */
  readonly worst: Float64Array;
  readonly total: { readonly records: Float64Array; readonly bytes: Float64Array };
  /** Names of all shards, open or closed, that throttled at any time, and whether the stream did in a step to come. */
  readonly throttled: ReadonlySet<string>;
  readonly throttledNow: boolean;
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
  const planned = { records: 0, bytes: 0 };
  const least = { records: 0, bytes: 0 };
  const { records, bytes, throttled } = room;
  let stepsAbove = 0;
  let throttledSteps = 0;
  for (let step = 0; step < worst.length; step++) {
    const low = fillOf(limit, records.lower[step], bytes.lower[step]);
    const high = fillOf(limit, records.upper[step], bytes.upper[step]);
    const isThrottled = throttled[step] > 0;
    lower.add(low, isThrottled);
    upper.add(high, isThrottled);
    if (high > 1) stepsAbove++;
    if (isThrottled) throttledSteps++;
    if (high > worst[step]) worst[step] = high;
    if (even.records.upper[step] > planned.records) planned.records = even.records.upper[step];
    if (even.bytes.upper[step] > planned.bytes) planned.bytes = even.bytes.upper[step];
    if (records.lower[step] > least.records) least.records = records.lower[step];
    if (bytes.lower[step] > least.bytes) least.bytes = bytes.lower[step];
    total.records[step] += even.records.lower[step];
    total.bytes[step] += even.bytes.lower[step];
  }
  return {
    peak: { lower: lower.peak, upper: upper.peak },
    planned,
    least,
    isAbove: { lower: lower.isAbove, upper: upper.isAbove },
    stepsAbove,
    throttledSteps,
  };
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

/** Who throttled in the window at all, in complete steps or not. */
function throttling({ metrics, shards }: StreamEvidence): Pick<Census, 'throttled' | 'throttledNow'> {
  const throttled = new Set<string>();
  if (metrics === null) return { throttled, throttledNow: false };
  for (const { shardId } of shards)
    if (isAny(metrics.shards.get(shardId)?.WriteProvisionedThroughputExceeded)) throttled.add(shardId);
  const stream = metrics.stream.WriteProvisionedThroughputExceeded;
  if (throttled.size === 0 && isAny(stream)) throttled.add('');
  return { throttled, throttledNow: isAny(stream?.subarray(metrics.complete)) || isAnyNew(metrics) };
}

function isAnyNew({ shards, complete, count }: MinuteSeries): boolean {
  if (complete >= count) return false;
  for (const { WriteProvisionedThroughputExceeded: column } of shards.values())
    if (isAny(column?.subarray(complete))) return true;
  return false;
}

function isAny(column: Column | undefined): boolean {
  return column?.some((value: number) => value > 0) ?? false;
}
