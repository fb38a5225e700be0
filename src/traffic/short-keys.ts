/**
 * Keys in short form, read and checked without the scenario schema: commands that take them as a flag start fast.
 */
import { WHOLE_RANGE } from '../model/hash-range.ts';
import { parsePercent } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import { NO_FILES, type FileContents } from './scenario-files.ts';
import { resolveKeys } from './scenario-keys.ts';
import { MOST_KEYS, STEEPEST_EXPONENT, type Keys } from './scenario.ts';
import { expandKeys } from './short-form.ts';

/** Two sentences on a value that will not do. */
interface Complaint {
  readonly what: string;
  readonly fix: string;
}

/** Requests of as many records as the producer's default. */
const BATCH = 500;

/**
 * Reads keys whose shares stay as they are, other kinds being refused before: `uniform:100000`, `zipf:1.1:100000`, `hot:40%:1:10000`,
 * `file:counts.csv`, `sequential`, `roundRobin:100` or `perBatch:100`.
 * @param where what the user knows the text by
 * @param files content of the file, where one is named
 * @throws Refusal (exit code 2)
 */
export function keysOfShort(text: string, where = '--keys', files: FileContents = NO_FILES): Keys {
  const expanded = expandKeys(text);
  if ('what' in expanded) throw badInput(`${where}: ${expanded.what}`, expanded.fix);
  const long: Record<string, string | Readonly<Record<string, number | string>>> = expanded.long;
  for (const fields of Object.values(long)) {
    if (typeof fields === 'string') continue;
    for (const [field, value] of Object.entries(fields)) {
      const complaint = CHECKS[field](value);
      if (complaint)
        throw badInput(`${where} ${JSON.stringify(text)}, ${field}: ${complaint.what}`, complaint.fix);
    }
  }
  const keys = resolveKeys(long, { files, ranges: [WHOLE_RANGE], batch: BATCH, totalUs: 0 });
  if (keys.kind === 'hot') checkHot(keys, `${where} ${JSON.stringify(text)}`);
  return keys;
}

/** The file that a short form names. */
export function fileOfShort(text: string): string | undefined {
  const expanded = expandKeys(text);
  return 'long' in expanded && typeof expanded.long.file === 'string' ? expanded.long.file : undefined;
}

type Check = (value: number | string) => Complaint | undefined;

const count: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_KEYS
    ? undefined
    : { what: `${value} is no number of keys.`, fix: `Write a whole number from 1 to ${MOST_KEYS}.` };

const CHECKS: Readonly<Record<string, Check>> = {
  count,
  keys: count,
  of: count,
  exponent: (value) =>
    typeof value === 'number' && value >= 0 && value <= STEEPEST_EXPONENT
      ? undefined
      : {
          what: `${value} is no exponent.`,
          fix: `Write a number from 0 to ${STEEPEST_EXPONENT}, for example 1.1.`,
        },
  share: (value) =>
    typeof value === 'string' && parsePercent(value) !== undefined
      ? undefined
      : { what: `${value} is no percentage from 0% to 100%.`, fix: 'Write for example 40%.' },
};

function checkHot(keys: Extract<Keys, { kind: 'hot' }>, where: string): void {
  if (keys.keys > keys.of) {
    throw badInput(
      `${where}: ${keys.keys} hot keys are more than the ${keys.of} in all.`,
      'Write at most as many.',
    );
  }
  if (keys.keys === keys.of && keys.share < 1) {
    throw badInput(`${where}: there is no other key for the rest of the records.`, 'Write more keys in all.');
  }
}
