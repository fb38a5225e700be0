/**
 * What follows from a plan's number of shards: the way to it, and Lambda's concurrency.
 */
import { daysOf, resizeSteps } from '../../model/resize-steps.ts';
import type { PlanCapacity, ResizePlan } from '../../results/plan-capacity.ts';
import type { PlanInput } from './plan-input.ts';
import { countsOfAll, type Bound } from './shard-counts.ts';

/** @param others every bound but the quota @param shards of the plan, null where it does not fit */
export function capacityOf(
  input: PlanInput,
  others: readonly Bound[],
  { shards, wanted, even }: { shards: number | null; wanted: number | null; even: number },
): PlanCapacity {
  const { consumers, region, shardQuota, scenarioShards, currentShards } = input;
  const slots = consumers.reduce(
    (sum, { preset, parallel }) => sum + (preset === 'lambda' ? parallel : 0),
    0,
  );
  return {
    region,
    shardQuota,
    shardsWanted: wanted,
    shardsIfEven: even,
    ...(scenarioShards !== undefined && {
      scenario: { shards: scenarioShards, isEnough: holdsAt(others, scenarioShards) },
    }),
    ...(currentShards !== undefined && shards !== null && { resize: resizeOf(currentShards, shards) }),
    ...(slots > 0 && shards !== null && { lambdaConcurrency: shards * slots }),
  };
}

/** Whether every constraint holds at exactly this count: more shards than needed are not always enough. */
function holdsAt(bounds: readonly Bound[], shards: number): boolean {
  return countsOfAll(bounds, shards).shards === shards;
}

function resizeOf(from: number, to: number): ResizePlan {
  const steps = resizeSteps(from, to);
  return { from, steps: steps ?? null, days: daysOf(steps?.length ?? 0) };
}
