/**
 * Which shards of a stream stood at a time, as far as metrics tell when shards were opened.
 */
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';

/**
 * Names in the order of their ranges: shards that were open by then and none of whose children were.
 * @param ms milliseconds since 1970 on the metrics' clock
 */
export function shardsAt(shards: readonly EvidenceShard[], ms: number): string[] {
  const wasOpen = ({ openedBeforeMs }: EvidenceShard): boolean =>
    openedBeforeMs === undefined || openedBeforeMs <= ms;
  const gone = new Set(shards.filter(wasOpen).flatMap(({ parents }) => parents));
  return shards
    .filter((shard) => wasOpen(shard) && !gone.has(shard.shardId))
    .sort((a, b) => (a.range.start < b.range.start ? -1 : 1))
    .map(({ shardId }) => shardId);
}
