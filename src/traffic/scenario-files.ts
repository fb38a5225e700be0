/**
 * The files that a scenario names: which they are, before anyone reads them, and what they held, once they are read.
 */
import type { SizeHistogram } from './csv-columns.ts';
import type { LineTable } from './line-table.ts';
import type { RatePoint } from './rate-shapes.ts';
import type { KeysInput } from './keys-schema.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import { expandKeys } from './short-form.ts';
import type { WeightedNames } from './weighted-names.ts';

/** One file by the name that the scenario has for it, and what is in it. */
export interface NamedFile {
  readonly holds: 'keys' | 'sizes' | 'rates' | 'lines';
  readonly file: string;
}

/** Contents by the names that the scenario has for them. */
export interface FileContents {
  readonly keys: ReadonlyMap<string, WeightedNames>;
  readonly sizes: ReadonlyMap<string, SizeHistogram>;
  readonly rates: ReadonlyMap<string, readonly RatePoint[]>;
  readonly lines: ReadonlyMap<string, LineTable>;
}

export const NO_FILES: FileContents = {
  keys: new Map(),
  sizes: new Map(),
  rates: new Map(),
  lines: new Map(),
};

/** The files that a scenario names, each once. */
export function namedFilesOf(input: ScenarioInput): NamedFile[] {
  const files = new Map<string, NamedFile>();
  const add = (holds: NamedFile['holds'], file: string | undefined): void => {
    if (file !== undefined) files.set(`${holds} ${file}`, { holds, file });
  };
  for (const { keys, size, replay, payload } of input.traffic) {
    add('keys', longKeys(keys).file);
    if (typeof size === 'object') add('sizes', size.file);
    add('rates', replay?.file);
    add('lines', payload?.lines);
  }
  return [...files.values()];
}

/** Keys in their long form. */
export function longKeys(keys: KeysInput | string): KeysInput {
  if (typeof keys !== 'string') return keys;
  const expanded = expandKeys(keys);
  if ('what' in expanded) throw new Error(`${keys} has passed the schema and cannot be read`);
  return expanded.long;
}

/** What a file held. */
export function contentOf<T>(contents: ReadonlyMap<string, T>, file: string): T {
  const content = contents.get(file);
  if (content === undefined) throw new Error(`${file} was named by the scenario and not read`);
  return content;
}
