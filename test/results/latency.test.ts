import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram, percentileOf } from '../../src/results/latency.ts';

/** The value with at least the given part of all at or below it. */
function exactPercentile(sorted: readonly number[], percentile: number): number {
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)];
}

const HOUR_US = 3_600_000_000;
const YEAR_US = 365 * 24 * HOUR_US;
const latency = fc.oneof(
  fc.nat(3000),
  fc.nat(200_000),
  fc.integer({ min: 0, max: HOUR_US }),
  fc.integer({ min: 2 ** 31, max: 2 ** 33 }),
  fc.integer({ min: 0, max: 100 * YEAR_US }),
);

describe('a latency histogram', () => {
  it('has percentiles right to three digits, and mean, maximum and count exact', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 400 }), (values) => {
        const histogram = new LatencyHistogram();
        for (const value of values) histogram.record(value);
        const sorted = [...values].sort((a, b) => a - b);
        for (const percentile of [0.1, 1, 50, 90, 99, 99.9, 100]) {
          const exact = exactPercentile(sorted, percentile);
          const got = (histogram.percentileMs(percentile) ?? NaN) * 1000;
          expect(Math.abs(got - exact)).toBeLessThanOrEqual(exact * 0.001 + 1e-6);
        }
        const sum = values.reduce((a, b) => a + b, 0);
        expect(histogram.maxMs).toBe(sorted[sorted.length - 1] / 1000);
        expect(histogram.meanMs).toBe(Math.round(sum / values.length) / 1000);
        expect(histogram.count).toBe(values.length);
      }),
    );
  });

  it('is read back from its summary with the same percentiles', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (values) => {
        const histogram = new LatencyHistogram();
        for (const value of values) histogram.record(value, 1 + (value % 3));
        const summary = histogram.summary();
        expect(percentileOf(summary, 50)).toBe(summary.p50);
        expect(percentileOf(summary, 99)).toBe(summary.p99);
        expect(percentileOf(summary, 99.9)).toBe(summary.p999);
        expect(percentileOf(summary, 100)).toBe(summary.max);
      }),
      { numRuns: 40 },
    );
  });

  it('may be looked at while it is recorded', () => {
    const histogram = new LatencyHistogram();
    for (let us = 1; us <= 1000; us++) {
      histogram.record(us * 1000);
      expect(Math.abs((histogram.percentileMs(100) ?? 0) - us)).toBeLessThanOrEqual(us * 0.001);
    }
    expect(Math.abs((histogram.percentileMs(50) ?? 0) - 500)).toBeLessThan(1);
    expect(histogram.summary().count).toBe(1000);
  });

  it('counts more than 2^32 records of a kind and does not lose them on the way through a report', () => {
    const histogram = new LatencyHistogram();
    histogram.record(1000, 6e9);
    histogram.record(5000, 3e9);
    const summary = histogram.summary();
    expect(summary.count).toBe(9e9);
    expect(percentileOf(summary, 66)).toBeCloseTo(1, 2);
    expect(percentileOf(summary, 67)).toBeCloseTo(5, 2);
    expect(summary.mean).toBe(2.333);
  });

  it('is all null where nothing was recorded', () => {
    const summary = new LatencyHistogram().summary();
    expect({ ...summary, hdr: '' }).toEqual({
      p50: null,
      p90: null,
      p99: null,
      p999: null,
      max: null,
      mean: null,
      count: 0,
      hdr: '',
    });
    expect(percentileOf(summary, 99)).toBeNull();
  });

  it('takes what is below 0 for 0, what is no number too, and what is above 119 years for those', () => {
    const histogram = new LatencyHistogram();
    for (const value of [-5, NaN, 0.4, Infinity]) histogram.record(value);
    expect(histogram.percentileMs(50)).toBe(0);
    expect(histogram.maxMs).toBe((HOUR_US / 1000) * 2 ** 20);
    expect(histogram.count).toBe(4);
  });

  it('has its mean exact where the sum of all latencies is more than a double holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 * YEAR_US }), fc.integer({ min: 1, max: 1e9 })), {
          minLength: 1,
          maxLength: 50,
        }),
        (latencies) => {
          const histogram = new LatencyHistogram();
          for (const [us, count] of latencies) histogram.record(us, count);
          const sum = latencies.reduce((total, [us, count]) => total + BigInt(us) * BigInt(count), 0n);
          const count = latencies.reduce((total, [, times]) => total + BigInt(times), 0n);
          // Rounded half up, in whole numbers all the way.
          const meanUs = sum / count + (2n * (sum % count) >= count ? 1n : 0n);
          expect(histogram.meanMs).toBe(Number(meanUs) / 1000);
        },
      ),
    );
  });

  it('reads what an earlier version has saved, and writes the same where nothing took an hour', () => {
    // Written by shardwise 0.1.0: 10, 20, … 1000 ms, each once.
    const saved =
      'HISTFAAAAGV4nJNpmSzMwMDwiIGBgZGBgYGZAQJAbIZrk5cwwPiHnZn+8jPd52Sazcb0loXpPQvTQ2am7UxMW2EIwl7JyDSTkWk2mMREcPFoJm8o9IWzsEOEvCmTMpMqBsYUIU0FggUAb0smIQ==';
    const histogram = new LatencyHistogram();
    for (let ms = 10; ms <= 1000; ms += 10) histogram.record(ms * 1000);
    const summary = histogram.summary();
    expect(percentileOf({ ...summary, hdr: saved }, 50)).toBe(summary.p50);
    expect(summary.hdr).toBe(saved);
  });
});
