import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIAGNOSIS_CATALOGUE } from '../../../src/report/diagnosis/diagnosis-catalogue.ts';
import { commandLines } from '../../../src/report/diagnosis/command-lines.ts';
import { renderDiagnosisText } from '../../../src/report/diagnosis/diagnosis-text.ts';
import { heatMapLines } from '../../../src/report/diagnosis/heat-map-text.ts';
import { inkFor } from '../../../src/report/ink.ts';
import { columnsOf } from '../../../src/report/name.ts';
import { PLAIN, render } from '../../../src/report/render.ts';
import { readDocument } from '../../../src/report/saved-document.ts';
import { DIAGNOSIS_CODES, type DiagnosisFinding } from '../../../src/results/diagnosis-finding.ts';
import { DIAGNOSES, everyFinding } from './sample-diagnoses.ts';

const GOLDEN = new URL('../../golden/', import.meta.url);

describe('the text of a diagnosis', () => {
  it.each([
    ['a hot key and two warm ones', 'diagnosis-hot-key.txt'],
    ['monitoring off', 'diagnosis-monitoring-off.txt'],
  ])('of "%s" is as recorded (UPDATE_GOLDEN=1 records it anew)', (name, file) => {
    const text = renderDiagnosisText(DIAGNOSES[name](), PLAIN);
    const path = new URL(file, GOLDEN);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(path, text);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('fits 80 columns, whatever was found', () => {
    for (const document of Object.values(DIAGNOSES)) {
      const wide = renderDiagnosisText(document(), PLAIN)
        .split('\n')
        .filter((line) => columnsOf(line) > 80);
      expect(wide).toEqual([]);
    }
  });

  it('begins with the answer: which, since when, whether a split helps and where to cut', () => {
    const first = renderDiagnosisText(DIAGNOSES['a hot key and two warm ones'](), PLAIN)
      .split('\n')
      .slice(0, 8);
    const said = first.join(' ').replace(/\s+/g, ' ');
    expect(said).toContain('"tenant-7" on shardId-000000000001');
    expect(said).toContain('since 02:20 UTC');
    expect(said).toContain('A split will not help.');
    expect(said).toMatch(/--shard-to-split shardId-000000000003 \\ --new-starting-hash-key \d+/);
  });

  it('of a saved diagnosis is the same again', async () => {
    for (const document of Object.values(DIAGNOSES)) {
      const saved = await render(document(), 'json');
      const read = readDocument(saved, 'd.json');
      expect(await render(read, 'text')).toBe(renderDiagnosisText(document(), PLAIN));
    }
  });
});

describe('the catalogue of a diagnosis', () => {
  it('has an example of every finding here', () => {
    const seen = new Set(everyFinding().map(({ code }) => code));
    expect([...seen].sort()).toEqual([...DIAGNOSIS_CODES].sort());
  });

  it.each(DIAGNOSIS_CODES)(
    '%s has a page with all headings, which names every field of its evidence',
    (code) => {
      const { page } = DIAGNOSIS_CATALOGUE[code];
      expect(existsSync(page)).toBe(true);
      const text = readFileSync(page, 'utf8');
      expect(text.startsWith(`# ${code}: `)).toBe(true);
      const headings = [
        'What we saw',
        'Why it happens',
        'What it costs',
        'What to do',
        'What it does not mean',
      ];
      for (const heading of [...headings, 'How to check that it is fixed'])
        expect(text).toContain(`\n## ${heading}\n`);
      const fieldsOf = (finding: DiagnosisFinding): string[] => Object.keys(finding.evidence);
      for (const finding of everyFinding().filter((each) => each.code === code))
        for (const field of fieldsOf(finding)) expect(text).toContain(`\`${field}\``);
    },
  );
});

it('commands are broken so that a shell takes them whole', () => {
  const command =
    'aws kinesis split-shard --stream-name orders --shard-to-split shardId-000000000001 --region eu-west-1';
  const lines = commandLines(command, 60);
  expect(lines.every((line) => line.length <= 60)).toBe(true);
  expect(lines.slice(0, -1).every((line) => line.endsWith(' \\'))).toBe(true);
  expect(lines.map((line) => line.replace(/ \\$/, '').trim()).join(' ')).toBe(command);
});

it('a heat map of many bands shows the hottest, in the order of the hash space, and marks throttling', () => {
  const band = (
    i: number,
    load: number,
    throttled: number,
  ): Parameters<typeof heatMapLines>[0]['bands'][number] => ({
    startingHashKey: String(i * 10),
    endingHashKey: String(i * 10 + 9),
    shards: 1,
    shardId: `shardId-${String(i).padStart(12, '0')}`,
    utilization: [null, 0.05, 0.3, 0.6, 0.9, load],
    throttled: [0, 0, 0, 0, 0, throttled],
  });
  const bands = Array.from({ length: 20 }, (_, i) =>
    band(i, i === 18 ? 1 : i === 2 ? 0.5 : 0.2, i === 18 || i === 2 ? 5 : 0),
  );
  const lines = heatMapLines(
    { fromMs: 0, columnMs: 60_000, columns: 6, bands },
    inkFor({ color: false }),
    80,
  );
  const rows = lines.filter((line) => line.startsWith('  shard '));
  expect(rows).toHaveLength(16);
  expect(rows.find((row) => row.includes('shard 18'))?.trimEnd()).toMatch(/ \.░▒▓X$/);
  expect(rows.find((row) => row.startsWith('  shard 2 '))).toMatch(/ \.░▒▓x$/);
  expect(lines.join('\n')).toContain('16 hottest of 20 bands');
});
