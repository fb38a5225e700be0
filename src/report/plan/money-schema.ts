/**
 * What a valid report says of a plan's money.
 */
import { z } from 'zod';
import { PRICE_CONFIDENCES, PRICED_ITEMS, PRICED_MODES, type PricedItem } from '../../model/prices.ts';
import { SHORTFALLS } from '../../results/plan-money.ts';
import { amount, count } from '../schema-figures.ts';

const ITEMS = [
  ...new Set(PRICED_MODES.flatMap((mode) => Object.keys(PRICED_ITEMS[mode]) as PricedItem[])),
] as const;
const mode = z.enum(PRICED_MODES);

/** Optional: reports of 0.1 have no money in them. */
export const moneyFields = {
  modes: z
    .array(
      z.object({
        mode,
        feasible: z.boolean(),
        why: z.array(z.string()),
        notes: z.array(z.string()),
        monthlyUsd: amount.nullable(),
        lines: z.array(
          z.object({
            item: z.enum([...ITEMS, ...SHORTFALLS]),
            quantity: amount,
            unit: z.string(),
            unitUsd: amount,
            usd: amount,
          }),
        ),
        missingPrices: z.array(z.enum(ITEMS)),
      }),
    )
    .optional(),
  breakEven: z
    .array(
      z.object({
        modes: z.tuple([mode, mode]),
        meanRecordsPerSec: amount.nullable(),
        fromRecordsPerSec: amount.nullable(),
        cheaperBelow: mode.nullable(),
        cheaperAbove: mode.nullable(),
        why: z.string().optional(),
      }),
    )
    .optional(),
  onDemand: z
    .object({
      wouldThrottle: z.boolean().nullable(),
      why: z.array(z.string()),
      newStream: z.object({ shards: count, wouldThrottle: z.boolean(), minutesUntilGrown: count }),
      expectedShards: count,
      warmThroughputMiBps: count.nullable(),
    })
    .optional(),
  priceRegion: z.string().optional(),
  prices: z
    .object({
      region: z.string(),
      asOf: z.string(),
      source: z.string(),
      confidence: z.enum(PRICE_CONFIDENCES),
    })
    .nullable()
    .optional(),
  costAssumptions: z.array(z.string()).optional(),
};
