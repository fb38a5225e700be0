import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billedTrafficOf, scaledTraffic } from '../../../src/advice/money/billed-traffic.ts';
import { breakEvensOf, wholeShards } from '../../../src/advice/money/break-even.ts';
import { exactUsd } from '../../../src/advice/money/mode-cost.ts';
import type { PricedMode } from '../../../src/model/prices.ts';
import type { BreakEven } from '../../../src/results/plan-money.ts';
import { inputOf, pricesOf, type Traffic } from './bills.ts';

const PRICES = pricesOf();

function between(first: PricedMode, second: PricedMode, traffic: Traffic, shards: number): BreakEven {
  const found = breakEvensOf(billedTrafficOf(inputOf(traffic)), shards, PRICES).find(
    ({ modes }) => modes[0] === first && modes[1] === second,
  );
  if (found === undefined) throw new Error('no such pair');
  return found;
}

/** A bill at another mean rate, with shards in proportion. */
function usdAt(mode: PricedMode, rate: number, traffic: Traffic, shards: number): number {
  const factor = rate / traffic.rate;
  const scaled = scaledTraffic(billedTrafficOf(inputOf(traffic)), factor);
  return exactUsd(mode, scaled, wholeShards(shards, factor), PRICES) ?? NaN;
}

describe('the break-even between two modes', () => {
  it('of On-demand Standard and Advantage with one reader of 1 KiB records lies where 29.20 + 0.12 a GB is 3,079.69', () => {
    // Up to 25 MiB/s the minimum is the whole Advantage bill: (3,079.6875 - 29.2) / 0.12 = 25,420.73 GB a month.
    const { meanRecordsPerSec, fromRecordsPerSec, cheaperBelow, cheaperAbove } = between(
      'on-demand',
      'on-demand-advantage',
      { rate: 500, recordBytes: 1024 },
      1,
    );
    expect(meanRecordsPerSec).toBeCloseTo((((3079.6875 - 29.2) / 0.12) * 2 ** 20) / 2_628_000, 6);
    expect(fromRecordsPerSec).toBe(meanRecordsPerSec);
    expect([cheaperBelow, cheaperAbove]).toEqual(['on-demand', 'on-demand-advantage']);
  });

  it('is nowhere where a provisioned stream is always the cheaper', () => {
    expect(between('provisioned', 'on-demand', { rate: 1000, recordBytes: 1024 }, 2)).toEqual({
      modes: ['provisioned', 'on-demand'],
      meanRecordsPerSec: null,
      fromRecordsPerSec: null,
      cheaperBelow: 'provisioned',
      cheaperAbove: 'provisioned',
    });
  });

  it('of provisioned and Standard with ten fan-out consumers lies on the first shard', () => {
    // 10.95 + 109.50 + 0.13 x GB + PUT against 29.20 + 0.58 x GB, 1 KiB records.
    const perRecord = 2_628_000;
    const gb = perRecord / 2 ** 20;
    const rate = (10.95 + 109.5 - 29.2) / ((0.08 + 0.5 - 0.13) * gb - perRecord * 1.4e-8);
    const traffic = { rate: 500, recordBytes: 1024, polling: 0, efo: 10 };
    const found = between('provisioned', 'on-demand', traffic, 1);
    expect(found.fromRecordsPerSec).toBeCloseTo(rate, 6);
    expect([found.cheaperBelow, found.cheaperAbove]).toEqual(['on-demand', 'provisioned']);
  });

  it('is not known where a price is missing or there is no number of shards', () => {
    const traffic = billedTrafficOf(inputOf({ rate: 500, recordBytes: 1024 }));
    const tokyo = breakEvensOf(traffic, 1, pricesOf('ap-northeast-1'));
    expect(tokyo.map(({ cheaperBelow }) => cheaperBelow)).toEqual(['provisioned', null, null]);
    const none = breakEvensOf(traffic, null, PRICES);
    expect(none.map(({ cheaperBelow }) => cheaperBelow)).toEqual([null, 'on-demand', null]);
  });

  it('has the cheaper mode on each side, as the bills themselves say', () => {
    fc.assert(
      fc.property(
        fc.record({
          rate: fc.integer({ min: 1, max: 20_000 }),
          recordBytes: fc.integer({ min: 30, max: 60_000 }),
          polling: fc.integer({ min: 0, max: 3 }),
          efo: fc.integer({ min: 0, max: 12 }),
          retentionHours: fc.constantFrom(24, 168, 400),
        }),
        fc.integer({ min: 1, max: 60 }),
        (traffic, shards) => {
          for (const found of breakEvensOf(billedTrafficOf(inputOf(traffic)), shards, PRICES)) {
            const {
              modes,
              meanRecordsPerSec: last,
              fromRecordsPerSec: first,
              cheaperBelow,
              cheaperAbove,
            } = found;
            const cheaperAt = (rate: number): PricedMode =>
              usdAt(modes[0], rate, traffic, shards) > usdAt(modes[1], rate, traffic, shards)
                ? modes[1]
                : modes[0];
            if (last === null || first === null) {
              expect(cheaperBelow).toBe(cheaperAbove);
              for (const part of [1e-6, 0.01, 0.3, 1, 3, 10])
                expect(cheaperAt(part * traffic.rate)).toBe(cheaperBelow);
              continue;
            }
            for (const part of [1e-6, 0.01, 0.3, 0.9, 0.999999])
              expect(cheaperAt(part * first)).toBe(cheaperBelow);
            for (const part of [1.000001, 1.001, 1.1]) expect(cheaperAt(part * last)).toBe(cheaperAbove);
            // At either end the two change places, by a step of the stairs or by meeting.
            expect(cheaperAt(first * 1.0000001)).not.toBe(cheaperBelow);
            expect(cheaperAt(last * 0.9999999)).not.toBe(cheaperAbove);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
