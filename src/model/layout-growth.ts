/**
 * How a layout that is read again differs from the one that is known: the shards that were born since, by their lineage.
 * Rows stay: shards keep their place among all, whatever their names, and new ones come behind.
 */
import type { LayoutChange, ReshardStep, Shard, ShardMap } from './shard-map.ts';

/** What to add to a shard map; small enough to be told to every thread. */
export interface LayoutGrowth {
  /** In order of their birth. */
  readonly born: readonly Shard[];
  /** By places in the grown map. */
  readonly steps: readonly ReshardStep[];
}

/**
 * What shards that are not in a map yet make of it.
 * @param listed new shards with their parents, in any order; what is known, or older than that, is passed over
 * @returns undefined where there is nothing new, or half of a split is missing so far
 */
export function growthOf(map: ShardMap, listed: readonly Shard[]): LayoutGrowth | undefined {
  const places = new Map(map.all.map(({ shardId }, place) => [shardId, place]));
  const last = lastShardId(map);
  const born = listed
    .filter(({ shardId }) => shardId > last)
    .sort((a, b) => (a.shardId < b.shardId ? -1 : 1));
  if (born.length === 0) return undefined;
  for (const { shardId } of born) places.set(shardId, places.size);
  const placeOf = (shardId: string | undefined): number => places.get(shardId ?? '') ?? -1;
  const steps: ReshardStep[] = [];
  const halves = new Map<number, Shard>();
  for (const shard of born) {
    const [parent, adjacent] = [placeOf(shard.parentShardId), placeOf(shard.adjacentParentShardId)];
    if (parent < 0) return undefined;
    const other = halves.get(parent);
    if (adjacent >= 0) {
      steps.push({ kind: 'merge', parents: [parent, adjacent], children: [placeOf(shard.shardId)] });
    } else if (other === undefined) halves.set(parent, shard);
    else {
      const [low, high] = other.range.start < shard.range.start ? [other, shard] : [shard, other];
      const children = [placeOf(low.shardId), placeOf(high.shardId)] as const;
      steps.push({ kind: 'split', parents: [parent], children });
      halves.delete(parent);
    }
  }
  return halves.size > 0 ? undefined : { born, steps };
}

/** The shard that was born last: names are numbered in order of creation. */
export function lastShardId({ all }: ShardMap): string {
  return all.reduce((last, { shardId }) => (shardId > last ? shardId : last), '');
}

/** The layout after it, as every thread makes it of its own map: what did not change is the same. */
export function grownLayout(map: ShardMap, { born, steps }: LayoutGrowth): LayoutChange {
  const all = [...map.all, ...born.map((shard) => ({ ...shard, open: true }))];
  for (const { parents } of steps)
    for (const parent of parents) all[parent] = { ...all[parent], open: false };
  const open = all.filter((shard) => shard.open);
  open.sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
  return { map: { all, open }, steps };
}
