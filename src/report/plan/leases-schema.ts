/**
 * What a valid report says of the leases of KCL applications.
 */
import { z } from 'zod';
import { amount, count } from '../schema-figures.ts';

export const leases = z.array(
  z.object({
    application: z.string(),
    leases: count,
    usefulWorkers: count,
    tables: z.object({ from35: count, before35: count }),
    renewalsPerSec: amount,
    writeUnitsPerSec: z.object({ least: amount, most: amount }),
  }),
);
