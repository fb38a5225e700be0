import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { HASH_SPACE, MAX_HASH_KEY } from '../../src/model/hash-key.ts';
import { splitAt } from '../../src/model/hash-range.ts';
import { partOfRange } from '../../src/model/range-part.ts';
import { createShardMap } from '../../src/model/shard-map.ts';

const key = fc.bigInt({ min: 0n, max: MAX_HASH_KEY });

describe('whose a shard is', () => {
  it('is one of the parts, and grows with the range', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 1, max: 1000 }),
        (cuts, parts) => {
          const starts = [0n, ...cuts.filter((cut) => cut > 0n).sort((a, b) => (a < b ? -1 : 1))];
          const owners = starts.map((start, i) =>
            partOfRange({ start, end: (starts[i + 1] ?? HASH_SPACE) - 1n }, parts),
          );
          expect(owners).toEqual(owners.toSorted((a, b) => a - b));
          expect(Math.min(...owners)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...owners)).toBeLessThan(parts);
        },
      ),
    );
  });

  it('stays with the children of a shard that lies within one part', () => {
    const [, second] = createShardMap(4).all;
    for (const range of splitAt(second.range, second.range.start + 99n))
      expect(partOfRange(range, 2)).toBe(partOfRange(second.range, 2));
  });

  it('is as even as can be where shards are of one size', () => {
    for (const [shards, parts] of [
      [4, 2],
      [12, 4],
      [100, 7],
      [3, 4],
    ]) {
      const counts = Array.from({ length: parts }, () => 0);
      for (const { range } of createShardMap(shards).all) counts[partOfRange(range, parts)]++;
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });
});
