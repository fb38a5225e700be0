/**
 * Puts shards together that one source of a scenario can stand for: their loads go up and down together, and their records
 * have about the same size.
 */
import { sum } from './shard-series.ts';

/** Sources of a scenario at most. */
export const MOST_GROUPS = 16;
/** Parts by which the mean sizes of a group may differ, and by which its loads may be at other times. */
const SIZE = 0.1;
const SHAPE = 0.1;

export interface ShardShape {
  readonly offered: Float64Array;
  /** Null where it is not known. */
  readonly meanBytes: number | null;
}

/** Places of the shards, the busiest group first; shards without load go with the first. */
export function alikeShards(shards: readonly ShardShape[]): number[][] {
  const totals = shards.map(({ offered }) => sum(offered));
  const order = shards.map((_, i) => i).sort((a, b) => totals[b] - totals[a] || a - b);
  const groups: number[][] = [];
  for (const i of order) {
    const far = groups.map(([leader]) => distance(shards[leader], totals[leader], shards[i], totals[i]));
    const near = far.findIndex((away) => away <= 1);
    if (near >= 0) groups[near].push(i);
    else if (groups.length < MOST_GROUPS) groups.push([i]);
    else groups[far.indexOf(Math.min(...far))].push(i);
  }
  for (const group of groups) group.sort((a, b) => a - b);
  return groups;
}

/** 1 and below: alike. Counts differ by chance, too, which is no reason to tell shards apart. */
function distance(a: ShardShape, totalA: number, b: ShardShape, totalB: number): number {
  if (totalB === 0) return 0;
  const sizes =
    a.meanBytes === null || b.meanBytes === null ? 0 : Math.abs(b.meanBytes / a.meanBytes - 1) / SIZE;
  let apart = 0;
  for (let i = 0; i < a.offered.length; i++) apart += Math.abs(a.offered[i] / totalA - b.offered[i] / totalB);
  const noise = Math.sqrt(a.offered.length) * (1 / Math.sqrt(totalA) + 1 / Math.sqrt(totalB));
  return Math.max(sizes, apart / 2 / (SHAPE + noise));
}
