/**
 * What a recommendation is asked for with, and what it takes where nothing is said.
 */
import type { Prices } from '../../model/prices.ts';

export interface RecommendOptions {
  /** Part of each limit that stays free, from 0 to below 1. */
  readonly headroom: number;
  /** What one-minute means are raised by, at least 1; undefined: as measured in sampled records, else the default. */
  readonly burstFactor?: number | undefined;
  readonly prefer: 'fewest-shards' | 'fewest-steps';
  /** No merges so soon after the layout has changed. */
  readonly coolOffMs: number;
  /** Open shards, on the way too. */
  readonly maxShards?: number | undefined;
  /** Undefined where there are none of the region. */
  readonly prices?: Prices | undefined;
}

export const RECOMMEND_DEFAULTS: RecommendOptions = {
  headroom: 0.2,
  prefer: 'fewest-shards',
  coolOffMs: 24 * 3_600_000,
};

/**
 * A second's load over its minute's mean, where no records were sampled. An assumption: evenly driven traffic has 1.1
 * (Poisson at 500/s: 1 + 2.33 / sqrt(500)), batching producers more.
 */
export const DEFAULT_BURST_FACTOR = 1.25;

/**
 * A measured factor is not taken to be higher. An assumption: of a few sampled minutes the 99th percentile is uncertain
 * itself, and a second at more than this is a batch that the bucket, which holds a second of the limit, is there for.
 */
export const MOST_MEASURED_FACTOR = 2.5;

/** What is cut or merged must fit in this part of the planning limit, so that it is not cut again tomorrow. */
export const DEAD_BAND = 0.9;

/** Merges need to have seen a whole day. */
export const LEAST_WINDOW_MS = 24 * 3_600_000;

/** Consumers that are further behind lag. */
export const LAG_MS = 60_000;
/** Looked at over the newest so many steps. */
export const LAG_STEPS = 15;

/** A shard is above the limit when it is so in 3 of 5 steps in a row (math.md 8). */
export const TRIGGER = { steps: 3, of: 5 };
