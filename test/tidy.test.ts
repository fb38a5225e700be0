/** The house rules that a machine can check; each failure says what to do instead. */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../src/report/catalogue.ts';
import { DIAGNOSIS_CATALOGUE } from '../src/report/diagnosis/diagnosis-catalogue.ts';
import { DIAGNOSIS_CODES } from '../src/results/diagnosis-finding.ts';
import { FINDING_CODES } from '../src/results/report-document.ts';

const ROOT = new URL('..', import.meta.url).pathname;

/** Who may import whom. */
const ALLOWED: Record<string, readonly string[]> = {
  model: [],
  traffic: ['model'],
  results: ['model'],
  simulate: ['model', 'traffic', 'results'],
  local: ['model', 'traffic', 'results'],
  advice: ['model', 'traffic', 'results', 'simulate'],
  report: ['model', 'traffic', 'results', 'advice'],
  run: ['model', 'traffic', 'results', 'simulate', 'local'],
  cli: ['model', 'traffic', 'results', 'simulate', 'local', 'advice', 'report', 'run'],
};

/** What only run/ and cli/ may name, and what to do instead. */
const EFFECTS: readonly [RegExp, string][] = [
  [/\bnew Date\b|\bDate\.now\b|\bperformance\b/, 'take the time as an argument (nowUs)'],
  [/\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b/, 'return when to be called next'],
  [/\bMath\.random\b/, 'draw by traffic/threefry.ts from the seed'],
  [/\bprocess\b|\bconsole\b/, 'return the value; cli/ prints it'],
  [/from 'node:(?!crypto)/, 'take the bytes as an argument; run/ reads them'],
  [/@aws-sdk\/|@smithy\//, 'define what you need; run/ calls AWS'],
  [
    /\bMath\.(log|exp|pow|sin|cos|tan|log2|log10|log1p|expm1)\b/,
    'use traffic/elementary.ts: same bits everywhere',
  ],
];
const PURE = ['model', 'traffic', 'results', 'simulate', 'local', 'advice', 'report'];

const ATTICS = /^(utils?|helpers?|common|managers?|types|misc)\.ts$/;

function files(folder: string, extension: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Code without comments and without what stands in quotes, so that words in sentences do not count. */
function codeOf(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/(?<!from )(?<!import )'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\]|\\.)*`/g, (text) =>
      [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]).join(';'),
    );
}

const sources = files(join(ROOT, 'src'), '.ts').map((path) => ({
  path: relative(ROOT, path),
  folder: relative(join(ROOT, 'src'), path).split('/')[0],
  source: readFileSync(path, 'utf8'),
}));

describe('the house', () => {
  it('has the folders of the sentence and no others', () => {
    const folders = new Set(sources.map((file) => file.folder));
    expect([...folders].filter((folder) => !(folder in ALLOWED))).toEqual([]);
  });

  it('lets each folder import only those below it', () => {
    const wrong = sources.flatMap(({ path, folder, source }) =>
      [...source.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)]
        .map((match) => relative(join(ROOT, 'src'), join(ROOT, path, '..', match[1])).split('/')[0])
        .filter((target) => target !== folder && !ALLOWED[folder].includes(target))
        .map(
          (target) =>
            `${path} imports ${target}/: ${folder} may import ${ALLOWED[folder].join(', ') || 'nothing'}`,
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps clocks, chance, files and networks out of the pure folders', () => {
    const wrong = sources
      .filter(({ folder }) => PURE.includes(folder))
      .flatMap(({ path, source }) =>
        EFFECTS.filter(([pattern]) => pattern.test(codeOf(source))).map(
          ([pattern, instead]) => `${path} matches ${pattern.source}: ${instead}`,
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('has no attic and no file that must be scrolled for long', () => {
    const attics = sources.filter(({ path }) => ATTICS.test(path.split('/').at(-1) ?? ''));
    expect(attics.map(({ path }) => `${path}: name it after a noun of the domain`)).toEqual([]);
    const long = sources.filter(({ source }) => source.split('\n').length > 350);
    expect(long.map(({ path }) => `${path}: find the missing noun`)).toEqual([]);
  });

  it('opens each file with a sentence', () => {
    const silent = sources.filter(({ source }) => !/^(#!.*\n)?\/\*\*/.test(source));
    expect(silent.map(({ path }) => `${path}: say in a comment what it is`)).toEqual([]);
  });

  it('has a page for every finding', () => {
    for (const code of FINDING_CODES) expect(existsSync(join(ROOT, CATALOGUE[code].page)), code).toBe(true);
    for (const code of DIAGNOSIS_CODES)
      expect(existsSync(join(ROOT, DIAGNOSIS_CATALOGUE[code].page)), code).toBe(true);
    const pages = files(join(ROOT, 'docs/findings'), '.md').map((path) =>
      path.split('/').at(-1)?.replace('.md', ''),
    );
    expect(pages.sort()).toEqual([...new Set([...FINDING_CODES, ...DIAGNOSIS_CODES])].sort());
  });

  it('knows each limit in one place', () => {
    const wrong = sources
      .filter(({ path }) => path !== 'src/model/limits.ts')
      .filter(({ source }) => /\b(10485760|10_485_760|writeRecords = 1000)\b/.test(codeOf(source)));
    expect(wrong.map(({ path }) => `${path}: take it from model/limits.ts`)).toEqual([]);
  });

  it('records no download hosts in the lockfile', () => {
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });
});
