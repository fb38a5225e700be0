/**
 * What a user may write for one source of traffic: its rate, arrivals, sizes and payload.
 */
import { z } from 'zod';
import { LIMITS } from '../model/limits.ts';
import { keys, MAX_DURATION_US } from './keys-schema.ts';
import { unlike, unlikeQuantity } from './scenario-complaint.ts';
import {
  choice,
  decimal,
  fields,
  atMostOneOf,
  fileName,
  list,
  oneOf,
  quantity,
  text,
} from './scenario-field.ts';

export { MAX_DURATION_US } from './keys-schema.ts';

const bytes = (description: string) =>
  quantity('size', description, {
    max: LIMITS.ceilingMaxRecordBytes.value,
    because: 'the most that Kinesis takes in a record, its key included',
  });

export const SIZE_KINDS = ['lognormal', 'uniform', 'file'] as const;

const size = z
  .union(
    [
      bytes('The same for every record.'),
      fields({
        lognormal: fields({
          median: bytes('Half of the records are smaller.'),
          p99: bytes('99 % of the records are smaller.'),
        })
          .meta({ description: 'Many small and a few large; draws above the largest record are cut to it.' })
          .optional(),
        uniform: fields({ min: bytes('Smallest.'), max: bytes('Largest.') })
          .meta({ description: 'Every whole number of bytes is as likely as any other.' })
          .optional(),
        file: fileName('A histogram of sizes: CSV lines bytes,count.').optional(),
      }).meta(oneOf(SIZE_KINDS)),
    ],
    { error: (issue) => unlikeQuantity('size', issue.input) },
  )
  .meta({ description: 'Bytes of data in a record, without its key.' });

export const positive = { above: 0, max: MAX_DURATION_US };

const arrivals = z
  .union(
    [
      choice(['even', 'poisson'], 'Evenly spaced, or independent of each other.'),
      fields({
        bursts: fields(
          {
            every: quantity('duration', 'From the start of a burst to the next.', positive),
            within: quantity('duration', 'How long a burst lasts.', positive),
          },
          'The records of a period arrive together at its start.',
        ),
      }),
    ],
    {
      error: (issue) =>
        unlike(issue.input, 'a kind of arrivals', 'even, poisson, or bursts: { every: 1s, within: 100ms }'),
    },
  )
  .meta({ description: 'When records fall due; default even.' });

const stage = fields({
  for: quantity('duration', 'How long the stage lasts.', positive),
  from: quantity('rate', 'Rate at its start.'),
  to: quantity('rate', 'Rate at its end.'),
});

export const RATE_KINDS = ['rate', 'stages', 'steps', 'sine', 'weekly', 'spikes', 'replay'] as const;

const hours = (number: number, description: string) =>
  list(quantity('rate', 'Rate in this hour.'), number, number, description);

const weekly = z
  .union(
    [
      hours(168, 'One rate for each hour, from Monday 00:00.'),
      fields({
        weekdays: hours(24, 'One rate for each hour, Monday to Friday.'),
        weekend: hours(24, 'One rate for each hour, Saturday and Sunday.'),
      }),
    ],
    {
      error: (issue) =>
        unlike(issue.input, 'a week of rates', '168 rates, or weekdays: and weekend: of 24 rates each'),
    },
  )
  .meta({ description: 'The rate hour by hour of a week that begins on Monday 00:00 and repeats.' });

const rateShapes = {
  steps: list(
    fields({
      for: quantity('duration', 'How long the step lasts.', positive),
      rate: quantity('rate', 'Rate for this time.'),
    }),
    1,
    1000,
    'Constant rates, one after the other; they replace duration.',
  ).optional(),
  sine: fields(
    {
      mean: quantity('rate', 'Rate in the middle, where it begins.'),
      amplitude: quantity('rate', 'How far it goes above and below the mean.'),
      period: quantity('duration', 'From one peak to the next.', positive),
    },
    'A wave.',
  ).optional(),
  weekly: weekly.optional(),
  spikes: fields(
    {
      base: quantity('rate', 'Rate between spikes.'),
      to: quantity('rate', 'Rate in a spike.'),
      every: quantity('duration', 'Each period of this length ends in a spike.', positive),
      for: quantity('duration', 'How long a spike lasts.', positive),
    },
    'Spikes at regular times.',
  ).optional(),
  replay: fields(
    { file: fileName('CSV lines time,rate: seconds or ISO 8601, records per second.') },
    'A measured series; it replaces duration.',
  ).optional(),
};

export const PAYLOAD_KINDS = ['random', 'template', 'lines'] as const;

const payload = fields({
  random: fields(
    { compressibility: decimal(0, 1, 'Part of the data that compression takes away.') },
    'Random bytes with zeros behind them.',
  ).optional(),
  template: text(
    65_536,
    'A text; {n} is the index of the record, {key} its partition key, {due} its due time in µs from the start.',
  ).optional(),
  lines: fileName('The lines of this file in turn.').optional(),
}).meta({
  description:
    'What the data is, where it is sent; default random bytes. Texts give the size and carry no header.',
  ...oneOf(PAYLOAD_KINDS),
});

export const source = fields({
  name: text(100, 'Default: its position in the list, from 0.').optional(),
  rate: quantity(
    'rate',
    'Records per second (2000/s), or bytes of data and key per second (5MiB/s).',
  ).optional(),
  stages: list(stage, 1, 1000, 'Changes of the rate, one after the other; they replace duration.').optional(),
  ...rateShapes,
  arrivals: arrivals.optional(),
  keys,
  size: size.optional(),
  payload: payload.optional(),
}).meta(atMostOneOf(RATE_KINDS));

export type SourceInput = z.infer<typeof source>;
export type SizeInput = NonNullable<SourceInput['size']>;
