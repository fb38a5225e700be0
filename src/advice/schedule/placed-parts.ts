/**
 * What is worked out from a finished plan and the places of its keys: layouts cut between them, and a schedule.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanLayouts } from '../../results/plan-layouts.ts';
import type { PlanSchedule } from '../../results/plan-schedule.ts';
import { planLayouts } from '../layout/plan-layouts.ts';
import { withAssumptions } from '../plan/assumption.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import type { PlanAround } from '../plan/plan-around.ts';
import { placedPlan, type PlacedPlan } from '../plan/placed-plan.ts';
import { scaledInput, withoutKeys } from './hourly-needs.ts';
import { planSchedule, scheduleAssumptions, type ScheduleOptions } from './plan-schedule.ts';

export interface PartOptions {
  /** What makes of the records that are sent those that the stream takes: aggregation, or nothing. */
  readonly around: (input: PlanInput) => { readonly input: PlanInput };
  /** A month of so many provisioned shards with this traffic, fractions of shards too; null where prices are missing. */
  readonly monthlyUsd: (shards: number) => number | null;
  /** Undefined: none is asked for. */
  readonly schedule: ScheduleOptions | undefined;
}

/**
 * Adds them to a result.
 * @param input of the plan, at the peak rate and before `around`
 * @param planned what the result was made of
 */
export function withPlacedParts(
  result: PlanResult,
  input: PlanInput,
  planned: PlanAround,
  options: PartOptions,
): PlanResult {
  const parts = placedParts(placedPlan(planned.input, planned), input, options);
  const isScheduled = options.schedule !== undefined && parts.schedule !== null;
  return withAssumptions({ ...result, ...parts }, isScheduled ? scheduleAssumptions(options.schedule) : []);
}

export function placedParts(
  core: PlacedPlan,
  input: PlanInput,
  { around, monthlyUsd, schedule }: PartOptions,
): Pick<PlanResult, 'layouts' | 'schedule'> {
  const layouts = planLayouts(core, input.shardQuota, input.currentShards);
  return {
    ...(layouts && { layouts: { ...layouts, savedUsdPerMonth: savedUsd(layouts, monthlyUsd) } }),
    ...(schedule && { schedule: pricedSchedule(core, input, around, schedule, monthlyUsd) }),
  };
}

function savedUsd({ uniform, weighted }: PlanLayouts, monthlyUsd: PartOptions['monthlyUsd']): number | null {
  const [before, after] = [uniform, weighted].map((layout) => layout && monthlyUsd(layout.shards));
  return before === null || after === null ? null : toCents(before - after);
}

function pricedSchedule(
  core: PlacedPlan,
  input: PlanInput,
  around: PartOptions['around'],
  options: ScheduleOptions,
  monthlyUsd: PartOptions['monthlyUsd'],
): PlanSchedule | null {
  const planAt = (part: number, withKeys: boolean): PlacedPlan => {
    const scaled = scaledInput(input, part);
    return placedPlan(around(withKeys ? scaled : withoutKeys(scaled)).input);
  };
  const schedule = planSchedule(core, planAt, options);
  if (schedule === undefined) return null;
  const hours = schedule.hours.length;
  return {
    ...schedule,
    monthlyUsd: monthlyUsd(schedule.shardHours / hours),
    staticMonthlyUsd: monthlyUsd(schedule.staticShardHours / hours),
  };
}

function toCents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
