/**
 * Payloads that are texts: a template in which {n}, {key} and {due} stand for a record's index within its source, its
 * partition key, and its due time in whole microseconds from the start of the warm-up.
 */
import { utf8Length } from '../model/record.ts';
import { digitsOf } from './key-region.ts';

export interface TextFields {
  readonly n: number;
  readonly key: string;
  readonly dueUs: number;
}

const FIELD = /\{(n|key|due)\}/g;

/** The text of one record. */
export function textOf(template: string, { n, key, dueUs }: TextFields): string {
  return template.replace(FIELD, (_, field: string) => {
    if (field === 'key') return key;
    return String(field === 'n' ? n : dueUs);
  });
}

/** Length in UTF-8 of a record's text, without making it. */
export function textLengthOf(template: string): (n: number, keyBytes: number, dueUs: number) => number {
  const { fixedBytes, numbers, keys, dues } = fieldsOf(template);
  return (n, keyBytes, dueUs) =>
    fixedBytes +
    (numbers > 0 ? numbers * digitsOf(n) : 0) +
    keys * keyBytes +
    (dues > 0 ? dues * digitsOf(dueUs) : 0);
}

/** Whether every record with a key of the same length has a text of the same length. */
export function isSteadyText(template: string): boolean {
  const { numbers, dues } = fieldsOf(template);
  return numbers === 0 && dues === 0;
}

/** Bytes of a template besides its fields, and how often each of them stands in it. */
function fieldsOf(template: string) {
  const found = [...template.matchAll(FIELD)].map((match) => match[1]);
  const count = (field: string): number => found.filter((other) => other === field).length;
  return {
    fixedBytes: utf8Length(template.replace(FIELD, '')),
    numbers: count('n'),
    keys: count('key'),
    dues: count('due'),
  };
}
