/**
 * The UpdateShardCount calls that lead from one shard count to another: each at most doubles or halves the stream, and
 * a stream takes ten in 24 hours.
 */
import { LIMITS } from './limits.ts';

export interface ResizeStep {
  readonly shards: number;
  /** A multiple of 25 % of the count before: AWS finishes those sooner (source: UpdateShardCount's reference). */
  readonly isQuick: boolean;
}

/**
 * The fewest calls from `from` to `to` open shards, in order; none where they are the same. Undefined where
 * UpdateShardCount does not lead there: more than 10,000 shards are made by SplitShard.
 * @param from and `to` at least 1
 */
export function resizeSteps(from: number, to: number): readonly ResizeStep[] | undefined {
  const most = LIMITS.resizeShards.value;
  if (from === to) return [];
  if (to > most || (from > most && to === most)) return undefined;
  const steps: ResizeStep[] = [];
  for (let open = from; open !== to;) {
    const next = to > open ? Math.min(to, open * 2) : Math.max(to, Math.ceil(open / 2));
    // From above the most, a stream can only come to less than the most: halving once may not be enough.
    if (next > most || (open > most && next === most)) return undefined;
    steps.push({ shards: next, isQuick: (next * 4) % open === 0 });
    open = next;
  }
  return steps;
}

/** Days that so many calls take: ten at once, the next ten 24 hours later. */
export function daysOf(steps: number): number {
  return Math.max(1, Math.ceil(steps / LIMITS.resizesPerDay.value));
}
