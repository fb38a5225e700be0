/**
 * What a valid report says of the question that a plan answers.
 */
import { z } from 'zod';
import { amount, count } from '../schema-figures.ts';

export const question = z.object({
  sources: z.array(
    z.object({
      name: z.string().optional(),
      meanRecordsPerSec: amount.optional(),
      recordsPerSec: amount.optional(),
      dataBytes: amount,
      keyBytes: amount,
      keys: z.string().optional(),
    }),
  ),
  consumers: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['polling', 'efo']),
      preset: z.enum(['kcl', 'lambda', 'firehose', 'flink', 'custom']).optional(),
      short: z.string(),
      recordsPerSec: amount.optional(),
      parallel: count,
    }),
  ),
  bursts: z.array(
    z.object({
      lengthSec: amount,
      everySec: amount.optional(),
      recordsPerSec: amount,
      isChance: z.literal(true).optional(),
    }),
  ),
  outage: z.object({ outageSec: amount, recoverSec: amount }).optional(),
  retentionHours: amount,
  region: z.string(),
  shardQuota: count,
  headroom: amount,
  confidence: amount.optional(),
  maxThrottled: amount.optional(),
  placement: z.enum(['random', 'actual']),
  currentShards: count.optional(),
  scenarioShards: count.optional(),
  aggregate: z.object({ maxBytes: count, maxCount: count, lingerMs: amount, producers: count }).optional(),
});
