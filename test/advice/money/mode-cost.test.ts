import { describe, expect, it } from 'vitest';
import { billedTrafficOf } from '../../../src/advice/money/billed-traffic.ts';
import { exactUsd, modeCost, monthlyProvisionedUsd } from '../../../src/advice/money/mode-cost.ts';
import { PRICED_MODES, type PricedMode, type Prices } from '../../../src/model/prices.ts';
import { inputOf, pricesOf, usdOf, type Traffic } from './bills.ts';

const KIB = 1024;

function bill(mode: PricedMode, traffic: Traffic, shards = 1, prices: Prices = pricesOf()) {
  return modeCost(mode, billedTrafficOf(inputOf(traffic)), shards, prices);
}

const NOTHING_MUCH = { rate: 1e-9, recordBytes: KIB };

describe('a provisioned bill', () => {
  it('of 1,000 records/s of 3 KB on 3 shards is $69.64', () => {
    const { monthlyUsd, lines } = bill('provisioned', { rate: 1000, recordBytes: 3 * KIB }, 3);
    expect(monthlyUsd).toBe(69.64);
    expect(lines).toEqual([
      { item: 'shard-hours', quantity: 2190, unit: 'shard-hour', unitUsd: 0.015, usd: 32.85 },
      {
        item: 'put-payload-units',
        quantity: 2_628_000_000,
        unit: 'PUT payload unit',
        unitUsd: 1.4e-8,
        usd: 36.79,
      },
    ]);
  });

  it('of a shard is $10.95, and $14.60 more with seven days of retention', () => {
    expect(usdOf(bill('provisioned', NOTHING_MUCH).lines)).toMatchObject({ 'shard-hours': 10.95 });
    const week = bill('provisioned', { ...NOTHING_MUCH, retentionHours: 168 });
    expect(usdOf(week.lines)).toMatchObject({ 'shard-hours': 10.95, 'extended-retention': 14.6 });
    expect(week.monthlyUsd).toBe(25.55);
    expect(bill('provisioned', { ...NOTHING_MUCH, retentionHours: 25 }).monthlyUsd).toBe(25.55);
  });

  it('counts PUT units of 25 KiB per record: 25 KiB is one, a byte more is two, 45 KiB two, 1 MiB is 41 with its key', () => {
    const units = (recordBytes: number): number =>
      billedTrafficOf(inputOf({ rate: 1, recordBytes })).putUnitsPerSec;
    expect([25 * KIB, 25 * KIB + 1, 45 * KIB, 1000 * KIB, 1000 * KIB + 16].map(units)).toEqual([
      1, 2, 2, 40, 41,
    ]);
  });

  it('has what lies beyond seven days as long-term retention, extended retention staying on the bill', () => {
    // 1 MiB/s for 30 days: 2,592,000 MiB are kept, 1,987,200 of them beyond seven days: 1,940.625 GB.
    const { lines } = bill('provisioned', { rate: 1024, recordBytes: KIB, retentionHours: 720 }, 2);
    expect(lines.find(({ item }) => item === 'long-term-retention')).toEqual({
      item: 'long-term-retention',
      quantity: 1940.625,
      unit: 'GB-month',
      unitUsd: 0.023,
      usd: 44.63,
    });
    expect(usdOf(lines)).toMatchObject({ 'extended-retention': 29.2 });
  });

  it('has reads from beyond seven days where they are named', () => {
    const traffic = billedTrafficOf(inputOf({ ...NOTHING_MUCH, retentionHours: 720 }), 100 * 2 ** 30);
    expect(usdOf(modeCost('provisioned', traffic, 1, pricesOf()).lines)).toMatchObject({
      'long-term-reads': 2.1,
    });
    // On demand they are data out like any other: 100 GB more.
    expect(usdOf(modeCost('on-demand', traffic, 1, pricesOf()).lines)).toMatchObject({ 'data-out': 4 });
  });

  it('does not charge polling consumers', () => {
    const usd = (polling: number): number | null =>
      bill('provisioned', { rate: 1000, recordBytes: KIB, polling }, 2).monthlyUsd;
    expect(usd(5)).toBe(usd(0));
  });

  it('is what tables over shard counts use', () => {
    const input = inputOf({ rate: 1000, recordBytes: 3 * KIB });
    expect(monthlyProvisionedUsd(input, 3, pricesOf())).toBe(69.64);
    expect(monthlyProvisionedUsd(input, 4, pricesOf())).toBe(80.59);
    expect(monthlyProvisionedUsd({ ...input, retentionHours: 48 }, 3, pricesOf('ap-northeast-1'))).toBeNull();
  });
});

describe('an on-demand bill', () => {
  it('of 1,000 records/s of 3 KB is $931.45', () => {
    const { monthlyUsd, lines } = bill('on-demand', { rate: 1000, recordBytes: 3 * KIB });
    // 1,000 × 3,072 B × 2,628,000 s ÷ 2^30 = 7,518.77 GB
    expect(usdOf(lines)).toEqual({ 'stream-hours': 29.2, 'data-in': 601.5, 'data-out': 300.75 });
    expect(monthlyUsd).toBe(931.45);
  });

  it('rounds what is written up to whole KiB per record, and not what is read', () => {
    const { lines } = bill('on-demand', { rate: 1000, recordBytes: 100 });
    const gb = (1000 * 2_628_000) / 2 ** 30;
    expect(lines.map(({ item, quantity }) => [item, quantity])).toEqual([
      ['stream-hours', 730],
      ['data-in', gb * 1024],
      ['data-out', gb * 100],
    ]);
  });

  it('has retention by the GB-month that lies beyond the first day, and beyond seven days at another price', () => {
    // 1 MiB/s: 84.375 GB a day. Six of seven days are billed.
    const week = bill('on-demand', { rate: 1024, recordBytes: KIB, retentionHours: 168 });
    expect(usdOf(week.lines)).toMatchObject({ retention: 50.63 });
    const month = bill('on-demand', { rate: 1024, recordBytes: KIB, retentionHours: 720 });
    expect(usdOf(month.lines)).toMatchObject({ retention: 50.63, 'long-term-retention': 44.63 });
  });
});

describe('an Advantage bill', () => {
  it('is $3,079.69 at least', () => {
    const { monthlyUsd, lines } = bill('on-demand-advantage', NOTHING_MUCH);
    expect(monthlyUsd).toBe(3079.69);
    expect(usdOf(lines)).toMatchObject({ 'data-in-shortfall': 2053.12, 'data-out-shortfall': 1026.56 });
  });

  it('has no shortfall from 25 MiB/s on, reads of all kinds together', () => {
    const { lines } = bill('on-demand-advantage', { rate: 25 * 1024, recordBytes: KIB, polling: 0, efo: 1 });
    expect(usdOf(lines)).toEqual({ 'data-in': 2053.13, 'fan-out-data': 1026.56 });
    const half = bill('on-demand-advantage', { rate: 12.5 * 1024, recordBytes: KIB, polling: 1, efo: 1 });
    expect(usdOf(half.lines)).toEqual({
      'data-in': 1026.56,
      'data-in-shortfall': 1026.56,
      'data-out': 513.28,
      'fan-out-data': 513.28,
    });
  });
});

describe('the AWS pricing calculator', () => {
  // Estimates saved from the calculator for us-east-2: 10 records/s of 10 KB.
  const TEN = { rate: 10, recordBytes: 10 * KIB, polling: 10, efo: 10 };

  it('has $273.85 for 2 shards with 10 fan-out consumers, and so have we', () => {
    const { monthlyUsd, lines } = bill('provisioned', TEN, 2, pricesOf('us-east-2'));
    expect(usdOf(lines)).toEqual({
      'shard-hours': 21.9,
      'put-payload-units': 0.37,
      'fan-out-shard-hours': 219,
      'fan-out-data': 32.58,
    });
    expect(monthlyUsd).toBe(273.85);
  });

  it('has $274.81 on demand, and so have we', () => {
    expect(bill('on-demand', TEN, 1, pricesOf('us-east-2')).monthlyUsd).toBe(274.81);
  });

  it('has $3,079.73 with Advantage for 3 records/s of 200 KB, four cents above us', () => {
    const traffic = { rate: 3, recordBytes: 200 * KIB, polling: 2 };
    expect(bill('on-demand-advantage', traffic, 1, pricesOf('us-east-2')).monthlyUsd).toBeCloseTo(3079.69, 1);
  });

  it('has $11.56 for 16.67 records/s of 3 KB on a shard, and so have we', () => {
    expect(bill('provisioned', { rate: 16.67, recordBytes: 3 * KIB }).monthlyUsd).toBe(11.56);
  });
});

describe('a bill with gaps in its prices', () => {
  it('has no total, and says which price is missing', () => {
    const tokyo = pricesOf('ap-northeast-1');
    expect(bill('provisioned', NOTHING_MUCH, 1, tokyo)).toMatchObject({ monthlyUsd: 14.24, missing: [] });
    expect(bill('provisioned', { ...NOTHING_MUCH, efo: 1, retentionHours: 48 }, 1, tokyo)).toMatchObject({
      monthlyUsd: null,
      missing: ['extended-retention', 'fan-out-shard-hours', 'fan-out-data'],
    });
    expect(bill('on-demand', NOTHING_MUCH, 1, tokyo)).toMatchObject({ missing: [] });
    expect(bill('on-demand-advantage', NOTHING_MUCH, 1, tokyo)).toMatchObject({ missing: ['data-in'] });
  });

  it('takes the tiers of a price one after the other', () => {
    const prices = pricesOf();
    const tiered: Prices = {
      ...prices,
      usd: {
        ...prices.usd,
        provisioned: {
          ...prices.usd.provisioned,
          'shard-hours': [
            { from: 0, usd: 0.02 },
            { from: 1000, usd: 0.01 },
          ],
        },
      },
    };
    const { lines } = bill('provisioned', NOTHING_MUCH, 2, tiered);
    expect(lines.slice(0, 2)).toEqual([
      { item: 'shard-hours', quantity: 1000, unit: 'shard-hour', unitUsd: 0.02, usd: 20 },
      { item: 'shard-hours', quantity: 460, unit: 'shard-hour', unitUsd: 0.01, usd: 4.6 },
    ]);
  });

  it('is the sum of its lines, each its quantity times its price, but for the cents that rounding moves', () => {
    for (const mode of PRICED_MODES) {
      const traffic = billedTrafficOf(
        inputOf({ rate: 12_345, recordBytes: 777, polling: 3, efo: 2, retentionHours: 1000 }),
      );
      const { lines, monthlyUsd } = modeCost(mode, traffic, 17, pricesOf());
      for (const { quantity, unitUsd, usd } of lines)
        expect(Math.abs(quantity * unitUsd - usd)).toBeLessThan(0.00501);
      const sum = lines.reduce((total, { usd }) => total + usd, 0);
      expect(Math.abs((monthlyUsd ?? 0) - sum)).toBeLessThan(lines.length * 0.00501);
      expect(monthlyUsd).toBeCloseTo(exactUsd(mode, traffic, 17, pricesOf()) ?? 0, 2);
    }
  });
});
