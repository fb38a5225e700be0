import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, ln, pow } from '../../src/traffic/elementary.ts';

/** The engine's own functions are the oracle: right to the last bit or two, only not the same everywhere. */
const close = (actual: number, expected: number, relative: number): boolean =>
  Math.abs(actual - expected) <= relative * Math.abs(expected) + 5e-324;

describe('elementary functions', () => {
  it('take logarithms as Math.log does', () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true }), (x) =>
        close(ln(x), Math.log(x), 1e-15),
      ),
      { numRuns: 5000 },
    );
  });

  it('raise e as Math.exp does, down into the subnormal numbers', () => {
    fc.assert(
      fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) =>
        close(exp(x), Math.exp(x), 1e-15),
      ),
      { numRuns: 5000 },
    );
  });

  it('raise to powers as Math.pow does', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (x, y) => close(pow(x, y), x ** y, 2e-14),
      ),
      { numRuns: 5000 },
    );
  });

  it('know the ends', () => {
    expect([ln(0), ln(Infinity), ln(1), exp(0), exp(-Infinity), exp(Infinity)]).toEqual([
      -Infinity,
      Infinity,
      0,
      1,
      0,
      Infinity,
    ]);
    expect(ln(-1)).toBeNaN();
    expect([pow(0, 2), pow(5, 0), pow(2, 10), pow(9, 0.5)]).toEqual([0, 1, 1024, 3]);
  });
});
