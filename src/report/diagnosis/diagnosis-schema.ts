/**
 * What a saved diagnosis looks like. A test holds it and the type in `results/diagnosis-document.ts` to each other.
 */
import { z } from 'zod';
import { amount, count, hashKey } from '../schema-figures.ts';
import { MOST_STEPS } from '../../results/time-series.ts';
import { diagnosisFinding, interval } from './diagnosis-finding-schema.ts';
import { evidenceInfo } from './evidence-schema.ts';
import { about } from '../report-head-schema.ts';

const diagnosedShard = z.object({
  shardId: z.string(),
  startingHashKey: hashKey,
  endingHashKey: hashKey,
  open: z.boolean(),
  utilization: interval.nullable(),
  worstStepMs: z.number().nullable(),
  incomingRecords: amount.nullable(),
  incomingBytes: amount.nullable(),
  throttledAttempts: amount.nullable(),
  lastThrottledMs: z.number().nullable(),
});

const diagnosedKey = z.object({
  key: z.string(),
  hashKey,
  shardId: z.string(),
  source: z.enum(['sample', 'run']),
  share: interval,
  recordsPerSec: interval.nullable(),
  bytesPerSec: interval.nullable(),
  standsOut: z.boolean(),
  throttled: count.optional(),
  utilization: interval.nullable(),
});

const heatMap = z.object({
  fromMs: z.number(),
  columnMs: amount,
  columns: count,
  bands: z.array(
    z.object({
      startingHashKey: hashKey,
      endingHashKey: hashKey,
      shards: count,
      shardId: z.string().optional(),
      utilization: z.array(amount.nullable()).max(MOST_STEPS, `a band has at most ${MOST_STEPS} columns`),
      throttled: z.array(amount).max(MOST_STEPS, `a band has at most ${MOST_STEPS} columns`),
    }),
  ),
});

export const diagnosisSchema = z.object({
  ...about,
  kind: z.literal('diagnosis'),
  evidence: evidenceInfo,
  shards: z.array(diagnosedShard),
  keys: z.array(diagnosedKey),
  heatMap: heatMap.optional(),
  findings: z.array(diagnosisFinding),
});
