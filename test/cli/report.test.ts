import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { reportCommand } from '../../src/cli/report.ts';
import { gatedRun, SAMPLES, wideRun } from '../report/sample-documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const save = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

async function report(...args: string[]): Promise<{ printed: string; exits: number[] }> {
  const pieces: string[] = [];
  const exits: number[] = [];
  const context: Context = {
    out: (text) => void pieces.push(text),
    err: () => undefined,
    ...{ stderrIsTerminal: false, columns: 80, color: false, env: {} },
    setExit: (code) => void exits.push(code),
  };
  await reportCommand(context).parseAsync(args, { from: 'user' });
  return { printed: pieces.join(''), exits };
}

describe('shardwise report', () => {
  it.each(Object.keys(SAMPLES))('renders the sample "%s" again, byte for byte as JSON', async (name) => {
    const saved = `${JSON.stringify(SAMPLES[name](), null, 2)}\n`;
    expect((await report(save('run.json', saved), '-f', 'json')).printed).toBe(saved);
  });

  it('prints text by default and fails neither for findings nor for missed gates', async () => {
    const { printed, exits } = await report(save('gated.json', JSON.stringify(gatedRun())));
    expect(printed).toMatch(/^HOT_KEY: "key-0"/);
    expect(exits).toEqual([]);
  });

  it('saves other formats beside', async () => {
    const out = join(folder, 'again.txt');
    const { printed } = await report(save('wide.json', JSON.stringify(wideRun())), '-f', 'json', '-o', out);
    expect(JSON.parse(printed)).toEqual(wideRun());
    expect(readFileSync(out, 'utf8')).toMatch(
      /^No findings, but of 180,000,000 records 180,000 were throttled\./,
    );
  });

  it('checks the flags before it reads the file', async () => {
    await expect(report(join(folder, 'none.json'), '-f', 'html')).rejects.toMatchObject({
      exitCode: 2,
      what: expect.stringMatching(/no format "html"/) as string,
    });
  });

  it('says of a file of another kind that it is no report, in one sentence', async () => {
    await expect(report(save('s.yaml', 'stream: { shards: 4 }\n'))).rejects.toMatchObject({
      exitCode: 2,
      what: expect.stringMatching(/s\.yaml is not a Shardwise report: it is not JSON\.$/) as string,
    });
  });

  it('refuses a file that is missing, and one that is no report', async () => {
    await expect(report(join(folder, 'none.json'))).rejects.toMatchObject({ exitCode: 2 });
    await expect(report(save('bad.json', '{"schemaVersion":1}'))).rejects.toMatchObject({
      exitCode: 2,
      what: expect.stringMatching(/kind is missing\.$/) as string,
    });
  });
});
