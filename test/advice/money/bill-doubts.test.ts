import { describe, expect, it } from 'vitest';
import { withMoney } from '../../../src/advice/money/plan-money.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import type { PlanInput } from '../../../src/advice/plan/plan-input.ts';
import { inputOf, pricesOf, type Traffic } from './bills.ts';

/** The assumptions of a plan that speak of bills and prices, with how doubtful each is. */
function doubtsOf(traffic: Traffic, change: Partial<PlanInput> = {}): string[] {
  const input = { ...inputOf(traffic), ...change };
  const core = buildPlan(input);
  const { assumptions, doubts } = withMoney(core, input, core, { prices: pricesOf(input.region) });
  return assumptions
    .map((text, i) => `${doubts?.[i] ?? ''}: ${text}`)
    .filter((text) => /key counts|PUT payload unit|prices of/.test(text));
}

describe('what bills rest on that AWS does not say', () => {
  it('is said at the top where 1 KiB of data and a key are billed as two', () => {
    // 5,000/s are 12,531.28 GB a month: $2,005.00 of data in, or $1,002.50; and 29.20 + 509.08 beside it.
    expect(doubtsOf({ rate: 5000, recordBytes: 1040 })).toEqual([
      'high: Bills round up data and partition key together; AWS does not say whether the key counts. If not, ' +
        'on-demand costs $1,541 a month instead of $2,543.',
    ]);
  });

  it('is said of Advantage too, above its minimum', () => {
    // 60,000/s: 150,375.4 GB, twice 0.032 = $9,624.02 or $4,812.01, and 152,725.0 GB out at 0.016: $2,443.60.
    expect(doubtsOf({ rate: 60_000, recordBytes: 1040 })[0]).toContain(
      'on-demand-advantage costs $7,256 a month instead of $12,068',
    );
  });

  it('is not said where no bill depends on it by more than a tenth', () => {
    expect(doubtsOf({ rate: 5000, recordBytes: 1024 })).toEqual([]);
    expect(doubtsOf({ rate: 5000, recordBytes: 916 })).toEqual([]);
    // 20 KiB and a key: 21 KiB or 20.
    expect(doubtsOf({ rate: 5000, recordBytes: 20 * 1024 + 16 })).toEqual([]);
  });

  it('is said where 25 KB hold a record or do not', () => {
    // 1,000/s of 25,116 B: 24 shards, $262.80, and $36.79 of PUT units, or twice that.
    expect(doubtsOf({ rate: 1000, recordBytes: 25_116 }, { headroom: 0 })).toEqual([
      'high: A PUT payload unit ("25 KB") is taken to be 25,600 bytes. If it is 25,000, provisioned costs $336 a ' +
        'month instead of $300.',
    ]);
  });

  it('tells how old prices are, and nothing of those that are new', () => {
    expect(doubtsOf({ rate: 100, recordBytes: 916 }, { region: 'us-east-2' })).toEqual([
      "some: The prices of us-east-2 are of 2024-07, 26 months older than the newest built-in ones: shardwise prices --region us-east-2 gets today's.",
    ]);
    expect(doubtsOf({ rate: 100, recordBytes: 916 })).toEqual([]);
  });
});
