/**
 * What a valid report says of the ways out of a hot key.
 */
import { z } from 'zod';
import { WAY_OUT_KINDS } from '../../results/plan-ways-out.ts';

export const waysOut = z.array(
  z.object({
    kind: z.enum(WAY_OUT_KINDS),
    feasible: z.boolean().nullable(),
    detail: z.string(),
    costs: z.array(z.string()),
  }),
);
