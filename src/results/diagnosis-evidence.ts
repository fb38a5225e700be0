/**
 * The figures that each finding of a diagnosis rests on, by its code: every one that its words need.
 *
 * Loads are unique offered records, as intervals: between what was accepted and that with all that was throttled, for
 * throttled attempts count retries again (math.md 7 and 8). Times are milliseconds since 1970 on the metrics' clock.
 */
import type { Dimension } from './finding.ts';
import type { LoadInterval } from './load-interval.ts';

/** A load held against a limit, both per second, in the worst step that was looked at. */
export interface JudgedInterval {
  readonly dimension: Dimension;
  readonly perSec: LoadInterval;
  readonly limitPerSec: number;
  /** `perSec` over `limitPerSec`. */
  readonly utilization: LoadInterval;
  /** Steps above the limit (lower end), of so many that were looked at. */
  readonly stepsAbove: number;
  readonly steps: number;
}

/** Where a load was seen: in metrics of the shard, in records read from it, in a report of a run, or in a log. */
export type LoadSource = 'metrics' | 'sample' | 'run' | 'log';

export interface DiagnosisEvidence {
  /** The key alone is more than a shard can carry. */
  readonly HOT_KEY: {
    readonly source: 'sample' | 'run';
    /** Of the key. */
    readonly load: JudgedInterval;
    /** Of what its shard accepted, in `load.dimension`: sketch bounds and sampling error in it. Null from a run. */
    readonly share: LoadInterval | null;
    /** User records that the share was counted in; null from a run. */
    readonly sampledRecords: number | null;
    /** The sample is from before the shard throttled, so that nothing of it was held back. */
    readonly isBeforeOnset: boolean;
    /**
     * What makes it certain: `accepted`: the key's accepted load alone is above the limit; `fills-shard`: it alone is at
     * 0.95 of the limit while the shard throttles; `attempts`: only if throttled records are tried `attempts` times at
     * most, and then it is `likelyPerSec` at least; `run`: counted one by one.
     */
    readonly basis: 'accepted' | 'fills-shard' | 'attempts' | 'run';
    readonly attempts?: number;
    readonly likelyPerSec?: number;
    /** Salts for the upper end of the load, see a run's HOT_KEY; null: no number fits on these shards. */
    readonly saltsChosen: number | null;
    readonly saltsRandom: number | null;
    /** Room that they leave, 0…1. */
    readonly headroom: number;
  };
  /** Several keys together are more than their shard can carry. */
  readonly HOT_SHARD: {
    readonly source: LoadSource;
    /** Null where only a log names the shard. */
    readonly load: JudgedInterval | null;
    /** Attempts, in the window; from a log: lines. */
    readonly throttled: number;
    /** Above its limit for fewer than 3 of 5 steps in a row. */
    readonly isBrief: boolean;
    /** Where to cut; null where no cut can be named. Decimal. */
    readonly newStartingHashKey: string | null;
    /** `keys`: between observed keys; `midpoint`: the middle of the range, for no key was observed. */
    readonly cutFrom: 'keys' | 'midpoint' | 'run' | null;
    /** Parts of the load that go to the halves, 0…1; null where no key was observed. */
    readonly lowerPart: number | null;
    readonly upperPart: number | null;
    /** Records that the cut rests on; 0 without. */
    readonly sampledRecords: number;
    /**
     * What is known of its keys: `unseen`: nothing, so that it may be one alone; `fit`: each that was seen fits; `undecided`:
     * some may be too much by themselves; `one`: the first of these at that would leave a shard that fits, so that it is
     * likely the key alone, and no cut is named.
     */
    readonly keys: 'unseen' | 'fit' | 'undecided' | 'one';
    /**
     * Whether the records read of the shard are of the time in which it was above; those from `outside` were not used; null
     * where none were read.
     */
    readonly sampleTime: 'during' | 'outside' | 'unknown' | null;
    /** The heaviest keys of the shard that may be too much by themselves, which could not be decided. */
    readonly undecidedKeys: readonly { readonly key: string; readonly utilization: LoadInterval }[];
  };
  /** The whole stream, each key held to one shard's limit, is above 0.9 of its capacity. */
  readonly UNDER_PROVISIONED: {
    /** Of the stream; the limit is that of the shards open in that step. */
    readonly load: JudgedInterval;
    /** Open in the worst step, and now. */
    readonly shards: number;
    readonly shardsNow: number;
    /** Equal shards that carry the lower and the upper end of the load with this headroom. */
    readonly shardsNeeded: LoadInterval;
    readonly headroom: number;
  };
  /** The stream never came near to what it can carry. */
  readonly OVER_PROVISIONED: {
    readonly load: JudgedInterval;
    readonly shards: number;
    /** Equal shards that carry its highest step with this headroom. */
    readonly shardsEnough: number;
    readonly headroom: number;
    readonly windowHours: number;
  };
  /** A shard has more than its part because its range is wider than the others'. */
  readonly UNEVEN_RANGES: {
    readonly load: JudgedInterval;
    /** Parts of the hash space and of the load that the shard has, 0…1; an even one would have `evenShare`. */
    readonly rangeShare: number;
    readonly loadShare: number;
    readonly evenShare: number;
    /** Middle of the range, decimal: where load follows width, it halves the load. */
    readonly newStartingHashKey: string;
  };
  /** Throttled although the mean of the minute is well below the limit. */
  readonly HIDDEN_BURST: {
    readonly load: JudgedInterval;
    readonly throttled: number;
    /** Steps that throttled below the limit. */
    readonly stepsThrottled: number;
    /** Of sampled seconds: the busiest, in `load.dimension`; null where none was sampled. */
    readonly peakSecond: number | null;
    /** How far the sampled seconds drained the bucket, over its size; at 1 it is empty and throttles. */
    readonly deficit: number | null;
    readonly sampledSeconds: number;
  };
  /** There are too few keys for any layout to balance. */
  readonly FEW_KEYS: {
    readonly distinctKeys: number;
    /** Standard error of it, as a part. */
    readonly error: number;
    readonly shards: number;
    readonly heaviestKey: string;
    /** Its part of what was sampled of the stream, at least and at most. */
    readonly heaviestShare: LoadInterval;
    /** Shards that no sampled key falls on. */
    readonly idleShards: number;
    readonly sampledRecords: number;
  };
  /** Reading is at the limit of 2 MiB/s per shard. */
  readonly READ_BOUND: {
    /** `shared`: all that poll; `fan-out`: one consumer by itself; `given`: what the given consumers need. */
    readonly of: 'shared' | 'fan-out' | 'given';
    readonly consumer: string | null;
    readonly bytesPerSec: number;
    readonly limitPerSec: number;
    readonly utilization: number;
    readonly stepsAbove: number;
    readonly steps: number;
    /** Whether it is the mean of all shards, for none was looked at by itself. */
    readonly isMean: boolean;
    /** Polling consumers, where they were given. */
    readonly readers: number | null;
  };
  /** GetRecords calls were throttled. */
  readonly READ_BUDGET_EXHAUSTED: {
    readonly throttledCalls: number;
    readonly stepsThrottled: number;
    readonly steps: number;
    /** Answered calls per second and shard in the worst step; null where not counted. */
    readonly callsPerSec: number | null;
    readonly callLimitPerSec: number;
    readonly cause: 'calls' | 'bandwidth' | 'unknown';
    /** Calls per second and shard of the given consumers; null where none were given. */
    readonly givenCallsPerSec: number | null;
    readonly given: readonly string[] | null;
    readonly shardIds: readonly string[];
  };
  /** A consumer is behind, or falls behind. */
  readonly LAGGING_CONSUMER: {
    /** Of a fan-out consumer; null: one of those that poll, and metrics do not tell which. */
    readonly consumer: string | null;
    readonly ageMs: number;
    readonly maxAgeMs: number;
    readonly retentionMs: number;
    /** Whether it is there in most steps since it was high; else it may be of someone who read old positions for a moment. */
    readonly isRegular: boolean;
    /** Milliseconds of age gained per second, over the last steps; 0 or below: not growing. */
    readonly growthMsPerSec: number;
    /** Until records are lost unread, if it goes on so; null where it does not grow. */
    readonly lostInMs: number | null;
  };
  /** Attempts are mostly retries of what was throttled before. */
  readonly RETRY_STORM: {
    readonly source: 'metrics' | 'run';
    /** Attempts and accepted records per second before the throttling and at its height; null from a run. */
    readonly before: number | null;
    readonly attemptsPerSec: number;
    readonly acceptedPerSec: number;
    /** First and last third of the throttled time, attempts per second; null from a run. */
    readonly early: number | null;
    readonly late: number | null;
    /** Growth of the other shards' load in that time, 1: none; null where there are none. */
    readonly othersGrowth: number | null;
    /** The load fell back to what it was as soon as the throttling ended; null where it has not ended. */
    readonly fellBack: boolean | null;
    /** From a run: part of the attempts that were retries. */
    readonly retryShare: number | null;
  };
  /** Records so large that few of them use up a shard. */
  readonly LARGE_RECORDS: {
    readonly source: 'sample' | 'metrics';
    readonly meanBytes: number;
    /** Largest seen; null from metrics. */
    readonly maxBytes: number | null;
    readonly largeBytes: number;
    /** Part of the records above `largeBytes`, at least; null from metrics. */
    readonly largeShare: number | null;
    readonly adviceShare: number;
    readonly sampledRecords: number;
  };
  /** Metrics of single shards are switched off. */
  readonly MONITORING_OFF: {
    readonly metrics: readonly string[];
    readonly shards: number;
    readonly usdPerHour: number | null;
    readonly formula: string | null;
    /** The stream as a whole; null where it has no metrics either. */
    readonly load: JudgedInterval | null;
    readonly throttled: number;
    readonly stepsThrottled: number;
    /** What the stream's own metrics say. */
    readonly says: 'nothing' | 'calm' | 'skew-or-burst' | 'full';
    /** Records read from the stream: none; or they `told` which shard or key it is, by a finding of its own; or did not. */
    readonly records: 'unread' | 'told' | 'untold';
    /** Of them: shards, and real seconds of the one that was read for least; null where none were read. */
    readonly shardsRead: number | null;
    readonly secondsRead: number | null;
    /** Of the fullest of these shards, accepted over its limit; null where none was read for long enough. */
    readonly fullest: number | null;
  };
  /** The stream spreads records by itself. */
  readonly KEYS_IGNORED: { readonly shards: number };
}
