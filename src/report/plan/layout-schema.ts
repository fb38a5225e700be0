/**
 * What a valid report says of layouts cut between keys, and of the steps that lead to one.
 */
import { z } from 'zod';
import { amount, count, hashKey } from '../schema-figures.ts';

export const step = z.object({
  kind: z.enum(['split', 'merge']),
  startingHashKey: hashKey,
  endingHashKey: hashKey,
  shardId: z.string(),
  adjacentShardId: z.string().optional(),
  newStartingHashKey: hashKey.optional(),
});

const figures = z.object({ shards: count, utilization: amount }).nullable();

export const layouts = z.object({
  uniform: figures,
  weighted: figures,
  weightedSameCount: figures,
  savedShards: count.nullable(),
  savedUsdPerMonth: amount.nullable().optional(),
  keysLeftOut: count.optional(),
  from: z.object({ shards: count, today: z.boolean() }).optional(),
  peakShards: count.optional(),
  steps: z.array(step),
});
