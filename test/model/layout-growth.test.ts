import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthOf, grownLayout } from '../../src/model/layout-growth.ts';
import {
  createShardMap,
  mergeShards,
  resizeUniform,
  route,
  splitShard,
  type Shard,
  type ShardMap,
} from '../../src/model/shard-map.ts';
import { midpointOf } from '../../src/model/hash-range.ts';

const STEPS = fc.array(
  fc.record({
    kind: fc.constantFrom('split', 'merge', 'resize'),
    at: fc.nat(50),
    count: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 1, maxLength: 6 },
);

function change(map: ShardMap, { kind, at, count }: { kind: string; at: number; count: number }): ShardMap {
  const shard = map.open[at % map.open.length];
  if (kind === 'split') return splitShard(map, shard.shardId, midpointOf(shard.range));
  if (kind === 'resize') return resizeUniform(map, count);
  const low = at % Math.max(1, map.open.length - 1);
  return map.open.length < 2 ? map : mergeShards(map, map.open[low].shardId, map.open[low + 1].shardId);
}

/** A stream as it is read for the first time: its open shards alone, their places not their numbers. */
function asRead({ open }: ShardMap): ShardMap {
  return { all: open, open };
}

const rangesOf = ({ open }: ShardMap): object[] => open.map(({ shardId, range }) => ({ shardId, range }));

describe('a layout that is read again', () => {
  it('becomes the one that the stream has, whatever was done to it and whatever its shards were called', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), STEPS, STEPS, (count, earlier, later) => {
        const before = earlier.reduce(change, createShardMap(count));
        const after = later.reduce(change, before);
        const known = asRead(before);
        const growth = growthOf(known, after.all);
        const grown = growth === undefined ? known : grownLayout(known, growth).map;
        expect(rangesOf(grown)).toEqual(rangesOf(after));
        // Places stay, and every shard that was born has one.
        expect(grown.all.slice(0, known.all.length).map(({ shardId }) => shardId)).toEqual(
          known.all.map(({ shardId }) => shardId),
        );
        for (const { parents, children } of growth?.steps ?? [])
          expect(children.length + parents.length).toBe(3);
        const key = BigInt(later.length) * 2n ** 125n;
        expect(route(grown, key).shardId).toBe(route(after, key).shardId);
      }),
    );
  });

  it('leaves what did not change as the very same shards, by which tables are carried on', () => {
    const before = createShardMap(4);
    const after = splitShard(before, before.open[1].shardId, midpointOf(before.open[1].range));
    const known = asRead(before);
    const growth = growthOf(known, after.all);
    const { open } = grownLayout(known, growth ?? { born: [], steps: [] }).map;
    expect([open[0], open[3], open[4]].map((shard) => known.open.includes(shard))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('is not taken for new while half of a split is missing', () => {
    const before = createShardMap(1);
    const after = splitShard(before, before.open[0].shardId, 2n ** 127n);
    const half: Shard[] = after.all.slice(0, 2);
    expect(growthOf(before, half)).toBeUndefined();
    expect(growthOf(before, before.all)).toBeUndefined();
  });
});
