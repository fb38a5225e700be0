/**
 * What the evidence of a diagnosis or a recommendation looks like in a saved report.
 */
import { z } from 'zod';
import { amount, count } from '../schema-figures.ts';

const missing = z.object({
  what: z.enum([
    'summary',
    'shard-metrics',
    'stream-metrics',
    'records',
    'consumers',
    'tags',
    'layout-history',
    'coarse-metrics',
    'fan-out-metrics',
  ]),
  why: z.enum(['off', 'denied', 'not-asked', 'gone', 'failed']),
  permission: z.string().optional(),
  command: z.string().optional(),
  usdPerHour: amount.optional(),
  formula: z.string().optional(),
  detail: z.string().optional(),
});

const sample = z.object({
  source: z.enum(['polling', 'fan-out', 'file']),
  slices: z.array(
    z.object({
      shardId: z.string(),
      fromMs: z.number(),
      toMs: z.number(),
      records: count,
      bytes: count,
      isWhole: z.boolean(),
      cutBy: z.enum(['budget', 'time', 'throttled', 'trimmed', 'error', 'interrupted']).optional(),
    }),
  ),
  records: count,
  bytes: count,
  aggregates: count,
  aggregatedRecords: count,
});

export const evidenceInfo = z.object({
  stream: z
    .object({
      mode: z.enum(['provisioned', 'on-demand']),
      retentionHours: amount,
      ignoresKeys: z.boolean(),
      createdMs: z.number().optional(),
    })
    .optional(),
  fromMs: z.number(),
  toMs: z.number(),
  steps: count,
  stepMs: amount,
  incompleteSteps: count,
  metricsClock: amount.optional(),
  shardsWithMetrics: count,
  shardsInWindow: count,
  holes: z.object({ steps: count, streamRecords: amount, shardRecords: amount }).optional(),
  sample: sample.optional(),
  log: z.object({ file: z.string(), lines: count, matches: count }).optional(),
  run: z.string().optional(),
  missing: z.array(missing),
  asked: z.object({ requests: count, metrics: count, usd: amount }),
});
