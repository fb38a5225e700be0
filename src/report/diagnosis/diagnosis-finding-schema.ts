/**
 * What the findings of a diagnosis look like in a saved report, each with the evidence of its code.
 */
import { z } from 'zod';
import { amount, count, hashKey } from '../schema-figures.ts';

export const interval = z.object({ lower: amount, upper: amount });
const share = interval;

const judged = z.object({
  dimension: z.enum(['records', 'bytes']),
  perSec: interval,
  limitPerSec: amount,
  utilization: interval,
  stepsAbove: count,
  steps: count,
});

const about = {
  severity: z.enum(['critical', 'warning']),
  confidence: z.enum(['high', 'medium', 'low']),
  splitHelps: z.enum(['yes', 'partly', 'no', 'unknown', 'no-matter']),
  shardId: z.string().optional(),
  key: z.string().optional(),
  sinceMs: z.number().optional(),
  untilMs: z.number().optional(),
};

const EVIDENCE = {
  HOT_KEY: z.object({
    source: z.enum(['sample', 'run']),
    load: judged,
    share: share.nullable(),
    sampledRecords: count.nullable(),
    isBeforeOnset: z.boolean(),
    basis: z.enum(['accepted', 'fills-shard', 'attempts', 'run']),
    attempts: count.optional(),
    likelyPerSec: amount.optional(),
    saltsChosen: count.nullable(),
    saltsRandom: count.nullable(),
    headroom: amount,
  }),
  HOT_SHARD: z.object({
    source: z.enum(['metrics', 'sample', 'run', 'log']),
    load: judged.nullable(),
    throttled: count,
    isBrief: z.boolean(),
    newStartingHashKey: hashKey.nullable(),
    cutFrom: z.enum(['keys', 'midpoint', 'run']).nullable(),
    lowerPart: amount.nullable(),
    upperPart: amount.nullable(),
    sampledRecords: count,
    keys: z.enum(['unseen', 'fit', 'undecided', 'one']),
    sampleTime: z.enum(['during', 'outside', 'unknown']).nullable(),
    undecidedKeys: z.array(z.object({ key: z.string(), utilization: interval })),
  }),
  UNDER_PROVISIONED: z.object({
    load: judged,
    shards: count,
    shardsNow: count,
    shardsNeeded: interval,
    headroom: amount,
  }),
  OVER_PROVISIONED: z.object({
    load: judged,
    shards: count,
    shardsEnough: count,
    headroom: amount,
    windowHours: amount,
  }),
  UNEVEN_RANGES: z.object({
    load: judged,
    rangeShare: amount,
    loadShare: amount,
    evenShare: amount,
    newStartingHashKey: hashKey,
  }),
  HIDDEN_BURST: z.object({
    load: judged,
    throttled: count,
    stepsThrottled: count,
    peakSecond: amount.nullable(),
    deficit: amount.nullable(),
    sampledSeconds: count,
  }),
  FEW_KEYS: z.object({
    distinctKeys: count,
    error: amount,
    shards: count,
    heaviestKey: z.string(),
    heaviestShare: share,
    idleShards: count,
    sampledRecords: count,
  }),
  READ_BOUND: z.object({
    of: z.enum(['shared', 'fan-out', 'given']),
    consumer: z.string().nullable(),
    bytesPerSec: amount,
    limitPerSec: amount,
    utilization: amount,
    stepsAbove: count,
    steps: count,
    isMean: z.boolean(),
    readers: count.nullable(),
  }),
  READ_BUDGET_EXHAUSTED: z.object({
    throttledCalls: count,
    stepsThrottled: count,
    steps: count,
    callsPerSec: amount.nullable(),
    callLimitPerSec: amount,
    cause: z.enum(['calls', 'bandwidth', 'unknown']),
    givenCallsPerSec: amount.nullable(),
    given: z.array(z.string()).nullable(),
    shardIds: z.array(z.string()),
  }),
  LAGGING_CONSUMER: z.object({
    consumer: z.string().nullable(),
    ageMs: amount,
    maxAgeMs: amount,
    retentionMs: amount,
    isRegular: z.boolean(),
    growthMsPerSec: z.number(),
    lostInMs: amount.nullable(),
  }),
  RETRY_STORM: z.object({
    source: z.enum(['metrics', 'run']),
    before: amount.nullable(),
    attemptsPerSec: amount,
    acceptedPerSec: amount,
    early: amount.nullable(),
    late: amount.nullable(),
    othersGrowth: amount.nullable(),
    fellBack: z.boolean().nullable(),
    retryShare: amount.nullable(),
  }),
  LARGE_RECORDS: z.object({
    source: z.enum(['sample', 'metrics']),
    meanBytes: amount,
    maxBytes: amount.nullable(),
    largeBytes: amount,
    largeShare: amount.nullable(),
    adviceShare: amount,
    sampledRecords: count,
  }),
  MONITORING_OFF: z.object({
    metrics: z.array(z.string()),
    shards: count,
    usdPerHour: amount.nullable(),
    formula: z.string().nullable(),
    load: judged.nullable(),
    throttled: count,
    stepsThrottled: count,
    says: z.enum(['nothing', 'calm', 'skew-or-burst', 'full']),
    records: z.enum(['unread', 'told', 'untold']),
    shardsRead: count.nullable(),
    secondsRead: amount.nullable(),
    fullest: amount.nullable(),
  }),
  KEYS_IGNORED: z.object({ shards: count }),
};

function findingOf<C extends keyof typeof EVIDENCE>(code: C) {
  return z.object({ code: z.literal(code), ...about, evidence: EVIDENCE[code] });
}

export const diagnosisFinding = z.discriminatedUnion('code', [
  findingOf('HOT_KEY'),
  findingOf('HOT_SHARD'),
  findingOf('UNDER_PROVISIONED'),
  findingOf('OVER_PROVISIONED'),
  findingOf('UNEVEN_RANGES'),
  findingOf('HIDDEN_BURST'),
  findingOf('FEW_KEYS'),
  findingOf('READ_BOUND'),
  findingOf('READ_BUDGET_EXHAUSTED'),
  findingOf('LAGGING_CONSUMER'),
  findingOf('RETRY_STORM'),
  findingOf('LARGE_RECORDS'),
  findingOf('MONITORING_OFF'),
  findingOf('KEYS_IGNORED'),
]);
