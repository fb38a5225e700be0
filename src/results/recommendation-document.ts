/**
 * The report of `recommend`, and the only document that `apply` takes: the steps from the layout of now to a better one,
 * and what they are held to bring.
 */
import type { DiagnosisFinding } from './diagnosis-finding.ts';
import type { LayoutStep } from './layout-step.ts';
import type { LoadInterval } from './load-interval.ts';
import type { StreamReportHead } from './report-head.ts';

export type RecommendationVerdict = 'UNDER_PROVISIONED' | 'RIGHT_SIZED' | 'OVER_PROVISIONED' | 'UNDECIDED';

export interface RecommendationDocument extends StreamReportHead {
  readonly kind: 'recommendation';
  readonly verdict: RecommendationVerdict;
  /** Of the layout that the steps start from, see `model/layout-fingerprint.ts`; and of the one that they lead to. */
  readonly fingerprint: string;
  readonly targetFingerprint: string;
  /** Open shards as the steps find them. */
  readonly layout: readonly LayoutRange[];
  readonly targetLayout: readonly LayoutRange[];
  readonly steps: readonly LayoutStep[];
  readonly before: LayoutForecast;
  readonly after: LayoutForecast;
  /** Why the verdict is this one, and why nothing or no more is offered; the weightiest first. */
  readonly reasons: readonly RecommendationReason[];
  readonly planning: PlanningRules;
  /** When the layout last changed, as far as ListShards tells: the shard was there by then. Null: not in the window. */
  readonly lastChangeMs: number | null;
  /** The most open shards on the way of the steps. */
  readonly peakShards: number;
  /** What the steps take, one after another; a rule of thumb, for AWS promises nothing. */
  readonly estimate: { readonly seconds: number; readonly secondsPerStep: number };
  /** The fewest shards that the lower end of the load asks for; null where nothing is to grow. */
  readonly leastShards: number | null;
  readonly hotKeys: readonly UnfitKey[];
  readonly replay: LayoutReplay | null;
  /** Over all complete steps; null where the metric is not there. */
  readonly throttling: MeasuredThrottling | null;
  /** By how many open shards' metrics, or records, single loads are known. */
  readonly shardLoads: ShardLoadBasis;
  /** What costs are reckoned from: the mean of so many complete steps, from the first one with any traffic on. */
  readonly traffic: BilledMean;
  readonly alternatives: LayoutAlternatives;
  /** What else keeps the number of shards, and would put it back: by the stream's tags. */
  readonly owners: readonly LayoutOwner[];
  /** What can be done where steps do not help, or the stream takes none. */
  readonly ways: readonly WayOut[];
  readonly findings: readonly DiagnosisFinding[];
}

export interface LayoutRange {
  /** Today's name, or the one that is predicted. */
  readonly shardId: string;
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  /** Planning load over the limit, worst step, both ends of what is known; null where nothing is. */
  readonly utilization: LoadInterval | null;
  /** What that is known by, other than the shard's own metrics: records read of it, or the stream's sum alone. */
  readonly basis?: 'sample' | 'stream';
}

/** What a layout carries, over the whole window of the evidence. */
export interface LayoutForecast {
  readonly shards: number;
  readonly hottest: LoadInterval | null;
  /** Part of first attempts that a replay of the evidence throttled; null where nothing could be replayed. */
  readonly throttled: number | null;
  readonly monthlyUsd: number | null;
}

/** A reason, as data; its words are in `report/recommendation/`. */
export type RecommendationReason =
  /** Shards that are above the planning limit for certain. */
  | {
      readonly code: 'shards-above';
      readonly shards: number;
      readonly worst: string;
      readonly utilization: LoadInterval;
      /** Of the stream as a whole: the mean of all shards in the busiest step, planning load over the limit. */
      readonly mean: number;
    }
  /** The mean over all shards is, so that the hottest is too, whichever it may be. */
  | { readonly code: 'stream-above'; readonly utilization: number }
  /** Every shard is below the limit, but above it some minutes, never often enough to act upon. */
  | { readonly code: 'short-peaks'; readonly shards: number; readonly steps: number }
  | { readonly code: 'all-fit'; readonly hottest: number; readonly steps: number }
  | { readonly code: 'fewer-fit'; readonly shards: number; readonly steps: number }
  | { readonly code: 'on-demand' }
  /**
   * What was seen since the layout changed within the window. Where it is enough, the verdict and all loads are of that alone.
   */
  | {
      readonly code: 'since-change';
      readonly sinceMs: number;
      /** Complete steps since then, and the attempts in them, none of which were throttled. */
      readonly steps: number;
      readonly attempts: number;
      /** Attempts throttled before it, in the window. */
      readonly throttledBefore: number;
      /** The busiest step since then over the busiest of the window, 0…1. */
      readonly busiest: number;
    }
  /** Open questions: the two ends of what is known give different answers. */
  | {
      readonly code: 'open-question';
      readonly question: OpenQuestion;
      readonly shards: number;
      readonly shardId?: string;
    }
  /** Merges that are not offered. */
  | {
      readonly code: 'merges-held';
      readonly why: MergeHold;
      readonly untilMs?: number;
      readonly value?: number;
    }
  /** Cut without knowing keys before, and all of the load stayed on one side: a single key is suspected. */
  | {
      readonly code: 'single-key-suspected';
      readonly shards: number;
      readonly shardId: string;
      readonly parentId: string;
      /** Part of both children's load that is this one's. */
      readonly share: number;
    }
  /** Shards above the limit that no cut helps: one key is nearly all of their load, or they cannot be cut. */
  | { readonly code: 'no-cut-helps'; readonly shards: number; readonly shardId: string }
  /** Cut into equal parts, because no keys were seen of them. */
  | { readonly code: 'cut-blindly'; readonly shards: number }
  /** Steps that were worked out and are not offered. */
  | {
      readonly code: 'steps-withheld';
      readonly why: 'max-shards' | 'quota' | 'replay';
      readonly needed: number;
      readonly most: number;
    };

export type OpenQuestion =
  /** Offered load that was throttled may be new records or retries. */
  | 'throttled-or-retried'
  /** Throttled although the minute's mean is low: bursts within the minute. */
  | 'burst-within-step'
  /** A closed shard's load may have gone to either child. */
  | 'load-of-closed-shard'
  /** A closed shard throttled; its heirs have not been seen for as long. */
  | 'throttled-before-change'
  /** Nothing throttled since the change, but too little was seen since then to say that it holds. */
  | 'too-little-since-change'
  /** No metrics of single shards. */
  | 'no-shard-metrics'
  /** Records were read instead, too few to tell. */
  | 'sample-too-small'
  | 'no-metrics'
  /** Throttled in a step that is not complete. */
  | 'throttled-just-now'
  /** Fewer shards would fit, if the past before the window or the consumers allowed it. */
  | 'fewer-if-known';

export type MergeHold =
  | 'cool-off'
  /** What came before the change was another layout's, and is still in the window. */
  | 'changed-in-window'
  /** What single shards carry is known of the seconds that records were read of. */
  | 'loads-sampled'
  | 'window-too-short'
  | 'no-63d'
  | 'no-455d'
  | 'consumers-lag'
  | 'no-iterator-age'
  | 'reads-throttled'
  | 'hot-key-first'
  | 'fewest-steps';

export interface PlanningRules {
  /** Part of each limit that stays free, 0…1. */
  readonly headroom: number;
  /** One-minute means are raised by it. */
  readonly burstFactor: {
    readonly records: number;
    readonly bytes: number;
    readonly origin: 'measured' | 'given' | 'default';
    /** Seconds that it was measured in. */
    readonly seconds?: number;
    /** What was measured, where that was more than is believed. */
    readonly cappedFrom?: number;
    /** Where it is assumed although records were read: seconds of them, and whole minutes among these. */
    readonly sampled?: { readonly seconds: number; readonly minutes: number };
  };
  /** Per second and shard: what a step's mean may be at most, limit x (1 - headroom) / burst factor. */
  readonly limit: { readonly records: number; readonly bytes: number };
  /** What is made anew, by cut or merge, is held to this part of the planning limit. */
  readonly deadBand: number;
  /** A shard is above when it is so in so many of so many steps in a row, or throttled besides. */
  readonly trigger: { readonly steps: number; readonly of: number };
  readonly coolOffMs: number;
  readonly prefer: 'fewest-shards' | 'fewest-steps';
  readonly maxShards: number | null;
  /** The account's default quota in the region. */
  readonly quota: number;
}

/** A key that is above the planning limit by itself. */
export interface UnfitKey {
  readonly key: string;
  readonly shardId: string;
  /** Where the steps put it; today's shard where none are offered. */
  readonly shardIdAfter: string;
  /** Of the shard's limit, not raised by the burst factor; and raised by it, as loads are planned with. */
  readonly utilization: LoadInterval;
  readonly planned: LoadInterval;
  /**
   * `nowhere`: it may be above the limit by itself. `no-headroom`: below it, but above the limit less headroom. `busy-seconds`:
   * that only in its busier seconds, by the burst factor.
   */
  readonly fits: 'nowhere' | 'no-headroom' | 'busy-seconds';
  /** Into how many keys it must be cut; null where no number fits. */
  readonly salts: { readonly random: number | null; readonly chosen: number | null };
}

/** Counts of CloudWatch: accepted records and throttled attempts, which together are the attempts. */
export interface MeasuredThrottling {
  readonly accepted: number;
  readonly throttledAttempts: number;
}

export interface ShardLoadBasis {
  readonly metrics: number;
  readonly sampled: number;
  readonly unknown: number;
  /** Real seconds read of each sampled shard at least, and at how many times; 0 where none was. */
  readonly seconds: number;
  readonly moments: number;
  /** Sampled shards that were at their limit while the stream throttled: what it throttled is counted to them. */
  readonly full: readonly string[];
}

/** Why a replay throttles another share than was measured. */
export type ReplayGap =
  /** Too little: the load is spread by width, for nobody knows the shards' own. */
  | 'shard-loads-unknown'
  /** Too little: seconds are busier than the burst factor has them, or batches arrive all at once. */
  | 'bursts-within-second'
  /** Too much: every throttled attempt is taken for a new record, retries too. */
  | 'retries-as-new'
  /** Too much: seconds are less busy than the burst factor has them, or the bucket holds more. */
  | 'burst-factor';

/** Both layouts under the same load, second by second. */
export interface LayoutReplay {
  readonly fromMs: number;
  /** Steps of the evidence that were played: those around the worst. */
  readonly steps: number;
  /** Records offered, by the upper end of what is known. */
  readonly offered: number;
  readonly throttledBefore: number;
  readonly throttledAfter: number;
  /** In the same steps; null where the metric is not there. */
  readonly measured: MeasuredThrottling | null;
  /** Why the layout of now is not reproduced; none where it is. */
  readonly gaps: readonly ReplayGap[];
}

export interface BilledMean {
  readonly steps: number;
  readonly recordsPerSec: number;
  readonly bytesPerSec: number;
}

export interface LayoutAlternatives {
  /** The least number of equal shards that fits, by UpdateShardCount. Null: none up to the quota, or nothing is known. */
  readonly resize: {
    readonly shards: number;
    /** Calls, each at most doubling or halving; null where UpdateShardCount does not lead there. */
    readonly calls: number | null;
    readonly hottest: number;
    /** Boundaries of now that it removes, of so many. */
    readonly undone: number;
    readonly boundaries: number;
    /** Whether the keys of all shards that are too hot are known; else their load is taken to lie evenly within them. */
    readonly isByKeys: boolean;
    readonly monthlyUsd: number | null;
  } | null;
  /** Null of a stream that is on demand. */
  readonly onDemand: { readonly monthlyUsd: number | null } | null;
}

export interface LayoutOwner {
  readonly kind: 'cloudformation' | 'terraform' | 'autoscaler';
  readonly tag: string;
  readonly value: string;
}

export type WayOut =
  | { readonly code: 'salt-key'; readonly key: string }
  | { readonly code: 'aggregate' }
  | { readonly code: 'auto-distribution'; readonly needsOnDemand: boolean }
  | { readonly code: 'warm-throughput'; readonly mibPerSec: number }
  | { readonly code: 'own-shards'; readonly shards: number };
