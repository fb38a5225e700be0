/**
 * How many shards each hour of a profile needs: the plan's own constraints, at that hour's part of the peak rate.
 */
import type { PerDimension } from '../placement/key-run.ts';
import type { PlacedKeys } from '../placement/placement.ts';
import { hottestFill, LOAD_TOLERANCE } from '../placement/placement.ts';
import type { BurstWindow } from '../plan/burst-window.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import type { PlacedPlan } from '../plan/placed-plan.ts';

/** A plan for part of the peak rate, above 0 and at most 1; without the keys where they are placed already. */
export type PlanAt = (part: number, withKeys: boolean) => PlacedPlan;

export interface HourlyNeeds {
  /** Fewest shards per hour. */
  readonly needed: readonly number[];
  /** Whether so many shards carry an hour: not every larger count does where keys are placed by name. */
  readonly fits: (hour: number, shards: number) => boolean;
}

/** Where chance places the keys a plan takes long: rates are planned at the next of so many parts of the peak. */
const RATE_LEVELS = 64;

/** The same traffic at part of its rates: its keys keep their shares, and its bursts their proportion. */
export function scaledInput(input: PlanInput, part: number): PlanInput {
  return {
    ...input,
    sources: input.sources.map((source) => ({
      ...source,
      recordsPerSec: source.recordsPerSec * part,
      meanRecordsPerSec: source.meanRecordsPerSec * part,
    })),
    bursts: input.bursts.map((window) => (window.kind === 'chance' ? rarer(window, part) : window)),
  };
}

/** Chance is the larger a part of the fewer records: its excess over the mean goes by the square root. */
function rarer(window: BurstWindow, part: number): BurstWindow {
  const { lengthSec, peakSeconds } = window;
  const times = 1 / Math.sqrt(part);
  return { ...window, peakSeconds: peakSeconds.map((sec) => lengthSec + (sec - lengthSec) * times) };
}

export function withoutKeys(input: PlanInput): PlanInput {
  return { ...input, sources: input.sources.map((source) => ({ ...source, keys: undefined })) };
}

/**
 * @param peak the plan at the peak rate, which fits
 * @param parts each hour's rate as a part of the peak's, 0 … 1
 * @returns undefined where an hour cannot be planned
 */
export function hourlyNeeds(
  { plan, placed }: PlacedPlan,
  parts: readonly number[],
  planAt: PlanAt,
): HourlyNeeds | undefined {
  const most = plan.shards;
  if (most === null) return undefined;
  if (placed !== undefined) return needsOfPlaced(placed, most, parts, planAt);
  const isQuick = plan.hottestShard === null;
  const at = isQuick ? parts : parts.map(roundedUp);
  const needed = at.map(planned(at, most, (part) => planAt(part, true).plan.shards));
  return { needed, fits: (hour, shards) => shards >= needed[hour] };
}

/** Keys that are placed stay where they are: only their load changes, and what else the stream needs. */
function needsOfPlaced(
  placed: PlacedKeys,
  most: number,
  parts: readonly number[],
  planAt: PlanAt,
): HourlyNeeds {
  const sums = new Map(
    [...new Set(parts)].filter((part) => part > 0).map((part) => [part, planAt(part, false)]),
  );
  const hottest = hottestByCount(placed);
  const fits = (hour: number, shards: number): boolean => {
    const part = parts[hour];
    const sum = sums.get(part);
    if (shards === most || sum === undefined) return true;
    if (sum.plan.shards === null || shards < sum.plan.shards) return false;
    const { records, bytes } = hottest(shards);
    const room = (1 + LOAD_TOLERANCE) / part;
    return records <= sum.shardLimit.records * room && bytes <= sum.shardLimit.bytes * room;
  };
  const needed = parts.map((_, hour) => {
    let shards = 1;
    while (!fits(hour, shards)) shards++;
    return shards;
  });
  return { needed, fits };
}

function roundedUp(part: number): number {
  return Math.ceil(part * RATE_LEVELS) / RATE_LEVELS;
}

/** Shards by part of the peak. More traffic never needs fewer, so equal ends have nothing else between them. */
function planned(
  parts: readonly number[],
  most: number,
  shardsAt: (part: number) => number | null,
): (part: number) => number {
  const distinct = [...new Set(parts)].filter((part) => part > 0).sort((a, b) => a - b);
  const shards = new Map<number, number>([
    [0, 1],
    [1, most],
  ]);
  const look = (part: number): number => {
    const known = shards.get(part) ?? Math.min(most, shardsAt(part) ?? most);
    shards.set(part, known);
    return known;
  };
  const fill = (low: number, high: number): void => {
    const isFlat = look(distinct[low]) === look(distinct[high]);
    if (high - low < 2) return;
    if (isFlat) for (let i = low + 1; i < high; i++) shards.set(distinct[i], look(distinct[low]));
    else {
      const middle = (low + high) >>> 1;
      fill(low, middle);
      fill(middle, high);
    }
  };
  fill(0, distinct.length - 1);
  return (part) => shards.get(part) ?? most;
}

/** The most records and the most bytes per second of any shard at the peak rate, for each count that is asked about. */
function hottestByCount(placed: PlacedKeys): (shards: number) => PerDimension {
  const known = new Map<number, PerDimension>();
  return (shards) => {
    const hottest = known.get(shards) ?? {
      records: hottestFill(placed, shards, { records: 1, bytes: Infinity }),
      bytes: hottestFill(placed, shards, { records: Infinity, bytes: 1 }),
    };
    known.set(shards, hottest);
    return hottest;
  };
}
