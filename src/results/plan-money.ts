/**
 * The part of a plan about money: what each capacity mode costs a month and whether it carries the traffic, where modes
 * break even, and whether an on-demand stream would throttle.
 */
import type { PricedItem, PricedMode, PriceOrigin } from '../model/prices.ts';

export interface PlanMoney {
  /** All three, in this order: provisioned, on-demand, on-demand-advantage. */
  readonly modes: readonly PlanMode[];
  /** Between each two modes. */
  readonly breakEven: readonly BreakEven[];
  readonly onDemand: OnDemandRisk;
  /** Whose prices count. */
  readonly priceRegion: string;
  /** Where the prices come from; null where there are none for the region. */
  readonly prices: PriceOrigin | null;
  /** How bills are worked out where AWS leaves it open, the most doubtful first. */
  readonly costAssumptions: readonly string[];
}

export interface PlanMode {
  readonly mode: PricedMode;
  readonly feasible: boolean;
  /** Why it is not feasible, a sentence each; empty where it is. */
  readonly why: readonly string[];
  /** What has to be known or set for it, a sentence each. */
  readonly notes: readonly string[];
  /** US dollars for 730 hours at the mean rate: the sum of `lines`; null where a price is missing. */
  readonly monthlyUsd: number | null;
  readonly lines: readonly CostLine[];
  /** Items without a price that the bill would have. */
  readonly missingPrices: readonly PricedItem[];
}

/** What Advantage's minimum adds: the part of the commitment that is not used. */
export const SHORTFALLS = ['data-in-shortfall', 'data-out-shortfall'] as const;
export type BilledItem = PricedItem | (typeof SHORTFALLS)[number];

/** `usd` is `quantity` × `unitUsd`, rounded to the cent. An item of several price tiers has a line for each. */
export interface CostLine {
  readonly item: BilledItem;
  /** Per month. */
  readonly quantity: number;
  readonly unit: string;
  readonly unitUsd: number;
  readonly usd: number;
}

/** Two modes, and the mean rate at which they cost the same, everything else in proportion. */
export interface BreakEven {
  readonly modes: readonly [PricedMode, PricedMode];
  /** From this rate on (records/s in all) `cheaperAbove` stays the cheaper; null where they never cross, or see `why`. */
  readonly meanRecordsPerSec: number | null;
  /** Up to this rate `cheaperBelow` is always the cheaper; differs from the above where whole shards make a sawtooth. */
  readonly fromRecordsPerSec: number | null;
  /** Null where nothing is known of them; both the same where they do not cross at any rate that fits. */
  readonly cheaperBelow: PricedMode | null;
  readonly cheaperAbove: PricedMode | null;
  /** Why there is no such rate although bills may cross; absent where there is one, and where they never cross. */
  readonly why?: string;
}

export interface OnDemandRisk {
  /** On a Standard stream that is used to what came before; null where that cannot be told. */
  readonly wouldThrottle: boolean | null;
  /** Sentences, the decisive one first. */
  readonly why: readonly string[];
  /** What a stream that was just created makes of the peak. */
  readonly newStream: {
    readonly shards: number;
    readonly wouldThrottle: boolean;
    /** Until it has grown enough, at one doubling in 15 minutes; 0 where it need not grow. */
    readonly minutesUntilGrown: number;
  };
  /** Shards that the stream has come to at the peak, each written to below the rate at which it is split. */
  readonly expectedShards: number;
  /** What to set with On-demand Advantage so that the peak is taken at once; null where no value is enough. */
  readonly warmThroughputMiBps: number | null;
}
