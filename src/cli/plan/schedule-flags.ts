/**
 * The flags of `shardwise plan` about shards that follow the time of day.
 */
import type { Command } from 'commander';
import type { ScheduleOptions } from '../../advice/schedule/plan-schedule.ts';
import type { PlanOptions } from '../../advice/plan/plan-input.ts';
import { formatDuration, requireDuration, type Rate } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';

/** As commander hands them over. */
export interface ScheduleFlags {
  profile?: string;
  reshardLead?: string;
}

export function addScheduleFlags(command: Command): Command {
  return command
    .optionsGroup('Time of day:')
    .option(
      '--profile <file>',
      'CSV of hours and rates that repeats (hour,rate or time,rate), in place of --rate',
    )
    .option(
      '--reshard-lead <time>',
      'what one UpdateShardCount call takes: 15m (default: 30s for each split and merge)',
    );
}

/** Refuses (exit 2) what is no value of its flag, and files that are no profile. */
export async function parseSchedule(flags: ScheduleFlags): Promise<ScheduleOptions | undefined> {
  if (flags.profile === undefined) {
    if (flags.reshardLead === undefined) return undefined;
    throw badInput(
      '--reshard-lead: there is no profile to schedule.',
      'Add --profile week.csv, or leave it out.',
    );
  }
  const leadMinutes = flags.reshardLead === undefined ? undefined : leadOf(flags.reshardLead);
  const { readTextFile } = await import('../../run/files/text-file.ts');
  const { readRateProfile } = await import('../../traffic/rate-profile.ts');
  return { profile: readRateProfile(await readTextFile(flags.profile), flags.profile), leadMinutes };
}

const MINUTE_US = 60_000_000;
const MOST_MINUTES = 24 * 60;

/** Whole minutes, rounded up. */
function leadOf(text: string): number {
  const us = requireDuration(text, '--reshard-lead');
  const minutes = Math.ceil(us / MINUTE_US);
  if (minutes <= MOST_MINUTES) return Math.max(1, minutes);
  throw badInput(
    `--reshard-lead: a call does not take ${formatDuration(us)}.`,
    'Write at most 24h, for example 15m.',
  );
}

/** The plan's rates are the mean and the highest of the profile. Refuses (exit 2) those of other flags. */
export function withProfile(
  schedule: ScheduleOptions | undefined,
  shards: number | undefined,
  options: PlanOptions,
): PlanOptions {
  if (schedule === undefined) return options;
  if (shards !== undefined)
    throw badInput(
      '--shards: the profile says how much is sent, and --shards asks for it.',
      'Leave out one of them.',
    );
  const other = options.rate === undefined ? options.peakRate !== undefined && '--peak-rate' : '--rate';
  if (other !== false)
    throw badInput(`${other}: the profile says how much is sent.`, `Leave out ${other}, or --profile.`);
  const { rates, unit } = schedule.profile;
  const rateOf = (perSec: number): Rate =>
    unit === 'records' ? { recordsPerSec: perSec } : { bytesPerSec: perSec };
  return {
    ...options,
    rate: rateOf(rates.reduce((sum, rate) => sum + rate, 0) / rates.length),
    peakRate: rateOf(rates.reduce((most, rate) => Math.max(most, rate), 0)),
  };
}
