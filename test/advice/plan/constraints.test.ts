import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardsFor } from '../../../src/advice/plan/constraints.ts';

describe('shardsFor', () => {
  it('divides in whole numbers: no headroom from 1 to 99 % asks for a shard too many where the load is exact', () => {
    for (let percent = 1; percent < 100; percent++) {
      // 100 shards' worth, exactly: 1,000/s x (100 - percent) %.
      expect(shardsFor(1000 * (100 - percent), 1000, percent / 100)).toBe(100);
      expect(shardsFor(1000 * (100 - percent) + 0.001, 1000, percent / 100)).toBe(101);
    }
  });

  it('is where floating point goes wrong: 7, 32, 33, 34 and 54 % among others', () => {
    const wrong = Array.from({ length: 99 }, (_, i) => i + 1).filter((percent) =>
      [1, 3, 10, 100].some(
        (n) => Math.ceil((1000 * n * (100 - percent)) / 100 / (1000 * (1 - percent / 100))) !== n,
      ),
    );
    for (const percent of [7, 32, 33, 34, 54]) {
      expect(wrong).toContain(percent);
      for (const n of [1, 3, 10, 100])
        expect(shardsFor(10 * n * (100 - percent), 1000, percent / 100)).toBe(n);
    }
  });

  it('is the ceiling of the exact fraction for whole loads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2e10 }), fc.integer({ min: 0, max: 99 }), (load, percent) => {
        const under = 1048576n * BigInt(100 - percent);
        const exact = (BigInt(load) * 100n + under - 1n) / under;
        expect(shardsFor(load, 1048576, percent / 100)).toBe(Number(exact));
      }),
    );
  });

  it('needs one shard for no load, and takes fractions of a percent', () => {
    expect(shardsFor(0, 1000, 0.2)).toBe(1);
    expect(shardsFor(875, 1000, 0.125)).toBe(1);
    expect(shardsFor(875.01, 1000, 0.125)).toBe(2);
  });
});
