/**
 * A key that a shard of its own may not hold: the one judgement that a diagnosis and a recommendation both go by, so that
 * the one does not offer a cut where the other says that none helps.
 */
import type { LoadInterval } from '../results/load-interval.ts';

/**
 * Whether a key alone is more than what is planned for a shard: by the lower end of its load no layout gives it the
 * headroom (math.md 8).
 * @param utilization of the key alone, over a shard's limit @param headroom 0…1
 */
export function lacksHeadroom({ lower }: Pick<LoadInterval, 'lower'>, headroom: number): boolean {
  return lower > 1 - headroom;
}

/** Whether it may be above the limit itself besides: a cut that leaves it alone on a shard may not end the throttling. */
export function mayOutgrowShard(utilization: LoadInterval, headroom: number): boolean {
  return lacksHeadroom(utilization, headroom) && utilization.upper > 1;
}
