/**
 * What a valid report says beside a plan's number of shards.
 */
import { z } from 'zod';
import { count } from '../schema-figures.ts';

export const planCapacity = z.object({
  region: z.string(),
  shardQuota: count,
  shardsWanted: count.nullable(),
  shardsIfEven: count,
  scenario: z.object({ shards: count, isEnough: z.boolean() }).optional(),
  resize: z
    .object({
      from: count,
      steps: z.array(z.object({ shards: count, isQuick: z.boolean() })).nullable(),
      days: count,
    })
    .optional(),
  lambdaConcurrency: count.optional(),
});
