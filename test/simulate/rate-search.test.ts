import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchRate, type RateAnswer } from '../../src/simulate/rate-search.ts';

const RANGE = { startPerSec: 100, leastPerSec: 10, mostPerSec: 1000 };

/** A search with its probes, of a value that is to stay below 1. */
async function search(valueAt: (rate: number) => number, range = RANGE, most = Infinity) {
  const probes: number[] = [];
  const bracket = await searchRate(range, (rate) => {
    if (probes.length === most) return Promise.resolve(undefined);
    probes.push(rate);
    const actual = valueAt(rate);
    return Promise.resolve<RateAnswer>({ holds: actual < 1, actual });
  });
  return { ...bracket, probes };
}

describe('the search for the largest rate', () => {
  it('finds any edge in its range to one per cent, in few probes', async () => {
    const rates = fc.double({ min: 1, max: 1e6, noNaN: true });
    await fc.assert(
      fc.asyncProperty(rates, rates, async (edge, startPerSec) => {
        const range = { startPerSec, leastPerSec: 0.5, mostPerSec: 4e6 };
        const found = await search((rate) => (rate <= edge ? 0 : rate), range);
        expect(found.holdsAtPerSec).toBeLessThanOrEqual(edge);
        expect(found.breaksAtPerSec).toBeGreaterThan(edge);
        expect((found.breaksAtPerSec ?? NaN) / (found.holdsAtPerSec ?? NaN)).toBeLessThanOrEqual(1.01);
        expect(found.probes.length).toBeLessThan(32);
      }),
    );
  });

  it('says where it stopped when nothing breaks, and that nothing holds', async () => {
    expect(await search(() => 0)).toMatchObject({ holdsAtPerSec: 1000, breaksAtPerSec: null });
    const none = await search((rate) => 1 + rate);
    expect(none).toMatchObject({ holdsAtPerSec: null, breaksAtPerSec: 10 });
    expect(none.isFlat).toBeUndefined();
  });

  it('stops where the value does not depend on the rate, after the lowest rate has said so', async () => {
    const flat = await search((rate) => 300 + rate / 1000);
    expect(flat).toEqual({ holdsAtPerSec: null, breaksAtPerSec: 10, isFlat: true, probes: [100, 50, 10] });
  });

  it('takes no value near to its end for one that does not change', async () => {
    // A share of 1 - 5/rate: nearly the same at 4,000 and at 2,000, and 0 at 5.
    const range = { startPerSec: 4000, leastPerSec: 1, mostPerSec: 8000 };
    const found = await search((rate) => 2 - 10 / rate, range);
    expect(found.isFlat).toBeUndefined();
    expect(found.holdsAtPerSec).toBeGreaterThan(9.8);
    expect(found.holdsAtPerSec).toBeLessThan(10);
  });

  it('ends with what is known when it is to end', async () => {
    const found = await search((rate) => rate / 300, RANGE, 3);
    expect(found).toEqual({ holdsAtPerSec: 200, breaksAtPerSec: 400, probes: [100, 200, 400] });
    expect(await search(() => 0, RANGE, 0)).toEqual({
      holdsAtPerSec: null,
      breaksAtPerSec: null,
      probes: [],
    });
  });
});
