import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BurstMeter } from '../../src/results/burst-meter.ts';

/** A meter of one shard that has seen records of 100 bytes, by second. */
function meterOf(perSecond: readonly number[], bytes = 100): BurstMeter {
  const meter = new BurstMeter(1);
  perSecond.forEach((records, second) => {
    if (records === 0) return;
    meter.reach(second);
    meter.add(0, records, records * bytes);
  });
  meter.finish(perSecond.length);
  return meter;
}

const quiet = (seconds: number, records: number): number[] => new Array<number>(seconds).fill(records);

describe('the hidden burst', () => {
  it('is a minute’s busiest second over its mean', () => {
    expect(meterOf([...quiet(30, 100), 690, ...quiet(29, 100)]).of(0)).toMatchObject({
      dimension: 'records',
      perSec: 690,
      meanPerSec: (59 * 100 + 690) / 60,
      ratio: (690 * 60) / (59 * 100 + 690),
    });
  });

  it('is that of the minute with the busiest second, not of a nearly empty one', () => {
    const burst = meterOf([...quiet(59, 0), 1, ...quiet(59, 300), 600, ...quiet(60, 200)]).of(0);
    expect(burst?.perSec).toBe(600);
    expect(burst?.ratio).toBeCloseTo(600 / 305, 9);
  });

  it('counts the bytes where they are nearer to their limit', () => {
    expect(meterOf(quiet(60, 10), 100_000).of(0)).toMatchObject({ dimension: 'bytes', ratio: 1 });
  });

  it('knows what chance alone gives: 1.6 at 20 records a second', () => {
    expect(meterOf(quiet(60, 20)).of(0)?.ratioByChance).toBeCloseTo(1.64, 2);
  });

  it('is not told of a minute that was broken off, nor of silence', () => {
    expect(meterOf(quiet(59, 100)).of(0)).toBeUndefined();
    expect(meterOf(quiet(60, 0)).of(0)).toBeUndefined();
    expect(meterOf([...quiet(60, 100), ...quiet(30, 900)]).of(0)?.perSec).toBe(100);
  });

  it('agrees with a plain look at all whole minutes', () => {
    const seconds = fc.array(fc.oneof(fc.constant(0), fc.nat(2000)), { minLength: 60, maxLength: 250 });
    fc.assert(
      fc.property(seconds, (perSecond) => {
        const minutes = Array.from({ length: Math.floor(perSecond.length / 60) }, (_, m) =>
          perSecond.slice(m * 60, m * 60 + 60),
        );
        const worst = minutes.reduce((a, b) => (Math.max(...b) > Math.max(...a) ? b : a));
        const peak = Math.max(...worst);
        const mean = worst.reduce((sum, n) => sum + n, 0) / 60;
        expect(meterOf(perSecond).of(0)?.ratio).toEqual(peak === 0 ? undefined : peak / mean);
      }),
    );
  });
});
