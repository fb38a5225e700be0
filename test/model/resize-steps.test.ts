import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeBoundOf } from '../../src/model/resize-rules.ts';
import { daysOf, resizeSteps } from '../../src/model/resize-steps.ts';

const countsOf = (from: number, to: number): number[] | undefined =>
  resizeSteps(from, to)?.map(({ shards }) => shards);

describe('resizeSteps', () => {
  it.each<[number, number, number[] | undefined]>([
    [2, 64, [4, 8, 16, 32, 64]],
    [3, 7, [6, 7]],
    [5, 5, []],
    [95, 12, [48, 24, 12]],
    [7, 3, [4, 3]],
    [6000, 10_000, [10_000]],
    [6000, 10_001, undefined],
    [12_000, 9999, [9999]],
    [12_000, 10_000, undefined],
    [30_000, 5000, undefined],
  ])('from %i to %i: %j', (from, to, steps) => {
    expect(countsOf(from, to)).toEqual(steps);
  });

  it('marks multiples of 25 %, which AWS finishes sooner', () => {
    expect(resizeSteps(4, 7)).toEqual([{ shards: 7, isQuick: true }]);
    expect(resizeSteps(4, 9)).toEqual([
      { shards: 8, isQuick: true },
      { shards: 9, isQuick: false },
    ]);
  });

  it('takes only steps that UpdateShardCount takes, and no more than doubling needs', () => {
    const count = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(count, count, (from, to) => {
        const steps = countsOf(from, to) ?? [];
        let open = from;
        for (const next of steps) {
          expect(resizeBoundOf(open, next)).toBeUndefined();
          open = next;
        }
        expect(open).toBe(to);
        const least = to > from ? Math.ceil(Math.log2(to / from) - 1e-9) : undefined;
        if (least !== undefined) expect(steps.length).toBe(least);
      }),
    );
  });

  it('counts days: ten calls at once, ten more a day later', () => {
    expect([0, 1, 10, 11, 14, 21].map(daysOf)).toEqual([1, 1, 1, 2, 2, 3]);
    expect(countsOf(1, 10_000)).toHaveLength(14);
  });
});
