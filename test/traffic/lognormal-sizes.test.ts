import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LognormalSizes } from '../../src/traffic/lognormal-sizes.ts';
import { sizeColumnOf, sizeDrawOf } from '../../src/traffic/sizes.ts';

describe('lognormal sizes', () => {
  it('looked up are those computed, to the byte, also at the ends of the stretches', () => {
    const share = fc.oneof(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.nat(16_383).map((stretch) => stretch / 16_384),
      fc.integer({ min: 1, max: 16_384 }).map((stretch) => stretch / 16_384 - 2 ** -53),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.array(share, { minLength: 1, maxLength: 300 }),
        (median, spread, shares) => {
          const sizes = new LognormalSizes(median, median * spread);
          const out = new Uint32Array(shares.length);
          sizes.fill(
            Float64Array.from(shares),
            new Uint16Array(shares.length).fill(7),
            100_000,
            shares.length,
            out,
          );
          expect([...out]).toEqual(shares.map((u) => Math.min(sizes.at(u), 99_993)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    { kind: 'lognormal', median: 300, p99: 9000 },
    { kind: 'uniform', min: 10, max: 20_000 },
    { kind: 'fixed', bytes: 5000 },
  ] as const)('and others are drawn many at a time as one by one, and cut: $kind', (size) => {
    const [draw, column] = [sizeDrawOf(size, 5, 2), sizeColumnOf(size, 5, 2, 300, 4000)];
    const [keyBytes, dueUs, out] = [
      new Uint16Array(300).fill(9),
      new Float64Array(300),
      new Uint32Array(300),
    ];
    column(1000, keyBytes, dueUs, 300, out);
    expect([...out]).toEqual(Array.from(dueUs, (due, i) => Math.min(draw(1000 + i, 9, due), 3991)));
  });
});
