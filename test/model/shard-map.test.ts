import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HASH_SPACE, hashKeyOf, MAX_HASH_KEY } from '../../src/model/hash-key.ts';
import {
  canSplitAt,
  midpointOf,
  shareOf,
  tiles,
  uniformRanges,
  widthOf,
} from '../../src/model/hash-range.ts';
import {
  childrenOf,
  createShardMap,
  mergeShards,
  parentsOf,
  resizeChange,
  resizeUniform,
  type ReshardStep,
  route,
  routeByScan,
  shardIdOf,
  shardMapOf,
  shardNumberOf,
  splitShard,
  type ShardMap,
} from '../../src/model/shard-map.ts';
import { randomMap } from './shard-maps.ts';

function openNumbers(map: ShardMap): number[] {
  return map.open.map((shard) => shardNumberOf(shard.shardId));
}

function expectWhole(map: ShardMap): void {
  expect(tiles(map.open.map((shard) => shard.range))).toBe(true);
  expect(map.open.reduce((sum, shard) => sum + widthOf(shard.range), 0n)).toBe(HASH_SPACE);
  expect(map.all.filter((shard) => shard.open)).toHaveLength(map.open.length);
  map.all.forEach((shard, number) => expect(shard.shardId).toBe(shardIdOf(number)));
}

describe('a new stream', () => {
  it('of 4 shards routes s-41 to shard 1 and s-90 to shard 2', () => {
    const map = createShardMap(4);
    expect(route(map, hashKeyOf('s-41')).shardId).toBe('shardId-000000000001');
    expect(route(map, hashKeyOf('s-90')).shardId).toBe('shardId-000000000002');
  });

  it('gives each shard floor(2^128 / n) hash keys and the last one the rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (count) => {
        const ranges = uniformRanges(count);
        expect(tiles(ranges)).toBe(true);
        ranges.slice(0, -1).forEach((range) => expect(widthOf(range)).toBe(HASH_SPACE / BigInt(count)));
        expect(ranges[count - 1].end).toBe(MAX_HASH_KEY);
        expect(ranges.reduce((sum, range) => sum + shareOf(range), 0)).toBeCloseTo(1, 12);
      }),
      { numRuns: 30 },
    );
  });

  it.each([0, -1, 1.5, NaN])('of %s shards does not exist', (count) => {
    expect(() => createShardMap(count)).toThrow(RangeError);
  });
});

describe('splits and merges', () => {
  it('leave open shards that cover the key space once, whatever the order', () => {
    fc.assert(
      fc.property(randomMap, (map) => expectWhole(map)),
      { numRuns: 60 },
    );
  });

  it('name the parents, and the parents their children', () => {
    const split = splitShard(createShardMap(2), shardIdOf(1), MAX_HASH_KEY - 100n);
    expect(openNumbers(split)).toEqual([0, 2, 3]);
    expect(split.all[1].open).toBe(false);
    expect(childrenOf(split, shardIdOf(1)).map((shard) => shard.shardId)).toEqual([
      shardIdOf(2),
      shardIdOf(3),
    ]);
    expect(split.all[3].range).toEqual({ start: MAX_HASH_KEY - 100n, end: MAX_HASH_KEY });
    const merged = mergeShards(split, shardIdOf(2), shardIdOf(0));
    expect(openNumbers(merged)).toEqual([4, 3]);
    expect(parentsOf(merged.all[4])).toEqual([shardIdOf(2), shardIdOf(0)]);
    expect(merged.all[4].parentShardId).toBe(shardIdOf(2));
    expect(parentsOf(merged.all[0])).toEqual([]);
  });

  it('are refused on shards that are closed, unknown or not neighbours', () => {
    const map = splitShard(createShardMap(3), shardIdOf(0), 1000n);
    expect(() => splitShard(map, shardIdOf(0), 500n)).toThrow('not an open shard');
    expect(() => splitShard(map, shardIdOf(17), 500n)).toThrow('not an open shard');
    expect(() => splitShard(map, 'nonsense', 500n)).toThrow('not an open shard');
    expect(() => mergeShards(map, shardIdOf(3), shardIdOf(2))).toThrow('not adjacent');
    expect(() => mergeShards(map, shardIdOf(1), shardIdOf(1))).toThrow('not adjacent');
  });

  it('undo each other', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n, max: MAX_HASH_KEY - 1n }), (at) => {
        const split = splitShard(createShardMap(1), shardIdOf(0), at);
        const merged = mergeShards(split, shardIdOf(1), shardIdOf(2));
        expect(merged.open[0].range).toEqual({ start: 0n, end: MAX_HASH_KEY });
      }),
    );
  });

  it('take a split point more than one above the start and below the end, as SplitShard does', () => {
    const range = { start: 10n, end: 20n };
    const taken = Array.from({ length: 15 }, (_, i) => BigInt(i + 8)).filter((at) => canSplitAt(range, at));
    expect(taken).toEqual([12n, 13n, 14n, 15n, 16n, 17n, 18n, 19n]);
    expect(midpointOf(range)).toBe(15n);
  });
});

describe('a uniform resize', () => {
  it('from 4 to 3 leaves shards 6, 9 and 10 open, of 11 ever', () => {
    const map = resizeUniform(createShardMap(4), 3);
    expect(openNumbers(map)).toEqual([6, 9, 10]);
    expect(map.all).toHaveLength(11);
  });

  it('from 2 to 4 splits each shard in two and merges nothing', () => {
    const map = resizeUniform(createShardMap(2), 4);
    expect(openNumbers(map)).toEqual([2, 3, 4, 5]);
    expect(map.all).toHaveLength(6);
  });

  it('copes with ends that rounding puts one key apart: 3 to 6', () => {
    const map = resizeUniform(createShardMap(3), 6);
    expect(map.open.map((shard) => shard.range)).toEqual(uniformRanges(6));
  });

  it('lays the ranges of a new stream of that size, whatever there was before', () => {
    fc.assert(
      fc.property(randomMap, fc.integer({ min: 1, max: 40 }), (map, count) => {
        const resized = resizeUniform(map, count);
        expect(resized.open.map((shard) => shard.range)).toEqual(uniformRanges(count));
        expectWhole(resized);
      }),
      { numRuns: 60 },
    );
  });

  it('works for every pair of counts up to 24, and to the same count changes nothing', () => {
    for (let from = 1; from <= 24; from++) {
      const map = createShardMap(from);
      expect(resizeUniform(map, from)).toEqual(map);
      for (let to = 1; to <= 24; to++) {
        expect(resizeUniform(map, to).open.map((shard) => shard.range)).toEqual(uniformRanges(to));
      }
    }
  });
});

describe('the lineage', () => {
  it('says that the children of a shard cover what it covered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (from, to) => {
        const map = resizeUniform(createShardMap(from), to);
        for (const shard of map.all.filter((candidate) => !candidate.open)) {
          const children = childrenOf(map, shard.shardId);
          expect(children.length).toBeGreaterThan(0);
          const starts = children.map((child) => child.range.start);
          const ends = children.map((child) => child.range.end);
          expect(starts.some((start) => start <= shard.range.start)).toBe(true);
          expect(ends.some((end) => end >= shard.range.end)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('routing', () => {
  it('agrees with a linear scan at random keys and on both sides of every end', () => {
    fc.assert(
      fc.property(
        randomMap,
        fc.array(fc.bigInt({ min: 0n, max: MAX_HASH_KEY }), { maxLength: 50 }),
        (map, keys) => {
          for (const shard of map.open) keys.push(shard.range.start, shard.range.end);
          for (const key of keys) expect(route(map, key)).toBe(routeByScan(map, key));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says so when given shards leave a gap', () => {
    expect(() => routeByScan(shardMapOf([{ start: 0n, end: 5n }]), 6n)).toThrow('do not tile');
    expect(tiles([{ start: 0n, end: 5n }])).toBe(false);
    expect(tiles([])).toBe(false);
    expect(
      tiles([
        { start: 0n, end: 5n },
        { start: 7n, end: MAX_HASH_KEY },
      ]),
    ).toBe(false);
    expect(
      tiles([
        { start: 0n, end: 5n },
        { start: 5n, end: MAX_HASH_KEY },
      ]),
    ).toBe(false);
  });
});

describe('the steps of a resize', () => {
  it('are splits and merges, each of open shards, as the plain algorithm makes them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 2, maxLength: 4 }), (counts) => {
        let map = createShardMap(counts[0]);
        for (const count of counts.slice(1)) {
          const { map: next, steps } = resizeChange(map, count);
          expect(steps).toEqual(plainSteps(map, count));
          expect(next.open.map((shard) => shard.range)).toEqual(uniformRanges(count));
          map = next;
        }
      }),
    );
  });
});

/** By the numbers: for each target range a cut at its end, then the pieces from the left; ranges in an object each. */
function plainSteps(map: ShardMap, count: number): ReshardStep[] {
  const steps: ReshardStep[] = [];
  let born = map.all.length;
  let open = map.open.map(({ shardId, range }) => ({ number: Number(shardId.slice(8)), ...range }));
  for (const { start, end } of uniformRanges(count)) {
    const cut = open.find((shard) => shard.start <= end && end < shard.end);
    if (cut) {
      const [low, high] = [
        { number: born++, start: cut.start, end },
        { number: born++, start: end + 1n, end: cut.end },
      ];
      steps.push({ kind: 'split', parents: [cut.number], children: [low.number, high.number] });
      open = open.flatMap((shard) => (shard === cut ? [low, high] : [shard]));
    }
    for (;;) {
      const at = open.findIndex((shard) => shard.start === start);
      if (open[at].end === end) break;
      const child = { number: born++, start, end: open[at + 1].end };
      steps.push({
        kind: 'merge',
        parents: [open[at].number, open[at + 1].number],
        children: [child.number],
      });
      open.splice(at, 2, child);
    }
  }
  return steps;
}
