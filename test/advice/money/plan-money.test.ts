import { describe, expect, it } from 'vitest';
import { planMoney } from '../../../src/advice/money/plan-money.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import type { PlanInput } from '../../../src/advice/plan/plan-input.ts';
import { builtInPrices } from '../../../src/model/price-tables.ts';
import type { PlanMode, PlanMoney } from '../../../src/results/plan-money.ts';
import { inputOf, type Traffic } from './bills.ts';

function moneyOf(input: PlanInput): PlanMoney {
  return planMoney(input, buildPlan(input), { prices: builtInPrices(input.region) });
}

function modesOf(traffic: Traffic, change: Partial<PlanInput> = {}): Record<string, PlanMode> {
  const { modes } = moneyOf({ ...inputOf(traffic), ...change });
  return Object.fromEntries(modes.map((mode) => [mode.mode, mode]));
}

describe('planMoney', () => {
  it("bills provisioned at the plan's shards, and every mode at the mean rate", () => {
    const input = { ...inputOf({ rate: 1000, recordBytes: 3072 }), headroom: 0 };
    const peaked = {
      ...input,
      sources: input.sources.map((source) => ({ ...source, recordsPerSec: 2000, meanRecordsPerSec: 1000 })),
    };
    expect(moneyOf(input).modes.map(({ monthlyUsd }) => monthlyUsd)).toEqual([69.64, 931.45, 3079.69]);
    // 6 shards for the peak, PUT units of the mean.
    expect(moneyOf(peaked).modes.map(({ monthlyUsd }) => monthlyUsd)).toEqual([102.49, 931.45, 3079.69]);
  });

  it.each([
    [20, true, true, true],
    [21, false, false, true],
    [50, false, false, true],
    [51, false, false, false],
  ])('with %i fan-out consumers fits: provisioned %s, Standard %s, Advantage %s', (efo, ...fits) => {
    const { modes } = moneyOf(inputOf({ rate: 100, recordBytes: 100, polling: 0, efo }));
    expect(modes.map(({ feasible }) => feasible)).toEqual(fits);
    expect(modes.map(({ why }) => why.length > 0)).toEqual(fits.map((fit) => !fit));
  });

  it('does not fit on demand above what a stream takes in the region', () => {
    // 250 MiB/s of whole KiB.
    const traffic = { rate: 250 * 1024, recordBytes: 1024 };
    expect(modesOf(traffic)['on-demand'].feasible).toBe(true);
    const elsewhere = modesOf(traffic, { region: 'eu-central-1' });
    expect(elsewhere['on-demand'].why).toEqual([
      '250 MiB/s of writes: an on-demand stream in eu-central-1 takes 200 MiB/s until AWS raises it.',
    ]);
    expect(elsewhere['on-demand-advantage'].feasible).toBe(false);
  });

  it('does not fit Standard with more polling consumers than half-full shards can feed', () => {
    expect(modesOf({ rate: 100, recordBytes: 100, polling: 4 })['on-demand'].feasible).toBe(true);
    const five = modesOf({ rate: 100, recordBytes: 100, polling: 5 }, { headroom: 0 });
    expect(five['on-demand'].feasible).toBe(false);
    expect(five['on-demand-advantage'].feasible).toBe(true);
  });

  it('fits in no mode where consumers call each shard more often than it answers', () => {
    const six = modesOf({ rate: 100, recordBytes: 100, polling: 6 });
    expect(Object.values(six).map(({ feasible }) => feasible)).toEqual([false, false, false]);
    expect(six['on-demand-advantage'].why).toEqual([
      "No number of shards meets read-calls, and a shard's limits are the same in every mode.",
    ]);
  });

  it('fits in no mode where a key fits on no shard, and bills on demand all the same', () => {
    const input = inputOf({ rate: 5000, recordBytes: 1024 });
    const keys = { kind: 'hot', share: 0.4, keys: 1, of: 1000, template: 'key-{n}' } as const;
    const { modes } = moneyOf({ ...input, sources: input.sources.map((source) => ({ ...source, keys })) });
    expect(modes.map(({ feasible }) => feasible)).toEqual([false, false, false]);
    expect(modes.map(({ monthlyUsd }) => monthlyUsd === null)).toEqual([true, false, false]);
    expect(new Set(modes.map(({ why }) => why[0])).size).toBe(1);
  });

  it('has no price for a region of which none is known, and says whose', () => {
    const money = moneyOf({ ...inputOf({ rate: 100, recordBytes: 100 }), region: 'eu-west-1' });
    expect(money.prices).toBeNull();
    expect(money.priceRegion).toBe('eu-west-1');
    expect(money.modes.map(({ monthlyUsd, lines }) => [monthlyUsd, lines])).toEqual([
      [null, []],
      [null, []],
      [null, []],
    ]);
    expect(money.breakEven).toEqual([]);
  });

  it('names the price that a mode lacks, and no other', () => {
    const tokyo = modesOf({ rate: 100, recordBytes: 100, efo: 1 }, { region: 'ap-northeast-1' });
    expect(tokyo.provisioned.missingPrices).toEqual(['fan-out-shard-hours', 'fan-out-data']);
    expect(tokyo['on-demand'].missingPrices).toEqual(['fan-out-data']);
    expect(tokyo['on-demand-advantage'].missingPrices).toEqual(['data-in', 'fan-out-data']);
    expect(tokyo.provisioned.monthlyUsd).toBeNull();
  });

  it('says how much dearer small records are on demand', () => {
    const { notes } = modesOf({ rate: 100, recordBytes: 100 })['on-demand'];
    expect(notes).toContain('Rounded up to whole KiB, 10.2 times the bytes that are written are billed.');
    expect(modesOf({ rate: 100, recordBytes: 1024 })['on-demand'].notes).toEqual([]);
  });

  it('tells Advantage which warm throughput to set', () => {
    expect(modesOf({ rate: 10_000, recordBytes: 1024 })['on-demand-advantage'].notes[0]).toBe(
      'Set WarmThroughputMiBps to 13: it costs nothing extra.',
    );
  });
});
