import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillsOf, type Cells, type SegmentLimit } from '../../../src/advice/layout/cells.ts';
import {
  cheapestLayout,
  FEWEST_SHARDS,
  type LayoutCosts,
} from '../../../src/advice/layout/cheapest-layout.ts';
import { evenSegments, fewestSegments } from '../../../src/advice/layout/even-layout.ts';
import { cellsWith, everyLayout, fitsPlainly, stepsBetween } from './hand-made.ts';

const RUNS = 300;

interface Case {
  readonly cells: Cells;
  readonly limit: SegmentLimit;
}

/** Up to nine cells, three rows, both dimensions, some boundaries that stand, a row or none excepted. */
const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }))
  .chain(([count, rows]) => {
    const loads = fc.array(fc.array(fc.nat(6), { minLength: rows, maxLength: rows }), {
      minLength: count,
      maxLength: count,
    });
    return fc.record({
      records: loads,
      bytes: loads,
      old: fc.subarray(Array.from({ length: count }, (_, i) => i)),
      limit: fc.record({
        records: fc.integer({ min: 4, max: 14 }),
        bytes: fc.integer({ min: 4, max: 14 }),
        exceptRows: fc.nat(1),
      }),
    });
  })
  .map(({ records, bytes, old, limit }) => ({ cells: cellsWith(records, old, bytes), limit }));

function costOf(cells: Cells, layout: readonly number[], costs: LayoutCosts): number {
  const { splits, merges } = stepsBetween(cells, layout);
  return costs.shard * layout.length + costs.split * splits + costs.merge * merges;
}

describe('a layout from the load alone', () => {
  it('has as few shards as the best of all layouts', () => {
    fc.assert(
      fc.property(cases, ({ cells, limit }) => {
        const fitting = [...everyLayout(cells.count)].filter((layout) => fitsPlainly(cells, layout, limit));
        const found = fewestSegments(cells, limit);
        if (fitting.length === 0) expect(found).toBeUndefined();
        else expect(found?.length).toBe(Math.min(...fitting.map((layout) => layout.length)));
        if (found) expect(fitsPlainly(cells, [...found], limit)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('has the least maximum of all layouts of as many shards', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 9 }), ({ cells, limit: { records, bytes } }, shards) => {
        const limit = { records, bytes };
        const hottest = (layout: readonly number[]): number =>
          Math.max(...fillsOf(cells, Uint32Array.from(layout), limit));
        const found = evenSegments(cells, shards, limit);
        expect(found.length).toBe(Math.min(shards, cells.count));
        const all = [...everyLayout(cells.count)].filter((layout) => layout.length <= shards);
        expect(hottest([...found])).toBeCloseTo(Math.min(...all.map(hottest)), 9);
      }),
      { numRuns: RUNS },
    );
  });

  it('is cut where a hand would cut it', () => {
    const cells = cellsWith([[5], [5], [1], [9], [2], [3], [5]]);
    const limit = { records: 10, bytes: 10 };
    expect([...(fewestSegments(cells, limit) ?? [])]).toEqual([0, 2, 4]);
    expect([...evenSegments(cells, 3, limit)]).toEqual([0, 2, 4]);
    expect([...fillsOf(cells, Uint32Array.of(0, 2, 4), limit)]).toEqual([1, 1, 1]);
  });
});

describe('the cheapest layout', () => {
  const costs = fc.record({ shard: fc.nat(5), split: fc.nat(5), merge: fc.nat(5) });

  it('costs what the cheapest of all layouts costs, with as few steps as any that costs as much', () => {
    fc.assert(
      fc.property(cases, costs, ({ cells, limit }, prices) => {
        const fitting = [...everyLayout(cells.count)].filter((layout) => fitsPlainly(cells, layout, limit));
        const found = cheapestLayout(cells, limit, prices);
        if (found === undefined) {
          expect(fitting).toEqual([]);
          return;
        }
        const least = Math.min(...fitting.map((layout) => costOf(cells, layout, prices)));
        const steps = (layout: readonly number[]): number =>
          costOf(cells, layout, { shard: 0, split: 1, merge: 1 });
        expect(fitsPlainly(cells, [...found], limit)).toBe(true);
        expect(costOf(cells, [...found], prices)).toBe(least);
        const cheapest = fitting.filter((layout) => costOf(cells, layout, prices) === least);
        expect(steps([...found])).toBe(Math.min(...cheapest.map(steps)));
      }),
      { numRuns: RUNS },
    );
  });

  it('agrees with the recursion in its quadratic form on longer streams', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 40, maxLength: 120 }),
        fc.infiniteStream(fc.boolean()),
        costs,
        (loads, olds, prices) => {
          const old = loads.flatMap((_, i) => (olds.next().value === true ? [i] : []));
          const cells = cellsWith(
            loads.map((load) => [load]),
            old,
          );
          const limit = { records: 75, bytes: 75 };
          const found = cheapestLayout(cells, limit, prices);
          expect(found && costOf(cells, [...found], prices)).toBe(quadratic(cells, 75, prices));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('changes nothing when it is asked again', () => {
    fc.assert(
      fc.property(cases, costs, ({ cells, limit }, prices) => {
        const first = cheapestLayout(cells, limit, prices);
        if (first === undefined) return;
        const isOld = new Uint8Array(cells.count);
        for (const cell of first) isOld[cell] = 1;
        expect(cheapestLayout({ ...cells, isOld }, limit, prices)).toEqual(first);
      }),
      { numRuns: RUNS },
    );
  });

  it('with the prices for it has the fewest shards', () => {
    fc.assert(
      fc.property(cases, ({ cells, limit }) => {
        expect(cheapestLayout(cells, limit, FEWEST_SHARDS)?.length).toBe(
          fewestSegments(cells, limit)?.length,
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps a layout that fits where shards cost nothing', () => {
    const cells = cellsWith([[1], [1], [1], [1]], [2, 3]);
    const limit = { records: 10, bytes: 10 };
    expect([...(cheapestLayout(cells, limit, { shard: 0, split: 1, merge: 1 }) ?? [])]).toEqual([0, 2, 3]);
    expect([...(cheapestLayout(cells, limit, { shard: 2, split: 1, merge: 1 }) ?? [])]).toEqual([0]);
  });
});

/** f(j) as it is written, over all i. */
function quadratic(cells: Cells, limit: number, { shard, split, merge }: LayoutCosts): number {
  const f = [0];
  for (let j = 1; j <= cells.count; j++) {
    let best = Infinity;
    for (let i = j - 1, sum = 0, inside = 0; i >= 0; i--) {
      sum += cells.records[i];
      if (sum > limit) break;
      best = Math.min(best, f[i] + shard + merge * inside);
      inside += cells.isOld[i];
    }
    f[j] = best + (j < cells.count && cells.isOld[j] === 0 ? split : 0);
  }
  return f[cells.count];
}
