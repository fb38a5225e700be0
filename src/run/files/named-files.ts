/**
 * Reads the files that a scenario names.
 */
import { isAbsolute, join } from 'node:path';
import { badInput } from '../../model/refusal.ts';
import { CountFile } from '../../traffic/count-file.ts';
import { readRates, readSizes } from '../../traffic/csv-columns.ts';
import { LineTable } from '../../traffic/line-table.ts';
import type { FileContents, NamedFile } from '../../traffic/scenario-files.ts';
import type { WeightedNames } from '../../traffic/weighted-names.ts';
import { eachChunk, readBytesFile, readTextFile } from './text-file.ts';

/** @param folder where relative names start @throws Refusal (exit code 2) */
export async function readNamedFiles(files: readonly NamedFile[], folder: string): Promise<FileContents> {
  const contents = {
    keys: new Map<string, WeightedNames>(),
    sizes: new Map<string, ReturnType<typeof readSizes>>(),
    rates: new Map<string, ReturnType<typeof readRates>>(),
    lines: new Map<string, LineTable>(),
  };
  for (const { holds, file } of files) {
    const path = isAbsolute(file) ? file : join(folder, file);
    if (holds === 'keys') contents.keys.set(file, await readKeys(path));
    if (holds === 'sizes') contents.sizes.set(file, readSizes(await readTextFile(path), path));
    if (holds === 'rates') contents.rates.set(file, readRates(await readTextFile(path), path));
    if (holds === 'lines') contents.lines.set(file, await readLines(path));
  }
  return contents;
}

async function readKeys(path: string): Promise<WeightedNames> {
  const file = new CountFile(path);
  await eachChunk(path, (chunk) => file.feed(chunk));
  return file.finish();
}

async function readLines(path: string): Promise<LineTable> {
  const lines = new LineTable(await readBytesFile(path));
  if (lines.count > 0) return lines;
  throw badInput(`${path}: there is no line with anything in it.`, 'Write one payload per line.');
}
