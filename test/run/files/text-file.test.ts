import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTextFile } from '../../../src/run/files/text-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('readTextFile', () => {
  it('reads a file, and takes a byte order mark off', async () => {
    expect(await readTextFile(file('a.txt', 'grüße\n'))).toBe('grüße\n');
    expect(await readTextFile(file('bom.txt', '\ufeff{}'))).toBe('{}');
    expect(await readTextFile(file('empty.txt', ''))).toBe('');
  });

  it('takes a file of exactly the size that is allowed, and no more', async () => {
    const path = file('size.txt', 'x'.repeat(1024 * 1024));
    expect(await readTextFile(path, 1024 * 1024)).toHaveLength(1024 * 1024);
    await expect(readTextFile(path, 1024 * 1024 - 1)).rejects.toMatchObject({ exitCode: 2 });
  });

  const refused: [string, () => string, RegExp][] = [
    ['a missing file', () => join(folder, 'none.yaml'), /^There is no file .*none\.yaml\.$/],
    ['a file below a file', () => join(file('f', ''), 'x'), /^There is no file .* not a folder\.$/],
    ['a directory', () => folder, / is a directory\.$/],
    ['bytes that are no text', () => file('bin', Uint8Array.of(0xff, 0xfe, 0)), / is not UTF-8 text\.$/],
    ['an endless file', () => '/dev/zero', /^\/dev\/zero is larger than 1 MiB\.$/],
  ];
  it.each(refused)(
    'refuses %s in one sentence, and says what to do in another',
    async (_name, path, what) => {
      await expect(readTextFile(path(), 1024 * 1024)).rejects.toMatchObject({
        exitCode: 2,
        what: expect.stringMatching(what) as string,
        fix: expect.stringMatching(/^[A-Z].*\.$/) as string,
      });
    },
  );
});
