/**
 * How an on-demand stream makes ready for a warm throughput. AWS says that shards are there for it, and not how they
 * come to be: here they are split evenly, as the service does under load, and none are merged.
 */
import { shareOf } from './hash-range.ts';
import { halvesChange, shardNumberOf, type LayoutChange, type ShardMap } from './shard-map.ts';

/** Halves are an exact half but for a hash key or two; such a difference does not make a shard too wide. */
const SLACK = 1e-9;

/**
 * Splits open shards at their middles until each covers at most its part of the key space, so that evenly spread
 * records find their throughput.
 * @param parts one for each MiB/s; 0 for no wish
 * @param mostShards open shards that there may be afterwards
 */
export function warmChange(map: ShardMap, parts: number, mostShards: number): LayoutChange {
  const steps: LayoutChange['steps'][number][] = [];
  for (let current = map; ;) {
    const wide = current.open
      .filter(({ range }) => shareOf(range) * parts > 1 + SLACK)
      .slice(0, Math.max(0, mostShards - current.open.length));
    const change = halvesChange(current, new Set(wide.map(({ shardId }) => shardNumberOf(shardId))));
    if (change.steps.length === 0) return { map: current, steps };
    steps.push(...change.steps);
    current = change.map;
  }
}
