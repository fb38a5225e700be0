/**
 * What a report's time line looks like, and what it says of how its keys are spread; part of `document-schema.ts`.
 */
import { z } from 'zod';
import { consumerSeries } from './consumer-schema.ts';
import { amount, column, count } from './schema-figures.ts';

export const keySpread = z.object({
  keys: count,
  byChance: count,
  counted: count.optional(),
  othersAtMost: count.optional(),
});

export const series = z.object({
  stepMs: amount,
  offered: column,
  accepted: column,
  throttledAttempts: column,
  retries: column.optional(),
  bytes: column,
  openShards: column.optional(),
  shards: z.array(z.object({ shardId: z.string(), offered: column, throttledAttempts: column })),
  consumers: z.array(consumerSeries).optional(),
  afterEnd: z
    .object({ accepted: count, throttledAttempts: count, retries: count, lastMs: amount })
    .optional(),
});
