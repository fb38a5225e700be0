import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { keyNameOf } from '../../src/traffic/key-dictionary.ts';
import { GeneratedRegion } from '../../src/traffic/key-region.ts';

describe('GeneratedRegion.positionsOf', () => {
  it.each([
    ['key-{n}', undefined],
    ['{n}', undefined],
    ['{n}/{n}-x', undefined],
    ['Ü{n}é{n}', 7],
    ['tenant-{n}', 12],
    [`${'long '.repeat(9)}{n}{n}`, undefined],
    ['a name of more than one block of the digest, so that it takes the slow way: {n}', 3],
  ])('gives the first 53 bits of the hash keys of %s, in any stretch of numbers', (template, seed) => {
    const region = new GeneratedRegion(template, 2_000_000, seed);
    for (const [from, to] of [
      [0, 1205],
      [7, 12],
      [998, 1001],
      [99_990, 100_010],
      [1_000_000, 1_000_003],
    ]) {
      const out = new Float64Array(to - from + 2).fill(-1);
      region.positionsOf(from, to, out, 1);
      expect([out[0], out[out.length - 1]]).toEqual([-1, -1]);
      for (let n = from; n < to; n++)
        expect(out[n - from + 1]).toBe(Number(hashKeyOf(keyNameOf(template, n, seed)) >> 75n));
    }
  });
});
