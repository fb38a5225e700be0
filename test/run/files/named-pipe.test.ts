/** Pipes as shells make them. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eachChunkOfPipe } from '../../../src/run/files/named-pipe.ts';
import { readTextFile } from '../../../src/run/files/text-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pipe(name: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  it('that nobody writes to is refused', async () => {
    await expect(eachChunkOfPipe(pipe('silent'), () => undefined, 0)).rejects.toMatchObject({
      exitCode: 2,
      what: expect.stringMatching(/silent is a pipe that nobody writes to\.$/) as string,
    });
  });

  it('is read to its end, larger than the system holds at once', async () => {
    const path = pipe('written');
    const writer = spawn('sh', ['-c', 'seq 100000 > "$0"', path]);
    const text = await readTextFile(path);
    expect(text.split('\n').slice(0, -1).map(Number)).toEqual(
      Array.from({ length: 100_000 }, (_, i) => i + 1),
    );
    writer.kill();
  });
});
