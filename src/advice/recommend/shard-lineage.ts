/**
 * Which closed shards' load went on into which open ones, and how much of it: all where the range lies within the
 * heir's, else some part of it that nobody knows.
 */
import { ancestorsOf } from '../../results/evidence/shard-lineage.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';

export interface Inheritance {
  readonly from: EvidenceShard;
  /** Part of the closed shard's range that is the heir's now, 0…1; 1: its whole load. */
  readonly part: number;
}

/** Of each open shard, in their order: its closed ancestors, near and far, whose ranges meet its own. */
export function lineageOf(shards: readonly EvidenceShard[]): readonly (readonly Inheritance[])[] {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]));
  return shards
    .filter(({ open }) => open)
    .map((heir) =>
      ancestorsOf(heir, byId).flatMap(({ shardId, share }) => {
        const from = byId.get(shardId);
        return from === undefined || from.open ? [] : [{ from, part: share }];
      }),
    );
}

/** When the layout last changed, as far as is known: every shard that was opened in the window was there by then. */
export function lastChangeOf(shards: readonly EvidenceShard[]): number | null {
  let last: number | null = null;
  for (const { open, openedBeforeMs } of shards)
    if (open && openedBeforeMs !== undefined && openedBeforeMs > (last ?? -Infinity)) last = openedBeforeMs;
  return last;
}

/** Whether the layout changed in the window, or shortly before it: closed shards are remembered as long as their records. */
export function hasChangedLately(shards: readonly EvidenceShard[]): boolean {
  return (
    lastChangeOf(shards) !== null || shards.some(({ open, isParentKept }) => open && isParentKept === true)
  );
}
