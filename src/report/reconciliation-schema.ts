/**
 * The parts of a report that only a live run has: what was known before it, and how the counters compared after it.
 */
import { z } from 'zod';
import { RECONCILED, UNRECONCILED } from '../results/reconciliation.ts';
import { amount, count } from './schema-figures.ts';

const pair = z.object({ ours: count, theirs: count, difference: z.number() });

export const reconciliation = z.union([
  z.object({
    verdict: z.enum(RECONCILED),
    from: z.string(),
    to: z.string(),
    waitedMs: amount,
    records: pair,
    bytes: pair,
    keyBytes: count,
    throttled: pair,
    unknown: count,
    shards: z
      .array(
        z.object({
          shardId: z.string(),
          records: pair.optional(),
          bytes: pair.optional(),
          throttled: pair.optional(),
        }),
      )
      .optional(),
  }),
  z.object({ verdict: z.enum(UNRECONCILED), reason: z.string() }),
]);

const mode = z.enum(['provisioned', 'on-demand']);

const stream = z.object({
  name: z.string(),
  arn: z.string(),
  account: z.string(),
  status: z.string(),
  mode,
  shards: count,
  retentionHours: amount,
  consumers: count,
  maxRecordBytes: count,
  encryption: z.enum(['NONE', 'KMS']),
  ignoresKeys: z.boolean(),
  shardMetrics: z.array(z.string()),
  warmMiBps: amount.optional(),
  createdMs: z.number().optional(),
});

export const preflight = z.object({
  region: z.string(),
  endpoint: z.string(),
  stream: stream.optional(),
  create: z
    .object({ name: z.string(), mode, shards: count, maxRecordBytes: count, warmMiBps: amount.optional() })
    .optional(),
  consumers: z.array(z.string()).nullable().optional(),
  permission: z.enum(['allowed', 'denied', 'not-supported', 'unknown-endpoint']).optional(),
  traffic: z
    .object({
      minutes: count,
      recordsInPerSec: amount,
      bytesInPerSec: amount,
      throttledPerSec: amount,
      recordsReadPerSec: amount,
      readCallsPerSec: amount,
    })
    .nullable()
    .optional(),
  allowedBy: z.enum(['own', 'tag', 'flag', 'nothing']).optional(),
  reshards: z
    .object({ events: count, mostShards: count, allowedBy: z.enum(['create', 'flag', 'nothing']) })
    .optional(),
  readers: z
    .object({
      polling: z.array(z.string()),
      fanOut: z.array(z.string()),
      permission: z.enum(['allowed', 'denied', 'unknown']).optional(),
    })
    .optional(),
  load: z.object({
    isBound: z.boolean().optional(),
    records: count,
    bytes: count,
    durationMs: amount,
    peakRecordsPerSec: amount,
    peakBytesPerSec: amount,
  }),
  cost: z
    .object({ usd: amount, asOf: z.string(), lines: z.array(z.object({ usd: amount, formula: z.string() })) })
    .nullable(),
  differences: z.array(
    z.union([
      z.object({
        field: z.enum(['shards', 'maxRecordBytes', 'retentionHours', 'initialFill']),
        scenario: amount,
        stream: amount,
      }),
      z.object({ field: z.literal('mode'), scenario: z.string(), stream: z.string() }),
      z.object({ field: z.literal('ranges'), widestShare: amount, evenShare: amount }),
    ]),
  ),
});
