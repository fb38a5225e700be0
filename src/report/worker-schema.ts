/**
 * What the schema of a report says of one machine's part of a load, and of several machines' parts added up.
 */
import { z } from 'zod';
import { COUNT_NAMES, type CountName } from '../results/outcome-counts.ts';
import { MOST_MACHINES, WORKER_VERSION } from '../results/worker-section.ts';
import { MOST_STEPS } from '../results/time-series.ts';
import { endedEarly } from './generator-schema.ts';
import { consumerRow } from './consumer-schema.ts';
import { amount, column as steps, count } from './schema-figures.ts';

const DIGITS = /^\d+$/;
const column = z.string().describe('numbers with a space between');
const counts = z.object(
  Object.fromEntries(COUNT_NAMES.map((name) => [name, column.optional()])) as Record<
    CountName,
    z.ZodOptional<typeof column>
  >,
);
const exact = { sumUs: z.string().regex(DIGITS, 'must be a whole number'), maxUs: count };
const putCounts = { accepted: count, throttled: count, unknown: count };
const machines = z.int().min(1).max(MOST_MACHINES);

const ledger = z.object({
  stepSec: z.int().min(1),
  cells: z
    .array(z.tuple([count, z.int().min(-1), count, z.string().regex(/^[0-9a-f]{16}$/)]))
    .describe('shard, step, records, XOR of their hashed sequence numbers'),
});
const reading = z.object({
  ...{ retentionHours: amount, warmupMs: amount, acknowledged: ledger, told: steps },
  consumers: z.array(
    z.object({
      row: consumerRow.omit({ backlog: true, delivery: true, lostRecords: true, endToEndWithout: true }),
      readsAll: z.boolean(),
      ...{ shards: count, agesMs: z.array(amount).max(MOST_STEPS), passed: steps, seen: ledger },
      ...{ heldMs: z.array(amount).max(MOST_STEPS), heldAtEndMs: amount },
      ...{ ended: z.array(count), drained: z.array(count), tipUs: amount.optional() },
      endToEnd: z.object(exact),
      ...{ hurried: count, duplicates: count, withoutHeader: count, others: count },
    }),
  ),
});

export const worker = z.object({
  version: z.literal(WORKER_VERSION),
  index: machines,
  count: machines,
  scenarioDigest: z.string(),
  runId: z.string(),
  startAt: z.string().optional(),
  lateMs: amount.optional(),
  thresholds: z.array(z.string()),
  requests: count,
  kinesisRecords: count,
  isPacked: z.boolean(),
  ignoresKeys: z.boolean(),
  shards: counts,
  keys: z.object({
    places: count,
    offset: amount,
    weight: amount,
    held: count,
    numbers: column.optional(),
    names: z.array(z.string()),
    hashKeys: z.array(z.string()).optional(),
    shards: column.optional(),
    atMost: column.optional(),
    missed: column.optional(),
    counts,
  }),
  load: z.object({
    stepSec: z.int().min(1),
    keyFloor: amount,
    steps: z.array(z.object({ step: count, shards: column, keys: column.optional() })),
  }),
  latencies: z.object({ response: z.object(exact), service: z.object(exact), queue: z.object(exact) }),
  lag: z.object({ ...exact, count, hdr: z.string() }),
  puts: z
    .object({
      ...{ firstUs: amount.optional(), lastUs: amount.optional() },
      ...{ ...putCounts, dataBytes: count, keyBytes: count },
      shards: z.array(z.object({ ...putCounts, bytes: count })),
    })
    .optional(),
  reading: reading.optional(),
});

export const merged = z.object({
  of: machines,
  missing: z.array(machines),
  startSpreadMs: amount,
  stepSec: z.int().min(1),
  keyFloor: amount,
  undecided: z.string().optional(),
  workers: z.array(
    z.object({
      index: machines,
      startedAt: z.string(),
      durationMs: amount,
      partial: z.union([z.literal(false), z.enum(['interrupted', 'failed', 'unfinished'])]),
      ended: endedEarly.optional(),
      offered: count,
      accepted: count,
      valid: z.boolean().nullable().optional(),
      lagP99Ms: amount,
      dispatched: amount.optional(),
      cpu: amount.optional(),
      eventLoopUtilization: amount.optional(),
    }),
  ),
});
