/**
 * The kinds of fields that a scenario file is made of: quantities, whole numbers, choices, lists, mappings. Each
 * refuses in two sentences.
 */
import { z } from 'zod';
import {
  explainQuantity,
  formatBytes,
  formatDuration,
  formatPercent,
  formatRate,
  parseBytes,
  parseDuration,
  parsePercent,
  parseRate,
  type QuantityKind,
} from '../model/quantity.ts';
import { describeValue, joinSentences, unknownField, unlike, unlikeQuantity } from './scenario-complaint.ts';

const NUMBER = String.raw`\d+(\.\d+)?`;
const BYTES = '([kKMGT]?B|[KMGT]iB)';
const LARGER_BYTES = '([kKMGT]B|[KMGT]iB)';

/** How each kind of quantity looks, for editors that check while one types. */
export const PATTERNS: Readonly<Record<QuantityKind, string>> = {
  rate: `^${NUMBER} ?${BYTES}?/(s|min|h)$`,
  size: `^(${NUMBER} ?${LARGER_BYTES}|\\d+(\\.0+)? ?B)$`,
  duration: `^(${NUMBER}(us|ms|s|min|m|h|d) ?)+$`,
  percentage: `^${NUMBER} ?%$`,
};

interface Bounds {
  readonly min?: number;
  /** In place of `min` where that one is itself too small. */
  readonly above?: number;
  readonly max?: number;
  /** Why the upper bound is there, completing "above 500, …". */
  readonly because?: string;
  /** What a bare number most likely meant, where the kind's usual unit is out of bounds. */
  readonly unit?: string;
}

const READERS: Readonly<Record<QuantityKind, (text: string) => number | undefined>> = {
  rate: (text) => {
    const rate = parseRate(text);
    return rate && ('recordsPerSec' in rate ? rate.recordsPerSec : rate.bytesPerSec);
  },
  size: parseBytes,
  duration: parseDuration,
  percentage: parsePercent,
};

const WRITERS: Readonly<Record<QuantityKind, (value: number) => string>> = {
  rate: (value) => formatRate({ recordsPerSec: value }),
  size: formatBytes,
  duration: formatDuration,
  percentage: formatPercent,
};

/** A text with a unit; bounds in bytes, microseconds, or 0…1. */
export function quantity(kind: QuantityKind, description: string, bounds: Bounds = {}) {
  return z
    .string({ error: (issue) => bareError(issue.input, bounds) ?? unlikeQuantity(kind, issue.input) })
    .superRefine((text, context) => {
      const message = quantityError(kind, text, bounds);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .meta({ description, pattern: PATTERNS[kind] });
}

/** `24` where hours are meant. */
function bareError(value: unknown, { unit }: Bounds): string | undefined {
  if (unit === undefined || !/^\d+(\.\d+)?$/.test(String(value))) return undefined;
  return joinSentences(`${String(value)} has no unit.`, `Write ${String(value)}${unit}.`);
}

function quantityError(kind: QuantityKind, text: string, bounds: Bounds): string | undefined {
  const value = READERS[kind](text);
  if (value === undefined) {
    const bare = bareError(text.trim(), bounds);
    if (bare !== undefined) return bare;
    const { what, fix } = explainQuantity(kind, text);
    return joinSentences(what, fix);
  }
  return boundsError(text, value, bounds, WRITERS[kind]);
}

function boundsError(
  text: string,
  value: number,
  { min = -Infinity, above = -Infinity, max = Infinity, because }: Bounds,
  write: (value: number) => string,
): string | undefined {
  if (value >= min && value > above && value <= max) return undefined;
  const range = above === -Infinity ? `from ${write(Math.max(min, 0))}` : `more than ${write(above)}`;
  const fix = `Write ${range}${max === Infinity ? '' : `${above === -Infinity ? '' : ', up'} to ${write(max)}`}.`;
  if (value > max)
    return joinSentences(`${text} is above ${write(max)}${because ? `, ${because}` : ''}.`, fix);
  return joinSentences(
    `${text} is ${value < min ? `below ${write(min)}` : `not above ${write(above)}`}.`,
    fix,
  );
}

/** A whole percentage that may be above 100 %, as a text with its unit. */
export function wholePercent(min: number, max: number, description: string) {
  const range = `a whole percentage from ${min}% to ${max}%`;
  const error = (issue: { readonly input?: unknown }) => unlike(issue.input, range, `for example ${min}%`);
  return z
    .string({ error })
    .refine((text) => Number.parseInt(text) >= min && Number.parseInt(text) <= max, { error })
    .regex(/^\d{1,9} ?%$/, { error })
    .meta({ description });
}

export function whole(min: number, max: number, description: string, because?: string) {
  const error = (issue: { readonly input?: unknown }) => {
    const range = `a whole number from ${min} to ${max}`;
    if (!Number.isSafeInteger(issue.input)) return unlike(issue.input, 'a whole number', range);
    return boundsError(describeValue(issue.input), issue.input as number, { min, max, because }, String);
  };
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ description });
}

export function decimal(min: number, max: number, description: string) {
  const error = (issue: { readonly input?: unknown }) => {
    const range = `a number from ${min} to ${max}`;
    if (!Number.isFinite(issue.input)) return unlike(issue.input, 'a number', range);
    return boundsError(describeValue(issue.input), issue.input as number, { min, max }, String);
  };
  return z.number({ error }).min(min, { error }).max(max, { error }).meta({ description });
}

export function choice<const T extends readonly [string, ...string[]]>(values: T, description: string) {
  const wanted = values.length === 1 ? values[0] : `one of ${values.join(', ')}`;
  return z
    .enum(values, { error: (issue) => unlike(issue.input, 'known here', wanted) })
    .meta({ description });
}

export function flag(description: string) {
  return z
    .boolean({ error: (issue) => unlike(issue.input, 'yes or no', 'true or false') })
    .meta({ description });
}

export function text(maxChars: number, description: string) {
  const error = (issue: { readonly input?: unknown }) => {
    if (typeof issue.input !== 'string') return unlike(issue.input, 'a text', 'a text in quotes');
    const what =
      issue.input === '' ? 'the text is empty.' : `the text is longer than ${maxChars} characters.`;
    return joinSentences(what, `Write 1 to ${maxChars} characters.`);
  };
  return z.string({ error }).min(1, { error }).max(maxChars, { error }).meta({ description });
}

/** A file of the user's. */
export function fileName(description: string) {
  return text(4096, `${description} The path starts at this file's folder.`);
}

/**
 * A mapping of exactly these fields.
 * @param example what to write where the mapping is missing, such as `stream: { shards: 4 }`
 */
export function fields<T extends z.core.$ZodLooseShape>(shape: T, description?: string, example?: string) {
  const known = Object.keys(shape);
  const wantedFor = (value: unknown): string =>
    example !== undefined && (value === undefined || value === null)
      ? `for example ${example}`
      : `the fields ${known.join(', ')}`;
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? unknownField(issue.keys[0], known)
        : unlike(issue.input, 'a mapping of fields', wantedFor(issue.input)),
  });
  return description === undefined ? schema : schema.meta({ description });
}

export function list<T extends z.ZodType>(item: T, min: number, max: number, description: string) {
  const error = (issue: { readonly input?: unknown }) => {
    if (!Array.isArray(issue.input)) return unlike(issue.input, 'a list', 'a list, each item after a dash');
    const { length } = issue.input;
    const few = length === 0 ? 'the list is empty.' : `the list has only ${length} items.`;
    const what = length < min ? few : `the list has more than ${max} items.`;
    return joinSentences(what, min === max ? `Write ${min} items.` : `Write ${min} to ${max} items.`);
  };
  return z.array(item, { error }).min(min, { error }).max(max, { error }).meta({ description });
}

/** Exactly one of the alternatives must be given; the rule itself is in `scenario-rules.ts`. */
export function oneOf(alternatives: readonly string[]) {
  return { oneOf: alternatives.map((name) => ({ required: [name] })) };
}

/** In the JSON Schema: one of these fields, or none of them. */
export function atMostOneOf(alternatives: readonly string[]) {
  const each = alternatives.map((name) => ({ required: [name] }));
  return { oneOf: [...each, { not: { anyOf: each } }] };
}
