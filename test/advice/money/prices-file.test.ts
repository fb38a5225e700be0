import { describe, expect, it } from 'vitest';
import { pricesFileOf, readPricesFile } from '../../../src/advice/money/prices-file.ts';
import { PRICE_TABLES } from '../../../src/model/price-tables.ts';
import { Refusal } from '../../../src/model/refusal.ts';
import { pricesOf } from './bills.ts';

const FILE = pricesFileOf(pricesOf());

function refusalOf(value: unknown): Refusal {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  try {
    readPricesFile(text, 'p.json');
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was taken');
}

function changed(change: (file: Record<string, never>) => unknown): unknown {
  const copy = JSON.parse(JSON.stringify(FILE)) as Record<string, never>;
  change(copy);
  return copy;
}

/** Sets the value at a path such as `usd.provisioned.shard-hours`. */
function withValue(path: string, value: unknown): unknown {
  return changed((file) => {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let at: Record<string, unknown> = file;
    for (const step of steps) at = at[step] as Record<string, unknown>;
    at[last] = value;
  });
}

describe('a file of prices', () => {
  it('has every built-in table in it, unchanged', () => {
    for (const table of PRICE_TABLES) {
      expect(readPricesFile(JSON.stringify(pricesFileOf(table)), 'p.json')).toEqual(table);
    }
  });

  it('may have tiers, and may lack prices', () => {
    const tiers = [
      { from: 0, usd: 2 },
      { from: 10, usd: 1 },
    ];
    const prices = readPricesFile(
      JSON.stringify(withValue('usd.provisioned', { 'shard-hours': tiers })),
      'p.json',
    );
    expect(prices.usd.provisioned).toEqual({ 'shard-hours': tiers });
    expect(JSON.parse(JSON.stringify(pricesFileOf(prices)))).toEqual(
      withValue('usd.provisioned', { 'shard-hours': tiers }),
    );
  });

  it.each([
    ['region', 'Dublin', 'p.json: region: "Dublin" is not a region.'],
    ['asOf', 'yesterday', 'p.json: asOf: "yesterday" is not a day or a month.'],
    ['source', '', 'p.json: source: "" is not a source.'],
    ['source', undefined, 'p.json: source: this is missing.'],
    ['confidence', 'high', 'p.json: confidence: "high" is not a confidence.'],
    ['currency', 'EUR', 'p.json: currency: "EUR" is not a currency we bill in.'],
    ['schemaVersion', 2, 'p.json: schemaVersion: 2 is not a version that this Shardwise reads.'],
    ['usd.provisioned', undefined, 'p.json: usd.provisioned: this is missing.'],
    [
      'usd.provisioned.shard-hours',
      '0.015',
      'p.json: usd.provisioned["shard-hours"]: "0.015" is not a price.',
    ],
    ['usd.provisioned.shard-hours', -1, 'p.json: usd.provisioned["shard-hours"]: -1 is not a price.'],
    [
      'usd.provisioned.shard-hours',
      1e9,
      'p.json: usd.provisioned["shard-hours"]: 1000000000 is not a price of one unit.',
    ],
    ['usd.provisioned.shard-hour', 1, 'p.json: usd.provisioned["shard-hour"]: there is no such field.'],
    ['usd.on-demand.shard-hours', 1, 'p.json: usd["on-demand"]["shard-hours"]: there is no such field.'],
    ['usd.provisioned.fan-out-data', [], 'p.json: usd.provisioned["fan-out-data"]: there is no tier.'],
    [
      'usd.provisioned.fan-out-data',
      [{ from: 5, usd: 1 }],
      'p.json: usd.provisioned["fan-out-data"]: tiers do not rise from 0.',
    ],
    [
      'usd.provisioned.fan-out-data',
      [{ from: 0, usd: 'x' }],
      'p.json: usd.provisioned["fan-out-data"][0].usd: "x" is not a price.',
    ],
  ])('is refused by the path where %s is %j', (path, value, what) => {
    const refusal = refusalOf(withValue(path, value));
    expect(refusal.what).toBe(what);
    expect(refusal.exitCode).toBe(2);
    expect(refusal.fix).toMatch(/\.$|\?$/);
  });

  it('is told from other files', () => {
    expect(refusalOf('').what).toBe('p.json is no file of prices: it is empty.');
    expect(refusalOf('<html>').what).toBe('p.json is no file of prices: it is not JSON.');
    expect(refusalOf('[]').what).toBe('p.json is no file of prices: it has no kind "shardwise-prices".');
    expect(refusalOf({ offerCode: 'AmazonKinesis', products: {} }).what).toBe(
      "p.json is AWS's price list itself.",
    );
  });
});
