/**
 * Retries that keep a stream throttled: a flat load, then throttling, under which attempts go on rising while the stream
 * takes no more than before.
 *
 * Metrics count attempts and not records, so that they can make it likely and never prove it. Growth of the load looks
 * otherwise: it is seen before the throttling begins, on other shards too, and attempts follow it instead of rising by
 * themselves. A report of a run knows its retries exactly.
 */
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { StepLoads } from '../evidence/step-loads.ts';
import type { ShardLoad } from './shard-load.ts';
import type { Rule } from './rule.ts';
import { stepsOf, timeOf, type StreamView } from './stream-view.ts';

type Storm = DiagnosisFindingOf<'RETRY_STORM'>;

/** Steps of flat load before, and of throttling: fewer tell nothing. */
const LEAST_BEFORE = 6;
const LEAST_THROTTLED = 6;
/** A load is flat where the last half of it is at most this many times the first; one that grows is not. */
const FLAT = 1.15;
/** Attempts over the load before, and their last third over their first. */
const MORE_ATTEMPTS = 2;
const RISING = 1.3;
/** Part of a run's attempts that were retries. */
const MOST_OF_RUN = 0.5;

export const findRetryStorm: Rule<'RETRY_STORM'> = (view) => {
  const ofRun = stormOfRun(view);
  if (ofRun !== undefined) return [ofRun];
  const suspects = [...view.loads.values()]
    .filter(({ episode, throttled }) => episode?.isLasting === true && throttled > 0)
    .sort((a, b) => b.throttled - a.throttled || (a.shard.shardId < b.shard.shardId ? -1 : 1));
  for (const load of suspects.slice(0, 5)) {
    const storm = stormOf(view, load);
    if (storm !== undefined) return [storm];
  }
  return [];
};

function stormOfRun({ evidence: { run } }: StreamView): Storm | undefined {
  const totals = run?.totals;
  if (run === null || totals === undefined || totals.attempts === 0 || run.durationMs <= 0) return undefined;
  const retryShare = totals.retries / totals.attempts;
  if (retryShare < MOST_OF_RUN || totals.throttledAttempts < totals.attempts * MOST_OF_RUN) return undefined;
  const seconds = run.durationMs / 1000;
  return {
    code: 'RETRY_STORM',
    severity: 'warning',
    confidence: 'high',
    splitHelps: 'no-matter',
    evidence: {
      source: 'run',
      attemptsPerSec: totals.attempts / seconds,
      acceptedPerSec: totals.accepted / seconds,
      retryShare,
      ...{ before: null, early: null, late: null, othersGrowth: null, fellBack: null },
    },
  };
}

/** All in records: retries are of records, and CloudWatch does not count the bytes that it throttled. */
function stormOf(view: StreamView, load: ShardLoad): Storm | undefined {
  const steps = stepsOf(view, load.shard.shardId);
  if (steps === undefined || load.episode === null) return undefined;
  const { firstStep, lastStep } = load.episode;
  const first = firstThrottled(steps, firstStep);
  const before = flatBefore(steps, first);
  if (before === undefined || lastStep - firstStep + 1 < LEAST_THROTTLED) return undefined;
  const third = Math.floor((lastStep - firstStep + 1) / 3);
  const attempts = steps.records.upper;
  const early = mean(attempts, firstStep, firstStep + third);
  const late = mean(attempts, lastStep + 1 - third, lastStep + 1);
  const accepted = mean(steps.records.lower, firstStep, lastStep + 1);
  const isRising = late >= RISING * early && late >= MORE_ATTEMPTS * before;
  if (!isRising || late / before < 1.5 * (accepted / before)) return undefined;
  const othersGrowth = growthOfOthers(view, steps, first, firstStep, lastStep);
  if (othersGrowth !== null && othersGrowth > FLAT) return undefined;
  const fellBack = fallsBack(view, steps, lastStep, before);
  if (fellBack === false) return undefined;
  return {
    code: 'RETRY_STORM',
    severity: 'warning',
    confidence: fellBack === true ? 'medium' : 'low',
    splitHelps: 'no-matter',
    shardId: load.shard.shardId,
    sinceMs: timeOf(view, firstStep),
    untilMs: timeOf(view, lastStep),
    evidence: {
      source: 'metrics',
      before,
      attemptsPerSec: late,
      acceptedPerSec: accepted,
      ...{ early, late, othersGrowth, fellBack, retryShare: null },
    },
  };
}

/** The throttling may have begun some steps before the shard counts as above. */
function firstThrottled({ throttled }: StepLoads, step: number): number {
  let first = step;
  while (first > 0 && throttled[first - 1] > 0) first--;
  return first;
}

/** Mean load of the steps before, undefined where they are too few, throttled, or rising already. */
function flatBefore({ records, throttled }: StepLoads, end: number): number | undefined {
  let from = end;
  while (from > 0 && end - from < 15 && throttled[from - 1] === 0) from--;
  if (end - from < LEAST_BEFORE) return undefined;
  const all = mean(records.lower, from, end);
  const middle = Math.floor((from + end) / 2);
  const isFlat = mean(records.lower, middle, end) <= FLAT * mean(records.lower, from, middle);
  return all > 0 && isFlat ? all : undefined;
}

/** Load of the stream without this shard, in the throttled time over that before it; null where there is no other. */
function growthOfOthers(
  { sums, open }: StreamView,
  own: StepLoads,
  before: number,
  from: number,
  to: number,
): number | null {
  if (sums === null || open.length < 2) return null;
  const others = (first: number, end: number): number =>
    mean(sums.records.lower, first, end) - mean(own.records.lower, first, end);
  const then = others(Math.max(0, before - 15), before);
  return then > 0 ? others(from, to + 1) / then : null;
}

/** Null while it goes on: then nobody knows yet. */
function fallsBack(view: StreamView, steps: StepLoads, lastStep: number, before: number): boolean | null {
  const complete = view.evidence.metrics?.complete ?? 0;
  if (lastStep + 3 >= complete) return null;
  return mean(steps.records.lower, lastStep + 2, Math.min(complete, lastStep + 5)) <= FLAT * before;
}

function mean(column: Float64Array, from: number, to: number): number {
  if (to <= from) return 0;
  let sum = 0;
  for (let step = from; step < to; step++) sum += column[step];
  return sum / (to - from);
}
