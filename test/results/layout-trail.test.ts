import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathTo } from '../../src/advice/layout/layout-steps.ts';
import { MAX_HASH_KEY } from '../../src/model/hash-key.ts';
import { canSplitAt } from '../../src/model/hash-range.ts';
import { mergeShards, shardIdOf, shardMapOf, splitShard, type ShardMap } from '../../src/model/shard-map.ts';
import type { LayoutStep } from '../../src/results/layout-step.ts';
import { LayoutTrail, TrailError } from '../../src/results/layout-trail.ts';

/** Boundaries on a coarse grid, so that two layouts share some. */
const grid = 1n << 120n;
const layouts = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 12 })
  .map((cuts) => [0n, ...cuts.sort((a, b) => a - b).map((cut) => BigInt(cut) * grid)]);

function mapOf(starts: readonly bigint[]): ShardMap {
  const ranges = starts.map((start, i) => ({ start, end: (starts.at(i + 1) ?? MAX_HASH_KEY + 1n) - 1n }));
  return shardMapOf(ranges);
}

/** The step, carried out by the shard model itself. */
function carriedOut(map: ShardMap, step: LayoutStep): ShardMap {
  const at = map.open.findIndex(({ range }) => String(range.start) === step.startingHashKey);
  if (step.kind === 'merge') return mergeShards(map, map.open[at].shardId, map.open[at + 1].shardId);
  return splitShard(map, map.open[at].shardId, BigInt(step.newStartingHashKey ?? ''));
}

const startsOf = (map: ShardMap): bigint[] => map.open.map(({ range }) => range.start);

describe('the way from one layout to another', () => {
  it('tells from the open shards alone how many steps were taken', () => {
    fc.assert(
      fc.property(layouts, layouts, fc.constantFrom(Infinity, 0), (before, after, mostShards) => {
        const shardIds = before.map((_, i) => shardIdOf(i));
        const { steps } = pathTo({ starts: before, shardIds, nextNumber: before.length }, after, mostShards);
        const trail = new LayoutTrail(before, steps);
        let map = mapOf(before);
        for (let taken = 0; taken <= steps.length; taken++) {
          expect(trail.positionOf(startsOf(map))).toBe(taken);
          expect(trail.startsAfter(taken)).toEqual(startsOf(map));
          if (taken < steps.length) map = carriedOut(map, steps[taken]);
        }
        expect(startsOf(map)).toEqual(after);
      }),
    );
  });

  it('knows no layout that is beside the way', () => {
    const steps = pathTo(
      { starts: [0n, 8n * grid], shardIds: ['shardId-000000000000', 'shardId-000000000001'], nextNumber: 2 },
      [0n, 4n * grid, 12n * grid],
    ).steps;
    const trail = new LayoutTrail([0n, 8n * grid], steps);
    expect(trail.positionOf([0n, 8n * grid, 9n * grid])).toBeUndefined();
    // The second step is taken and the first is not.
    expect(trail.positionOf([0n, 8n * grid, 12n * grid])).toBeUndefined();
    expect(trail.positionOf([0n])).toBeUndefined();
  });

  const split = (start: bigint, end: bigint, at: bigint): LayoutStep => ({
    kind: 'split',
    startingHashKey: String(start),
    endingHashKey: String(end),
    shardId: 'shardId-000000000000',
    newStartingHashKey: String(at),
  });
  const merge = (start: bigint, end: bigint): LayoutStep => ({
    kind: 'merge',
    startingHashKey: String(start),
    endingHashKey: String(end),
    shardId: 'shardId-000000000000',
    adjacentShardId: 'shardId-000000000001',
  });

  it.each<[string, LayoutStep[], number]>([
    ['a split of a range that no shard has', [split(0n, 99n, 50n)], 1],
    ['a split at the start of the range', [split(0n, MAX_HASH_KEY, 0n)], 1],
    ['a split right behind the start', [split(0n, MAX_HASH_KEY, 1n)], 1],
    ['a split at the end of the range', [split(0n, MAX_HASH_KEY, MAX_HASH_KEY)], 1],
    ['a merge of a single shard', [merge(0n, MAX_HASH_KEY)], 1],
    ['a merge that undoes its split', [split(0n, MAX_HASH_KEY, grid), merge(0n, MAX_HASH_KEY)], 2],
    ['a hash key that is none', [{ ...split(0n, MAX_HASH_KEY, grid), startingHashKey: 'x' }], 1],
  ])('refuses %s', (_, steps, step) => {
    expect(() => new LayoutTrail([0n], steps)).toThrow(TrailError);
    try {
      new LayoutTrail([0n], steps);
    } catch (error) {
      expect((error as TrailError).step).toBe(step);
    }
  });

  it('allows the same cuts as the shard model does', () => {
    for (const at of [0n, 1n, 2n, 97n, 98n, 99n]) {
      const steps = [split(0n, 99n, at)];
      const isAllowed = canSplitAt({ start: 0n, end: 99n }, at);
      const make = (): LayoutTrail => new LayoutTrail([0n, 100n], steps);
      if (isAllowed) expect(make().length).toBe(1);
      else expect(make).toThrow(TrailError);
    }
  });
});
