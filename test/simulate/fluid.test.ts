/** The bracket of the aggregate engine around the same arrivals charged one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCEPTED, Throttle } from '../../src/model/throttle.ts';
import { BURST, FluidBuckets } from '../../src/simulate/fluid.ts';

/** Oracle: records of 1 byte at whole microseconds, one request each, against the throttle of the model. */
function lostOneByOne(timesUs: readonly number[], fill: number): number {
  const throttle = new Throttle(1, 0, { initialFill: fill });
  let lost = 0;
  for (const us of timesUs) {
    throttle.beginCall(us);
    if (throttle.charge(0, 1) !== ACCEPTED) lost++;
  }
  return lost;
}

/** Ticks with arrivals at adversarial times: in clumps, early or late in the tick. */
const story = fc
  .record({
    tickUs: fc.constantFrom(10_000, 20_000, 100_000, 250_000),
    fill: fc.constantFrom(0, 0.3, 1),
    ticks: fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 120,
    }),
    heat: fc.double({ min: 0.2, max: 3, noNaN: true }),
  })
  .map(({ tickUs, fill, ticks, heat }) => {
    const counts = ticks.map(([n]) => Math.round((n * heat * tickUs) / 200_000));
    const timesUs = ticks.flatMap(([, at], i) =>
      new Array<number>(counts[i]).fill(i * tickUs + Math.floor(at * (tickUs - 1))),
    );
    return { tickUs, fill, counts, timesUs };
  });

describe('the fluid bracket', () => {
  it('holds what is throttled one by one, whenever within its tick a record comes', () => {
    fc.assert(
      fc.property(story, ({ tickUs, fill, counts, timesUs }) => {
        const buckets = new FluidBuckets([tickUs], false, fill);
        for (const count of counts) buckets.tick(0, count, tickUs);
        const exact = lostOneByOne(timesUs, fill);
        expect(buckets.lostLow[0]).toBeLessThanOrEqual(exact + 1e-6);
        expect(buckets.lostHigh[0]).toBeGreaterThanOrEqual(exact - 1e-6);
      }),
      { numRuns: 2000 },
    );
  });

  it('still holds it where stretches without refusals are passed at once', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 2, max: 16 }), ({ tickUs, fill, counts, timesUs }, together) => {
        const buckets = new FluidBuckets([tickUs], false, fill);
        for (let i = 0; i < counts.length; i += together) {
          const stretch = counts.slice(i, i + together);
          const count = stretch.reduce((sum, n) => sum + n, 0);
          if (buckets.canSkip(0, count, stretch.length * tickUs, Infinity)) {
            buckets.skip(0, count, stretch.length * tickUs);
          } else for (const n of stretch) buckets.tick(0, n, tickUs);
        }
        const exact = lostOneByOne(timesUs, fill);
        expect(buckets.lostLow[0]).toBeLessThanOrEqual(exact + 1e-6);
        expect(buckets.lostHigh[0]).toBeGreaterThanOrEqual(exact - 1e-6);
      }),
      { numRuns: 2000 },
    );
  });

  it('is one number where a tick is one request', () => {
    fc.assert(
      fc.property(story, ({ tickUs, fill, counts }) => {
        const buckets = new FluidBuckets([tickUs], true, fill);
        counts.forEach((count) => buckets.tick(0, count, tickUs));
        const timesUs = counts.flatMap((count, i) => new Array<number>(count).fill((i + 1) * tickUs));
        expect(buckets.lostLow[0]).toBe(lostOneByOne(timesUs, fill));
        expect(buckets.lostHigh[0]).toBe(buckets.lostLow[0]);
      }),
    );
  });

  it('passes a flood as its ticks would', () => {
    const ticks = new FluidBuckets([250_000], false, 1);
    const flood = new FluidBuckets([250_000], false, 1);
    for (let i = 0; i < 40; i++) ticks.tick(0, 600, 250_000);
    expect(flood.flood(0, 24_000, 10_000_000)).toBe(true);
    expect([flood.lostLow[0], flood.lostHigh[0]]).toEqual([ticks.lostLow[0], ticks.lostHigh[0]]);
    expect(flood.lostLow[0]).toBe(24_000 - BURST - 10_000);
    expect(flood.flood(0, 9_000, 10_000_000)).toBe(false);
  });
});
