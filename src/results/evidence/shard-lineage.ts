/**
 * Which closed shards a shard of now has come from, and what part of each one's load belongs to it.
 */
import { widthOf, type HashRange } from '../../model/hash-range.ts';

/** What lineage needs of a shard. */
export interface LineageShard {
  readonly shardId: string;
  readonly range: HashRange;
  readonly parents: readonly string[];
}

export interface Ancestor {
  readonly shardId: string;
  /** Part of its range that lies in the descendant's, 0…1: of its load as much, where that lies evenly in its range. */
  readonly share: number;
}

/** All ancestors of a shard that are still remembered and share hash keys with it, nearest first. */
export function ancestorsOf<S extends LineageShard>(shard: S, byId: ReadonlyMap<string, S>): Ancestor[] {
  const found = new Map<string, number>();
  let level: readonly string[] = shard.parents;
  while (level.length > 0) {
    const next: string[] = [];
    for (const shardId of level) {
      const ancestor = byId.get(shardId);
      if (ancestor === undefined || found.has(shardId)) continue;
      const share = shareWithin(ancestor.range, shard.range);
      // Its parents may still share keys with the shard only where it does.
      if (share === 0) continue;
      found.set(shardId, share);
      next.push(...ancestor.parents);
    }
    level = next;
  }
  return [...found].map(([shardId, share]) => ({ shardId, share }));
}

/** The part of a range that lies within another. */
function shareWithin(range: HashRange, other: HashRange): number {
  const start = range.start > other.start ? range.start : other.start;
  const end = range.end < other.end ? range.end : other.end;
  return start > end ? 0 : Number(widthOf({ start, end })) / Number(widthOf(range));
}
