/**
 * What can be found in a run or a simulation: codes, and the evidence that each of them rests on. Words are elsewhere.
 */

export const FINDING_CODES = [
  'HOT_KEY',
  'HOT_SHARD',
  'UNDER_PROVISIONED',
  'LOST_RECORDS',
  'GENERATOR_LATE',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];
export type Severity = 'critical' | 'warning';

/** A finding is data: what was seen, never words. The words are in `report/catalogue.ts`. */
export type Finding = { readonly [C in FindingCode]: FindingOf<C> }[FindingCode];

export interface FindingOf<C extends FindingCode> {
  readonly code: C;
  readonly severity: Severity;
  readonly shardId?: string;
  readonly key?: string;
  readonly evidence: Evidence[C];
}

/** Which of a shard's two limits is the worse one. */
export type Dimension = 'records' | 'bytes';

/** A load held against a limit; both per second, in records or bytes. */
interface Load {
  readonly dimension: Dimension;
  readonly perSec: number;
  readonly limitPerSec: number;
  readonly utilization: number;
  /** Length of the window it was seen in. */
  readonly windowSec: number;
  /** Start and end of that window, from the start of the counted duration. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface Evidence {
  /** The key alone is above one shard's limit. Loads are lower bounds. */
  readonly HOT_KEY: Load & {
    /** The shard where it was hottest was closed since; the key's records go to this one now. */
    readonly isClosed?: true;
    readonly shardIdNow?: string;
    /** Of all offered records. */
    readonly share: number;
    readonly splitHelps: false;
    /** Headroom that the salts leave, 0…1. */
    readonly headroom: number;
    /** Salts needed when their names fall at random, 95 % of placements fit; null: no number fits. */
    readonly saltsRandom: number | null;
    /** Salts needed when each is chosen for its own shard; null: no number fits. */
    readonly saltsChosen: number | null;
  };
  /** The shard is above its limit after its hot keys are subtracted. */
  readonly HOT_SHARD: Load & {
    /** It was closed since, so that there is nothing left to split. */
    readonly isClosed?: true;
    readonly splitHelps: boolean;
    /** Where the best single cut is, as a decimal string; null where no cut lowers the load. */
    readonly newStartingHashKey: string | null;
    /** Utilization that the two children would have; null without a cut. */
    readonly lowerUtilization: number | null;
    readonly upperUtilization: number | null;
  };
  /** The whole stream, each key capped at one shard's limit, is above 0.9 of its capacity. */
  readonly UNDER_PROVISIONED: Load & {
    /** Open in that window. */
    readonly shards: number;
    /** Open at the end, where that is another number. */
    readonly shardsNow?: number;
    /** Equal shards that carry the load, and how many more that is than are open at the end. */
    readonly shardsNeeded: number;
    readonly moreShards: number;
    /**
     * What `shardsNeeded` leaves free on every shard in the busiest window, 0…1; 0 where no count in reach leaves
     * more, so that it is the fewest that carry the load, or only its sum.
     */
    readonly headroom: number;
  };
  /**
   * Records left the stream by age before a consumer read them, or in a run were acknowledged and not found by it;
   * `shardId` is where it lost most.
   */
  readonly LOST_RECORDS: {
    readonly consumer: string;
    readonly records: number;
    /** Shards on which it lost some. */
    readonly shards: number;
    /** How old a record was when it was lost: what the stream keeps. */
    readonly retentionHours: number;
    /** When it lost the first, from the start of the counted duration. */
    readonly firstLostMs: number;
    /** Of a run: acknowledged, and not there when the consumer read the stream to its end. */
    readonly isMissing?: true;
    /** `records` is a lower bound. */
    readonly isAtLeast?: true;
  };
  /** The generator, not the stream, was too slow: nothing else in the report can be held against the stream. */
  readonly GENERATOR_LATE: {
    readonly lagP99Ms: number;
    readonly lagLimitMs: number;
    readonly dispatched: number;
    readonly dispatchedLimit: number;
    readonly eventLoopUtilization: number;
    /** Highest rate that the scenario asks for, records per second. */
    /** Cores that the busiest sending thread got. */
    readonly cpu?: number;
    /** Share of its connections that could not get rid of their bytes, of the thread where it was most, 0…1. */
    readonly socketsBlocked?: number;
    readonly peakRatePerSec?: number;
  };
}
