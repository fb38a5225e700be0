import { describe, expect, it } from 'vitest';
import { readPriceList } from '../../../src/advice/money/price-list.ts';
import { pricesFileOf } from '../../../src/advice/money/prices-file.ts';
import { DUBLIN, DUBLIN_USD, priceListOf, type Product } from './price-lists.ts';

const TODAY = '2026-11-20';
const read = (list: unknown, region = 'eu-west-1') => readPriceList(list, region, 'the list', TODAY);

function without(usagetype: string): Product[] {
  return DUBLIN.filter((product) => product.usagetype !== usagetype);
}

describe('readPriceList', () => {
  it('finds every item among the products of the service, by its usage type behind the prefix of the region', () => {
    const { prices, missing } = read(priceListOf(DUBLIN));
    expect(missing).toEqual([]);
    expect(pricesFileOf(prices)).toEqual({
      kind: 'shardwise-prices',
      schemaVersion: 1,
      region: 'eu-west-1',
      asOf: '2026-09-23',
      source: 'the list',
      confidence: 'price-list',
      currency: 'USD',
      usd: DUBLIN_USD,
    });
  });

  it.each(['', 'USE2-', 'APN1-', 'UGW1-', 'EUC1-'])(
    'knows the usage types with the prefix "%s"',
    (prefix) => {
      const products = DUBLIN.map((product) => ({
        ...product,
        usagetype: product.usagetype.replace('EU-', prefix),
      }));
      expect(read(priceListOf(products)).missing).toEqual([]);
    },
  );

  it('says which items it did not find, and makes up none', () => {
    const { prices, missing } = read(priceListOf(without('EU-OnDemand-BilledIncomingBytes')));
    expect(missing).toEqual([{ mode: 'on-demand', item: 'data-in', why: 'not in the list' }]);
    expect(prices.usd['on-demand']['data-in']).toBeUndefined();
  });

  it.each<[string, Partial<Product>, string]>([
    ['another unit', { unit: 'Quantity' }, 'its price is for "Quantity", not for a stream-hour'],
    ['no number', { usd: 'free' }, 'its price is not in US dollars'],
    ['a negative number', { usd: '-1' }, 'its price is not in US dollars'],
    ['no tier from 0', { usd: [['10', 'Inf', '1']] }, 'its tiers cannot be read'],
    [
      'tiers that overlap',
      {
        usd: [
          ['0', 'Inf', '1'],
          ['0', 'Inf', '2'],
        ],
      },
      'its tiers cannot be read',
    ],
  ])('leaves out a price with %s', (_, change, why) => {
    const usagetype = 'EU-OnDemand-StreamHour';
    const product = { usagetype, unit: 'StreamHr', usd: '1', ...change };
    expect(read(priceListOf([...without(usagetype), product])).missing).toEqual([
      { mode: 'on-demand', item: 'stream-hours', why },
    ]);
  });

  it('leaves out an item that two products could be, unless they cost the same', () => {
    const twin = (usd: string): Product => ({
      usagetype: 'EU-ReadBytes',
      operation: 'Twin',
      unit: 'GB',
      usd,
    });
    expect(read(priceListOf([...DUBLIN, twin('1.07')])).missing).toEqual([]);
    expect(read(priceListOf([...DUBLIN, twin('1.08')])).missing).toEqual([
      {
        mode: 'provisioned',
        item: 'fan-out-data',
        why: 'several products of the list could be meant, at different prices',
      },
    ]);
  });

  it('takes tiers in the order of their ranges', () => {
    const tiered: Product = {
      usagetype: 'EU-PutRequestPayloadUnits',
      unit: 'PutRequest',
      usd: [
        ['1000000', 'Inf', '0.00000001'],
        ['0', '1000000', '0.00000002'],
      ],
    };
    const { prices } = read(priceListOf([...without('EU-PutRequestPayloadUnits'), tiered]));
    expect(prices.usd.provisioned['put-payload-units']).toEqual([
      { from: 0, usd: 2e-8 },
      { from: 1_000_000, usd: 1e-8 },
    ]);
  });

  it('refuses what is no price list of Kinesis, and one of another region', () => {
    expect(() => read({})).toThrow('the list is not an AWS price list: it lacks products or terms.OnDemand.');
    expect(() => read([])).toThrow('is not an AWS price list');
    expect(() => read('text')).toThrow('is not an AWS price list');
    expect(() => read({ products: {}, terms: {} })).toThrow('lacks products or terms.OnDemand');
    expect(() => read({ ...priceListOf(DUBLIN), offerCode: 'AmazonS3' })).toThrow(
      'the price list of "AmazonS3"',
    );
    expect(() => read(priceListOf([]))).toThrow('no price of Kinesis Data Streams for eu-west-1');
    expect(() => read(priceListOf(DUBLIN), 'eu-west-3')).toThrow(
      'no price of Kinesis Data Streams for eu-west-3',
    );
  });

  it('is dated by the day of reading where the list has no date', () => {
    expect(read({ ...priceListOf(DUBLIN), publicationDate: undefined }).prices.asOf).toBe(TODAY);
  });
});
