/**
 * What a valid report says of shard counts around a plan's answer, and of what so many shards carry.
 */
import { z } from 'zod';
import { CONSTRAINT_NAMES } from '../../results/plan-result.ts';
import { amount, count } from '../schema-figures.ts';

export const table = z.array(
  z.object({
    shards: count,
    placement: z.enum(['actual', 'random', 'even']),
    utilization: amount,
    p50: amount.optional(),
    p95: amount.optional(),
    risk: amount.nullable(),
    throttled: amount,
    monthlyUsd: amount.nullable().optional(),
    fails: z.array(z.enum(CONSTRAINT_NAMES)),
  }),
);

export const reverse = z.object({
  shards: count,
  ratePerSec: amount,
  bytesPerSec: amount,
  binding: z.enum(CONSTRAINT_NAMES).nullable(),
  perConstraint: z.array(z.object({ name: z.enum(CONSTRAINT_NAMES), ratePerSec: amount.nullable() })),
  confidence: amount.optional(),
  given: z.object({ ratePerSec: amount, fits: z.boolean() }).optional(),
});
