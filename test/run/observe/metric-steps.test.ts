/** Steps and calls by CloudWatch's rules, worked out by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  completeSteps,
  finestStepMs,
  stepsOfReach,
  stepsOfWindow,
  stepsOver,
} from '../../../src/run/observe/metric-steps.ts';
import { metricsPerCall, planAsking, pointsPerSec } from '../../../src/run/observe/metric-plan.ts';
import { coarseSteps } from '../../../src/run/observe/shard-metrics.ts';
import { MetricPace } from '../../../src/run/aws/metric-pace.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A whole hour. */
const NOW = 1_800_000_000_000;

describe('the step of a window', () => {
  it.each([
    ['an hour', HOUR, MINUTE],
    ['a week', 7 * DAY, MINUTE],
    ['15 days less an hour', 15 * DAY - HOUR, MINUTE],
    ['15 days, of which the first minutes go while it is asked', 15 * DAY, 5 * MINUTE],
    ['63 days less an hour', 63 * DAY - HOUR, 5 * MINUTE],
    ['63 days', 63 * DAY, HOUR],
    ['454 days', 454 * DAY, HOUR],
    ['456 days', 456 * DAY, undefined],
  ])('is as fine as it is kept: %s', (_, ago, step) => {
    expect(finestStepMs(NOW - ago, NOW)).toBe(step);
  });

  it('covers the window with whole steps from a whole multiple on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 * DAY }),
        fc.integer({ min: 1, max: 20 * DAY }),
        (ago, length) => {
          const fromMs = NOW - ago;
          const toMs = Math.min(NOW, fromMs + length);
          const { startMs, stepMs, count } = stepsOfWindow(fromMs, toMs, NOW);
          expect(startMs % stepMs).toBe(0);
          expect(startMs).toBeLessThanOrEqual(fromMs);
          expect(startMs + count * stepMs).toBeGreaterThanOrEqual(toMs);
          expect(startMs + (count - 1) * stepMs).toBeLessThan(toMs);
          // Never one that returns nothing (GetMetricData's rule).
          const age = NOW - startMs;
          const [least] = [age > 63 * DAY ? HOUR : age > 15 * DAY ? 5 * MINUTE : MINUTE];
          expect(stepMs % least).toBe(0);
        },
      ),
    );
  });

  it('is refused beyond what CloudWatch keeps', () => {
    expect(() => stepsOfWindow(NOW - 500 * DAY, NOW, NOW)).toThrow(/further back than the 455 days/);
  });

  it.each([
    ['63d', 90_720, 5 * MINUTE],
    ['455d', 655_200, HOUR],
  ])('of the whole reach of %s is still kept when it is asked for', (_, minutes, stepMs) => {
    const steps = stepsOfReach(minutes, stepMs, NOW);
    const age = NOW - steps.startMs;
    expect(age).toBeLessThanOrEqual(minutes * MINUTE - HOUR);
    expect(age).toBeGreaterThan(minutes * MINUTE - 4 * HOUR);
    expect(steps.startMs % stepMs).toBe(0);
  });

  it('is complete three minutes after its end', () => {
    const steps = stepsOver(NOW - HOUR, NOW, MINUTE);
    expect(completeSteps(steps, NOW)).toBe(57);
    expect(completeSteps(steps, NOW + 3 * MINUTE)).toBe(60);
    expect(completeSteps(steps, NOW - 2 * HOUR)).toBe(0);
    expect(completeSteps(stepsOver(NOW - 2 * DAY, NOW, HOUR), NOW + 2 * MINUTE)).toBe(47);
  });
});

describe('a plan of what is asked', () => {
  it.each([
    // Minutes, metrics in a call: 500, or as many as 100,800 points allow.
    [60, 500],
    [201, 500],
    [202, 499],
    [1440, 70],
    [10_080, 10],
    [18_144, 5],
    [200_000, 1],
  ])('asks for answers of one page: %i steps, %i metrics', (count, metrics) => {
    expect(metricsPerCall({ startMs: NOW, stepMs: MINUTE, count })).toBe(metrics);
  });

  it('of 10,000 shards by the minute of a day is 429 calls, 30 cents and two minutes', () => {
    const plan = planAsking([{ metrics: 30_000, steps: stepsOver(NOW - DAY, NOW, MINUTE) }], NOW);
    expect(plan).toEqual({
      ...{ requests: 429, metrics: 30_000, usd: 0.3, points: 43_200_000 },
      seconds: 43_200_000 / 396_000,
    });
  });

  it('counts every metric once, in whole calls', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 1, max: 20_000 }),
        (metrics, count) => {
          const steps = { startMs: NOW - count * MINUTE, stepMs: MINUTE, count };
          const { requests, points } = planAsking([{ metrics, steps }], NOW);
          expect(points).toBe(metrics * count);
          expect(requests * metricsPerCall(steps)).toBeGreaterThanOrEqual(metrics);
          expect((requests - 1) * metricsPerCall(steps)).toBeLessThan(Math.max(1, metrics));
          expect(metricsPerCall(steps) * count).toBeLessThanOrEqual(100_800);
        },
      ),
    );
  });

  it('goes at the lower rate of points where the last three hours are among them', () => {
    expect(pointsPerSec(stepsOver(NOW - 3 * HOUR, NOW, MINUTE), NOW)).toBe(180_000);
    expect(pointsPerSec(stepsOver(NOW - 4 * HOUR, NOW, MINUTE), NOW)).toBe(396_000);
  });

  it('looks first in steps of which 500 metrics fill a page at most', () => {
    expect(coarseSteps(stepsOver(NOW - HOUR, NOW, MINUTE))).toMatchObject({ stepMs: 5 * MINUTE, count: 12 });
    expect(coarseSteps(stepsOver(NOW - DAY, NOW, MINUTE))).toMatchObject({ stepMs: HOUR, count: 24 });
    expect(coarseSteps(stepsOver(NOW - 30 * DAY, NOW, HOUR))).toMatchObject({ stepMs: HOUR, count: 720 });
  });
});

describe('the pace of calls', () => {
  it('never goes above its two rates, whatever calls there are', () => {
    const call = fc.record({ points: fc.integer({ min: 1, max: 100_800 }), afterMs: fc.nat(500) });
    fc.assert(
      fc.property(fc.array(call, { minLength: 2, maxLength: 50 }), (calls) => {
        const pace = new MetricPace(180_000, 500);
        let nowMs = 0;
        const starts = calls.map(({ points, afterMs }) => {
          nowMs += afterMs;
          return { atMs: nowMs + pace.take(points, nowMs), points };
        });
        starts.forEach(({ atMs }, i) => {
          for (let j = i + 1; j < starts.length; j++) {
            const sec = (starts[j].atMs - atMs) / 1000;
            const points = starts.slice(i, j).reduce((sum, start) => sum + start.points, 0);
            expect(points).toBeLessThanOrEqual(180_000 * sec + 1e-3);
            expect(j - i).toBeLessThanOrEqual(500 * sec + 1e-6);
          }
        });
      }),
    );
  });

  it('lets a lone call go at once', () => {
    expect(new MetricPace(180_000).take(100_800, 12_345)).toBe(0);
  });
});
