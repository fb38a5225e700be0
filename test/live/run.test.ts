import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { accountsOf, documentOf, scenarioFile, shardwise, start } from './command.ts';

/** One shard at twice its record limit for three seconds. */
const OVERLOAD = `
stream: { shards: 1 }
duration: 3s
traffic:
  - rate: 2000/s
    keys: { uniform: { count: 50 } }
    size: 100B
`;
const SMALL = `
stream: { shards: 2 }
warmup: 500ms
duration: 2s
traffic:
  - rate: 500/s
    arrivals: poisson
    keys: { zipf: { count: 1000, exponent: 1 } }
    size: { lognormal: { median: 200B, p99: 2KiB } }
`;

describe('run', () => {
  it('offers the same records twice, and others with another seed', async () => {
    const file = scenarioFile(SMALL);
    const runs = await Promise.all([
      shardwise('run', file, '-f', 'json'),
      shardwise('run', file, '-f', 'json'),
      shardwise('run', file, '-f', 'json', '--seed', '2'),
    ]);
    const [first, second, third] = runs.map((run) => documentOf(run).totals?.offeredDigest);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
  });

  it('accepts what two full buckets and the refill allow, and counts the rest as throttled', async () => {
    const document = documentOf(await shardwise('run', scenarioFile(OVERLOAD), '-f', 'json'));
    const { offered, outcomes } = accountsOf(document);
    expect(offered).toBe(6000);
    expect(outcomes).toBe(6000);
    // A burst of 1,000 and 1,000/s from the first batch, which lingers for 100 ms, to the last: about 3,900.
    expect(document.totals?.accepted).toBeGreaterThan(3700);
    expect(document.totals?.accepted).toBeLessThan(4300);
    expect(document.totals?.accepted).toBe(document.latencyMs?.response.count);
    expect(document.totals?.accepted).toBe(document.latencyMs?.service.count);
  });

  it('accepts less from an empty bucket', async () => {
    const empty = OVERLOAD.replace('shards: 1', 'shards: 1, initialFill: 0');
    const document = documentOf(await shardwise('run', scenarioFile(empty), '-f', 'json'));
    expect(document.totals?.accepted).toBeLessThan(3500);
  });

  it('counts retries with backoff apart from records', async () => {
    const retrying = `${OVERLOAD}producer: { retry: { policy: backoff, maxAttempts: 3, base: 50ms, max: 200ms } }\n`;
    const document = documentOf(await shardwise('run', scenarioFile(retrying), '-f', 'json'));
    const { offered, outcomes, attempts, tries } = accountsOf(document);
    expect([outcomes, attempts]).toEqual([offered, tries]);
    expect(document.totals?.retries).toBe(attempts - offered);
    expect(document.totals?.retries).toBeGreaterThan(0);
  });

  it('gates: exit 3 for a missed threshold or a finding that the user fails on, 4 for one that cannot be measured', async () => {
    const file = scenarioFile(OVERLOAD);
    // One after another: four at once on two cores would all be late.
    const missed = await shardwise('run', file, '--threshold', 'throttledAttempts < 1%');
    const failed = await shardwise('run', file, '--fail-on', 'HOT_KEY,UNDER_PROVISIONED');
    const unmeasured = await shardwise('run', file, '--threshold', 'iteratorAge.max < 1s');
    const passed = await shardwise('run', file, '--threshold', 'throttled < 90%', '--fail-on', 'HOT_KEY');
    expect([missed.code, failed.code, unmeasured.code, passed.code]).toEqual([3, 3, 4, 0]);
  });

  it.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    'writes the report so far on %s and exits 130',
    async (signal) => {
      const out = join(mkdtempSync(join(tmpdir(), 'shardwise-test-')), 'partial.json');
      const long = OVERLOAD.replace('duration: 3s', 'duration: 10m');
      const running = start(['run', scenarioFile(long), '-o', out]);
      // Written beside the report as soon as there is something to lose.
      while (!existsSync(`${out}.partial`) && running.process.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 100));
      running.process.kill(signal);
      const finished = await running.finished;
      expect(finished.code).toBe(130);
      expect(existsSync(out)).toBe(true);
      const document = JSON.parse(readFileSync(out, 'utf8')) as ReportDocument;
      expect(document.partial).toBe('interrupted');
      const { offered, outcomes } = accountsOf(document);
      expect(offered).toBeGreaterThan(0);
      expect(outcomes).toBe(offered);
      expect(document.durationMs).toBeLessThan(10_000);
    },
  );

  it('is interrupted within seconds where it is far behind, though the signal comes twice', async () => {
    const flood = OVERLOAD.replace('2000/s', '10000000/s').replace('duration: 3s', 'duration: 10m');
    const running = start(['run', scenarioFile(flood), '-f', 'json']);
    let sentMs = 0;
    setTimeout(() => {
      sentMs = performance.now();
      running.process.kill('SIGINT');
      setTimeout(() => running.process.kill('SIGINT'), 30);
    }, 4000);
    const finished = await running.finished;
    expect(performance.now() - sentMs).toBeLessThan(4000);
    expect(finished.code).toBe(130);
    const { offered, outcomes } = accountsOf(documentOf(finished));
    expect(outcomes).toBe(offered);
  });

  it('prints nothing but the report on stdout and nothing at all on stderr where that is no terminal', async () => {
    const finished = await shardwise('run', scenarioFile(SMALL), '-f', 'json');
    expect(finished.err).toBe('');
    expect(finished.out.trimStart().startsWith('{')).toBe(true);
  });
});
