/** What becomes of a command whose standard output nobody takes. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const CLI = join(ROOT, 'dist/shardwise.js');
const HOT_KEY = ['simulate', 'scenarios/hot-key.yaml', '--fail-on', 'HOT_KEY'];

/** Exit code of a command whose reader is gone before it prints. */
function withoutReader(...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.destroy();
  return new Promise((resolve) => child.on('close', resolve));
}

function onFullDisk(...args: string[]): { status: number | null; stderr: string } {
  const full = openSync('/dev/full', 'w');
  const env = { ...process.env, TMPDIR: mkdtempSync(join(tmpdir(), 'shardwise-test-')) };
  try {
    return spawnSync(process.execPath, [CLI, ...args], {
      ...{ cwd: ROOT, env, encoding: 'utf8' },
      stdio: ['ignore', full, 'pipe'],
    });
  } finally {
    closeSync(full);
  }
}

describe('a reader that has gone', { timeout: 60_000 }, () => {
  it('changes no exit code: a missed gate stays missed, a good answer good', async () => {
    expect(await withoutReader(...HOT_KEY)).toBe(3);
    expect(await withoutReader('simulate', 'scenarios/hot-key.yaml', '-f', 'json')).toBe(0);
    expect(await withoutReader('plan', '--help')).toBe(0);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a full disk behind stdout', { timeout: 60_000 }, () => {
  it('costs no measurement: the report is rescued, and the command says where to', () => {
    const { status, stderr } = onFullDisk(...HOT_KEY);
    expect(status).toBe(1);
    expect(stderr).toContain('Standard output could not be written: the disk is full.\n');
    expect(stderr).not.toContain('    at ');
    const path = /The report is safe in (\S+\.json)/.exec(stderr.replace(/\n/g, ' '))?.[1] ?? '';
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ kind: 'simulation' });
  });

  it('is told in a sentence where help was asked for', () => {
    for (const args of [['--help'], ['help', 'plan'], ['--version']]) {
      const { status, stderr } = onFullDisk(...args);
      expect(stderr).toBe('Standard output could not be written: the disk is full.\nPrint elsewhere.\n');
      expect(status).toBe(1);
    }
  });
});
