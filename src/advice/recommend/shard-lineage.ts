/**
 * Which closed shards' load went on into which open ones, and how much of it: all where the range lies within the
 * heir's, else some part of it that nobody knows.
 */
import { shareOf, type HashRange } from '../../model/hash-range.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';

export interface Inheritance {
  readonly from: EvidenceShard;
  /** Part of the closed shard's range that is the heir's now, 0…1; 1: its whole load. */
  readonly part: number;
}

/** Of each open shard, in their order: its closed ancestors, near and far, whose ranges meet its own. */
export function lineageOf(shards: readonly EvidenceShard[]): readonly (readonly Inheritance[])[] {
  const byName = new Map(shards.map((shard) => [shard.shardId, shard]));
  return shards
    .filter(({ open }) => open)
    .map((heir) => {
      const found = new Map<string, Inheritance>();
      const waiting = [...heir.parents];
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const from = byName.get(name);
        if (from === undefined || from.open || found.has(name)) continue;
        const part = partWithin(from.range, heir.range);
        if (part > 0) found.set(name, { from, part });
        waiting.push(...from.parents);
      }
      return [...found.values()];
    });
}

/** The part of a range that lies within another, 0…1; exactly 1 where all of it does. */
export function partWithin(range: HashRange, other: HashRange): number {
  const start = range.start > other.start ? range.start : other.start;
  const end = range.end < other.end ? range.end : other.end;
  if (end < start) return 0;
  return start === range.start && end === range.end ? 1 : shareOf({ start, end }) / shareOf(range);
}

/** When the layout last changed, as far as is known: every shard that was opened in the window was there by then. */
export function lastChangeOf(shards: readonly EvidenceShard[]): number | null {
  let last: number | null = null;
  for (const { open, openedBeforeMs } of shards)
    if (open && openedBeforeMs !== undefined && openedBeforeMs > (last ?? -Infinity)) last = openedBeforeMs;
  return last;
}
