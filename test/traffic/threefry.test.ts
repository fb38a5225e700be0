import { describe, expect, it } from 'vitest';
import { Draws, OUTPUT, PURPOSE, threefry2x32 } from '../../src/traffic/threefry.ts';

function wordsOf(key0: number, key1: number, counter0: number, counter1: number): number[] {
  threefry2x32(key0, key1, counter0, counter1);
  return [...OUTPUT];
}

describe('threefry', () => {
  it('gives the published answers (Random123 known-answer tests, 2x32, 20 rounds)', () => {
    expect(wordsOf(0, 0, 0, 0)).toEqual([0x6b200159, 0x99ba4efe]);
    expect(wordsOf(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)).toEqual([0x1cb996fc, 0xbb002be7]);
    expect(wordsOf(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toEqual([0xc4923a9c, 0x483df7a0]);
  });

  it('draws the same number for the same question, in any order', () => {
    const forward = new Draws(42, PURPOSE.key, 0);
    const backward = new Draws(42, PURPOSE.key, 0);
    const indexes = [0, 1, 2 ** 32, 2 ** 40, 2 ** 52];
    const first = indexes.map((index) => forward.uniform(index));
    expect(indexes.toReversed().map((index) => backward.uniform(index))).toEqual(first.toReversed());
  });

  it('draws many in a row as it draws each of them', () => {
    for (const first of [0, 5, 2 ** 32 - 3, 2 ** 45]) {
      const draws = new Draws(9, PURPOSE.key, 3);
      const column = new Float64Array(8).fill(-1);
      draws.fill(first, 7, column);
      expect([...column.subarray(0, 7)]).toEqual(
        Array.from({ length: 7 }, (_, i) => draws.uniform(first + i)),
      );
      expect(column[7]).toBe(-1);
    }
  });

  it('draws different numbers for another seed, purpose, source, index or draw', () => {
    const numbers = [
      new Draws(1, PURPOSE.key, 0).uniform(7),
      new Draws(2, PURPOSE.key, 0).uniform(7),
      new Draws(1 + 2 ** 32, PURPOSE.key, 0).uniform(7),
      new Draws(1, PURPOSE.size, 0).uniform(7),
      new Draws(1, PURPOSE.key, 1).uniform(7),
      new Draws(1, PURPOSE.key, 0).uniform(8),
      new Draws(1, PURPOSE.key, 0).uniform(7 + 2 ** 32),
      new Draws(1, PURPOSE.key, 0).uniform(7, 1),
    ];
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('is uniform: 100,000 draws in 100 cells pass a chi-squared test at 1e-6', () => {
    const draws = new Draws(3, PURPOSE.time, 0);
    const cells = new Array<number>(100).fill(0);
    for (let k = 0; k < 100_000; k++) cells[Math.floor(draws.uniform(k) * 100)]++;
    const chi = cells.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(176); // 99 degrees of freedom
  });
});
