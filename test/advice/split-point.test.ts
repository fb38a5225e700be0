import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HASH_KEY } from '../../src/model/hash-key.ts';
import { canSplitAt, uniformRanges } from '../../src/model/hash-range.ts';
import { heaviestOfUniform, type ObservedKey, type ObservedShard } from '../../src/advice/observed-keys.ts';
import { bestSplit } from '../../src/advice/split-point.ts';

function keyAt(hashKey: bigint, load: number): ObservedKey {
  return { hashKey, load, position: Number((hashKey << 53n) >> 128n) / 2 ** 53 };
}

function shardOf(
  start: bigint,
  end: bigint,
  keys: readonly (readonly [bigint, number])[],
  rest: number,
): ObservedShard {
  const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1));
  return { range: { start, end }, keys: sorted.map(([at, load]) => keyAt(at, load)), rest };
}

/** Part of a shard's load below a point, counted key by key. */
function partBelow(shard: ObservedShard, at: bigint): number {
  const total = shard.keys.reduce((sum, key) => sum + key.load, shard.rest);
  const width = Number(shard.range.end - shard.range.start + 1n);
  const keys = shard.keys.filter((key) => key.hashKey < at).reduce((sum, key) => sum + key.load, 0);
  return (keys + shard.rest * (Number(at - shard.range.start) / width)) / total;
}

/** A narrow range, so that every point can be tried. */
const narrow = fc
  .tuple(
    fc.bigInt({ min: 0n, max: MAX_HASH_KEY - 100n }),
    fc.integer({ min: 0, max: 60 }),
    fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 50 })), { maxLength: 8 }),
    fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 })),
  )
  .map(([start, width, keys, rest]) => {
    const inside = new Map(keys.map(([at, load]) => [start + BigInt(at % (width + 1)), load]));
    return shardOf(start, start + BigInt(width), [...inside], rest);
  });

describe('the best split', () => {
  it('is a point that SplitShard takes, with the loads that it claims, and no point is better', () => {
    fc.assert(
      fc.property(narrow, (shard) => {
        const split = bestSplit(shard);
        const points: bigint[] = [];
        for (let at = shard.range.start; at <= shard.range.end; at++)
          if (canSplitAt(shard.range, at)) points.push(at);
        const heavier = (at: bigint): number => Math.max(partBelow(shard, at), 1 - partBelow(shard, at));
        const best = points.reduce((least, at) => Math.min(least, heavier(at)), Infinity);
        if (split === undefined) {
          expect(best >= 1 || Number.isNaN(best)).toBe(true);
          return;
        }
        expect(canSplitAt(shard.range, split.newStart)).toBe(true);
        expect(split.lower).toBeCloseTo(partBelow(shard, split.newStart), 9);
        expect(split.lower + split.upper).toBeCloseTo(1, 12);
        // Where the rest is spread between two keys, the point is found to one hash key.
        const total = shard.keys.reduce((sum, key) => sum + key.load, shard.rest);
        const oneKey = shard.rest / total / Number(shard.range.end - shard.range.start + 1n);
        expect(Math.max(split.lower, split.upper)).toBeLessThanOrEqual(best + oneKey + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('is none for one key alone, for nothing, and for a range too narrow to cut', () => {
    expect(bestSplit(shardOf(0n, MAX_HASH_KEY, [[5n, 10]], 0))).toBeUndefined();
    expect(bestSplit(shardOf(0n, MAX_HASH_KEY, [], 0))).toBeUndefined();
    expect(
      bestSplit(
        shardOf(
          7n,
          9n,
          [
            [7n, 1],
            [9n, 1],
          ],
          0,
        ),
      ),
    ).toBeUndefined();
  });

  it('is the middle of a shard of which only the sum is known', () => {
    const split = bestSplit(shardOf(0n, MAX_HASH_KEY, [], 100));
    expect(split?.lower).toBeCloseTo(0.5, 12);
  });

  it('separates two keys at the start of a range, where the first two points cannot be cut', () => {
    const split = bestSplit(
      shardOf(
        100n,
        MAX_HASH_KEY,
        [
          [100n, 1],
          [200n, 1],
        ],
        0,
      ),
    );
    expect(split?.lower).toBe(0.5);
  });
});

describe('the heaviest of equal shards', () => {
  it('is what counting key by key gives, and the rest in proportion to the range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt({ min: 0n, max: MAX_HASH_KEY }), fc.integer({ min: 1, max: 100 })), {
          maxLength: 40,
        }),
        fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 1, max: 40 }),
        (keys, rests, count) => {
          const observed = uniformRanges(3).map(({ start, end }, i) =>
            shardOf(
              start,
              end,
              keys.filter(([at]) => at >= start && at <= end),
              rests[i],
            ),
          );
          const loads = uniformRanges(count).map((range) => {
            const own = keys.filter(([at]) => at >= range.start && at <= range.end);
            let load = own.reduce((sum, [, weight]) => sum + weight, 0);
            for (const shard of observed) {
              const from = range.start > shard.range.start ? range.start : shard.range.start;
              const to = range.end < shard.range.end ? range.end : shard.range.end;
              if (from <= to)
                load +=
                  (shard.rest * Number(to - from + 1n)) / Number(shard.range.end - shard.range.start + 1n);
            }
            return load;
          });
          expect(heaviestOfUniform(observed, count)).toBeCloseTo(Math.max(...loads), 6);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes the last hash key of all for one of the last shard', () => {
    for (let count = 1; count <= 3000; count += 7) {
      const observed = [shardOf(0n, MAX_HASH_KEY, [[MAX_HASH_KEY, 5]], 0)];
      expect(heaviestOfUniform(observed, count)).toBe(5);
    }
  });
});
