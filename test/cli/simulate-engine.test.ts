/** Which engine `simulate` takes, and what its report says of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { documentSchema } from '../../src/report/document-schema.ts';

const CLI = new URL('../../dist/shardwise.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'shardwise-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

function simulate(
  scenario: string,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, scenario);
  return spawnSync(process.execPath, [CLI, 'simulate', file, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
}

function documentOf(scenario: string, ...args: string[]): ReportDocument {
  const { stdout, stderr } = simulate(scenario, '-f', 'json', ...args);
  expect(stderr).toBe('');
  return documentSchema.parse(JSON.parse(stdout));
}

const SMALL =
  'stream: { shards: 2 }\nduration: 5s\ntraffic: [{ rate: 3000/s, keys: { uniform: { count: 50 } }, size: 100B }]\n';
const LARGE = SMALL.replace('5s', '2m').replace('3000/s', '200000/s').replace('shards: 2', 'shards: 40');

describe('simulate --engine', { timeout: 60_000 }, () => {
  it('plays every record of a small scenario', () => {
    const document = documentOf(SMALL);
    expect(document.engine?.name).toBe('exact');
    expect(document.totals?.offeredDigest).toMatch(/^\d+$/);
  });

  it('plays counts where asked to, without digest and latencies, and says between what the truth lies', () => {
    const { engine, totals, latencyMs, findings } = documentOf(SMALL, '--engine', 'aggregate');
    expect(engine?.name).toBe('aggregate');
    expect(totals).not.toHaveProperty('offeredDigest');
    expect(latencyMs).toBeUndefined();
    expect(engine?.throttledBetween?.least).toBeLessThanOrEqual(totals?.throttled ?? -1);
    expect(engine?.throttledBetween?.most).toBeGreaterThanOrEqual(totals?.throttled ?? Infinity);
    expect(findings?.map(({ code }) => code)).toEqual(['UNDER_PROVISIONED']);
    expect(simulate(SMALL, '--engine', 'aggregate').stdout).toContain('aggregate: counts per shard');
  });

  it('plays counts of a large scenario by itself', () => {
    expect(documentOf(LARGE).engine?.name).toBe('aggregate');
  });

  it('refuses what the aggregate engine cannot play, and engines that do not exist', () => {
    const retrying = `${SMALL}producer: { retry: { policy: backoff } }\n`;
    const refused = simulate(retrying, '--engine', 'aggregate');
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('it has no retries')]);
    expect(documentOf(retrying).engine?.name).toBe('exact');
    expect(simulate(SMALL, '--engine', 'quick').status).toBe(2);
  });
});
