import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rescueReport, writeReportFile } from '../../../src/run/files/report-file.ts';

const root = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(root, { recursive: true }));
const freshFolder = (): string => mkdtempSync(join(root, 'f-'));

describe('writeReportFile', () => {
  it('writes, replaces, and leaves nothing else behind', async () => {
    const folder = freshFolder();
    await writeReportFile(join(folder, 'r.json'), 'one');
    await writeReportFile(join(folder, 'r.json'), 'two');
    expect(readdirSync(folder)).toEqual(['r.json']);
    expect(readFileSync(join(folder, 'r.json'), 'utf8')).toBe('two');
  });

  it('replaces what a symbolic link points to, not the link', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'real.json'), 'old');
    symlinkSync('real.json', join(folder, 'link.json'));
    await writeReportFile(join(folder, 'link.json'), 'new');
    expect(readFileSync(join(folder, 'real.json'), 'utf8')).toBe('new');
    expect(realpathSync(join(folder, 'link.json'))).toBe(realpathSync(join(folder, 'real.json')));
  });

  it('writes through a link to a file that is not there yet', async () => {
    const folder = freshFolder();
    symlinkSync('real.json', join(folder, 'second.json'));
    symlinkSync('second.json', join(folder, 'first.json'));
    await writeReportFile(join(folder, 'first.json'), 'new');
    expect(readFileSync(join(folder, 'real.json'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'first.json')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'second.json')).isSymbolicLink()).toBe(true);
  });

  it('writes into a device and a pipe, and replaces neither', async () => {
    const folder = freshFolder();
    symlinkSync('/dev/null', join(folder, 'null.json'));
    await writeReportFile(join(folder, 'null.json'), 'x');
    expect(lstatSync(join(folder, 'null.json')).isSymbolicLink()).toBe(true);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    const pipe = join(folder, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    await expect(writeReportFile(pipe, 'x')).rejects.toMatchObject({ code: 'ENXIO' });
    const handle = await open(pipe, 'r+');
    await writeReportFile(pipe, 'x');
    expect((await handle.read(Buffer.alloc(1), 0, 1)).buffer.toString()).toBe('x');
    await handle.close();
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it('throws where it cannot write, and cleans up', async () => {
    const folder = freshFolder();
    await expect(writeReportFile(join(folder, 'none', 'r.json'), 'x')).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(writeReportFile(folder, 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(dirname(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

it('rescueReport uses a fresh file each time and says where it is', async () => {
  const paths = [await rescueReport('a'), await rescueReport('b')];
  try {
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['a', 'b']);
  } finally {
    for (const path of paths) rmSync(dirname(path), { recursive: true });
  }
});
