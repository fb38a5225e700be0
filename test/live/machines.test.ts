/** Several processes that send one load to one `shardwise local`, and what is left of those that are killed. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SplitShardCommand } from '@aws-sdk/client-kinesis';
import type { Finding, ReportDocument } from '../../src/results/report-document.ts';
import { accountsOf, documentOf, scenarioFile, shardwise, type Started } from './command.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const SCENARIO = `
stream: { shards: 4 }
warmup: 500ms
duration: 4s
seed: 11
traffic:
  - { rate: 1500/s, arrivals: poisson, keys: { hot: { share: 40%, keys: 1, of: 400 } }, size: { lognormal: { median: 200B, p99: 2KiB } } }
  - { rate: 300/s, keys: { zipf: { count: 100, exponent: 1 } }, size: 80B }
producer: { batch: 50, linger: 50ms }
thresholds: ["accepted > 100/s"]
`;
const READ = `
stream: { shards: 2 }
warmup: 500ms
duration: 4s
traffic: [{ rate: 400/s, keys: { uniform: { count: 200 } }, size: 100B }]
producer: { batch: 20, linger: 50ms }
consumers: [{ name: poll, kind: polling, every: 300ms }, { name: fan, kind: efo }]
`;
const LONG = SCENARIO.replace('duration: 4s', 'duration: 60s');

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint(
    ...['--metrics-clock', '60x', '--reshard-ms', '100'],
    '--seed-stream',
    'one:4',
    '--seed-stream',
    'four:4',
    '--seed-stream',
    'long:4',
    '--seed-stream',
    'read:2',
  );
});
afterAll(async () => {
  await endpoint.stop();
  rmSync(folder, { recursive: true });
});

/** Starts a run on a stream of the endpoint. */
function start(file: string, stream: string, ...flags: readonly string[]): Started {
  return endpoint.run([
    ...['run', file, '--target', 'aws', '--endpoint-url', endpoint.url, '--stream', stream],
    ...['--allow-existing-stream', '--yes', '--quiet', '--workers', '2', ...flags],
  ]);
}

function documentIn(path: string): ReportDocument {
  return JSON.parse(readFileSync(path, 'utf8')) as ReportDocument;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 100));
}

const isLost = ({ code }: Finding): boolean => code === 'LOST_RECORDS';

/** What does not depend on when replies come. */
function offeredIn({ totals, shards = [], keys = [], series, findings = [] }: ReportDocument): object {
  return {
    totals: [totals?.offered, totals?.bytesOffered, totals?.offeredDigest],
    shards: shards.map(({ shardId, offered, bytes, utilization, peakSecond }) => ({
      ...{ shardId, offered, bytes, utilization, peakSecond },
    })),
    keys: keys.map(({ key, shardId, records, bytes, error }) => ({ key, shardId, records, bytes, error })),
    series: [series?.offered, series?.bytes],
    findings: findings.filter(({ code }) => code !== 'GENERATOR_LATE'),
  };
}

describe('machines that send one load', () => {
  it('offer together what one offers, and their reports add up to the one of all', async () => {
    const file = scenarioFile(SCENARIO);
    // At once: what is offered does not depend on who else is busy.
    const alone = start(file, 'one', '--no-reconcile', '-f', 'json');
    const paths = [1, 2, 3, 4].map((index) => join(folder, `w${index}.json`));
    const workers = paths.map((path, i) =>
      i < 3
        ? start(file, 'four', '--worker', `${i + 1}/4`, '--start-at', '+4s', '-o', path)
        : endpoint.run(
            [
              ...[
                'run',
                file,
                '--target',
                'aws',
                '--endpoint-url',
                endpoint.url,
                '--stream',
                'four',
                '--quiet',
              ],
              ...['--allow-existing-stream', '--yes', '--worker', 'auto/4', '--start-at', '+4s', '-o', path],
            ],
            { JOB_COMPLETION_INDEX: '3' },
          ),
    );
    for (const { code, err } of await Promise.all(workers.map(({ finished }) => finished))) {
      expect([0, 4], err).toContain(code);
    }
    const all = join(folder, 'all.json');
    const merged = await endpoint.run(['merge', ...paths, '-f', 'json', '-o', all]).finished;
    const document = documentOf(merged);
    expect(offeredIn(document)).toEqual(offeredIn(documentOf(await alone.finished)));
    expect(documentIn(all)).toEqual(document);
    const { offered, outcomes, attempts, tries } = accountsOf(document);
    expect([outcomes, tries]).toEqual([offered, attempts]);
    const parts = paths.map(documentIn);
    for (const name of ['accepted', 'throttled', 'attempts', 'requests'] as const) {
      expect(document.totals?.[name]).toBe(parts.reduce((sum, { totals }) => sum + (totals?.[name] ?? 0), 0));
    }
    expect(document.latencyMs?.response.count).toBe(document.totals?.accepted);
    // The stream has counted what all four put.
    expect(document.reconciliation?.verdict).toBe('matches');
    expect(parts.map(({ worker }) => worker?.index)).toEqual([1, 2, 3, 4]);
    expect(paths.filter((path) => existsSync(`${path}.partial`))).toEqual([]);
  });

  it('read together what they sent, each its shards, and find nothing lost while a shard is split', async () => {
    const file = scenarioFile(READ);
    const startAt = new Date(Date.now() + 4000).toISOString();
    const paths = [1, 2].map((index) => join(folder, `r${index}.json`));
    const workers = paths.map((path, i) =>
      start(file, 'read', '--worker', `${i + 1}/2`, '--start-at', startAt, '-o', path),
    );
    await until(() => existsSync(`${paths[0]}.partial`));
    const { client } = endpoint;
    const ShardToSplit = 'shardId-000000000001';
    const NewStartingHashKey = (3n * 2n ** 126n).toString();
    await client.send(new SplitShardCommand({ StreamName: 'read', ShardToSplit, NewStartingHashKey }));
    for (const { code, err } of await Promise.all(workers.map(({ finished }) => finished)))
      expect([0, 4], err).toContain(code);
    const parts = paths.map(documentIn);
    // Nobody has seen what he sent himself: that is for all of them together to tell.
    expect(parts.map(({ consumers, findings = [] }) => [consumers, findings.filter(isLost)])).toEqual([
      [undefined, []],
      [undefined, []],
    ]);
    const shards = parts.map(({ worker }) =>
      worker?.reading?.consumers[0].seen.cells.map(([shard]) => shard),
    );
    // The first half of the key space is the first machine's; the second half, and its children where they took anything
    // before the load was over, the other's.
    expect([...new Set(shards[0])]).toEqual([0]);
    expect(shards[1]).toContain(1);
    expect(shards[1]).not.toContain(0);
    const merged = await endpoint.run(['merge', ...paths, '-f', 'json', '--fail-on', 'LOST_RECORDS'])
      .finished;
    expect([0, 4], merged.err).toContain(merged.code);
    const { consumers = [], totals, reconciliation, findings = [] } = documentOf(merged);
    // Warm-up included, which the totals are not.
    const stored = reconciliation && 'records' in reconciliation ? reconciliation.records.ours : 0;
    expect(stored).toBeGreaterThan(totals?.accepted ?? 0);
    for (const { delivery } of consumers)
      expect(delivery).toEqual({
        ...{ acknowledged: stored, seen: stored, lost: 0, unread: 0, unacknowledged: 0 },
        ...{ duplicates: 0, withoutHeader: 0, others: 0 },
      });
    // Which of them are of the counted duration goes by the common start, and a machine may have been late.
    for (const { endToEndMs } of consumers) {
      expect(endToEndMs.count).toBeGreaterThan(1000);
      expect(endToEndMs.count).toBeLessThanOrEqual(stored);
    }
    expect(findings.filter(isLost)).toEqual([]);
  });

  it('lose a second or two of one that is killed, and the merged report says so', async () => {
    const file = scenarioFile(LONG);
    const paths = [1, 2].map((index) => join(folder, `k${index}.json`));
    const workers = paths.map((path, i) =>
      start(file, 'long', '--worker', `${i + 1}/2`, '--start-at', '+3s', '-o', path),
    );
    await until(() => workers.every((_, i) => existsSync(`${paths[i]}.partial`)));
    await until(() => documentIn(`${paths[1]}.partial`).durationMs >= 3000);
    workers[1].process.kill('SIGKILL');
    await workers[1].finished;
    // The other one has two threads, and is asked to end.
    workers[0].process.kill('SIGINT');
    expect((await workers[0].finished).code).toBe(130);
    const [interrupted, killed] = [documentIn(paths[0]), documentIn(`${paths[1]}.partial`)];
    expect([interrupted.partial, killed.partial]).toEqual(['interrupted', 'unfinished']);
    expect(interrupted.generator?.workers).toBe(2);
    for (const part of [interrupted, killed]) {
      const { offered, outcomes, attempts, tries } = accountsOf(part);
      expect([outcomes, tries]).toEqual([offered, attempts]);
    }
    expect(existsSync(`${paths[0]}.partial`)).toBe(false);
    const merged = await shardwise('merge', paths[0], `${paths[1]}.partial`, '-f', 'json');
    expect(merged.code).toBe(4);
    const document = documentOf(merged);
    expect(document.partial).toBe('unfinished');
    expect(document.totals?.offered).toBe((interrupted.totals?.offered ?? 0) + (killed.totals?.offered ?? 0));
    expect(document.thresholds?.map(({ ok }) => ok)).toEqual([null]);
    const text = (await shardwise('report', `${paths[1]}.partial`)).out.replaceAll(/\s+/g, ' ');
    expect(text).toContain('Partial report, written while the run went on');
  });

  it('go on where the partial report has no room, and say so once', async () => {
    const path = join(folder, 'full.json');
    mkdirSync(`${path}.partial`);
    const { code, err } = await start(scenarioFile(SCENARIO), 'one', '--no-reconcile', '-o', path).finished;
    expect([0, 4]).toContain(code);
    expect(err.match(/could not be written/g)).toHaveLength(1);
    expect(documentIn(path).totals?.offered).toBeGreaterThan(7000);
  });
});
