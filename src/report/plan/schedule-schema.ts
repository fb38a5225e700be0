/**
 * What a valid report says of a schedule: shards hour by hour, and the calls that make them.
 */
import { z } from 'zod';
import { amount, count } from '../schema-figures.ts';

export const schedule = z.object({
  hours: z.array(z.object({ at: z.string(), rate: amount, needed: count, shards: count, open: count })),
  changes: z.array(
    z.object({
      at: z.string(),
      minute: count,
      from: count,
      to: count,
      call: z.literal('UpdateShardCount'),
    }),
  ),
  shardHours: count,
  staticShardHours: count,
  monthlyUsd: amount.nullable().optional(),
  staticMonthlyUsd: amount.nullable().optional(),
  longestLeadMinutes: count,
  leadGiven: z.boolean(),
});
