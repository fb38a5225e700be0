/**
 * What is wrong with a scenario, where, and what to write instead: the sentences that its schema and its rules
 * share.
 */
import { explainQuantity, type QuantityKind } from '../model/quantity.ts';
import { nearestWord } from '../model/spelling.ts';

/** Names and positions from the top of the file down to a field. */
export type Path = readonly (string | number)[];

export interface Complaint {
  readonly path: Path;
  /** One sentence without the path, such as `3000 has no unit.` */
  readonly what: string;
  /** One sentence on what to do. */
  readonly fix: string;
}

/** A schema's error is a single text: both sentences, one per line. */
export function joinSentences(what: string, fix: string): string {
  return `${what}\n${fix}`;
}

/** A complaint from a schema's error. */
export function splitSentences(path: Path, message: string): Complaint {
  const [what, fix = 'Correct it.'] = message.split('\n');
  return { path, what, fix };
}

/** `traffic[0].keys.hot.shre`; names that are no plain words in quotes. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^\w+$/.test(step)) text += `[${quote(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** A value as a user wrote it, cut to a readable length. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return String(value);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** A value that is not of the kind that is wanted; `wanted` completes "Write …". */
export function unlike(value: unknown, noun: string, wanted: string): string {
  if (value === undefined) return joinSentences('this is missing.', `Add ${wanted}.`);
  if (value === null) return joinSentences('there is no value.', `Write ${wanted}.`);
  return joinSentences(`${describeValue(value)} is not ${noun}.`, `Write ${wanted}.`);
}

/** A value that should be a text with a unit and is not one. */
export function unlikeQuantity(kind: QuantityKind, value: unknown): string {
  const { what, fix } = explainQuantity(kind, typeof value === 'number' ? String(value) : '');
  if (typeof value === 'number') return joinSentences(what, fix);
  const { fix: example } = explainQuantity(kind, '');
  const wanted = example.replace(/^Write (.*)\.$/, '$1');
  return unlike(value, NOUNS[kind], wanted);
}

const NOUNS: Readonly<Record<QuantityKind, string>> = {
  rate: 'a rate',
  size: 'a size',
  duration: 'a duration',
  percentage: 'a percentage',
};

/** A field that does not exist, against those that do. */
export function unknownField(name: string, known: readonly string[]): string {
  const near = nearestWord(name, known);
  const list = known.join(', ');
  return joinSentences(
    'there is no such field.',
    near ? `Did you mean ${near} (known here: ${list})?` : `Remove it, or use one of: ${list}.`,
  );
}
