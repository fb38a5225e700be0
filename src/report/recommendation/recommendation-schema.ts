/**
 * What a valid recommendation looks like: the file that `apply` takes.
 */
import { z } from 'zod';
import { SCHEMA_VERSION } from '../../results/report-document.ts';
import { step } from '../plan/layout-schema.ts';
import { amount, count, hashKey } from '../schema-figures.ts';

const interval = z.object({ lower: amount, upper: amount });

const range = z.object({
  shardId: z.string(),
  startingHashKey: hashKey,
  endingHashKey: hashKey,
  utilization: interval.nullable(),
});

const forecast = z.object({
  shards: count,
  hottest: interval.nullable(),
  throttled: amount.nullable(),
  monthlyUsd: amount.nullable(),
});

const reason = z.discriminatedUnion('code', [
  z.object({ code: z.literal('shards-above'), shards: count, worst: z.string(), utilization: interval }),
  z.object({ code: z.literal('stream-above'), utilization: amount }),
  z.object({ code: z.literal('short-peaks'), shards: count, steps: count }),
  z.object({ code: z.literal('all-fit'), hottest: amount, steps: count }),
  z.object({ code: z.literal('fewer-fit'), shards: count, steps: count }),
  z.object({ code: z.literal('on-demand') }),
  z.object({
    code: z.literal('open-question'),
    question: z.enum([
      'throttled-or-retried',
      'burst-within-step',
      'load-of-closed-shard',
      'throttled-before-change',
      'no-shard-metrics',
      'no-metrics',
      'throttled-just-now',
      'fewer-if-known',
    ]),
    shards: count,
    shardId: z.string().optional(),
  }),
  z.object({
    code: z.literal('merges-held'),
    why: z.enum([
      'cool-off',
      'window-too-short',
      'no-63d',
      'no-455d',
      'consumers-lag',
      'no-iterator-age',
      'reads-throttled',
      'throttled',
      'fewest-steps',
    ]),
    untilMs: z.number().optional(),
    value: z.number().optional(),
  }),
  z.object({ code: z.literal('no-cut-helps'), shards: count, shardId: z.string() }),
  z.object({ code: z.literal('cut-blindly'), shards: count, mostOfWhole: amount }),
  z.object({
    code: z.literal('steps-withheld'),
    why: z.enum(['max-shards', 'quota', 'replay']),
    needed: amount,
    most: amount,
  }),
]);

const planning = z.object({
  headroom: amount,
  burstFactor: z.object({
    records: amount,
    bytes: amount,
    origin: z.enum(['measured', 'given', 'default']),
    seconds: count.optional(),
  }),
  limit: z.object({ records: amount, bytes: amount }),
  deadBand: amount,
  trigger: z.object({ steps: count, of: count }),
  coolOffMs: amount,
  prefer: z.enum(['fewest-shards', 'fewest-steps']),
  maxShards: count.nullable(),
  quota: count,
});

/** Everything that a recommendation has and other documents have not. */
export const recommendationFields = {
  verdict: z.enum(['UNDER_PROVISIONED', 'RIGHT_SIZED', 'OVER_PROVISIONED', 'UNDECIDED']),
  fingerprint: z.string(),
  targetFingerprint: z.string(),
  layout: z.array(range),
  targetLayout: z.array(range),
  steps: z.array(step),
  before: forecast,
  after: forecast,
  reasons: z.array(reason),
  planning,
  lastChangeMs: z.number().nullable(),
  peakShards: count,
  estimate: z.object({ seconds: amount, secondsPerStep: amount }),
  leastShards: count.nullable(),
  hotKeys: z.array(
    z.object({
      key: z.string(),
      shardId: z.string(),
      utilization: interval,
      salts: z.object({ random: count.nullable(), chosen: count.nullable() }),
    }),
  ),
  replay: z
    .object({
      fromMs: z.number(),
      steps: count,
      offered: amount,
      throttledBefore: amount,
      throttledAfter: amount,
    })
    .nullable(),
  alternatives: z.object({
    resize: z
      .object({
        shards: count,
        calls: count.nullable(),
        hottest: amount,
        undone: count,
        boundaries: count,
        monthlyUsd: amount.nullable(),
      })
      .nullable(),
    onDemand: z.object({ monthlyUsd: amount.nullable() }).nullable(),
  }),
  owners: z.array(
    z.object({
      kind: z.enum(['cloudformation', 'terraform', 'autoscaler']),
      tag: z.string(),
      value: z.string(),
    }),
  ),
  ways: z.array(
    z.discriminatedUnion('code', [
      z.object({ code: z.literal('salt-key'), key: z.string() }),
      z.object({ code: z.literal('aggregate') }),
      z.object({ code: z.literal('auto-distribution'), needsOnDemand: z.boolean() }),
      z.object({ code: z.literal('warm-throughput'), mibPerSec: amount }),
      z.object({ code: z.literal('own-shards'), shards: count }),
    ]),
  ),
};

const missing = z.object({
  what: z.enum([
    'summary',
    'shard-metrics',
    'stream-metrics',
    'records',
    'consumers',
    'tags',
    'layout-history',
    'coarse-metrics',
    'fan-out-metrics',
  ]),
  why: z.enum(['off', 'denied', 'not-asked', 'gone', 'failed']),
  permission: z.string().optional(),
  command: z.string().optional(),
  usdPerHour: amount.optional(),
  formula: z.string().optional(),
  detail: z.string().optional(),
});

const slice = z.object({
  shardId: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  records: count,
  bytes: count,
  isWhole: z.boolean(),
  cutBy: z.enum(['budget', 'time', 'throttled', 'trimmed', 'error', 'interrupted']).optional(),
});

const evidence = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  steps: count,
  stepMs: amount,
  incompleteSteps: count,
  metricsClock: amount.optional(),
  shardsWithMetrics: count,
  shardsInWindow: count,
  sample: z
    .object({
      source: z.enum(['polling', 'fan-out', 'file']),
      slices: z.array(slice),
      records: count,
      bytes: count,
      aggregates: count,
      aggregatedRecords: count,
    })
    .optional(),
  log: z.object({ file: z.string(), lines: count, matches: count }).optional(),
  run: z.string().optional(),
  missing: z.array(missing),
  asked: z.object({ requests: count, metrics: count, usd: amount }),
});

const finding = z.looseObject({
  code: z.string(),
  severity: z.enum(['critical', 'warning']),
  confidence: z.enum(['high', 'medium', 'low']),
  splitHelps: z.enum(['yes', 'partly', 'no', 'unknown', 'no-matter']),
  shardId: z.string().optional(),
  key: z.string().optional(),
  evidence: z.record(z.string(), z.unknown()),
});

/** The whole document. */
export const recommendationSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  kind: z.literal('recommendation'),
  tool: z.object({ name: z.literal('shardwise'), version: z.string() }),
  startedAt: z.string(),
  durationMs: amount,
  partial: z.union([z.literal(false), z.enum(['interrupted', 'failed', 'unfinished'])]),
  target: z.object({
    kind: z.enum(['local', 'aws', 'simulated']),
    stream: z.string(),
    region: z.string(),
    endpoint: z.string(),
    transport: z.string(),
    shards: count,
  }),
  evidence,
  ...recommendationFields,
  findings: z.array(finding),
});
