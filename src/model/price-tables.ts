/**
 * The prices that Shardwise brings along: a dated and sourced table for each region for which there are any. A price that
 * no source has is not in its table.
 */
import type { Price, Prices } from './prices.ts';

/** The same for every unit. */
function flat(usd: number): Price {
  return [{ from: 0, usd }];
}

const PER_MILLION = 1_000_000;

/** The list prices of us-east-1, which us-east-2 shares. */
const US_EAST: Prices['usd'] = {
  provisioned: {
    'shard-hours': flat(0.015),
    'put-payload-units': flat(0.014 / PER_MILLION),
    'extended-retention': flat(0.02),
    'long-term-retention': flat(0.023),
    'long-term-reads': flat(0.021),
    'fan-out-shard-hours': flat(0.015),
    'fan-out-data': flat(0.013),
  },
  'on-demand': {
    'stream-hours': flat(0.04),
    'data-in': flat(0.08),
    'data-out': flat(0.04),
    'fan-out-data': flat(0.05),
    retention: flat(0.1),
    'long-term-retention': flat(0.023),
  },
  'on-demand-advantage': {
    'data-in': flat(0.032),
    'data-out': flat(0.016),
    'fan-out-data': flat(0.016),
    retention: flat(0.023),
    'long-term-retention': flat(0.023),
  },
};

export const PRICE_TABLES: readonly Prices[] = [
  {
    region: 'us-east-1',
    asOf: '2026-09',
    source:
      "notes on AWS's price list of September 2026, borne out by infracost (price API, July 2024) and AWS's " +
      'announcement of Advantage',
    confidence: 'cross-checked',
    usd: US_EAST,
  },
  {
    region: 'us-east-2',
    asOf: '2024-07',
    source:
      "infracost (price API, July 2024), as us-east-1; borne out by an undated capture of AWS's pricing calculator, " +
      'which has Advantage',
    confidence: 'cross-checked',
    usd: US_EAST,
  },
  {
    region: 'ap-northeast-1',
    asOf: '2026-09',
    source:
      "a price list in a public repository's tests; shard-hours and PUT units also in notes on the list of 2026-09-23",
    confidence: 'single-source',
    usd: {
      provisioned: { 'shard-hours': flat(0.0195), 'put-payload-units': flat(0.0215 / PER_MILLION) },
      'on-demand': { 'stream-hours': flat(0.052), 'data-in': flat(0.104), 'data-out': flat(0.052) },
      'on-demand-advantage': { 'data-out': flat(0.0208) },
    },
  },
];

/** The built-in prices of a region; undefined where there are none. */
export function builtInPrices(region: string): Prices | undefined {
  return PRICE_TABLES.find((table) => table.region === region);
}
