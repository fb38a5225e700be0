import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueTimesOf } from '../../src/traffic/arrivals.ts';
import { integralTo, rateCurveOf, timeOf, totalOf } from '../../src/traffic/rate-curve.ts';
import type { Arrivals, Stage } from '../../src/traffic/scenario.ts';

const SEC = 1_000_000;

function allTimes(arrivals: Arrivals, stages: readonly Stage[], seed = 1, warmupUs = 0): number[] {
  const times = dueTimesOf(arrivals, rateCurveOf(stages, warmupUs), seed, 0);
  const block = new Float64Array(300);
  const all: number[] = [];
  for (let n = times.fill(block); n > 0; n = times.fill(block)) all.push(...block.subarray(0, n));
  return all;
}

const stage = fc.record({
  durationUs: fc.integer({ min: SEC / 10, max: 20 * SEC }),
  from: fc.integer({ min: 0, max: 5000 }),
  to: fc.integer({ min: 0, max: 5000 }),
});

describe('the rate curve', () => {
  it('finds the time at which the area under the rate reaches a count', () => {
    fc.assert(
      fc.property(
        fc.array(stage, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (stages, u) => {
          const curve = rateCurveOf(stages, 0);
          const count = totalOf(curve) * u;
          expect(integralTo(curve, timeOf(curve, count))).toBeCloseTo(count, 3);
        },
      ),
    );
  });

  it('is the area of a triangle for a ramp from 0: 5,000/s after 30 s is 75,000 records', () => {
    const curve = rateCurveOf([{ durationUs: 30 * SEC, from: 0, to: 5000 }], 0);
    expect(totalOf(curve)).toBe(75_000);
    expect(integralTo(curve, 15 * SEC)).toBe(18_750);
    expect(timeOf(curve, 18_750)).toBeCloseTo(15 * SEC, 3);
  });

  it('warms up at the rate that the counted duration starts with', () => {
    const curve = rateCurveOf([{ durationUs: 10 * SEC, from: 100, to: 300 }], 5 * SEC);
    expect(integralTo(curve, 5 * SEC)).toBe(500);
    expect(totalOf(curve)).toBe(2500);
  });
});

describe('even arrivals', () => {
  it('put record k at (k + 1/2) / rate, to the microsecond below', () => {
    const times = allTimes({ kind: 'even' }, [{ durationUs: 2 * SEC, from: 3000, to: 3000 }]);
    expect(times).toHaveLength(6000);
    times.forEach((time, k) => expect(Math.abs(time - ((k + 0.5) / 3000) * SEC)).toBeLessThanOrEqual(1));
  });

  it('offer exactly rate times duration, whole, in order, inside the duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 5 }), (rate, sec) => {
        const times = allTimes({ kind: 'even' }, [{ durationUs: sec * SEC, from: rate, to: rate }]);
        expect(times).toHaveLength(rate * sec);
        expect(
          times.every((t, i) => Number.isInteger(t) && t < sec * SEC && (i === 0 || t >= times[i - 1])),
        ).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe('bursts', () => {
  it('squeeze each period into its beginning and lose nothing', () => {
    const times = allTimes({ kind: 'bursts', everyUs: SEC, withinUs: SEC / 10 }, [
      { durationUs: 5 * SEC, from: 2000, to: 2000 },
    ]);
    expect(times).toHaveLength(10_000);
    expect(times.every((time) => time % SEC < SEC / 10)).toBe(true);
    for (let second = 0; second < 5; second++) {
      expect(times.filter((time) => Math.floor(time / SEC) === second)).toHaveLength(2000);
    }
  });
});

describe('Poisson arrivals', () => {
  it('have the mean and the variance of a Poisson process, at low and at high rates', () => {
    for (const [rate, sec] of [
      [20, 500],
      [5000, 20],
    ]) {
      const times = allTimes({ kind: 'poisson' }, [{ durationUs: sec * SEC, from: rate, to: rate }]);
      const expected = rate * sec;
      expect(Math.abs(times.length - expected)).toBeLessThan(4.5 * Math.sqrt(expected));
      const counts = new Array<number>(sec * 10).fill(0);
      for (const time of times) counts[Math.floor(time / (SEC / 10))]++;
      const mean = times.length / counts.length;
      const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (counts.length - 1);
      // The variance of a sample of n Poisson counts has a relative deviation of about sqrt(2 / n).
      expect(Math.abs(variance / mean - 1)).toBeLessThan(4.5 * Math.sqrt((2 + 1 / mean) / counts.length));
    }
  });

  it('have exponential gaps: the share of gaps above the mean is 1/e', () => {
    const times = allTimes({ kind: 'poisson' }, [{ durationUs: 100 * SEC, from: 1000, to: 1000 }]);
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    const longer = gaps.filter((gap) => gap > 1000).length / gaps.length;
    expect(Math.abs(longer - Math.exp(-1))).toBeLessThan(0.006);
  });

  it('are in order, and the same for the same seed', () => {
    const stages = [{ durationUs: 3 * SEC, from: 0, to: 4000 }];
    const times = allTimes({ kind: 'poisson' }, stages, 5);
    expect(times.every((time, i) => i === 0 || time >= times[i - 1])).toBe(true);
    expect(allTimes({ kind: 'poisson' }, stages, 5)).toEqual(times);
    expect(allTimes({ kind: 'poisson' }, stages, 6)).not.toEqual(times);
  });

  it('follow a ramp: a quarter of the records of 0 … r fall into its first half', () => {
    const times = allTimes({ kind: 'poisson' }, [{ durationUs: 20 * SEC, from: 0, to: 10_000 }]);
    const early = times.filter((time) => time < 10 * SEC).length / times.length;
    expect(Math.abs(early - 0.25)).toBeLessThan(4.5 * Math.sqrt(0.1875 / times.length));
  });
});
