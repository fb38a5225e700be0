/**
 * The monthly bill of each capacity mode, line by line: a pure function of the traffic, the shards and the prices.
 *
 * Rates: Kinesis Data Streams pricing. A month has 730 hours, a GB 2^30 bytes.
 */
import { LIMITS } from '../../model/limits.ts';
import {
  itemsOf,
  priceOf,
  unitOf,
  type Price,
  type PricedItem,
  type PricedMode,
  type Prices,
} from '../../model/prices.ts';
import type { BilledItem, CostLine } from '../../results/plan-money.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import {
  BILLED_GB,
  billedTrafficOf,
  HOURS_PER_MONTH,
  SECONDS_PER_MONTH,
  type BilledTraffic,
} from './billed-traffic.ts';

/** A mode's bill for one month. */
export interface ModeCost {
  readonly mode: PricedMode;
  /** In US dollars, rounded to the cent as a whole, so that the rounded lines may add up to a cent more or less. */
  readonly monthlyUsd: number | null;
  readonly lines: readonly CostLine[];
  /** Items that the bill would have and that have no price. */
  readonly missing: readonly PricedItem[];
}

/** What is billed of an item in a month, in its unit; `item` is what it is priced as. */
interface Quantity {
  readonly item: PricedItem;
  readonly quantity: number;
  /** Where the bill calls it otherwise. */
  readonly as?: BilledItem;
}

/**
 * The bill of one mode, each line and the total rounded to the cent.
 * @param shards that are open all month; on-demand modes do not bill them
 */
export function modeCost(mode: PricedMode, traffic: BilledTraffic, shards: number, prices: Prices): ModeCost {
  const lines: CostLine[] = [];
  const missing: PricedItem[] = [];
  for (const quantity of quantitiesOf(mode, traffic, shards)) {
    const price = priceOf(prices, mode, quantity.item);
    if (price !== undefined) lines.push(...costLines(mode, quantity, price));
    else if (!missing.includes(quantity.item)) missing.push(quantity.item);
  }
  const exact = exactUsd(mode, traffic, shards, prices);
  return { mode, monthlyUsd: exact === null ? null : toCents(exact), lines, missing };
}

/** The same sum not rounded, in US dollars, for comparing modes; null where a price is missing. */
export function exactUsd(
  mode: PricedMode,
  traffic: BilledTraffic,
  shards: number,
  prices: Prices,
): number | null {
  let sum = 0;
  for (const { item, quantity } of quantitiesOf(mode, traffic, shards)) {
    const price = priceOf(prices, mode, item);
    if (price === undefined) return null;
    for (const { used, usd } of tiersOf(quantity, price)) sum += used * usd;
  }
  return sum;
}

/** What so many shards of a provisioned stream cost a month with a plan's traffic; null where a price is missing. */
export function monthlyProvisionedUsd(input: PlanInput, shards: number, prices: Prices): number | null {
  return modeCost('provisioned', billedTrafficOf(input), shards, prices).monthlyUsd;
}

/** What is billed in a month; items of which there is nothing are left out, the fixed ones never. */
function quantitiesOf(mode: PricedMode, traffic: BilledTraffic, shards: number): Quantity[] {
  const all = mode === 'provisioned' ? provisioned(traffic, shards) : onDemand(mode, traffic);
  const order = itemsOf(mode);
  return all
    .filter(({ quantity }) => quantity > 0)
    .sort((a, b) => order.indexOf(a.item) - order.indexOf(b.item));
}

/** Extended retention is billed per shard-hour as soon as it is on; long-term retention by what lies beyond 7 days. */
function provisioned(traffic: BilledTraffic, shards: number): Quantity[] {
  const shardHours = shards * HOURS_PER_MONTH;
  const isExtended = traffic.retentionHours > LIMITS.retentionHoursDefault.value;
  return [
    { item: 'shard-hours', quantity: shardHours },
    { item: 'put-payload-units', quantity: traffic.putUnitsPerSec * SECONDS_PER_MONTH },
    { item: 'extended-retention', quantity: isExtended ? shardHours : 0 },
    { item: 'long-term-retention', quantity: storedGb(traffic, LONG_TERM, Infinity) },
    { item: 'long-term-reads', quantity: monthlyGb(traffic.longTermReadBytesPerSec) },
    { item: 'fan-out-shard-hours', quantity: traffic.efo * shardHours },
    { item: 'fan-out-data', quantity: traffic.efo * monthlyGb(traffic.bytesPerSec) },
  ];
}

/** Everything by the GB, and by the stream-hour (Standard) or with a minimum (Advantage). */
function onDemand(mode: PricedMode, traffic: BilledTraffic): Quantity[] {
  const dataIn = monthlyGb(traffic.roundedBytesPerSec);
  const dataOut = monthlyGb(traffic.polling * traffic.bytesPerSec + traffic.longTermReadBytesPerSec);
  const fanOut = traffic.efo * monthlyGb(traffic.bytesPerSec);
  const common: Quantity[] = [
    { item: 'data-in', quantity: dataIn },
    { item: 'data-out', quantity: dataOut },
    { item: 'fan-out-data', quantity: fanOut },
    { item: 'retention', quantity: storedGb(traffic, LIMITS.retentionHoursDefault.value, LONG_TERM) },
    { item: 'long-term-retention', quantity: storedGb(traffic, LONG_TERM, Infinity) },
  ];
  if (mode === 'on-demand') return [{ item: 'stream-hours', quantity: HOURS_PER_MONTH }, ...common];
  const least = monthlyGb(LIMITS.advantageMinimumBytesPerSec.value);
  return [
    ...common,
    { item: 'data-in', as: 'data-in-shortfall', quantity: Math.max(0, least - dataIn) },
    { item: 'data-out', as: 'data-out-shortfall', quantity: Math.max(0, least - dataOut - fanOut) },
  ];
}

const LONG_TERM = LIMITS.extendedRetentionHours.value;

function monthlyGb(bytesPerSec: number): number {
  return (bytesPerSec * SECONDS_PER_MONTH) / BILLED_GB;
}

/** GB that lie on the stream all month and are older than `fromHours` and younger than `toHours`: so many GB-months. */
function storedGb(
  { bytesPerSec, retentionHours }: BilledTraffic,
  fromHours: number,
  toHours: number,
): number {
  const hours = Math.max(0, Math.min(retentionHours, toHours) - fromHours);
  return (bytesPerSec * hours * 3600) / BILLED_GB;
}

function costLines(mode: PricedMode, { item, as, quantity }: Quantity, price: Price): CostLine[] {
  return tiersOf(quantity, price).map(({ used, usd }) => ({
    item: as ?? item,
    quantity: used,
    unit: unitOf(mode, item),
    unitUsd: usd,
    usd: toCents(used * usd),
  }));
}

/** How much of a quantity falls into each tier of its price. */
function tiersOf(quantity: number, price: Price): { readonly used: number; readonly usd: number }[] {
  return price.flatMap(({ from, usd }, i) => {
    const to = i + 1 < price.length ? price[i + 1].from : Infinity;
    return quantity > from ? [{ used: Math.min(quantity, to) - from, usd }] : [];
  });
}

function toCents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
