/**
 * A plan hour by hour: what each hour of a profile needs, and the calls that keep the stream at it, against the shards
 * of the peak all the time.
 */
import type { PlanSchedule, ScheduledHour } from '../../results/plan-schedule.ts';
import type { RateProfile } from '../../traffic/rate-profile.ts';
import { timestampText } from '../../traffic/timestamp.ts';
import type { Assumption } from '../plan/assumption.ts';
import type { PlacedPlan } from '../plan/placed-plan.ts';
import { cheapestSchedule, type Resize } from './cheapest-schedule.ts';
import { hourlyNeeds, type HourlyNeeds, type PlanAt } from './hourly-needs.ts';
import { leadMinutes, SECONDS_PER_STEP } from './resize-lead.ts';

/** A call has to save this part of an hour at the peak, and at least one shard-hour. */
export const CALL_WORTH = 0.05;
/** More counts than this are not all tried: above, each is at least a fiftieth larger than the one before. */
const EVERY_COUNT = 200;

export interface ScheduleOptions {
  readonly profile: RateProfile;
  /** Minutes that a call takes; undefined: by rule of thumb. */
  readonly leadMinutes?: number | undefined;
}

/** What a schedule rests on. */
export function scheduleAssumptions({ leadMinutes: given }: ScheduleOptions): Assumption[] {
  const fromFlag: Assumption[] =
    given === undefined
      ? [
          {
            text: `UpdateShardCount takes ${SECONDS_PER_STEP} s for each split and merge: a rule of thumb. --reshard-lead has yours.`,
            doubt: 'high',
          },
        ]
      : [];
  return [
    {
      text: 'Traffic is never above the profile: an hour that is busier finds the shards of the schedule, not those of the peak.',
      doubt: 'high',
    },
    ...fromFlag,
  ];
}

/** @returns undefined where the plan does not fit, so that there is nothing to schedule */
export function planSchedule(
  peak: PlacedPlan,
  planAt: PlanAt,
  options: ScheduleOptions,
): PlanSchedule | undefined {
  const { rates, startUs } = options.profile;
  const highest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  const needs = hourlyNeeds(
    peak,
    rates.map((rate) => rate / highest),
    planAt,
  );
  const { shards } = peak.plan;
  if (needs === undefined || shards === null) return undefined;
  const schedule = cheapestSchedule({
    hours: rates.length,
    levels: levelsUpTo(shards, needs),
    fits: needs.fits,
    callWorth: Math.max(1, Math.ceil(shards * CALL_WORTH)),
    leadMinutes: options.leadMinutes,
  });
  const lead = ({ from, to }: Resize): number => leadMinutes(from, to, options.leadMinutes);
  return {
    hours: rates.map((rate, hour): ScheduledHour => ({
      at: timeText(hour * 60, startUs),
      rate,
      needed: needs.needed[hour],
      shards: schedule.shards[hour],
      open: schedule.open[hour],
    })),
    changes: schedule.resizes.map(({ minute, from, to }) => ({
      at: timeText(minute, startUs),
      minute,
      from,
      to,
      call: 'UpdateShardCount',
    })),
    shardHours: schedule.open.reduce((sum, open) => sum + open, 0),
    staticShardHours: shards * rates.length,
    longestLeadMinutes: schedule.resizes.reduce((most, resize) => Math.max(most, lead(resize)), 0),
    leadGiven: options.leadMinutes !== undefined,
  };
}

/** The counts that a schedule may use: all of them, or those that an hour needs and a grid that grows by 2 %. */
function levelsUpTo(most: number, { needed }: HourlyNeeds): number[] {
  const levels = new Set<number>([most]);
  for (let count = 1; count < most; count = Math.max(count + 1, Math.ceil(count * 1.02))) levels.add(count);
  if (most <= EVERY_COUNT) for (let count = 1; count < most; count++) levels.add(count);
  else if (needed.length <= EVERY_COUNT) for (const count of needed) levels.add(count);
  return [...levels].sort((a, b) => a - b);
}

/** `2026-03-02T08:00Z`, or `day 1, 08:00` where the profile has no times. */
function timeText(minute: number, startUs: number | undefined): string {
  if (startUs !== undefined) return timestampText(startUs + minute * 60_000_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = Math.floor(minute / 60);
  return `day ${Math.floor(hour / 24) + 1}, ${two(hour % 24)}:${two(minute % 60)}`;
}
