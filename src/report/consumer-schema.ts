/**
 * What a valid report says of consumers.
 */
import { z } from 'zod';
import { MOST_STEPS } from '../results/time-series.ts';
import { amount, column, count, latencySummary } from './schema-figures.ts';

/** A row of a report's consumers. */
export const consumerRow = z.object({
  name: z.string(),
  kind: z.enum(['polling', 'efo']),
  preset: z.enum(['kcl', 'lambda', 'firehose', 'flink', 'custom']).optional(),
  everyMs: amount.optional(),
  idleMs: amount.optional(),
  calls: count,
  throttledCalls: count,
  emptyCalls: count,
  records: count,
  bytes: count,
  lostRecords: count,
  iteratorAgeMs: z.object({ max: amount, atEnd: amount }),
  backlog: z.object({ maxRecords: count, atEndRecords: count, storedLaterRecords: count.optional() }),
  drain: z.object({
    state: z.enum(['keptUp', 'drained', 'draining', 'growing']),
    ms: amount.nullable(),
  }),
  endToEndMs: latencySummary,
  endToEndWithout: count.optional(),
  share: z.object({
    callsPerSec: amount,
    callsLimitPerSec: amount.nullable(),
    bytesPerSec: amount,
    bytesLimitPerSec: amount,
  }),
  starvation: z
    .object({ limit: z.enum(['calls', 'bytes']), shardId: z.string(), by: z.string(), share: amount })
    .optional(),
  coarsenedMs: amount.optional(),
  coarsenedBy: z.string().optional(),
  delivery: z
    .object({
      acknowledged: count,
      seen: count,
      lost: count,
      isAtLeast: z.literal(true).optional(),
      unread: count,
      unacknowledged: count,
      duplicates: count,
      withoutHeader: count,
      others: count,
    })
    .optional(),
  failedCalls: count.optional(),
  firstError: z.object({ code: z.string(), message: z.string() }).optional(),
});

export const consumerSeries = z.object({
  name: z.string(),
  iteratorAgeMs: z.array(amount).max(MOST_STEPS, `a series has at most ${MOST_STEPS} steps`),
  backlog: column,
});
