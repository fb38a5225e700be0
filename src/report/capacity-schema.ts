/**
 * What a report's section on the capacity mode looks like; part of `document-schema.ts`.
 */
import { z } from 'zod';
import { CONFIDENCES } from '../model/on-demand-assumptions.ts';
import { MOST_PHASES } from '../results/layout-phases.ts';

const count = z.int().min(0);
const amount = z.number().min(0);

const latency = z.object({ p50: amount.nullable(), p99: amount.nullable(), max: amount.nullable() });

export const phases = z
  .array(
    z.object({
      fromMs: amount,
      toMs: amount,
      openShards: count,
      attempts: count,
      throttledAttempts: count,
      offered: count.optional(),
      utilizationMax: amount.optional(),
      latencyMs: z.object({ service: latency, response: latency }).optional(),
    }),
  )
  .max(MOST_PHASES);

export const capacity = z.object({
  mode: z.literal('on-demand'),
  recordDistribution: z.enum(['auto', 'userPartitionKey']),
  shardsAtStart: count,
  shardsAtEnd: count,
  splits: count,
  rules: z.object({
    splitAboveBytesPerSec: amount,
    splitAboveRecordsPerSec: amount,
    withinMs: amount,
    mostShards: count,
    warmThroughputBytesPerSec: amount.optional(),
  }),
  phases,
  assumptions: z.array(z.object({ text: z.string(), confidence: z.enum(CONFIDENCES) })),
});
