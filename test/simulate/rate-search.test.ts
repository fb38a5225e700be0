import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchRate } from '../../src/simulate/rate-search.ts';

describe('the search for the largest rate', () => {
  it('finds any edge in its range to one per cent, in few probes', () => {
    const rates = fc.double({ min: 1, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(rates, rates, (edge, startPerSec) => {
        let probes = 0;
        const range = { startPerSec, leastPerSec: 0.5, mostPerSec: 4e6 };
        const { holdsAtPerSec, breaksAtPerSec } = searchRate(range, (rate) => {
          probes++;
          return rate <= edge;
        });
        expect(holdsAtPerSec).toBeLessThanOrEqual(edge);
        expect(breaksAtPerSec).toBeGreaterThan(edge);
        expect((breaksAtPerSec ?? NaN) / (holdsAtPerSec ?? NaN)).toBeLessThanOrEqual(1.01);
        expect(probes).toBeLessThan(32);
      }),
    );
  });

  it('says where it stopped when nothing breaks, and that nothing holds', () => {
    const range = { startPerSec: 100, leastPerSec: 10, mostPerSec: 1000 };
    expect(searchRate(range, () => true)).toEqual({ holdsAtPerSec: 1000, breaksAtPerSec: null });
    expect(searchRate(range, () => false)).toEqual({ holdsAtPerSec: null, breaksAtPerSec: 10 });
  });
});
