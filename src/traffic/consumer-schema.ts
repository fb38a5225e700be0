/**
 * What a user may write of a consumer in a scenario file, and what must hold between its fields.
 */
import type { z } from 'zod';
import { LIMITS } from '../model/limits.ts';
import { formatDuration } from '../model/quantity.ts';
import { CONSUMER_DEFAULTS } from './consumer-presets.ts';
import type { Path } from './scenario-complaint.ts';
import { choice, fields, flag, list, quantity, text, whole } from './scenario-field.ts';
import { CONSUMER_PRESETS, type Scenario } from './scenario.ts';

const HOUR_US = 3_600_000_000;
const YEAR_US = 365 * 24 * HOUR_US;
/** ParallelizationFactor of Lambda (Lambda developer guide, Kinesis). */
const MOST_PARALLEL = 10;

const outage = fields({
  at: quantity('duration', 'From the start of the counted duration.', { max: YEAR_US }),
  for: quantity('duration', 'How long it does not read.', { above: 0, max: YEAR_US }),
});

export const consumer = fields({
  name: text(100, 'Default: the preset or the kind.').optional(),
  preset: choice(CONSUMER_PRESETS, 'Whose defaults: KCL, Lambda, Firehose, Flink, or nobody’s.').optional(),
  kind: choice(
    ['polling', 'efo'],
    'GetRecords, or enhanced fan-out. Presets: kcl efo; lambda, firehose, flink polling.',
  ).optional(),
  every: quantity(
    'duration',
    'From one GetRecords call on a shard to the next; default 1s, of kcl 1.5s, of flink none after records and 250ms else.',
    { above: 0, max: HOUR_US },
  ).optional(),
  limit: whole(
    1,
    LIMITS.recordsPerGetRecords.value,
    'Most records that a GetRecords call asks for; default 10000.',
    'the most records that one GetRecords call returns',
  ).optional(),
  backup: flag('Of firehose: with backup of all records it reads twice as often.').optional(),
  batch: whole(
    1,
    LIMITS.recordsPerGetRecords.value,
    'Most records that its code is handed at a time; default 10000, of lambda 100.',
  ).optional(),
  perBatch: quantity('duration', 'What its code needs for a batch; default 0s.', { max: HOUR_US }).optional(),
  perRecord: quantity('duration', 'And for each record in it; default 0s.', { max: HOUR_US }).optional(),
  parallel: whole(
    1,
    MOST_PARALLEL,
    'Batches of a shard at a time; default 1. ParallelizationFactor of Lambda.',
  ).optional(),
  joins: quantity('duration', 'When it first reads, from the start of the counted duration.', {
    max: YEAR_US,
  }).optional(),
  from: choice(
    ['latest', 'trimHorizon'],
    'Where a consumer that joins begins: at the newest record or at the oldest kept; default latest.',
  ).optional(),
  outage: list(outage, 1, 1000, 'When it does not read at all.').optional(),
});

export type ConsumerInput = z.infer<typeof consumer>;

type Add = (path: Path, what: string, fix: string) => void;

/** Complains about fields that contradict each other, in what a user wrote. */
export function checkConsumers(consumers: readonly ConsumerInput[], add: Add): void {
  consumers.forEach((input, i) => checkConsumer(input, ['consumers', i], add));
  const names = consumers.map(({ name }) => name);
  names.forEach((name, i) => {
    if (name !== undefined && names.indexOf(name) < i)
      add(
        ['consumers', i, 'name'],
        `another consumer is called ${JSON.stringify(name)}.`,
        'Give each its own name.',
      );
  });
  const efo = consumers.flatMap((input, i) => (kindOf(input) === 'efo' ? [i] : []));
  const most = LIMITS.fanOutConsumers.value;
  if (efo.length > most)
    add(
      ['consumers', efo[most]],
      `${efo.length} consumers with enhanced fan-out are more than ${most}, the most of a stream.`,
      'Remove some, or let some poll (kind: polling).',
    );
}

/** What it is by its own word or its preset's; undefined where neither says. */
export function kindOf({ kind, preset }: ConsumerInput): 'polling' | 'efo' | undefined {
  return kind ?? (preset === undefined ? undefined : CONSUMER_DEFAULTS[preset].kind);
}

function checkConsumer(input: ConsumerInput, path: Path, add: Add): void {
  const { preset = 'custom', every, limit, backup, joins, from } = input;
  const kind = kindOf(input);
  if (kind === undefined)
    add([...path, 'kind'], 'this is missing.', 'Add kind: polling or kind: efo, or a preset.');
  else if (!CONSUMER_DEFAULTS[preset].kinds.includes(kind))
    add([...path, 'kind'], `${preset} does not read by enhanced fan-out.`, 'Remove kind.');
  if (kind === 'efo' && every !== undefined)
    add([...path, 'every'], 'enhanced fan-out does not poll.', 'Remove every, or write kind: polling.');
  if (kind === 'efo' && limit !== undefined)
    add([...path, 'limit'], 'enhanced fan-out does not poll.', 'Remove limit, or write kind: polling.');
  if (backup !== undefined && preset !== 'firehose')
    add([...path, 'backup'], 'only Firehose has it.', 'Remove it, or write preset: firehose.');
  if (backup === true && every !== undefined)
    add([...path, 'backup'], 'every is given, too.', 'Write one of the two: backup stands for every: 500ms.');
  if (from !== undefined && joins === undefined)
    add(
      [...path, 'from'],
      'the stream is empty when a consumer is there from the start.',
      'Remove it, or say when the consumer joins, such as joins: 10m.',
    );
}

/** Complains about times of consumers that do not fit the duration or each other. */
export function checkConsumerTimes({ consumers, durationUs }: Scenario, add: Add): void {
  const end = formatDuration(durationUs);
  consumers.forEach(({ joins, outages }, i) => {
    if (joins !== undefined && joins.atUs >= durationUs)
      add(
        ['consumers', i, 'joins'],
        `${formatDuration(joins.atUs)} is not before the end.`,
        `Write less than ${end}, the duration.`,
      );
    let freeUs = joins?.atUs ?? 0;
    outages.forEach(({ atUs, forUs }, k) => {
      const path = ['consumers', i, 'outage', k, 'at'];
      if (atUs >= durationUs)
        add(path, `${formatDuration(atUs)} is not before the end.`, `Write less than ${end}, the duration.`);
      if (atUs < freeUs)
        add(
          path,
          k === 0 ? 'the consumer has not joined yet.' : 'the outage before it is not over yet.',
          `Write at least ${formatDuration(freeUs)}.`,
        );
      freeUs = atUs + forUs;
    });
  });
}
