/**
 * What a valid report says of a plan.
 */
import { z } from 'zod';
import { CONSTRAINT_NAMES, DOUBTS, INPUT_ORIGINS } from '../../results/plan-result.ts';
import { aggregation } from './aggregation-schema.ts';
import { leases } from './leases-schema.ts';
import { services } from './services-schema.ts';
import { waysOut } from './ways-out-schema.ts';
import { amount, count } from '../schema-figures.ts';
import { layouts } from './layout-schema.ts';
import { moneyFields } from './money-schema.ts';
import { schedule } from './schedule-schema.ts';
import { planCapacity } from './capacity-schema.ts';
import { question } from './question-schema.ts';
import { reverse, table } from './table-schema.ts';

export const plan = z.object({
  input: question.optional(),
  shards: count.nullable(),
  shardsSafe: count.nullable(),
  feasible: z.boolean(),
  binding: z.enum(CONSTRAINT_NAMES).nullable(),
  constraints: z.array(
    z.object({
      name: z.enum(CONSTRAINT_NAMES),
      shards: count.nullable(),
      evaluated: z.boolean(),
      formula: z.string(),
      inputs: z
        .array(z.object({ name: z.string(), value: amount, unit: z.string(), origin: z.enum(INPUT_ORIGINS) }))
        .optional(),
      source: z.string().optional(),
    }),
  ),
  hottestShard: z
    .object({
      utilization: amount,
      placement: z.enum(['actual', 'random']),
      shards: count,
      p50: amount.optional(),
      p95: amount.optional(),
      p99: amount.optional(),
      risk: amount.optional(),
      throttled: amount.optional(),
    })
    .nullable(),
  hottestKey: z
    .object({
      key: z.string().nullable(),
      share: amount,
      utilization: amount,
      fits: z.boolean(),
      ofPlanned: amount.optional(),
      crowds: z.literal(true).optional(),
      unfitKeys: count.optional(),
      salts: z.object({ random: count.optional(), chosen: count, shards: count }).optional(),
      waysOut: waysOut.optional(),
    })
    .nullable(),
  aggregation: aggregation.optional(),
  leases: leases.optional(),
  services: services.optional(),
  table: table.optional(),
  reverse: reverse.optional(),
  maxThrottled: amount.optional(),
  assumptions: z.array(z.string()),
  doubts: z.array(z.enum(DOUBTS)).optional(),
  ...moneyFields,
  layouts: layouts.optional(),
  schedule: schedule.nullable().optional(),
  remedies: z.array(z.string()).optional(),
  capacity: planCapacity.optional(),
});
