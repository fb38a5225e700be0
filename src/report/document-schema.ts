/**
 * What a valid report of a plan, a simulation or a run looks like, declared once: it checks saved reports, and
 * `schema/report.schema.json` is generated from it and those of the other kinds (`any-document-schema.ts`). A test holds
 * it and the TypeScript type in `results/report-document.ts` to each other.
 *
 * Fields that it does not know pass: a newer minor version may write more than this one reads.
 */
import { z } from 'zod';
import { SWEEP_FIELDS } from '../results/many-simulations.ts';
import { SCHEMA_VERSION } from '../results/report-document.ts';
import { capacity, phases } from './capacity-schema.ts';
import { consumerRow } from './consumer-schema.ts';
import { endedEarly, generator } from './generator-schema.ts';
import { plan } from './plan/plan-schema.ts';
import { preflight, reconciliation } from './reconciliation-schema.ts';
import { target } from './report-head-schema.ts';
import { amount, count, hashKey, latencySummary } from './schema-figures.ts';
import { keySpread, series } from './series-schema.ts';
import { merged, worker } from './worker-schema.ts';

const outcomes = {
  accepted: count,
  throttled: count,
  failed: count,
  dropped: count,
  attempts: count,
  retries: count,
  throttledAttempts: count,
  failedAttempts: count,
};

const producer = z.object({
  preset: z.enum(['sdk', 'kpl', 'agent']).optional(),
  api: z.enum(['PutRecords', 'PutRecord']),
  loop: z.literal('closed').optional(),
  batch: count,
  batchBytes: count,
  lingerMs: amount,
  inFlight: count,
  aggregate: z.enum(['none', 'kpl']),
  aggregateMaxBytes: count.optional(),
  aggregateMaxCount: count.optional(),
  retry: z.object({
    policy: z.enum(['none', 'sdk', 'backoff', 'kpl']),
    maxAttempts: count.optional(),
    baseMs: amount.optional(),
    maxMs: amount.optional(),
    ttlMs: amount.optional(),
    rateLimit: amount.optional(),
  }),
});

const scenario = z.object({
  file: z.string().optional(),
  description: z.string().optional(),
  durationMs: amount,
  warmupMs: amount,
  ratePerSec: amount,
  peakRatePerSec: amount.optional(),
  producer: producer.optional(),
  mode: z.literal('on-demand').optional(),
});

const engine = z.object({
  name: z.enum(['exact', 'aggregate']),
  serviceTimeMs: amount,
  tickMs: amount.optional(),
  throttledBetween: z.object({ least: count, most: count }).optional(),
});

const timelineRow = z.object({
  atMs: z.number(),
  kind: z.enum(['split', 'merge', 'resize', 'outage']),
  durationMs: amount.optional(),
  shardIds: z.array(z.string()),
  children: z.array(z.string()),
  cause: z.enum(['timeline', 'on-demand', 'outside']),
  carriedOut: z
    .object({
      dueMs: amount,
      acceptedAtMs: z.number().optional(),
      heldUpBy: z.array(z.object({ code: z.string(), calls: count })).optional(),
      failed: z.string().optional(),
    })
    .optional(),
});

const totals = z.object({
  offered: count,
  offeredDigest: z
    .string()
    .regex(/^\d{1,20}$/, 'must be a decimal number below 2^64')
    .optional(),
  ...outcomes,
  unknown: count,
  bytesOffered: count,
  bytesAccepted: count,
  requests: count,
  kinesisRecords: count.optional(),
});

const retry = z.object({
  amplification: amount,
  state: z.enum(['calm', 'recovered', 'collapsed', 'overloaded', 'undecided', 'unsettled']),
  spikeStartMs: amount.optional(),
  spikeEndMs: amount.optional(),
  spikeCause: z.literal('outage').optional(),
  drainMs: amount.optional(),
  calmMs: amount.optional(),
});

const shard = z.object({
  shardId: z.string(),
  startingHashKey: hashKey,
  endingHashKey: hashKey,
  openedAtMs: amount.optional(),
  closedAtMs: amount.optional(),
  offered: count,
  ...outcomes,
  bytes: count,
  utilization: amount,
  utilizationSec: amount.optional(),
  peakSecond: z.object({ records: count, bytes: count }),
  burst: z
    .object({
      dimension: z.enum(['records', 'bytes']),
      perSec: amount,
      meanPerSec: amount,
      ratio: amount,
      ratioByChance: amount,
    })
    .optional(),
});

const key = z.object({
  key: z.string(),
  hashKey,
  shardId: z.string().optional(),
  records: count,
  bytes: count,
  share: amount,
  error: count,
  utilization: amount.optional(),
  ...outcomes,
});

const load = {
  dimension: z.enum(['records', 'bytes']),
  perSec: amount,
  limitPerSec: amount,
  utilization: amount,
  windowSec: amount,
  fromMs: amount.optional(),
  toMs: amount.optional(),
};

const about = {
  severity: z.enum(['critical', 'warning']),
  shardId: z.string().optional(),
  key: z.string().optional(),
};

const finding = z.discriminatedUnion('code', [
  z.object({
    code: z.literal('HOT_KEY'),
    ...about,
    evidence: z.object({
      ...load,
      isClosed: z.literal(true).optional(),
      shardIdNow: z.string().optional(),
      share: amount,
      splitHelps: z.literal(false),
      headroom: amount,
      saltsRandom: count.nullable(),
      saltsChosen: count.nullable(),
    }),
  }),
  z.object({
    code: z.literal('HOT_SHARD'),
    ...about,
    evidence: z.object({
      ...load,
      isClosed: z.literal(true).optional(),
      splitHelps: z.boolean(),
      newStartingHashKey: hashKey.nullable(),
      lowerUtilization: amount.nullable(),
      upperUtilization: amount.nullable(),
    }),
  }),
  z.object({
    code: z.literal('UNDER_PROVISIONED'),
    ...about,
    evidence: z.object({
      ...{ ...load, shards: count, shardsNow: count.optional() },
      ...{ shardsNeeded: count, moreShards: count, headroom: amount },
    }),
  }),
  z.object({
    code: z.literal('LOST_RECORDS'),
    ...about,
    evidence: z.object({
      consumer: z.string(),
      records: count,
      shards: count,
      retentionHours: amount,
      firstLostMs: amount,
      isMissing: z.literal(true).optional(),
      isAtLeast: z.literal(true).optional(),
    }),
  }),
  z.object({
    code: z.literal('GENERATOR_LATE'),
    ...about,
    evidence: z.object({
      lagP99Ms: amount,
      lagLimitMs: amount,
      dispatched: amount,
      dispatchedLimit: amount,
      eventLoopUtilization: amount,
      cpu: amount.optional(),
      socketsBlocked: amount.optional(),
      peakRatePerSec: amount.optional(),
    }),
  }),
]);

const threshold = z.object({
  expression: z.string(),
  ok: z.boolean().nullable(),
  actual: z.number().nullable(),
  unit: z.enum(['ms', '%', '/s', 'ratio']),
});

const sweep = z.object({
  field: z.enum(SWEEP_FIELDS),
  points: z.array(
    z.object({
      value: amount,
      totals,
      utilizationMax: amount,
      findings: z.array(finding),
      thresholds: z.array(threshold),
    }),
  ),
});

const maxRate = z.object({
  expression: z.string(),
  unit: threshold.shape.unit,
  holdsAtPerSec: amount.nullable(),
  breaksAtPerSec: amount.nullable(),
  isFlat: z.boolean().optional(),
  probes: z.array(
    z.object({ ratePerSec: amount, ok: z.boolean(), actual: z.number(), totals, utilizationMax: amount }),
  ),
});

export const documentSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  kind: z.enum(['plan', 'simulation', 'run']),
  tool: z.object({ name: z.literal('shardwise'), version: z.string() }),
  startedAt: z.string(),
  durationMs: amount,
  seed: z.int().optional(),
  partial: z.union([z.literal(false), z.enum(['interrupted', 'failed', 'unfinished'])]),
  ended: endedEarly.optional(),
  target: target.optional(),
  scenario: scenario.optional(),
  engine: engine.optional(),
  capacity: capacity.optional(),
  plan: plan.optional(),
  totals: totals.optional(),
  retry: retry.optional(),
  timeline: z.array(timelineRow).optional(),
  phases: phases.optional(),
  latencyBasis: z.enum(['measured', 'measured-local', 'modelled']).optional(),
  latencyMs: z
    .object({
      response: latencySummary,
      service: latencySummary,
      queue: latencySummary,
      endToEnd: latencySummary.optional(),
    })
    .optional(),
  shards: z.array(shard).optional(),
  keys: z.array(key).optional(),
  keySpread: keySpread.optional(),
  consumers: z.array(consumerRow).optional(),
  series: series.optional(),
  findings: z.array(finding).optional(),
  thresholds: z.array(threshold).optional(),
  generator: generator.optional(),
  sweep: sweep.optional(),
  maxRate: maxRate.optional(),
  errors: z.array(z.object({ code: z.string(), attempts: count, message: z.string() })).optional(),
  preflight: preflight.optional(),
  reconciliation: reconciliation.optional(),
  worker: worker.optional(),
  merged: merged.optional(),
});
