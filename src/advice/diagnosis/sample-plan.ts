/**
 * Which records to read where not all can be: short slices of the shards and minutes that matter most.
 *
 * On a shard that throttles, records that are read are the accepted ones, and say too little of a heavy key (math.md 7);
 * so besides its worst minute, a busy one before the throttling began is read.
 */
import { LIMITS } from '../../model/limits.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { PlannedSlice, SampleBudget, SamplePlan } from '../../results/evidence/sample-plan.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import {
  columnsOfShard,
  fillStepLoads,
  roomForSteps,
  type LoadColumns,
  type StepLoads,
} from '../evidence/step-loads.ts';
import { shardsAt } from './shards-at.ts';

/** Steps before throttling began among which the busiest is looked for. */
const BEFORE_STEPS = 10;
const MINUTE_MS = 60_000;

interface Moment {
  readonly why: PlannedSlice['why'];
  readonly step: number;
}

/** A slice before it is known how much of the budget it gets. */
interface Wish {
  readonly shardId: string;
  readonly why: PlannedSlice['why'];
  readonly fromMs: number;
  readonly lengthMs: number;
  /** Expected in all of it; null where nothing is known. */
  readonly bytes: number | null;
  readonly meanBytes: number | null;
}

/** Times are on the metrics' clock. */
export function samplePlanOf(evidence: StreamEvidence, budget: SampleBudget): SamplePlan {
  const suspects = suspectsOf(evidence, budget);
  const wishes =
    suspects.length > 0 ? suspects.flatMap((suspect) => suspect.wishes) : evenWishes(evidence, budget);
  const mostBytes = Math.floor(budget.bytes / Math.max(1, wishes.length));
  const slices = wishes.map((wish) => sliceOf(wish, mostBytes, evidence.toMs));
  return {
    slices,
    shards: new Set(slices.map(({ shardId }) => shardId)).size,
    shardsInAll: evidence.shards.filter(({ open }) => open).length,
    bySuspicion: suspects.length > 0,
    mostBytes: mostBytes * slices.length,
    oldestMs: slices.reduce((oldest, { fromMs }) => Math.min(oldest, fromMs), evidence.toMs),
  };
}

/** As long as its part of the budget is expected to last; the newest minute may not be over. */
function sliceOf(wish: Wish, mostBytes: number, endMs: number): PlannedSlice {
  const { shardId, why, fromMs, lengthMs, bytes, meanBytes } = wish;
  const part = bytes === null || bytes <= mostBytes ? 1 : mostBytes / bytes;
  const toMs = Math.max(fromMs, Math.min(fromMs + Math.ceil(lengthMs * part), endMs));
  return { shardId, why, fromMs, toMs, mostBytes, meanBytes };
}

interface Suspect {
  readonly shardId: string;
  readonly throttled: number;
  readonly utilization: number;
  readonly wishes: readonly Wish[];
}

/** Shards by what their own metrics say: those that throttled most, then those under most load. */
function suspectsOf({ metrics, shards }: StreamEvidence, budget: SampleBudget): Suspect[] {
  if (metrics === null) return [];
  const room = roomForSteps(metrics.count);
  const found = shards.flatMap(({ shardId }) => {
    const columns = columnsOfShard(metrics, shardId);
    if (columns === undefined) return [];
    const suspect = suspectOf(shardId, columns, metrics, room, budget);
    return suspect === undefined ? [] : [suspect];
  });
  found.sort((a, b) => b.throttled - a.throttled || b.utilization - a.utilization);
  return found.slice(0, budget.shards);
}

function suspectOf(
  shardId: string,
  columns: LoadColumns,
  metrics: MinuteSeries,
  room: StepLoads,
  budget: SampleBudget,
): Suspect | undefined {
  fillStepLoads(columns, metrics.secPerStep, room);
  const moments = momentsOf(room, firstStepOf(metrics, budget), metrics.count, 1);
  if (moments.length === 0) return undefined;
  const wishes = moments.map((moment) => wishOf(shardId, moment, columns, metrics));
  return {
    shardId,
    throttled: room.throttled.reduce((sum, perSec) => sum + perSec, 0),
    utilization: utilizationOf(room, moments[0].step, 1),
    wishes,
  };
}

/** The first step whose records are still kept. */
function firstStepOf({ startMs, stepMs }: MinuteSeries, { oldestMs }: SampleBudget): number {
  return Math.max(0, Math.ceil((oldestMs - startMs) / stepMs));
}

/** The worst of some steps, and a busy one before its throttling began; none where nothing was carried. */
function momentsOf(loads: StepLoads, first: number, end: number, shards: number): Moment[] {
  const worst = highest(first, end, (step) => [
    loads.throttled[step],
    loads.records.lower[step] > 0 ? utilizationOf(loads, step, shards) : 0,
  ]);
  if (worst === undefined || loads.records.lower[worst] === 0) return [];
  if (loads.throttled[worst] === 0) return [{ why: 'worst', step: worst }];
  let onset = worst;
  // One calm step does not end an episode.
  while (onset > first && (loads.throttled[onset - 1] > 0 || loads.throttled[onset - 2] > 0)) onset--;
  const before = highest(Math.max(first, onset - BEFORE_STEPS), onset, (step) => [
    loads.throttled[step] > 0 ? 0 : utilizationOf(loads, step, shards),
    step,
  ]);
  const moments: Moment[] = [{ why: 'worst', step: worst }];
  if (before !== undefined && loads.throttled[before] === 0 && loads.records.lower[before] > 0) {
    moments.push({ why: 'before-onset', step: before });
  }
  return moments;
}

/** The step from `from` to `end - 1` of the highest first number, and of those with the same, of the highest second. */
function highest(from: number, end: number, rank: (step: number) => [number, number]): number | undefined {
  let best: number | undefined;
  let top: [number, number] = [-1, -1];
  for (let step = from; step < end; step++) {
    const [a, b] = rank(step);
    if (a < top[0] || (a === top[0] && b <= top[1])) continue;
    [best, top] = [step, [a, b]];
  }
  return best;
}

function utilizationOf(loads: StepLoads, step: number, shards: number): number {
  return Math.max(
    loads.records.upper[step] / (LIMITS.writeRecordsPerSec.value * shards),
    loads.bytes.upper[step] / (LIMITS.writeBytesPerSec.value * shards),
  );
}

/** @param part of what the columns count that the shard is expected to have */
function wishOf(
  shardId: string,
  { step, why }: Moment,
  { incomingRecords, incomingBytes }: LoadColumns,
  { startMs, stepMs }: MinuteSeries,
  part = 1,
): Wish {
  const records = valueAt(incomingRecords, step);
  const bytes = valueAt(incomingBytes, step);
  return {
    ...{ shardId, why, fromMs: startMs + step * stepMs, lengthMs: stepMs },
    bytes: bytes === null ? null : bytes * part,
    meanBytes: records !== null && bytes !== null && records > 0 ? bytes / records : null,
  };
}

function valueAt(column: LoadColumns['incomingBytes'], step: number): number | null {
  const value = column?.[step] ?? NaN;
  return Number.isNaN(value) ? null : value;
}

/** Without metrics of shards: those that logs name first, then others evenly, around the stream's worst minutes. */
function evenWishes(evidence: StreamEvidence, budget: SampleBudget): Wish[] {
  const { metrics } = evidence;
  const open = evidence.shards.filter((shard) => shard.open).length;
  if (metrics !== null && open > 0) {
    const columns: LoadColumns = {
      incomingRecords: metrics.stream.IncomingRecords,
      incomingBytes: metrics.stream.IncomingBytes,
      throttled: metrics.stream.WriteProvisionedThroughputExceeded,
    };
    const room = roomForSteps(metrics.count);
    fillStepLoads(columns, metrics.secPerStep, room, open);
    const moments = momentsOf(room, firstStepOf(metrics, budget), metrics.count, open);
    const wishes = moments.flatMap((moment) => {
      const standing = shardsAt(evidence.shards, metrics.startMs + moment.step * metrics.stepMs);
      return chosen(standing, evidence, budget.shards).map((shardId) => ({
        ...wishOf(shardId, moment, columns, metrics, 1 / standing.length),
        why: moment.why === 'worst' ? ('even' as const) : moment.why,
      }));
    });
    if (wishes.length > 0) return wishes;
    if (Object.keys(metrics.stream).length > 0) return [];
  }
  return blindWishes(evidence, budget);
}

/** Where nothing was counted: the last minute. */
function blindWishes(evidence: StreamEvidence, budget: SampleBudget): Wish[] {
  const fromMs = Math.max(evidence.fromMs, evidence.toMs - MINUTE_MS, budget.oldestMs);
  if (fromMs >= evidence.toMs) return [];
  return chosen(shardsAt(evidence.shards, fromMs), evidence, budget.shards).map((shardId) => ({
    ...{ shardId, why: 'even' as const, fromMs, lengthMs: evidence.toMs - fromMs },
    ...{ bytes: null, meanBytes: null },
  }));
}

/** At most so many of the shards that stand, evenly over the hash space; those that a log names come first. */
function chosen(standing: readonly string[], { log }: StreamEvidence, most: number): string[] {
  const named = (log?.shards ?? []).map(({ shardId }) => shardId).filter((id) => standing.includes(id));
  const first = named.slice(0, most);
  const rest = standing.filter((shardId) => !first.includes(shardId));
  const count = Math.min(rest.length, most - first.length);
  return [
    ...first,
    ...Array.from({ length: count }, (_, i) => rest[Math.floor(((i + 0.5) * rest.length) / count)]),
  ];
}
