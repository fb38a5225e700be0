import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/shardwise.js', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

/** Starts a command whose stderr nobody reads: the first word to it meets a closed pipe. */
function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  child.stderr.destroy();
  return child;
}

describe('a command whose reader of stderr has gone', () => {
  it('keeps its exit code', async () => {
    const child = start('run', 'nope.yaml');
    expect(await once(child, 'exit')).toEqual([2, null]);
  });

  it('goes on: local serves after a warning that nobody heard, and ends well', async () => {
    const child = start('local', '--host', '0.0.0.0', '--port', '0');
    const exited = once(child, 'exit');
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    const port = /:(\d+)\n/.exec(text.toString())?.[1];
    const reply = await fetch(`http://127.0.0.1:${port}`);
    expect(reply.status).toBe(403);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
