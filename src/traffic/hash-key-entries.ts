/**
 * Observed keys as a scenario lists them: one by its hash key or by its name, or many light ones at once that share a
 * weight and are spread over a range of hash keys, as the tail of a captured shard is.
 */
import type { z } from 'zod';
import { hashKeyOf, parseHashKey } from '../model/hash-key.ts';
import { widthOf, type HashRange } from '../model/hash-range.ts';
import { LIMITS } from '../model/limits.ts';
import { formatCount } from '../model/quantity.ts';
import { utf8Length } from '../model/record.ts';
import { isPartitionKey, KEY_LENGTH_FIX } from './partition-key.ts';
import { describeValue, type Path } from './scenario-complaint.ts';
import { decimal, fields, text, whole } from './scenario-field.ts';
import type { ListedHashKeys } from './scenario.ts';

/** Of one source, those of ranges included: each has its place in memory. */
export const MOST_HASH_KEYS = 1_000_000;

/** 256 characters of four bytes. */
const MOST_KEY_BYTES = LIMITS.partitionKeyChars.value * 4;

const place = (description: string) =>
  text(39, `${description}: a decimal number from 0 to 2^128 - 1, in quotes.`);

export const hashKeyEntry = fields({
  hashKey: place('Where the records of one key go').optional(),
  key: text(1024, 'In place of hashKey and bytes: the name of the key.').optional(),
  startingHashKey: place('In place of hashKey, of many keys: where their range begins').optional(),
  endingHashKey: place('Where it ends, itself included').optional(),
  keys: whole(
    1,
    MOST_HASH_KEYS,
    'How many keys are spread evenly over that range; they share the weight.',
  ).optional(),
  bytes: whole(1, MOST_KEY_BYTES, 'Length of the partition key in UTF-8.').optional(),
  weight: decimal(0, Number.MAX_SAFE_INTEGER, 'Part of the records, as a weight.'),
});

export type HashKeyEntry = z.infer<typeof hashKeyEntry>;

type Add = (path: Path, what: string, fix: string) => void;

const KINDS = {
  key: ['key'],
  hashKey: ['hashKey', 'bytes'],
  range: ['startingHashKey', 'endingHashKey', 'keys', 'bytes'],
};
const ANY = [...new Set(Object.values(KINDS).flat())] as readonly (keyof HashKeyEntry)[];
const EXAMPLE =
  'Write { hashKey, bytes, weight }, { key, weight } or { startingHashKey, endingHashKey, keys, bytes, weight }.';

/** The first thing that is wrong with the entries. */
export function checkHashKeyEntries(entries: readonly HashKeyEntry[], path: Path, add: Add): void {
  for (const [i, entry] of entries.entries()) {
    const trouble = troubleOf(entry);
    if (trouble === undefined) continue;
    add([...path, i, ...(trouble.field === undefined ? [] : [trouble.field])], trouble.what, trouble.fix);
    return;
  }
  if (entries.every(({ weight }) => weight === 0)) add(path, 'every weight is 0.', 'Write a weight above 0.');
  const count = entries.reduce((sum, { keys = 1 }) => sum + keys, 0);
  if (count > MOST_HASH_KEYS)
    add(
      path,
      `${formatCount(count)} keys in all are too many.`,
      `Write at most ${formatCount(MOST_HASH_KEYS)}, those of ranges included.`,
    );
}

interface Trouble {
  readonly field?: string;
  readonly what: string;
  readonly fix: string;
}

function troubleOf(entry: HashKeyEntry): Trouble | undefined {
  const kind = entry.key !== undefined ? 'key' : entry.startingHashKey !== undefined ? 'range' : 'hashKey';
  const missing = KINDS[kind].find((field) => entry[field as keyof HashKeyEntry] === undefined);
  if (missing !== undefined) return { field: missing, what: 'this is missing.', fix: EXAMPLE };
  const extra = ANY.find((field) => entry[field] !== undefined && !KINDS[kind].includes(field));
  if (extra !== undefined) {
    return { field: extra, what: `this does not go with ${KINDS[kind][0]}.`, fix: EXAMPLE };
  }
  for (const field of ['hashKey', 'startingHashKey', 'endingHashKey'] as const) {
    const value = entry[field];
    if (value !== undefined && parseHashKey(value) === undefined)
      return {
        field,
        what: `${describeValue(value)} is no hash key.`,
        fix: 'Write a whole decimal number from 0 to 2^128 - 1, in quotes.',
      };
  }
  if (kind === 'key' && !isPartitionKey(entry.key ?? ''))
    return { field: 'key', what: 'this is no partition key.', fix: KEY_LENGTH_FIX };
  return kind === 'range' ? rangeTrouble(entry) : undefined;
}

function rangeTrouble(entry: HashKeyEntry): Trouble | undefined {
  const range = rangeOf(entry);
  if (range.end < range.start)
    return { field: 'endingHashKey', what: 'it is below startingHashKey.', fix: 'Write the higher end.' };
  if (widthOf(range) < BigInt(entry.keys ?? 1))
    return { field: 'keys', what: 'there are not so many hash keys in the range.', fix: 'Write fewer.' };
  return undefined;
}

function rangeOf({ startingHashKey = '0', endingHashKey = '0' }: HashKeyEntry): HashRange {
  return { start: BigInt(startingHashKey), end: BigInt(endingHashKey) };
}

/** The keys that checked entries stand for; those of weight 0 are never drawn. */
export function listedHashKeysOf(entries: readonly HashKeyEntry[]): ListedHashKeys {
  const hashKeys: bigint[] = [];
  const keyBytes: number[] = [];
  const weights: number[] = [];
  const names = new Map<number, string>();
  for (const entry of entries) {
    const { key, hashKey, keys = 1, bytes = 1, weight } = entry;
    if (weight === 0) continue;
    if (key !== undefined) names.set(hashKeys.length, key);
    for (let n = 0; n < keys; n++) {
      hashKeys.push(
        key !== undefined
          ? hashKeyOf(key)
          : hashKey !== undefined
            ? BigInt(hashKey)
            : placeIn(rangeOf(entry), n, keys),
      );
      keyBytes.push(key === undefined ? bytes : utf8Length(key));
      weights.push(weight / keys);
    }
  }
  return { kind: 'hashKeys', hashKeys, keyBytes, weights, ...(names.size > 0 && { names }) };
}

/** The middle of the n-th of so many equal parts of a range. */
function placeIn(range: HashRange, n: number, parts: number): bigint {
  return range.start + (widthOf(range) * BigInt(2 * n + 1)) / BigInt(2 * parts);
}
