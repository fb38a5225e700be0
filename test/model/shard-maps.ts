/** Random shard maps for properties: uneven ones, with neighbours as close as one hash key. */
import fc from 'fast-check';
import { canSplitAt, widthOf } from '../../src/model/hash-range.ts';
import { createShardMap, mergeShards, splitShard, type ShardMap } from '../../src/model/shard-map.ts';

export interface Reshard {
  readonly kind: 'split' | 'splitNear' | 'merge';
  /** Which open shard, 0…1. */
  readonly pick: number;
  /** Where in its range, 0…1; for `splitNear` tenths of ten keys from its start. */
  readonly at: number;
}

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
export const anyStep: fc.Arbitrary<Reshard> = fc.record({
  kind: fc.constantFrom<Reshard['kind']>('split', 'split', 'splitNear', 'merge'),
  pick: unit,
  at: unit,
});

/** Carries out one step where the service would. */
export function reshard(map: ShardMap, { kind, pick, at }: Reshard): ShardMap {
  const i = Math.floor(pick * map.open.length);
  const shard = map.open[i];
  if (kind === 'merge') {
    if (i + 1 === map.open.length) return map;
    const ids = [shard.shardId, map.open[i + 1].shardId];
    return at < 0.5 ? mergeShards(map, ids[0], ids[1]) : mergeShards(map, ids[1], ids[0]);
  }
  const offset =
    kind === 'split'
      ? (widthOf(shard.range) * BigInt(Math.floor(at * 2 ** 30))) >> 30n
      : BigInt(Math.floor(at * 10));
  const newStart = shard.range.start + offset;
  return canSplitAt(shard.range, newStart) ? splitShard(map, shard.shardId, newStart) : map;
}

export const randomMap: fc.Arbitrary<ShardMap> = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.array(anyStep, { maxLength: 120 }))
  .map(([count, steps]) => steps.reduce(reshard, createShardMap(count)));
