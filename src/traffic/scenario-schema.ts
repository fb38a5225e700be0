/**
 * What a user may write in a scenario file, field by field. `schema/scenario.schema.json` is made from this
 * declaration; what holds between fields is in `scenario-rules.ts`.
 *
 * Values with units stay text here and are read by `scenario-units.ts`: a schema that transforms could not be
 * published. Every error carries two sentences (see `scenario-complaint.ts`).
 */
import { z } from 'zod';
import { LIMITS } from '../model/limits.ts';
import { choice, decimal, fields, list, quantity, text, whole } from './scenario-field.ts';
import { MAX_DURATION_US, positive, source } from './source-schema.ts';

const HOUR_US = 3_600_000_000;

const streamFields = {
  shards: whole(
    1,
    LIMITS.shardQuota.value,
    'Open shards, equal ranges of hash keys.',
    'the most shards of an account in any region',
  ),
  mode: choice(['provisioned'], 'Capacity mode.').optional(),
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
};
const stream = fields(streamFields, undefined, 'stream: { shards: 4 }');

const retry = fields(
  {
    policy: choice(['none', 'backoff'], 'Whether throttled and failed records are sent again.'),
    maxAttempts: whole(1, 100, 'Tries in all, the first included; default 3.').optional(),
    base: quantity('duration', 'Upper end of the first wait, doubled by each further one; default 100ms.', {
      above: 0,
      max: HOUR_US,
    }).optional(),
    max: quantity('duration', 'Longest wait; default 20s.', { above: 0, max: HOUR_US }).optional(),
  },
  'Default: none.',
);

const producer = fields({
  api: choice(['PutRecords'], 'The call that sends records.').optional(),
  batch: whole(
    1,
    LIMITS.recordsPerPutRecords.value,
    'Most records in a call; default 500.',
    'the most records that one PutRecords call takes',
  ).optional(),
  linger: quantity('duration', 'Longest wait for a call to fill; default 100ms.', {
    max: 10_000_000,
    because: 'after which waiting records are dropped',
  }).optional(),
  inFlight: whole(1, 1000, 'Most calls without an answer at a time; default 16.').optional(),
  aggregate: choice(['none'], 'Whether records are packed into one.').optional(),
  retry: retry.optional(),
});

const consumer = fields({
  kind: choice(['polling', 'efo'], 'GetRecords, or enhanced fan-out.'),
  every: quantity(
    'duration',
    'From one GetRecords call on a shard to the next; default 1s.',
    positive,
  ).optional(),
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
  thresholds: list(text(500, 'metric op value'), 0, 1000, 'Gates, such as "latency.p99 < 200ms".').optional(),
});

export type ScenarioInput = z.infer<typeof scenarioSchema>;

/** The JSON Schema of a scenario file, as published in `schema/scenario.schema.json`. */
export function scenarioJsonSchema(): object {
  return {
    title: 'Shardwise scenario',
    ...z.toJSONSchema(scenarioSchema, { io: 'input' }),
  };
}
