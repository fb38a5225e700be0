/**
 * What a report's section on the machine that sent looks like, and what ended a load early; part of `document-schema.ts`.
 */
import { z } from 'zod';
import { DEAD_END_KINDS } from '../results/ended-early.ts';
import { amount, count } from './schema-figures.ts';

const sendingThread = z.object({
  cpu: amount.optional(),
  eventLoopUtilization: amount,
  loopDelayMs: z.object({ p99: amount, max: amount }).optional(),
  sockets: z.object({ blocked: amount, waitingBytes: z.object({ mean: amount, max: amount }) }).optional(),
});

export const generator = z.object({
  valid: z.boolean().nullable(),
  lagMs: z.object({ p50: amount, p99: amount, max: amount }),
  dispatched: amount,
  workers: count,
  cpu: amount,
  eventLoopUtilization: amount,
  misrouted: count,
  moved: count.optional(),
  readersUtilization: amount.optional(),
  threads: z.array(sendingThread).optional(),
  mbitPerSec: amount.optional(),
  connectMs: amount.optional(),
});

export const endedEarly = z.object({
  kind: z.enum(DEAD_END_KINDS),
  sinceMs: z.number(),
  code: z.string(),
  message: z.string(),
});
