/**
 * What a user may write in a scenario file, field by field. `schema/scenario.schema.json` is made from this
 * declaration; what holds between fields is in `scenario-rules.ts`.
 *
 * Values with units stay text here and are read by `scenario-units.ts`: a schema that transforms could not be
 * published. Every error carries two sentences (see `scenario-complaint.ts`).
 */
import { z } from 'zod';
import { LIMITS } from '../model/limits.ts';
import { capacityFields, NEEDS_SHARDS } from './capacity-schema.ts';
import { consumer } from './consumer-schema.ts';
import { KPL_AGGREGATE, MOST_ATTEMPTS } from './producer-presets.ts';
import { choice, decimal, fields, list, quantity, text, whole, wholePercent } from './scenario-field.ts';
import { PRESET_NAMES, PUT_APIS } from './scenario.ts';
import { MAX_DURATION_US, positive, source } from './source-schema.ts';
import { MOST_EVENTS, timelineEvent } from './timeline-schema.ts';

const HOUR_US = 3_600_000_000;

const streamFields = {
  shards: whole(
    1,
    LIMITS.shardQuota.value,
    'Open shards at the start, equal ranges of hash keys unless startingHashKeys says otherwise.',
    'the most shards of an account in any region',
  ).optional(),
  ...capacityFields,
  maxRecordSize: quantity('size', 'Largest record, data and key; default 1MiB.', {
    min: LIMITS.defaultMaxRecordBytes.value,
    max: LIMITS.ceilingMaxRecordBytes.value,
    because: 'the most that Kinesis takes',
  }).optional(),
  retention: quantity('duration', 'How long records are kept; default 24h.', {
    min: LIMITS.retentionHoursDefault.value * HOUR_US,
    max: LIMITS.retentionHoursMax.value * HOUR_US,
    because: 'the longest that Kinesis keeps records',
    unit: 'h',
  }).optional(),
  initialFill: decimal(0, 1, 'Level of the token buckets at the start; default 1, full.').optional(),
  startingHashKeys: list(
    text(39, 'A decimal number from 0 to 2^128 - 1, in quotes.'),
    1,
    LIMITS.shardQuota.value,
    'Where the range of each shard begins, in ascending order from "0"; default: equal ranges.',
  ).optional(),
};
const stream = fields(streamFields, undefined, 'stream: { shards: 4 }').meta(NEEDS_SHARDS);

const RETRY_POLICIES = ['none', 'sdk', 'backoff', 'kpl'] as const;

const retry = fields(
  {
    policy: choice(
      RETRY_POLICIES,
      'Whether throttled and failed records are sent again: never; only requests that failed as a whole, as the AWS ' +
        'SDK does; each record after a wait; at once and braked per shard, as the KPL does.',
    ),
    maxAttempts: whole(
      1,
      MOST_ATTEMPTS,
      'Tries in all, the first included; default 3. Of backoff and sdk.',
    ).optional(),
    base: quantity(
      'duration',
      'Upper end of the first wait, doubled by each further one; default 100ms, of sdk 1s (after throttling).',
      { above: 0, max: HOUR_US },
    ).optional(),
    max: quantity('duration', 'Longest wait; default 20s. Of backoff and sdk.', {
      above: 0,
      max: HOUR_US,
    }).optional(),
    ttl: quantity('duration', 'When a record is given up; default 30s. Of kpl.', {
      above: 0,
      max: HOUR_US,
    }).optional(),
    rateLimit: wholePercent(
      1,
      10_000,
      "Part of a shard's limits that is sent to it at most; default 150%. Of kpl.",
    ).optional(),
  },
  'Default: none, or that of the preset.',
);

const producer = fields({
  preset: choice(
    PRESET_NAMES,
    'Whose defaults: a loop over the AWS SDK, the KPL, the Kinesis Agent.',
  ).optional(),
  api: choice(PUT_APIS, 'The call that sends records: many at a time, or each on its own.').optional(),
  concurrency: whole(
    1,
    1000,
    'Closed loop: so many slots, each of which sends its next call when the answer to its last one has come; ' +
      'replaces the rates and inFlight.',
  ).optional(),
  batch: whole(
    1,
    LIMITS.recordsPerPutRecords.value,
    'Most records in a call; default 500.',
    'the most records that one PutRecords call takes',
  ).optional(),
  batchSize: quantity('size', 'Most bytes in a call, keys included; default 10MiB, of kpl and agent 5MiB.', {
    above: 0,
    max: LIMITS.bytesPerPutRecords.value,
    because: 'the most bytes that one PutRecords call takes',
  }).optional(),
  linger: quantity('duration', 'Longest wait for a call to fill; default 100ms, of agent 60s.', {
    max: 60_000_000,
    because: 'the longest that any known producer waits by default',
  }).optional(),
  inFlight: whole(
    1,
    1000,
    'Most calls without an answer at a time; default 16, of sdk 1, of kpl 24.',
  ).optional(),
  aggregate: choice(
    ['none', 'kpl'],
    'Whether records of a shard are packed into one, in the format of the KPL; default none, of kpl kpl.',
  ).optional(),
  aggregateMaxSize: quantity('size', 'Most bytes of an aggregate; default 50KiB.', {
    min: 64,
    max: LIMITS.ceilingMaxRecordBytes.value,
    because: 'the most that the KPL takes',
  }).optional(),
  aggregateMaxCount: whole(
    1,
    KPL_AGGREGATE.maxCount,
    'Most records in an aggregate; default 4294967295.',
  ).optional(),
  retry: retry.optional(),
});

export const scenarioSchema = fields({
  description: text(10_000, 'What the scenario teaches.').optional(),
  stream,
  warmup: quantity('duration', 'Sent before the counted duration, not counted; default 0s.', {
    max: MAX_DURATION_US,
  }).optional(),
  duration: quantity('duration', 'The counted duration; stages replace it.', positive).optional(),
  seed: whole(0, Number.MAX_SAFE_INTEGER, 'Of arrivals, keys and sizes; default 1.').optional(),
  placementSeed: whole(
    0,
    Number.MAX_SAFE_INTEGER,
    'Renames generated keys, so that they land elsewhere.',
  ).optional(),
  traffic: list(source, 1, 100, 'One or more sources, added up.'),
  producer: producer.optional(),
  consumers: list(consumer, 0, 100, 'Who reads the stream.').optional(),
  timeline: list(timelineEvent, 0, MOST_EVENTS, 'What happens to the stream, and when.').optional(),
  thresholds: list(text(500, 'metric op value'), 0, 1000, 'Gates, such as "latency.p99 < 200ms".').optional(),
});

export type ScenarioInput = z.infer<typeof scenarioSchema>;
export type ProducerInput = NonNullable<ScenarioInput['producer']>;
export type RetryInput = NonNullable<ProducerInput['retry']>;

/** The JSON Schema of a scenario file, as published in `schema/scenario.schema.json`. */
export function scenarioJsonSchema(): object {
  return {
    title: 'Shardwise scenario',
    ...z.toJSONSchema(scenarioSchema, { io: 'input' }),
  };
}
