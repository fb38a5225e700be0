import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { addOutputFlags, emit, parseOutput } from '../../src/cli/output.ts';
import { Refusal } from '../../src/model/refusal.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { hotKeyRun } from '../report/sample-documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function listen(color = false): Context & { printed: () => string } {
  const pieces: string[] = [];
  return {
    out: (text) => void pieces.push(text),
    err: () => undefined,
    ...{ stderrIsTerminal: false, columns: 80, color, env: {}, setExit: () => undefined },
    printed: () => pieces.join(''),
  };
}

const refusalOf = async (work: () => unknown): Promise<Refusal> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('the output flags', () => {
  const parse = (...args: string[]) => {
    const command = addOutputFlags(new Command('x').argument('[file]'));
    command.parse(args, { from: 'user' });
    return { output: parseOutput(command.opts()), args: command.args };
  };

  it('print text, save nothing and allow colours unless told otherwise', () => {
    expect(parse().output).toEqual({ format: 'text', files: [], quiet: false, color: true });
  });

  it('repeat, and never swallow the argument that follows', () => {
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.TXT')];
    expect(parse('-f', 'json', '-o', a, '--out', b, 'scenario.yaml', '--quiet', '--no-color')).toEqual({
      output: {
        ...{ format: 'json', quiet: true, color: false },
        files: [
          { path: a, format: 'json' },
          { path: b, format: 'text' },
        ],
      },
      args: ['scenario.yaml'],
    });
  });

  const refused: [string, string[], RegExp][] = [
    ['an unknown format', ['-f', 'html'], /^--format: there is no format "html"\. Use text or json\.$/],
    [
      'an unknown extension',
      ['-o', 'r.html'],
      /extension \.html, which is no report format\. .*\.json or \.txt\.$/,
    ],
    ['no extension', ['-o', 'report'], /^--out: report has no extension\./],
    ['a missing folder', ['-o', '/no/such/r.json'], /^--out: there is no folder \/no\/such for /],
    ['a folder', ['-o', join(folder, 'dir.json')], /dir\.json is a directory\. /],
    ['a folder that takes no files', ['-o', '/proc/r.json'], /^--out: \/proc\/r\.json may not be written: /],
    [
      'a name that ends as a folder',
      ['-o', join(folder, 'new.json/')],
      /new\.json\/ ends as .* folder does\. /,
    ],
    ['a file as a folder', ['-o', `${process.execPath}/r.json`], /^--out: there is no folder .*node for /],
    [
      'a link in a circle',
      ['-o', join(folder, 'circle.json')],
      /it is a symbolic link that leads back to itself\./,
    ],
    [
      'a link to nowhere',
      ['-o', join(folder, 'nowhere.json')],
      /there is no folder \/no\/such for .*nowhere\.json/,
    ],
  ];
  it.each(refused)('refuse %s before any work', async (_, args, message) => {
    mkdirSync(join(folder, 'dir.json'), { recursive: true });
    for (const [link, to] of [
      ['circle.json', 'circle.json'],
      ['nowhere.json', '/no/such/r.json'],
    ]) {
      rmSync(join(folder, link), { force: true });
      symlinkSync(to, join(folder, link));
    }
    const refusal = await refusalOf(() => parse(...args));
    expect(refusal.exitCode).toBe(2);
    expect(refusal.message).toMatch(message);
  });
});

describe('emit', () => {
  const goneFile = (): string => {
    const gone = mkdtempSync(join(folder, 'gone-'));
    rmSync(gone, { recursive: true });
    return join(gone, 'r.json');
  };

  it('prints one format and saves others, coloured on the terminal only', async () => {
    const path = join(folder, 'r.txt');
    const context = listen(true);
    const files = [{ path, format: 'text' as const }];
    await emit(hotKeyRun(), { format: 'text', files, quiet: false, color: true }, context);
    expect(context.printed().startsWith('\u001b[31mHOT_KEY')).toBe(true);
    expect(readFileSync(path, 'utf8')).toMatch(/^HOT_KEY/);
  });

  it('--no-color wins over the terminal', async () => {
    const context = listen(true);
    await emit(hotKeyRun(), { format: 'text', files: [], quiet: false, color: false }, context);
    expect(context.printed()).not.toContain('\u001b');
  });

  it('keeps the report when a file cannot be written, and still writes the others', async () => {
    vi.stubEnv('TMPDIR', mkdtempSync(join(folder, 'tmp-')));
    const context = listen();
    const [bad, good] = [goneFile(), join(folder, 'good.json')];
    const files = [bad, good].map((path) => ({ path, format: 'json' as const }));
    const refusal = await refusalOf(() =>
      emit(hotKeyRun(), { format: 'text', files, quiet: false, color: false }, context),
    );
    expect(refusal.exitCode).toBe(1);
    expect(refusal.what).toBe(`${bad} could not be written: its folder is gone, or takes no new files.`);
    const rescued = /The report is safe in (.*\.json)/.exec(refusal.fix)?.[1] ?? '';
    expect(JSON.parse(readFileSync(rescued, 'utf8'))).toEqual(hotKeyRun());
    expect(JSON.parse(readFileSync(good, 'utf8'))).toEqual(hotKeyRun());
    expect(context.printed()).toMatch(/^HOT_KEY/);
  });

  it('names every file that could not be written', async () => {
    vi.stubEnv('TMPDIR', mkdtempSync(join(folder, 'tmp-')));
    const gone = [goneFile(), goneFile()];
    const files = gone.map((path) => ({ path, format: 'json' as const }));
    const refusal = await refusalOf(() =>
      emit(hotKeyRun(), { format: 'text', files, quiet: false, color: false }, listen()),
    );
    for (const path of gone) expect(refusal.what).toContain(`${path} could not be written: `);
  });

  it('keeps the report when a renderer of ours breaks', async () => {
    vi.stubEnv('TMPDIR', mkdtempSync(join(folder, 'tmp-')));
    const told: string[] = [];
    const context = { ...listen(), err: (text: string) => void told.push(text) };
    const broken = { ...hotKeyRun(), shards: [null] } as unknown as ReportDocument;
    const output = { format: 'text' as const, files: [], quiet: false, color: false };
    await expect(emit(broken, output, context)).rejects.toThrow(TypeError);
    const rescued = /^The report is safe in (.*)\n$/.exec(told.join(''))?.[1] ?? '';
    expect(JSON.parse(readFileSync(rescued, 'utf8'))).toEqual(broken);
  });

  it('prints the report as JSON when it can be saved nowhere', async () => {
    vi.stubEnv('TMPDIR', join(folder, 'no-such-folder'));
    const context = listen();
    const files = [{ path: goneFile(), format: 'text' as const }];
    const refusal = await refusalOf(() =>
      emit(hotKeyRun(), { format: 'text', files, quiet: false, color: false }, context),
    );
    expect(refusal.fix).toContain('on standard output as JSON');
    expect(JSON.parse(context.printed())).toEqual(hotKeyRun());
    expect(readdirSync(folder)).not.toContain('no-such-folder');
  });
});
