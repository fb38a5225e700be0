/**
 * What a valid report says of the same traffic on other services.
 */
import { z } from 'zod';
import { SERVICES } from '../../results/plan-services.ts';
import { amount, count } from '../schema-figures.ts';

export const services = z.array(
  z.object({
    service: z.enum(SERVICES),
    fits: z.boolean(),
    why: z.string(),
    quotas: z.array(
      z.object({ name: z.string(), load: amount, limit: amount, unit: z.string(), source: z.string() }),
    ),
    order: z.string(),
    replay: z.string(),
    readers: z.string(),
    delay: z.string(),
    acknowledgement: z.string(),
    largestRecordBytes: count,
    notes: z.array(z.string()),
  }),
);
