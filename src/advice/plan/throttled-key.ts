/**
 * A key that no shard can carry, where some attempts may be throttled: it holds as long as what is too much of it is
 * little enough.
 */
import type { Constraint } from '../../results/plan-result.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { percentOf } from './constraints.ts';
import type { PlanPlaces } from './plan-places.ts';

/** @param limit of one shard that is planned for @param maxThrottled undefined: nothing may be throttled */
export function toleratedKey(
  constraint: Constraint,
  { all, fitting }: PlanPlaces,
  limit: PerDimension,
  maxThrottled: number | undefined,
): Constraint {
  if (maxThrottled === undefined || constraint.shards !== null) return constraint;
  const unfit = all.keyCount - fitting.keyCount;
  // At least this much, however the keys fall: each is on one shard, which takes so much of it.
  const lost = Math.max(
    ...(['records', 'bytes'] as const).map(
      (dimension) =>
        (all.total[dimension] - fitting.total[dimension] - unfit * limit[dimension]) / all.total[dimension],
    ),
  );
  const holds = lost <= maxThrottled;
  return {
    ...constraint,
    shards: holds ? 1 : null,
    formula: `${constraint.formula}; ${percentOf(lost)} of all is too much of it, ${holds ? '<=' : '>'} ${percentOf(maxThrottled)}`,
  };
}
