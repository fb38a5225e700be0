import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/model/refusal.ts';
import { readScenarioFile } from '../../../src/run/files/scenario-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a scenario of one source beside some files and reads it. */
async function scenarioWith(source: string, files: Record<string, string>) {
  mkdirSync(join(folder, 'data'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const path = join(folder, 's.yaml');
  writeFileSync(path, `stream: { shards: 2 }\nduration: 60s\ntraffic: [{ ${source} }]\n`);
  return readScenarioFile(path);
}

async function refusalOf(source: string, files: Record<string, string>): Promise<string> {
  try {
    await scenarioWith(source, files);
  } catch (error) {
    if (error instanceof Refusal) return error.what.replaceAll(`${folder}/`, '');
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the files that a scenario names', () => {
  it('lie relative to the scenario and give keys, sizes, rates and lines', async () => {
    const scenario = await scenarioWith(
      'replay: { file: data/r.csv }, keys: "file:data/k.csv", size: { file: data/s.csv }',
      { 'data/r.csv': 'time,rate\n0,10\n30,20\n', 'data/k.csv': 'a,1\nb,3\n', 'data/s.csv': '100,1\n' },
    );
    const [source] = scenario.traffic;
    expect(source.stages.map(({ from, durationUs }) => [from, durationUs])).toEqual([
      [10, 30_000_000],
      [20, 30_000_000],
    ]);
    expect(source.keys.kind === 'file' && source.keys.table.nameAt(1)).toBe('b');
    expect(source.size).toEqual({ kind: 'histogram', bytes: [100], counts: [1] });
    const lines = await scenarioWith('rate: 1/s, keys: "uniform:1", payload: { lines: l.txt }', {
      'l.txt': 'a\nbb\n',
    });
    const { size } = lines.traffic[0];
    expect(size.kind === 'lines' && size.lines.count).toBe(2);
  });

  const KEYS = 'rate: 1/s, keys: { file: k.csv }, size: 1B';
  it.each([
    ['an empty key file', KEYS, { 'k.csv': '' }, 'k.csv: the file is empty.'],
    ['a negative count', KEYS, { 'k.csv': 'a,1\nb,-1\n' }, 'k.csv, line 2: the count -1 is negative.'],
    ['a file that is not there', 'rate: 1/s, keys: "file:no.csv", size: 1B', {}, 'There is no file no.csv.'],
    ['a folder', 'rate: 1/s, keys: "file:data", size: 1B', {}, 'data is a directory.'],
    [
      'a payload file without lines',
      'rate: 1/s, keys: "uniform:1", payload: { lines: e.txt }',
      { 'e.txt': '\n\n' },
      'e.txt: there is no line with anything in it.',
    ],
    [
      'a series of another length than the duration',
      'replay: { file: r.csv }, keys: "uniform:1", size: 1B',
      { 'r.csv': '0,1\n20,2\n' },
      's.yaml, line 2: duration: 60s is not how long the replay lasts, 40s.',
    ],
    [
      'a line above the largest record',
      'rate: 1/s, keys: "uniform:1", payload: { lines: l.txt }',
      { 'l.txt': 'x'.repeat(1_048_577) },
      's.yaml, line 3: traffic[0].payload: 1 MiB of data and 5 B of key are more than this stream takes in a record, 1 MiB.',
    ],
  ])('are refused: %s', async (_, source, files, what) => {
    expect(await refusalOf(source, files as Record<string, string>)).toBe(what);
  });
});
