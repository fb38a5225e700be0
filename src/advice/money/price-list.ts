/**
 * Reads AWS's public price list of Kinesis for one region (AWS Price List Bulk API, version v1.0): which of its hundreds
 * of products are the items of our bills, and what they cost. Whatever is not there, or is not clear, stays unknown.
 */
import {
  itemsOf,
  PRICED_MODES,
  unitOf,
  type Price,
  type PricedItem,
  type PricedMode,
  type Prices,
} from '../../model/prices.ts';
import { worldFailure } from '../../model/refusal.ts';

export interface PriceListReading {
  readonly prices: Prices;
  readonly missing: readonly MissingPrice[];
}

export interface MissingPrice {
  readonly mode: PricedMode;
  readonly item: PricedItem;
  /** Why, as the rest of a sentence. */
  readonly why: string;
}

/** How a product is recognised: by its usage type without the region's prefix, or by its operation. */
interface Mark {
  readonly usage: RegExp;
  readonly operation?: string;
}

/**
 * Usage types as in infracost's kinesis_stream.go; operations of On-demand Advantage from notes on the price list. Its
 * usage types were seen in one spelling only, so others that say the same are taken too.
 */
const MARKS: Readonly<Record<PricedMode, Readonly<Partial<Record<PricedItem, Mark>>>>> = {
  provisioned: {
    'shard-hours': { usage: /^Storage-ShardHour$/ },
    'put-payload-units': { usage: /^PutRequestPayloadUnits$/ },
    'extended-retention': { usage: /^Extended-ShardHour$/ },
    'long-term-retention': { usage: /^LongTermRetention-ByteHrs$/ },
    'long-term-reads': { usage: /^LongTermRetention-ReadBytes$/ },
    'fan-out-shard-hours': { usage: /^EnhancedFanoutHour$/ },
    'fan-out-data': { usage: /^ReadBytes$/ },
  },
  'on-demand': {
    'stream-hours': { usage: /^OnDemand-StreamHour$/ },
    'data-in': { usage: /^OnDemand-BilledIncomingBytes$/ },
    'data-out': { usage: /^OnDemand-BilledOutgoingBytes$/ },
    'fan-out-data': { usage: /^OnDemand-BilledOutgoingEFOBytes$/ },
    retention: { usage: /^OnDemand-ExtendedRetention-ByteHrs$/ },
    'long-term-retention': { usage: /^OnDemand-LongTermRetention-ByteHrs$/ },
  },
  'on-demand-advantage': {
    'data-in': {
      usage: /^(On-?demand-)?Advantage-BilledIncomingBytes$/i,
      operation: 'AdvantageDataIngested',
    },
    'data-out': {
      usage: /^(On-?demand-)?Advantage-BilledOutgoingBytes$/i,
      operation: 'AdvantageDataRetrieval',
    },
    'fan-out-data': {
      usage: /^(On-?demand-)?Advantage-BilledOutgoingEFOBytes$/i,
      operation: 'AdvantageEFODataRetrieval',
    },
    retention: {
      usage: /^(On-?demand-)?Advantage-Ext(ended)?Retention-ByteHrs$/i,
      operation: 'AdvantageExtRetentionByteHrs',
    },
    'long-term-retention': {
      usage: /^(On-?demand-)?Advantage-(LongTerm|LT)Retention-ByteHrs$/i,
      operation: 'AdvantageLTRetentionByteHrs',
    },
  },
};

/** AWS's names for our units; a price for another unit is not taken. */
const UNITS: Readonly<Record<string, RegExp>> = {
  'shard-hour': /^(shard-?)?(hours?|hrs?)$/i,
  'consumer-shard-hour': /^(consumer-?)?(shard-?)?(hours?|hrs?)$/i,
  'stream-hour': /^(stream-?)?(hours?|hrs?)$/i,
  'PUT payload unit': /^(put-?)?(requests?|(payload-?)?units?|count)$/i,
  GB: /^(GB|gigabytes?)$/i,
  'GB-month': /^GB-?(mo|months?)$/i,
};

/** `APN1-Storage-ShardHour` is `Storage-ShardHour` in Tokyo; us-east-1 has no prefix. */
const REGION_PREFIX = /^[A-Z]{2,4}\d{0,2}-/;

type Mapping = Readonly<Record<string, unknown>>;

/**
 * The prices in a price list.
 * @param list parsed JSON
 * @param source where it was read, for the file
 * @param readOn day, where the list does not say when it was published
 * @throws Refusal (exit 1) where it is no price list of Kinesis, or has none of our items for the region
 */
export function readPriceList(
  list: unknown,
  region: string,
  source: string,
  readOn: string,
): PriceListReading {
  const { products, terms, publishedOn } = partsOf(list, source);
  const usd: Record<PricedMode, Partial<Record<PricedItem, Price>>> = {
    provisioned: {},
    'on-demand': {},
    'on-demand-advantage': {},
  };
  const missing: MissingPrice[] = [];
  for (const mode of PRICED_MODES) {
    for (const item of itemsOf(mode)) {
      const found = priceIn(products, terms, mode, item, region);
      if (typeof found === 'string') missing.push({ mode, item, why: found });
      else usd[mode][item] = found;
    }
  }
  if (PRICED_MODES.every((mode) => Object.keys(usd[mode]).length === 0)) {
    throw worldFailure(
      `${source} has no price of Kinesis Data Streams for ${region}.`,
      'Check the region; the shape of the list may also have changed.',
    );
  }
  const asOf = publishedOn ?? readOn;
  return { prices: { region, asOf, source, confidence: 'price-list', usd }, missing };
}

function partsOf(
  list: unknown,
  source: string,
): { products: Mapping; terms: Mapping; publishedOn: string | undefined } {
  const root = mappingOf(list);
  const products = mappingOf(root?.products);
  const terms = mappingOf(mappingOf(root?.terms)?.OnDemand);
  if (root === undefined || products === undefined || terms === undefined) {
    throw worldFailure(`${source} is not an AWS price list: it lacks products or terms.OnDemand.`, CHECK);
  }
  if (root.offerCode !== undefined && root.offerCode !== 'AmazonKinesis') {
    throw worldFailure(
      `${source} is the price list of ${JSON.stringify(root.offerCode)}, not of AmazonKinesis.`,
      CHECK,
    );
  }
  const published = typeof root.publicationDate === 'string' ? root.publicationDate.slice(0, 10) : '';
  return { products, terms, publishedOn: /^\d{4}-\d{2}-\d{2}$/.test(published) ? published : undefined };
}

const CHECK = 'Check the address.';

/** The price of an item, or why there is none. */
function priceIn(
  products: Mapping,
  terms: Mapping,
  mode: PricedMode,
  item: PricedItem,
  region: string,
): Price | string {
  const mark = MARKS[mode][item];
  if (mark === undefined) throw new Error(`no mark of ${mode} ${item}`);
  const skus = Object.keys(products).filter((sku) =>
    isMarked(mappingOf(products[sku])?.attributes, mark, region),
  );
  if (skus.length === 0) return 'not in the list';
  const prices = skus.map((sku) => priceOfTerm(mappingOf(terms[sku]), unitOf(mode, item)));
  const known = prices.filter((price) => typeof price !== 'string');
  if (known.length === 0) return prices.find((price) => typeof price === 'string') ?? 'without a price';
  const [first] = known;
  return known.every((price) => JSON.stringify(price) === JSON.stringify(first))
    ? first
    : 'several products of the list could be meant, at different prices';
}

function isMarked(attributes: unknown, { usage, operation }: Mark, region: string): boolean {
  const { usagetype, regionCode, ...others } = mappingOf(attributes) ?? {};
  if (typeof usagetype !== 'string' || (typeof regionCode === 'string' && regionCode !== region))
    return false;
  const operations = [others.operation, others.kinesisAdvantageOperation];
  if (operations.some((name) => typeof name === 'string' && name.includes('Shortfall'))) return false;
  if (operation !== undefined && operations.includes(operation)) return true;
  return usage.test(usagetype.replace(REGION_PREFIX, ''));
}

/** Of several offers for a product the one that took effect last. */
function priceOfTerm(offers: Mapping | undefined, unit: string): Price | string {
  const newest = Object.values(offers ?? {})
    .map(mappingOf)
    .filter((offer) => offer !== undefined)
    .reduce<Mapping | undefined>(
      (last, offer) => (last === undefined || effectOf(offer) > effectOf(last) ? offer : last),
      undefined,
    );
  const dimensions = Object.values(mappingOf(newest?.priceDimensions) ?? {}).map(mappingOf);
  if (dimensions.length === 0) return 'in the list without a price';
  const price: { from: number; usd: number }[] = [];
  for (const dimension of dimensions) {
    const named = dimension?.unit;
    if (typeof named !== 'string' || !UNITS[unit].test(named.replaceAll(' ', '')))
      return `its price is for ${JSON.stringify(named)}, not for a ${unit}`;
    const usd = numberOf(mappingOf(dimension?.pricePerUnit)?.USD);
    if (usd === undefined) return 'its price is not in US dollars';
    const from = dimension?.beginRange === undefined ? 0 : numberOf(dimension.beginRange);
    if (from === undefined) return 'its tiers cannot be read';
    price.push({ from, usd });
  }
  price.sort((a, b) => a.from - b.from);
  const isWhole = price.every(({ from }, i) => (i === 0 ? from === 0 : from > price[i - 1].from));
  return isWhole ? price : 'its tiers cannot be read';
}

function effectOf(offer: Mapping): string {
  return typeof offer.effectiveDate === 'string' ? offer.effectiveDate : '';
}

/** Decimal numbers come as text. */
function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function mappingOf(value: unknown): Mapping | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Mapping)
    : undefined;
}
