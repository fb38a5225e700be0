/**
 * What the reports of `diagnose` and `recommend` begin with.
 */
import { z } from 'zod';
import { SCHEMA_VERSION } from '../results/report-document.ts';
import { amount, count } from './schema-figures.ts';

export const target = z.object({
  kind: z.enum(['local', 'aws', 'simulated']),
  stream: z.string(),
  region: z.string(),
  endpoint: z.string(),
  transport: z.string(),
  shards: count,
});

export const about = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  tool: z.object({ name: z.literal('shardwise'), version: z.string() }),
  startedAt: z.string(),
  durationMs: amount,
  partial: z.union([z.literal(false), z.enum(['interrupted', 'failed', 'unfinished'])]),
  target,
};
