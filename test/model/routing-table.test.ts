import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HASH_KEY, toWords } from '../../src/model/hash-key.ts';
import type { HashRange } from '../../src/model/hash-range.ts';
import { reroutedTable, routeWords, routingTableOf } from '../../src/model/routing-table.ts';
import {
  createShardMap,
  openNumbersAfter,
  openNumbersOf,
  resizeUniform,
  routeByScan,
  shardMapOf,
  type ShardMap,
} from '../../src/model/shard-map.ts';
import { anyStep, randomMap, reshard } from './shard-maps.ts';

function expectAgreement(map: ShardMap, keys: readonly bigint[]): void {
  const table = routingTableOf(map);
  const words = new Uint32Array(6);
  for (const key of keys) {
    toWords(key, words, 2);
    expect(map.open[routeWords(table, words, 2)]).toBe(routeByScan(map, key));
  }
}

/** Both ends of every shard and their neighbours. */
function edgesOf(map: ShardMap): bigint[] {
  return map.open
    .flatMap(({ range }) => [range.start - 1n, range.start, range.start + 1n, range.end])
    .filter((key) => key >= 0n && key <= MAX_HASH_KEY);
}

/** Ranges that end at the given keys, and at the last. */
function rangesEndingAt(ends: readonly bigint[]): HashRange[] {
  const all = [...new Set([...ends, MAX_HASH_KEY])].sort((a, b) => (a < b ? -1 : 1));
  return all.map((end, i) => ({ start: i === 0 ? 0n : all[i - 1] + 1n, end }));
}

describe('the routing table', () => {
  it('agrees with a linear scan on maps that splits and merges made', () => {
    fc.assert(
      fc.property(
        randomMap,
        fc.array(fc.bigInt({ min: 0n, max: MAX_HASH_KEY }), { maxLength: 50 }),
        (map, keys) => expectAgreement(map, [...keys, ...edgesOf(map)]),
      ),
      { numRuns: 40 },
    );
  });

  it('agrees on shards that differ only in their last bits, or in one word', () => {
    const end = fc
      .tuple(fc.bigInt({ min: 0n, max: 3n }), fc.integer({ min: 0, max: 3 }))
      .map(([low, word]) => (0x7ff_0000_0000_0000n << 64n) + (low << BigInt(32 * word)));
    fc.assert(
      fc.property(fc.array(end, { maxLength: 40 }), (ends) => {
        const map = shardMapOf(rangesEndingAt(ends));
        expectAgreement(map, edgesOf(map));
      }),
    );
  });

  it('agrees on hundreds of equal shards, and on one', () => {
    for (const count of [1, 2, 3, 255, 256, 257, 700]) {
      const map = createShardMap(count);
      expectAgreement(map, edgesOf(map));
    }
  });

  it('agrees where more shards than prefixes crowd into one prefix', () => {
    const map = shardMapOf(rangesEndingAt(Array.from({ length: 5000 }, (_, i) => BigInt(i) * 7n)));
    const table = routingTableOf(map);
    const words = new Uint32Array(4);
    for (let key = 0n; key < 34_993n; key += 61n) {
      toWords(key, words);
      expect(BigInt(routeWords(table, words))).toBe((key + 6n) / 7n);
    }
  });
});

describe('a layout that came from another one', () => {
  it('has the columns that it has when they are made anew, whatever lies between', () => {
    fc.assert(
      fc.property(
        randomMap,
        fc.array(anyStep, { maxLength: 6 }),
        fc.boolean(),
        (before, steps, isResized) => {
          const split = steps.reduce(reshard, before);
          const after = isResized ? resizeUniform(split, 7) : split;
          expect(reroutedTable(routingTableOf(before), before, after)).toEqual(routingTableOf(after));
          const numbers = openNumbersAfter(openNumbersOf(before), before, after);
          expect(numbers).toEqual(openNumbersOf(after));
          expect(Array.from(numbers, (n) => after.all[n])).toEqual(after.open);
        },
      ),
    );
  });
});
