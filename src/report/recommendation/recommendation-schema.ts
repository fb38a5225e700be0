/**
 * What a valid recommendation looks like: the file that `apply` takes.
 */
import { z } from 'zod';
import { diagnosisFinding, interval } from '../diagnosis/diagnosis-finding-schema.ts';
import { evidenceInfo } from '../diagnosis/evidence-schema.ts';
import { step } from '../plan/layout-schema.ts';
import { about } from '../report-head-schema.ts';
import { amount, count, hashKey } from '../schema-figures.ts';

const range = z.object({
  shardId: z.string(),
  startingHashKey: hashKey,
  endingHashKey: hashKey,
  utilization: interval.nullable(),
  basis: z.enum(['sample', 'stream']).optional(),
});

const measured = z.object({ accepted: amount, throttledAttempts: amount });

const forecast = z.object({
  shards: count,
  hottest: interval.nullable(),
  throttled: amount.nullable(),
  monthlyUsd: amount.nullable(),
});

const reason = z.discriminatedUnion('code', [
  z.object({
    code: z.literal('shards-above'),
    shards: count,
    worst: z.string(),
    utilization: interval,
    mean: amount,
  }),
  z.object({ code: z.literal('stream-above'), utilization: amount }),
  z.object({ code: z.literal('short-peaks'), shards: count, steps: count }),
  z.object({ code: z.literal('all-fit'), hottest: amount, steps: count }),
  z.object({ code: z.literal('fewer-fit'), shards: count, steps: count }),
  z.object({ code: z.literal('on-demand') }),
  z.object({
    code: z.literal('since-change'),
    sinceMs: z.number(),
    steps: count,
    attempts: amount,
    throttledBefore: amount,
    busiest: amount,
  }),
  z.object({
    code: z.literal('open-question'),
    question: z.enum([
      'throttled-or-retried',
      'burst-within-step',
      'load-of-closed-shard',
      'throttled-before-change',
      'too-little-since-change',
      'no-shard-metrics',
      'sample-too-small',
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
      'changed-in-window',
      'loads-sampled',
      'window-too-short',
      'no-63d',
      'no-455d',
      'consumers-lag',
      'no-iterator-age',
      'reads-throttled',
      'hot-key-first',
      'fewest-steps',
    ]),
    untilMs: z.number().optional(),
    value: z.number().optional(),
  }),
  z.object({
    code: z.literal('single-key-suspected'),
    shards: count,
    shardId: z.string(),
    parentId: z.string(),
    share: amount,
  }),
  z.object({ code: z.literal('no-cut-helps'), shards: count, shardId: z.string() }),
  z.object({ code: z.literal('cut-blindly'), shards: count }),
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
    cappedFrom: amount.optional(),
    sampled: z.object({ seconds: count, minutes: count }).optional(),
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
const recommendationFields = {
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
      shardIdAfter: z.string(),
      utilization: interval,
      planned: interval,
      fits: z.enum(['nowhere', 'no-headroom', 'busy-seconds']),
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
      measured: measured.nullable(),
      gaps: z.array(
        z.enum(['shard-loads-unknown', 'bursts-within-second', 'retries-as-new', 'burst-factor']),
      ),
    })
    .nullable(),
  throttling: measured.nullable(),
  shardLoads: z.object({
    metrics: count,
    sampled: count,
    unknown: count,
    seconds: amount,
    moments: count,
    full: z.array(z.string()),
  }),
  traffic: z.object({ steps: count, recordsPerSec: amount, bytesPerSec: amount }),
  alternatives: z.object({
    resize: z
      .object({
        shards: count,
        calls: count.nullable(),
        hottest: amount,
        undone: count,
        boundaries: count,
        isByKeys: z.boolean(),
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

/** The whole document. */
export const recommendationSchema = z.object({
  ...about,
  kind: z.literal('recommendation'),
  evidence: evidenceInfo,
  ...recommendationFields,
  findings: z.array(diagnosisFinding),
});
