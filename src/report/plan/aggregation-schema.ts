/**
 * What a valid report says of aggregation in a plan.
 */
import { z } from 'zod';
import { amount, count } from '../schema-figures.ts';

export const aggregation = z.object({
  maxBytes: count,
  maxCount: count,
  lingerMs: amount,
  producers: count,
  shards: count,
  userRecordsPerSec: amount,
  recordsPerAggregate: amount,
  recordsByTime: amount.optional(),
  limitedBy: z.enum(['size', 'linger', 'count']),
  kinesisRecordsPerSec: amount,
  bytesPerAggregate: amount,
  overheadBytes: amount,
  putUnitsPerSec: amount,
  putUnitsWithout: amount,
  addedLatencyMs: z.object({ mean: amount, max: amount }),
  fullShard: z.object({ userRecordsPerSec: amount, recordsPerAggregate: amount }),
  notes: z.array(z.string()),
});
