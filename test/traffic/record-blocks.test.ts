import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyLengthsOf, meanBlocks } from '../../src/traffic/record-blocks.ts';
import { meanKeyBytes } from '../../src/traffic/record-mean.ts';
import { LineTable } from '../../src/traffic/line-table.ts';
import type { Size } from '../../src/traffic/scenario.ts';
import { sizeDrawOf } from '../../src/traffic/sizes.ts';

const MIB = 1024 * 1024;

describe('meanBlocks', () => {
  it('rounds each record up and not their mean', () => {
    // Half of them 1 block, half of them 3: their mean of 1,024 bytes would be 1.
    expect(meanBlocks({ kind: 'histogram', bytes: [1, 2047], counts: [5, 5] }, 10, 1024, MIB)).toBe(2);
    expect(meanBlocks({ kind: 'fixed', bytes: 1008 }, 16, 1024, MIB)).toBe(1);
    expect(meanBlocks({ kind: 'fixed', bytes: 1009 }, 16, 1024, MIB)).toBe(2);
  });

  it('of sizes between two is the sum over all of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 256 }),
        fc.constantFrom(1, 7, 1024),
        (min, width, key, block) => {
          let sum = 0;
          for (let bytes = min; bytes <= min + width; bytes++) sum += Math.ceil((bytes + key) / block);
          const size: Size = { kind: 'uniform', min, max: min + width };
          expect(meanBlocks(size, key, block, MIB)).toBeCloseTo(sum / (width + 1), 9);
        },
      ),
    );
  });

  it.each([
    [900, 8192, 1024, MIB],
    [900, 8192, 25_600, MIB],
    [20_000, 400_000, 25_600, MIB],
    // A tail that is cut early.
    [20_000, 400_000, 1024, 65_536],
    [5, 40, 1024, MIB],
  ])(
    'of lognormal sizes (median %i, p99 %i, blocks of %i, cut at %i) is what drawing them gives',
    (...given) => {
      const [median, p99, block, most] = given;
      const size: Size = { kind: 'lognormal', median, p99 };
      const draw = sizeDrawOf(size, 1, 0);
      const draws = 200_000;
      let sum = 0;
      let squares = 0;
      for (let k = 0; k < draws; k++) {
        const blocks = Math.ceil((Math.min(draw(k, 16, 0), most - 16) + 16) / block);
        sum += blocks;
        squares += blocks * blocks;
      }
      const mean = sum / draws;
      const error = Math.sqrt((squares / draws - mean * mean) / draws);
      expect(Math.abs(meanBlocks(size, 16, block, most) - mean)).toBeLessThan(5 * error + 1e-6);
    },
  );

  it('of the lines of a file is their mean', () => {
    const lines = new LineTable(new TextEncoder().encode(`${'a'.repeat(1020)}\n${'b'.repeat(3000)}\nc\n`));
    expect(meanBlocks({ kind: 'lines', lines }, 5, 1024, MIB)).toBeCloseTo((2 + 3 + 1) / 3, 12);
  });
});

describe('keyLengthsOf', () => {
  it.each([
    { kind: 'uniform', count: 12_345, template: 'key-{n}' },
    { kind: 'zipf', count: 5000, exponent: 1.1, template: 'ключ-{n}' },
    { kind: 'hot', share: 0.4, keys: 3, of: 1000, template: 'k{n}' },
    { kind: 'weights', names: ['a', 'bb', 'ccc', 'dd'], weights: [1, 2, 3, 4] },
  ] as const)('has the lengths of $kind keys, each as often as its keys', (keys) => {
    const lengths = keyLengthsOf(keys);
    expect(lengths.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(lengths.reduce((sum, { bytes, share }) => sum + bytes * share, 0)).toBeCloseTo(
      meanKeyBytes(keys),
      9,
    );
    expect(new Set(lengths.map(({ bytes }) => bytes)).size).toBe(lengths.length);
  });
});
