/**
 * What a user may write in a file of faults, field by field. What holds between fields is in `fault-file.ts`.
 */
import { z } from 'zod';
import { choice, fields, list, quantity, text, whole } from '../../traffic/scenario-field.ts';
import { unlike } from '../../traffic/scenario-complaint.ts';
import { OPERATIONS } from '../operations.ts';
import { FAULT_ERRORS, RECORD_ERRORS } from './fault-rule.ts';
import { MOST_DELAY_US } from './latency.ts';

const MOST_RULES = 100;
const DAY_US = 86_400_000_000;
const MOST_SEED = Number.MAX_SAFE_INTEGER;

const delay = (description: string) =>
  quantity('duration', description, {
    above: 0,
    max: MOST_DELAY_US,
    because: 'the longest that an answer is held',
  });

const latency = fields(
  {
    fixed: delay('Every answer as late as this.').optional(),
    uniform: fields({ min: delay('Shortest.'), max: delay('Longest.') }, 'Evenly between two.').optional(),
    lognormal: fields(
      { p50: delay('Half of the answers are later.'), p99: delay('One in a hundred is later.') },
      'Log-normal, by its median and its 99th percentile.',
    ).optional(),
  },
  'How much later calls are answered; modelled.',
);

const stall = fields(
  { every: delay('From one stall to the next.'), for: delay('How long each lasts, at the end of `every`.') },
  'Calls in a stall are answered at its end.',
);

const shardError = (issue: { readonly input?: unknown }) =>
  unlike(issue.input, 'a shard', 'its id, such as shardId-000000000002');

const rule = fields({
  operations: list(
    choice([...OPERATIONS.keys()] as [string, ...string[]], 'An operation.'),
    1,
    50,
    'Default: all.',
  ).optional(),
  stream: text(128, 'Name of the one stream that is meant; default: all.').optional(),
  shard: z
    .string({ error: shardError })
    .regex(/^shardId-\d{12}$/, { error: shardError })
    .meta({ description: 'The one shard that is meant; default: all.' })
    .optional(),
  percentage: quantity(
    'percentage',
    'Part of the calls, or of the records, that it strikes; default 100%.',
  ).optional(),
  after: quantity('duration', 'When it begins, from the first call on; default 0s.', {
    max: DAY_US,
  }).optional(),
  duration: quantity('duration', 'How long it lasts; default: to the end.', {
    above: 0,
    max: DAY_US,
  }).optional(),
  error: choice(FAULT_ERRORS, 'The call fails with this and is not carried out.').optional(),
  recordError: choice(RECORD_ERRORS, 'Records of PutRecords fail with this, one by one.').optional(),
  latency: latency.optional(),
  drop: choice(
    ['before', 'after'],
    'The connection is cut before or after the call was carried out.',
  ).optional(),
  stall: stall.optional(),
});

export const faultSchema = fields({
  seed: whole(0, MOST_SEED, 'The same seed and the same calls have the same faults; default 1.').optional(),
  faults: list(rule, 0, MOST_RULES, 'What goes wrong.'),
});

/** The rules by their number alone: looked at first, as reading each of far too many takes long. */
export const faultCountSchema = list(z.unknown(), 0, MOST_RULES, 'What goes wrong.');

export type FaultText = z.infer<typeof faultSchema>;
export type RuleText = FaultText['faults'][number];
