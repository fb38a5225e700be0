import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oldLayout, startsOf } from '../../../src/advice/layout/cells.ts';
import { cellsOfKeys } from '../../../src/advice/layout/key-cells.ts';
import { evenSegments, fewestSegments } from '../../../src/advice/layout/even-layout.ts';
import { keysAt } from './hand-made.ts';

const SPACE = 2n ** 128n;
const limit = { records: 100, bytes: 100 };

/** Hash keys anywhere, and in bunches of near neighbours. */
const hashKeys = fc
  .array(
    fc.oneof(
      fc.bigInt({ min: 0n, max: SPACE - 1n }),
      fc.bigInt({ min: 0n, max: 12n }),
      fc.bigInt({ min: SPACE / 2n, max: SPACE / 2n + 12n }),
      fc.bigInt({ min: SPACE - 9n, max: SPACE - 1n }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((all) => all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));

describe('cells of keys', () => {
  it('are cut in the middle between two neighbours', () => {
    const cells = cellsOfKeys(keysAt([1000n, 2001n, SPACE / 2n], [1, 2, 3]), { limit });
    expect(startsOf(cells, Uint32Array.of(0, 1, 2))).toEqual([0n, 1501n, (SPACE / 2n + 2002n) / 2n]);
    expect([...cells.records]).toEqual([1, 2, 3]);
  });

  it('are never cut where SplitShard would refuse to, and hold each key once', () => {
    fc.assert(
      fc.property(hashKeys, fc.nat(3), (hashes, olds) => {
        const old = Array.from({ length: olds }, (_, i) => (SPACE / BigInt(olds + 1)) * BigInt(i + 1));
        const keys = keysAt(
          hashes,
          hashes.map(() => 1),
        );
        const cells = cellsOfKeys(keys, { oldStarts: [0n, ...old], limit });
        const all = startsOf(
          cells,
          Uint32Array.from({ length: cells.count }, (_, i) => i),
        );
        const bounds = [...all, SPACE];
        for (let i = 1; i < bounds.length; i++) expect(bounds[i] - bounds[i - 1]).toBeGreaterThanOrEqual(2n);
        expect(startsOf(cells, oldLayout(cells))).toEqual([0n, ...old]);
        all.forEach((start, i) => {
          const inside = hashes.filter((hash) => hash >= start && hash < bounds[i + 1]).length;
          expect(cells.records[i]).toBe(inside);
        });
      }),
      { numRuns: 400 },
    );
  });

  it('keep keys of one hash together', () => {
    const cells = cellsOfKeys(keysAt([5n * 10n ** 30n, 5n * 10n ** 30n, 9n * 10n ** 30n], [4, 5, 6]), {
      limit,
    });
    expect([...cells.records]).toEqual([9, 6]);
  });

  it('give every shard its part of the load that no key is known of', () => {
    const tail = [{ records: 1000, bytes: 10 }];
    const cells = cellsOfKeys(keysAt([SPACE / 4n], [50]), { tail, limit });
    expect([...cells.records].reduce((total, load) => total + load, 0)).toBe(1050);
    expect([...cells.bytes].reduce((total, load) => total + load, 0)).toBe(60);
    // 1,050 over shards of 100 by cuts anywhere: the tail can be cut though only one key is known.
    expect(fewestSegments(cells, limit)?.length).toBeLessThanOrEqual(12);
    const starts = startsOf(cells, evenSegments(cells, 2, limit));
    expect(Number(starts[1]) / Number(SPACE)).toBeCloseTo(0.475, 1);
  });
});
