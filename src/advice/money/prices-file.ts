/**
 * Files with prices of a region, in JSON: `shardwise prices` writes them, `plan --prices` reads them, and a user may write
 * one by hand. The shape is that of the built-in tables; a price is a number, or tiers.
 */
import { z } from 'zod';
import {
  itemsOf,
  PRICE_CONFIDENCES,
  PRICED_MODES,
  priceOf,
  type Price,
  type PricedMode,
  type Prices,
} from '../../model/prices.ts';
import { badInput } from '../../model/refusal.ts';
import { complaintsOf } from '../../traffic/schema-complaints.ts';
import { formatPath, joinSentences, unknownField, unlike } from '../../traffic/scenario-complaint.ts';

export const PRICES_KIND = 'shardwise-prices';
const VERSION = 1;
const GET_ONE = 'Get one with: shardwise prices --region REGION -o prices.json';

/** Far above any price of an item. */
const MOST_USD = 1_000_000;

/** One region's prices as they stand in a file. */
export interface PricesFile {
  readonly kind: typeof PRICES_KIND;
  readonly schemaVersion: typeof VERSION;
  readonly region: string;
  readonly asOf: string;
  readonly source: string;
  readonly confidence: Prices['confidence'];
  readonly currency: 'USD';
  readonly usd: Readonly<Record<PricedMode, Readonly<Record<string, number | Price>>>>;
}

/** The file for some prices: plain numbers where there are no tiers. */
export function pricesFileOf(prices: Prices): PricesFile {
  const { region, asOf, source, confidence } = prices;
  const usdOf = (mode: PricedMode): Record<string, number | Price> =>
    Object.fromEntries(
      itemsOf(mode).flatMap((item) => {
        const price = priceOf(prices, mode, item);
        return price === undefined ? [] : [[item, price.length === 1 ? price[0].usd : price]];
      }),
    );
  return {
    kind: PRICES_KIND,
    schemaVersion: VERSION,
    region,
    asOf,
    source,
    confidence,
    currency: 'USD',
    usd: {
      provisioned: usdOf('provisioned'),
      'on-demand': usdOf('on-demand'),
      'on-demand-advantage': usdOf('on-demand-advantage'),
    },
  };
}

/** The prices in a file's text. Refuses (exit 2) what is no such file, naming the path of the field. */
export function readPricesFile(text: string, fileName: string): Prices {
  const value = parseJson(text, fileName);
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== PRICES_KIND) {
    const isList = typeof value === 'object' && value !== null && 'offerCode' in value;
    throw isList
      ? badInput(
          `${fileName} is AWS's price list itself.`,
          `Make a prices file of it: shardwise prices --region REGION --price-list ${fileName} -o prices.json`,
        )
      : badInput(`${fileName} is no file of prices: it has no kind "${PRICES_KIND}".`, GET_ONE);
  }
  const parsed = pricesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, what, fix } = complaintsOf(parsed.error.issues)[0];
  throw badInput(`${fileName}: ${formatPath(path)}: ${what}`, fix);
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const why = text.trim() === '' ? 'it is empty' : 'it is not JSON';
    throw badInput(`${fileName} is no file of prices: ${why}.`, GET_ONE);
  }
}

/** An object with these fields alone. */
function fields<Shape extends z.ZodRawShape>(shape: Shape, noun: string) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? unknownField(issue.keys[0], known)
        : unlike(issue.input, noun, `a mapping with ${known.join(', ')}`),
  });
}

function text(noun: string, example: string, pattern = /\S/) {
  const error = (issue: { readonly input?: unknown }): string => unlike(issue.input, noun, example);
  return z.string({ error }).regex(pattern, { error });
}

const dollars = z
  .number({ error: ({ input }) => unlike(input, 'a price', 'US dollars for one unit, such as 0.015') })
  .min(0, { error: ({ input }) => unlike(input, 'a price', 'US dollars for one unit, such as 0.015') })
  .max(MOST_USD, { error: ({ input }) => unlike(input, 'a price of one unit', 'US dollars, such as 0.015') });

const tiers = z
  .array(
    fields(
      {
        from: z
          .number({ error: ({ input }) => unlike(input, 'a quantity', 'the units above which it applies') })
          .min(0),
        usd: dollars,
      },
      'a tier',
    ),
  )
  .min(1, { error: () => joinSentences('there is no tier.', 'Write a number, or tiers from 0 on.') })
  .refine((list) => list.every(({ from }, i) => (i === 0 ? from === 0 : from > list[i - 1].from)), {
    error: () =>
      joinSentences(
        'tiers do not rise from 0.',
        'Begin the first at from: 0, and every other one above the one before.',
      ),
  });

const price = z
  .union([dollars, tiers], {
    error: ({ input }) =>
      unlike(input, 'a price', 'US dollars for one unit, such as 0.015, or a list of tiers'),
  })
  .transform((value): Price => (typeof value === 'number' ? [{ from: 0, usd: value }] : value));

function pricesOfMode(mode: PricedMode) {
  const shape = Object.fromEntries(itemsOf(mode).map((item) => [item, price.optional()]));
  return fields(shape, 'a mapping of prices');
}

const pricesSchema = fields(
  {
    kind: z.literal(PRICES_KIND),
    schemaVersion: z.literal(VERSION, {
      error: ({ input }) => unlike(input, 'a version that this Shardwise reads', String(VERSION)),
    }),
    region: text('a region', 'an AWS region, such as eu-west-1', /^[a-z]{2}(-[a-z]+)+-\d+$/),
    asOf: text('a day or a month', 'for example "2026-09-23" or "2026-09"', /^\d{4}-\d{2}(-\d{2})?$/),
    source: text('a source', 'where the prices come from'),
    confidence: z.enum(PRICE_CONFIDENCES, {
      error: ({ input }) => unlike(input, 'a confidence', `one of ${PRICE_CONFIDENCES.join(', ')}`),
    }),
    currency: z.literal('USD', { error: ({ input }) => unlike(input, 'a currency we bill in', 'USD') }),
    usd: fields(
      Object.fromEntries(PRICED_MODES.map((mode) => [mode, pricesOfMode(mode)])) as Record<
        PricedMode,
        ReturnType<typeof pricesOfMode>
      >,
      'a mapping of prices by mode',
    ),
  },
  'a file of prices',
).transform(({ region, asOf, source, confidence, usd }): Prices => ({
  region,
  asOf,
  source,
  confidence,
  usd,
}));
