/**
 * A plan with what stands around its answer: other counts beside it, or the answer to the question the other way round.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import { buildWithBounds } from './plan.ts';
import type { PlanInput } from './plan-input.ts';
import type { Bound } from './shard-counts.ts';
import { atRate, planReverse } from './plan-reverse.ts';
import { planTable } from './plan-table.ts';

export interface Around {
  /** Asked about in reverse; undefined: how many are needed. */
  readonly shards?: number | undefined;
  /** Else the rate of the input is none, and the plan is for the rate that the reverse question ends at. */
  readonly isRateGiven: boolean;
  /** What so many shards cost a month, where that is known. */
  readonly monthlyUsd?: ((input: PlanInput, shards: number) => number | null) | undefined;
}

export interface PlanAround {
  readonly plan: PlanResult;
  /** What was planned for: the input, or the same at the rate that the reverse question ends at. */
  readonly input: PlanInput;
  /** Its constraints but the quota. */
  readonly bounds: readonly Bound[];
}

export function planAround(input: PlanInput, { shards, isRateGiven, monthlyUsd }: Around): PlanAround {
  const reverse = shards === undefined ? undefined : planReverse(input, shards, isRateGiven);
  const isFound = reverse !== undefined && !isRateGiven && reverse.ratePerSec > 0;
  const planned = isFound ? atRate(input, reverse.ratePerSec) : input;
  const { plan, bounds } = buildWithBounds(planned);
  const isNothing = reverse !== undefined && !isRateGiven && !isFound;
  const cost = monthlyUsd && ((count: number): number | null => monthlyUsd(planned, count));
  const table = planTable(planned, plan, bounds, isNothing ? undefined : cost);
  return { plan: { ...plan, table, ...(reverse === undefined ? {} : { reverse }) }, input: planned, bounds };
}
