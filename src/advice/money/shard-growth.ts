/**
 * How a plan's shards grow with the rate, as far as that is known without planning again: sums grow in proportion, what
 * keys ask for does not.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import { spreadBounds } from '../plan/plan.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { largestOf } from '../plan/shard-counts.ts';
import { scaledInput } from '../schedule/hourly-needs.ts';

export interface ShardGrowth {
  /** Shards at the plan's rate before they are rounded up to whole ones; null where they are not in proportion to it. */
  readonly shards: number | null;
  /** Why not; absent where they are. */
  readonly why?: string;
  /** So many times the plan's rate the heaviest key fits on a shard, but no more; Infinity where there are no keys. */
  readonly mostFactor: number;
}

/** Judges one plan. Without keys all of its constraints are sums. */
export function shardGrowthOf(input: PlanInput, core: PlanResult): ShardGrowth {
  const { hottestKey, shards } = core;
  const mostFactor = hottestKey === null ? Infinity : (1 - input.headroom) / hottestKey.utilization;
  if (shards === null) return { shards: null, why: NO_SHARDS, mostFactor };
  const hasKeys = input.sources.some(({ keys }) => keys !== undefined);
  if (hasKeys) return { shards: null, why: KEYS, mostFactor };
  if (input.userRecordsPerRecord !== undefined) return { shards: null, why: PACKED, mostFactor };
  if (input.bursts.some(({ kind }) => kind === 'chance')) return { shards: null, why: CHANCE, mostFactor };
  return { shards: shardsBeforeRounding(input, shards), mostFactor };
}

const NO_SHARDS = 'None against provisioned: no number of shards fits.';
const KEYS =
  'None against provisioned: with keys, shards do not grow in proportion to the rate. Compare at another --rate.';
const PACKED =
  'None against provisioned: aggregates hold more the higher the rate is. Compare at another --rate.';
const CHANCE =
  'None against provisioned: chance makes shards grow more slowly than the rate. Compare at another --rate.';

/** Far more than a double tells apart. */
const DOUBLINGS = 60;

/** The same count carries up to so many times the rate: the plan's rate fills as much less of it. */
function shardsBeforeRounding(input: PlanInput, shards: number): number {
  const holds = (factor: number): boolean =>
    largestOf(spreadBounds(scaledInput(input, factor), undefined).map(({ constraint }) => constraint)) <=
    shards;
  let low = 1;
  let high = 2;
  for (let i = 0; i < DOUBLINGS && holds(high); i++) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < DOUBLINGS; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return shards / low;
}
