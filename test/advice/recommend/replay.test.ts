import fc from 'fast-check';
import { expect, it } from 'vitest';
import { playShard } from '../../../src/advice/recommend/layout-replay.ts';

const flat = { records: 1, bytes: 1 };
const minutes = (records: number, bytes: number, count: number) => ({
  records: new Float64Array(count).fill(records),
  bytes: new Float64Array(count).fill(bytes),
});

it('a steady load above the limit loses what is above it once the bucket is empty: 1 - (B + r T) / (l T)', () => {
  const { offered, throttled } = playShard(minutes(1500, 0, 10), flat);
  expect(offered).toBe(900_000);
  expect(throttled).toBeCloseTo(900_000 - (1000 + 1000 * 600), 6);
});

it('bytes throttle as records do, and the worse of both counts', () => {
  const mib = 1024 * 1024;
  const { throttled } = playShard(minutes(100, 2 * mib, 10), flat);
  expect(throttled).toBeCloseTo(60_000 * (1 - (mib + mib * 600) / (2 * mib * 600)), 6);
});

it('bursts of six seconds a minute are refused beyond what a full bucket holds', () => {
  // 600/s twice as busy for 6 s: 7,200 in 6 s, of which 6,000 + 1,000 pass.
  expect(playShard(minutes(600, 0, 5), { records: 2, bytes: 1 }).throttled).toBeCloseTo(5 * 200, 6);
});

it('cutting a shard in two never makes it throttle more', () => {
  const rates = fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      rates,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.integer({ min: 1, max: 5 }),
      (all, part, factor) => {
        const of = (share: number) =>
          playShard(
            {
              records: Float64Array.from(all, (rate) => rate * share),
              bytes: Float64Array.from(all, (rate) => rate * share * 700),
            },
            { records: factor, bytes: factor },
          ).throttled;
        expect(of(part) + of(1 - part)).toBeLessThanOrEqual(of(1) + 1e-6);
      },
    ),
  );
});
