/**
 * What a user may write for the partition keys of a source.
 */
import { z } from 'zod';
import { LIMITS } from '../model/limits.ts';
import { hashKeyEntry, MOST_HASH_KEYS } from './hash-key-entries.ts';
import { describeValue, joinSentences, unlike } from './scenario-complaint.ts';
import { choice, decimal, fields, fileName, list, oneOf, quantity, text, whole } from './scenario-field.ts';
import { expandKeys } from './short-form.ts';
import { MOST_KEYS, STEEPEST_EXPONENT } from './scenario.ts';

export const MAX_DURATION_US = 365 * 24 * 3_600_000_000;

const count = whole(1, MOST_KEYS, 'Number of different keys.');

export const KEY_KINDS = [
  'uniform',
  'zipf',
  'hot',
  'weights',
  'file',
  'hashKeys',
  'sequential',
  'roundRobin',
  'perBatch',
  'timestamp',
  'latest',
  'drift',
  'explicitHashKey',
] as const;

const keyFields = fields({
  uniform: fields({ count }, 'Every key is as likely as any other.').optional(),
  zipf: fields(
    {
      count,
      exponent: decimal(
        0,
        STEEPEST_EXPONENT,
        'The n-th heaviest key has a weight of n to the power of minus this.',
      ),
    },
    "Zipf's law.",
  ).optional(),
  hot: fields(
    {
      share: quantity('percentage', 'Part of the records that go to the hot keys.'),
      keys: whole(1, MOST_KEYS, 'Number of hot keys, which share their part evenly.'),
      of: whole(1, MOST_KEYS, 'Number of all keys, the hot ones included.'),
    },
    'A few hot keys; the others share the rest evenly.',
  ).optional(),
  weights: z
    .record(
      z.string(),
      z.number({ error: (issue) => unlike(issue.input, 'a weight', 'a number above 0') }).positive({
        error: (issue) =>
          joinSentences(`${describeValue(issue.input)} is not above 0.`, 'Write a number above 0.'),
      }),
      { error: (issue) => unlike(issue.input, 'a mapping of keys to weights', 'for example { a: 3, b: 1 }') },
    )
    .meta({ description: 'Keys by name, each with its weight.' })
    .optional(),
  file: fileName(
    'Keys by name with their counts: CSV lines key,count, or JSON lines {"key", "count"}.',
  ).optional(),
  hashKeys: list(hashKeyEntry, 1, MOST_HASH_KEYS, 'Observed keys; sent with explicit hash keys.').optional(),
  sequential: fields(
    { count: count.optional() },
    'Record k has key k, from the first again after count keys (default 1,000,000,000).',
  ).optional(),
  roundRobin: fields({ count }, 'A fixed set of keys in turn.').optional(),
  perBatch: fields(
    { count },
    'One random key for every producer.batch consecutive records of the schedule.',
  ).optional(),
  timestamp: fields(
    { granularity: quantity('duration', 'How long one key lasts.', { above: 0, max: MAX_DURATION_US }) },
    'The due time as the key: {n} is that time from the start of the warm-up, in whole granules.',
  ).optional(),
  latest: fields(
    {
      count: whole(1, 1_000_000, 'Number of keys in use at a time, the newest ones.'),
      exponent: decimal(
        0,
        STEEPEST_EXPONENT,
        "Zipf's exponent over recency: the newest key is the heaviest.",
      ),
      newEvery: whole(1, Number.MAX_SAFE_INTEGER, 'A new key comes every so many records.'),
    },
    'Skewed to the newest keys, while new ones keep coming.',
  ).optional(),
  drift: fields(
    {
      share: quantity('percentage', 'Part of the records that go to the hot keys.'),
      keys: whole(1, MOST_KEYS, 'Number of hot keys at a time.'),
      of: whole(1, MOST_KEYS, 'Number of all keys, the hot ones included.'),
      every: quantity('duration', 'After which the next keys are the hot ones.', {
        above: 0,
        max: MAX_DURATION_US,
      }),
    },
    'As hot, but the hot set moves.',
  ).optional(),
  explicitHashKey: fields(
    {
      shard: whole(0, LIMITS.shardQuota.value - 1, 'The shard that takes all records, from 0.').optional(),
      where: choice(['middle', 'random'], 'Where in the range of the shard; default middle.').optional(),
      spread: choice(['even'], 'Every part of the whole key space in turn.').optional(),
    },
    'Records say themselves where they go.',
  ).optional(),
  template: text(256, 'How generated keys are named; {n} is the number from 0. Default key-{n}.').optional(),
}).meta(oneOf(KEY_KINDS));

export const keys = z
  .union(
    [
      z
        .string()
        .superRefine((short, context) => {
          const message = shortKeysError(short);
          if (message !== undefined) context.addIssue({ code: 'custom', message });
        })
        .meta({
          description: 'Short form: uniform:100000, zipf:1.1:100000, hot:40%:1:10000 or file:counts.csv.',
        }),
      keyFields,
    ],
    {
      error: (issue) =>
        unlike(issue.input, 'a distribution of keys', 'for example uniform: { count: 100000 }'),
    },
  )
  .meta({ description: 'Which partition keys the records have.' });

/** The fields that a short form stands for are held to the same declaration. */
function shortKeysError(short: string): string | undefined {
  const expanded = expandKeys(short);
  if ('what' in expanded) return joinSentences(expanded.what, expanded.fix);
  const issue = keyFields.safeParse(expanded.long).error?.issues[0];
  return issue && `${describeValue(short)}, ${String(issue.path.at(-1))}: ${issue.message}`;
}

export type KeysInput = z.infer<typeof keyFields>;
