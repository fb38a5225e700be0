/** `capture` as a user runs it, against an endpoint of ours in this process. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import { startGuarded, type GuardedEndpoint } from '../run/observe/guarded-endpoint.ts';
import { fileOf, shardwise, type Outcome } from './outcome.ts';

const POLICY = new URL('../../docs/iam/capture.json', import.meta.url);
let endpoint: GuardedEndpoint;
let file: string;

beforeAll(async () => {
  endpoint = await startGuarded({
    ...{ shards: 2, minutes: 8, monitored: true },
    keysAt: () => [
      ...Array.from({ length: 20 }, () => 'whale'),
      ...Array.from({ length: 20 }, (_, i) => `k${i}`),
    ],
  });
});
afterAll(() => endpoint.close());
beforeEach(() => {
  endpoint.service.denied.clear();
  endpoint.service.asked.length = 0;
  file = join(dirname(fileOf('')), 'captured.yaml');
});

function capture(...args: readonly string[]): Promise<Outcome> {
  const where = ['--stream', 'orders', '--endpoint-url', endpoint.url, '--region', 'us-east-1'];
  return shardwise('capture', ...where, '--from', '-20m', ...args);
}

describe('capture', () => {
  it('writes a scenario, says what it rests on, and shows no name of a key', async () => {
    const { out, exit } = await capture('-o', file, '--sample', '--yes');
    expect(exit).toBe(0);
    const text = readFileSync(file, 'utf8');
    const scenario = parseScenario(text, file);
    expect(scenario.stream.shards).toBe(2);
    expect(text + out).not.toMatch(/whale|k\d+\b/);
    expect(out).toContain(`Next: shardwise simulate`);
    const lines = out.split('\n').filter((line) => !line.includes(file));
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('makes no call that its policy does not allow', async () => {
    await capture('-o', file, '--sample', '--yes');
    const { Statement } = JSON.parse(readFileSync(POLICY, 'utf8')) as {
      Statement: { Action: string | string[] }[];
    };
    const allowed = new Set(Statement.flatMap(({ Action }) => Action));
    // What asks who answers is of our own endpoint alone.
    const asked = new Set(endpoint.service.asked.filter((call) => !call.includes('undefined')));
    expect([...asked].filter((call) => !allowed.has(call))).toEqual([]);
    expect([...allowed].filter((call) => !asked.has(call))).toEqual([]);
  });

  it('goes on without records that it may not read', async () => {
    endpoint.service.denied.add('kinesis:GetRecords').add('kinesis:GetShardIterator');
    const { out, exit } = await capture('-o', file, '--sample', '--yes');
    expect(exit).toBe(0);
    expect(out).toContain('ASSUMED');
  });

  it.each([
    ['no file', [], /No file is named/],
    ['a file that is no scenario', ['-o', 'a.json'], /a\.json is not named as a scenario is/],
    ['an unknown load', ['-o', 'a.yaml', '--offered', 'all'], /--offered all is unknown/],
  ])('refuses %s before anything is asked', async (_, args, what) => {
    const { err, exit } = await capture(...args);
    expect([exit, err]).toEqual([2, expect.stringMatching(what)]);
    expect(endpoint.service.asked).toEqual([]);
    expect(existsSync('a.yaml')).toBe(false);
  });

  it('replaces no file unless it is told to', async () => {
    writeFileSync(file, 'mine');
    const { err, exit } = await capture('-o', file);
    expect([exit, err]).toEqual([2, expect.stringMatching(/is there\s+already/)]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await capture('-o', file, '--force')).exit).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('Captured from stream orders');
  });

  it('refuses a time in which nothing was sent', async () => {
    const { err, exit } = await capture('-o', file, '--from', '-2d', '--to', '-1d');
    expect([exit, err]).toEqual([2, expect.stringMatching(/nothing says what stream orders was sent/)]);
    expect(existsSync(file)).toBe(false);
  });
});
