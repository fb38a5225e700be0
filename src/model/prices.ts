/**
 * What AWS charges for in each capacity mode, and a price for each such item: the shape of every price table, built in or
 * from a file.
 */

/** The ways in which a stream can be paid for. */
export const PRICED_MODES = ['provisioned', 'on-demand', 'on-demand-advantage'] as const;
export type PricedMode = (typeof PRICED_MODES)[number];

/** A month on a bill. */
export const HOURS_PER_MONTH = 730;

/** Items by mode, each with the unit that its price is for. GB is 2^30 bytes. */
export const PRICED_ITEMS = {
  provisioned: {
    'shard-hours': 'shard-hour',
    'put-payload-units': 'PUT payload unit',
    'extended-retention': 'shard-hour',
    'long-term-retention': 'GB-month',
    'long-term-reads': 'GB',
    'fan-out-shard-hours': 'consumer-shard-hour',
    'fan-out-data': 'GB',
  },
  'on-demand': {
    'stream-hours': 'stream-hour',
    'data-in': 'GB',
    'data-out': 'GB',
    'fan-out-data': 'GB',
    retention: 'GB-month',
    'long-term-retention': 'GB-month',
  },
  'on-demand-advantage': {
    'data-in': 'GB',
    'data-out': 'GB',
    'fan-out-data': 'GB',
    retention: 'GB-month',
    'long-term-retention': 'GB-month',
  },
} as const satisfies Record<PricedMode, Record<string, string>>;

type ItemsOf = typeof PRICED_ITEMS;
export type PricedItem = { [M in PricedMode]: keyof ItemsOf[M] }[PricedMode];

/** From so many units of a month on, each further one costs so much. The first tier is from 0. */
export interface PriceTier {
  readonly from: number;
  readonly usd: number;
}

/** At least one tier, by rising `from`. */
export type Price = readonly PriceTier[];

/**
 * How sure prices are: read from AWS's own price list; of one dated source that others agree with; of one source alone;
 * or the user's own.
 */
export const PRICE_CONFIDENCES = ['price-list', 'cross-checked', 'single-source', 'own'] as const;
export type PriceConfidence = (typeof PRICE_CONFIDENCES)[number];

/** Where prices come from. */
export interface PriceOrigin {
  readonly region: string;
  /** Day or month from which the prices are: `2026-09` or `2026-09-23`. */
  readonly asOf: string;
  readonly source: string;
  readonly confidence: PriceConfidence;
}

/** The prices of one region in US dollars; an item that is not in it has no price that we know of. */
export interface Prices extends PriceOrigin {
  readonly usd: { readonly [M in PricedMode]: { readonly [I in keyof ItemsOf[M]]?: Price } };
}

/** The unit of an item. */
export function unitOf(mode: PricedMode, item: PricedItem): string {
  const units: Readonly<Record<string, string>> = PRICED_ITEMS[mode];
  return units[item];
}

/** An item's price; undefined where it is not known. */
export function priceOf({ usd }: Prices, mode: PricedMode, item: PricedItem): Price | undefined {
  const prices: Readonly<Record<string, Price | undefined>> = usd[mode];
  return prices[item];
}

/** The items of a mode, in the order in which a bill lists them. */
export function itemsOf(mode: PricedMode): PricedItem[] {
  return Object.keys(PRICED_ITEMS[mode]) as PricedItem[];
}
