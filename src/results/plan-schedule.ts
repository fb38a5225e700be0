/**
 * Shards hour by hour, and the UpdateShardCount calls that keep a stream at them.
 */
export interface PlanSchedule {
  /** One per hour of the profile, which repeats after the last. */
  readonly hours: readonly ScheduledHour[];
  readonly changes: readonly ScheduledChange[];
  /** Over one run through the profile. An hour counts with the most shards that are open in it. */
  readonly shardHours: number;
  /** The same with the shards of the peak all the time. */
  readonly staticShardHours: number;
  /** A month of either, everything that is billed included; absent where it was not worked out, null without prices. */
  readonly monthlyUsd?: number | null;
  readonly staticMonthlyUsd?: number | null;
  /** How long the longest of the calls takes to finish, in minutes. */
  readonly longestLeadMinutes: number;
  /** Whether that is the user's figure; otherwise a rule of thumb. */
  readonly leadGiven: boolean;
}

export interface ScheduledHour {
  /** ISO 8601 where the profile has times, else `day 1, 08:00`. */
  readonly at: string;
  /** As the profile has it. */
  readonly rate: number;
  /** Fewest shards that carry it. */
  readonly needed: number;
  /** Shards that are there all through the hour, whatever reshard is under way. */
  readonly shards: number;
  /** The most shards that are open in the hour. */
  readonly open: number;
}

export interface ScheduledChange {
  /** When to call. */
  readonly at: string;
  /** The same, in minutes from the beginning of the profile. */
  readonly minute: number;
  readonly from: number;
  readonly to: number;
  /** The API call. */
  readonly call: 'UpdateShardCount';
}
