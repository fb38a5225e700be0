import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billedTrafficOf, scaledTraffic } from '../../../src/advice/money/billed-traffic.ts';
import { breakEvensOf, wholeShards } from '../../../src/advice/money/break-even.ts';
import { exactUsd } from '../../../src/advice/money/mode-cost.ts';
import { shardGrowthOf, type ShardGrowth } from '../../../src/advice/money/shard-growth.ts';
import type { PricedMode } from '../../../src/model/prices.ts';
import type { BreakEven } from '../../../src/results/plan-money.ts';
import { planMoney } from '../../../src/advice/money/plan-money.ts';
import { planInputOfFlags, type PlanInput } from '../../../src/advice/plan/plan-input.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { atRate } from '../../../src/advice/plan/plan-reverse.ts';
import { keysOfShort } from '../../../src/traffic/short-keys.ts';
import { inputOf, pricesOf, type Traffic } from './bills.ts';

const PRICES = pricesOf();

function inProportion(shards: number): ShardGrowth {
  return { shards, mostFactor: Infinity };
}

function between(first: PricedMode, second: PricedMode, traffic: Traffic, shards: number): BreakEven {
  const found = breakEvensOf(billedTrafficOf(inputOf(traffic)), inProportion(shards), PRICES).find(
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
    const tokyo = breakEvensOf(traffic, inProportion(1), pricesOf('ap-northeast-1'));
    expect(tokyo.map(({ cheaperBelow }) => cheaperBelow)).toEqual(['provisioned', null, null]);
    const none = breakEvensOf(traffic, { shards: null, why: 'None.', mostFactor: Infinity }, PRICES);
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
          for (const found of breakEvensOf(billedTrafficOf(inputOf(traffic)), inProportion(shards), PRICES)) {
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

describe('the break-even of a plan', () => {
  function pairsOf(input: PlanInput): Record<string, BreakEven> {
    const { breakEven } = planMoney(input, buildPlan(input), { prices: PRICES });
    return Object.fromEntries(breakEven.map((pair) => [pair.modes.join(' '), pair]));
  }

  /** What a mode costs where the rate is another and everything is planned again. */
  function usdPlannedAt(mode: PricedMode, rate: number, input: PlanInput): number {
    const planned = atRate(input, rate);
    return exactUsd(mode, billedTrafficOf(planned), buildPlan(planned).shards ?? NaN, PRICES) ?? NaN;
  }

  function keyed(text: string, rate: number): PlanInput {
    return planInputOfFlags({ rate: { recordsPerSec: rate }, dataBytes: 1024, keys: keysOfShort(text) });
  }

  it('holds where it is planned again at rates around it', () => {
    const traffic = fc.record({
      rate: fc.integer({ min: 1, max: 20_000 }),
      recordBytes: fc.integer({ min: 30, max: 60_000 }),
      polling: fc.integer({ min: 0, max: 3 }),
      efo: fc.integer({ min: 0, max: 12 }),
    });
    fc.assert(
      fc.property(traffic, (given) => {
        const input = inputOf(given);
        for (const pair of Object.values(pairsOf(input))) {
          const { modes, meanRecordsPerSec: last, fromRecordsPerSec: first } = pair;
          expect(pair.why).toBeUndefined();
          const cheaperAt = (rate: number): PricedMode =>
            usdPlannedAt(modes[0], rate, input) > usdPlannedAt(modes[1], rate, input) ? modes[1] : modes[0];
          // At any rate: from a record a minute to a hundred times the traffic, as far as a stream goes.
          const most = (1000 * 2 ** 20) / given.recordBytes;
          const below = [1 / 60, 0.01 * given.rate, 0.5 * given.rate].map((rate) => Math.min(rate, most));
          const above = [given.rate, 3 * given.rate, 100 * given.rate].map((rate) => Math.min(rate, most));
          if (last === null || first === null) {
            for (const rate of [...below, ...above]) expect(cheaperAt(rate)).toBe(pair.cheaperAbove);
            continue;
          }
          for (const part of [0.01, 0.5, 0.99, 0.9999])
            expect(cheaperAt(part * first)).toBe(pair.cheaperBelow);
          for (const part of [1.0001, 1.01, 1.5, 4]) expect(cheaperAt(part * last)).toBe(pair.cheaperAbove);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(['zipf:1.1:100000', 'hot:10%:1:10000', 'uniform:1000000'])(
    'says nothing against provisioned with keys, %s, and why',
    (keys) => {
      const pairs = pairsOf(keyed(keys, 2000));
      for (const name of ['provisioned on-demand', 'provisioned on-demand-advantage']) {
        expect(pairs[name]).toMatchObject({
          meanRecordsPerSec: null,
          fromRecordsPerSec: null,
          cheaperAbove: null,
        });
        expect(pairs[name].why).toContain('do not grow in proportion');
        expect(pairs[name].why).toContain('--rate');
      }
    },
  );

  it('ends on demand where the heaviest key fits on no shard: a fifth of 4,000/s is 800/s', () => {
    const pair = pairsOf(keyed('hot:20%:1:10000', 2500))['on-demand on-demand-advantage'];
    expect(pair).toMatchObject({
      meanRecordsPerSec: null,
      cheaperBelow: 'on-demand',
      cheaperAbove: 'on-demand',
      why: 'Above 4,000/s the heaviest key fits on no shard.',
    });
    expect(buildPlan(keyed('hot:20%:1:10000', 4000)).hottestKey?.fits).toBe(true);
    expect(buildPlan(keyed('hot:20%:1:10000', 4001)).hottestKey?.fits).toBe(false);
  });

  it('stays on demand where it lies below that', () => {
    const pair = pairsOf(keyed('hot:5%:1:10000', 2500))['on-demand on-demand-advantage'];
    // Without keys it is 6,067/s; a twentieth of 16,000/s is 800/s.
    expect(pair.meanRecordsPerSec).toBeCloseTo(6067, -1);
    expect(pair.why).toBeUndefined();
  });
});

describe('shardGrowthOf', () => {
  it('tells shards before they are rounded up', () => {
    // 5,000/s x 1,040 B in shards of 1 MiB/s x 80 %, and records of 800/s: the more of 6.199 and 6.25.
    const input = planInputOfFlags({ rate: { recordsPerSec: 5000 }, dataBytes: 1024 });
    expect(shardGrowthOf(input, buildPlan(input)).shards).toBeCloseTo(6.25, 6);
    const exact = planInputOfFlags({ rate: { recordsPerSec: 4000 }, dataBytes: 100 });
    expect(shardGrowthOf(exact, buildPlan(exact)).shards).toBeCloseTo(5, 6);
    const little = planInputOfFlags({ rate: { recordsPerSec: 0.8 }, dataBytes: 100 });
    expect(shardGrowthOf(little, buildPlan(little)).shards).toBeCloseTo(0.001, 6);
  });
});
