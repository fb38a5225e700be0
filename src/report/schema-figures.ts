/**
 * The figures that the schema of a report is made of.
 */
import { z } from 'zod';
import { MOST_STEPS } from '../results/time-series.ts';

export const count = z.int().min(0);
export const amount = z.number().min(0);
export const hashKey = z.string().regex(/^\d{1,39}$/, 'must be a decimal number from 0 to 2^128 - 1');

export const latencySummary = z.object({
  p50: amount.nullable(),
  p90: amount.nullable(),
  p99: amount.nullable(),
  p999: amount.nullable(),
  max: amount.nullable(),
  mean: amount.nullable(),
  count,
  hdr: z.string(),
});

/** Counts by step. */
export const column = z.array(count).max(MOST_STEPS, `a series has at most ${MOST_STEPS} steps`);
