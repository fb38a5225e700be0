/**
 * A plan with the places of its keys and what each shard may carry: what layouts and schedules are worked out from.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import type { PerDimension } from '../placement/key-run.ts';
import type { PlacedKeys } from '../placement/placement.ts';
import { planningLimit } from './constraints.ts';
import { buildWithBounds } from './plan.ts';
import type { PlanInput } from './plan-input.ts';
import { placesOf } from './plan-places.ts';
import { countsOfAll, type Bound } from './shard-counts.ts';

export interface PlacedPlan {
  readonly plan: PlanResult;
  /**
   * The keys that fit on a shard by themselves; absent where their places are a matter of chance, and where it is not
   * the load of each shard that counts (`maxThrottled`).
   */
  readonly placed?: PlacedKeys;
  /** How many keys do not. */
  readonly unfitKeys: number;
  /** What the keys on any shard may carry per second, so that every constraint holds whatever the ranges are. */
  readonly shardLimit: PerDimension;
  /** Least count of equal ranges at which all constraints hold but for the keys that fit nowhere, and the quota. */
  readonly equalShards: number | null;
}

/** @param known plan of this very input and its constraints but the quota, where they are known already */
export function placedPlan(
  input: PlanInput,
  known: { readonly plan: PlanResult; readonly bounds: readonly Bound[] } = buildWithBounds(input),
): PlacedPlan {
  const { plan, bounds } = known;
  const places = placesOf(input);
  const isPlaced = places?.isNamed === true && input.maxThrottled === undefined;
  return {
    plan,
    unfitKeys: places === undefined ? 0 : places.all.keyCount - places.fitting.keyCount,
    shardLimit: leastLimit([
      planningLimit(input.headroom),
      ...bounds.flatMap((bound) => bound.shardLimits ?? []),
    ]),
    equalShards: countsOfAll(bounds.filter(({ constraint }) => constraint.name !== 'hot-key')).shards,
    ...(isPlaced && { placed: places.planKeys.placedOf(places.fitting) }),
  };
}

function leastLimit(limits: readonly PerDimension[]): PerDimension {
  const least = (dimension: keyof PerDimension): number =>
    limits.reduce((lowest, limit) => Math.min(lowest, limit[dimension]), Infinity);
  return { records: least('records'), bytes: least('bytes') };
}
