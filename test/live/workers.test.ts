/** One load, sent by one thread and by several; and by threads of which one dies. */
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import { openLocalTarget } from '../../src/run/local-target.ts';
import { runCrew } from '../../src/run/send/crew.ts';
import { bootThreads, endThreads } from '../../src/run/send/thread-pool.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';
import { accountsOf, documentOf, scenarioFile, shardwise } from './command.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const SCENARIO = `
stream: { shards: 3 }
warmup: 500ms
duration: 3s
seed: 9
traffic:
  - { rate: 2500/s, arrivals: poisson, keys: { zipf: { count: 300, exponent: 1 } }, size: { lognormal: { median: 200B, p99: 2KiB } } }
  - { rate: 400/s, keys: { uniform: { count: 50 } }, size: 80B }
producer: { batch: 50, linger: 50ms }
`;

/** What does not depend on when replies come. */
function offeredIn({ totals, shards = [], keys = [], series }: ReportDocument) {
  return {
    totals: [totals?.offered, totals?.bytesOffered, totals?.offeredDigest],
    shards: shards.map(({ shardId, offered, bytes, utilization, peakSecond }) => ({
      ...{ shardId, offered, bytes, utilization, peakSecond },
    })),
    keys: keys.map(({ key, records, bytes, utilization }) => ({ key, records, bytes, utilization })),
    series: [series?.offered, series?.bytes, series?.shards.map(({ offered }) => offered)],
  };
}

describe('several sending threads', () => {
  it.each(['sdk', 'raw'])('offer by %s what one offers, per shard, key and second', async (transport) => {
    const file = scenarioFile(SCENARIO);
    const flags = ['run', file, '-f', 'json', '--transport', transport, '--workers'];
    const runs = await Promise.all([shardwise(...flags, '1'), shardwise(...flags, '3')]);
    const [one, three] = runs.map(documentOf);
    expect(offeredIn(three)).toEqual(offeredIn(one));
    for (const document of [one, three]) {
      const { offered, outcomes, attempts, tries } = accountsOf(document);
      expect([outcomes, tries]).toEqual([offered, attempts]);
      expect(document.latencyMs?.response.count).toBe(document.totals?.accepted);
      expect(document.target?.transport).toBe(transport);
    }
    expect([one.generator?.workers, three.generator?.workers]).toEqual([1, 3]);
  });

  it('go on when one of them dies, and nobody’s records vanish', async () => {
    const scenario = scenarioOf([sourceAt(2000, 4, { keys: uniformKeys(40) })], { warmupUs: 500_000 });
    const threads = await bootThreads(2, 'raw');
    const target = await openLocalTarget(scenario.stream);
    try {
      const result = await runCrew({
        ...{ scenario, threads, map: target.map, z: 3, transport: 'raw', runId: new Uint8Array(16) },
        client: { kind: 'local', endpoint: target.endpoint, region: 'us-east-1' },
        stream: { StreamName: target.streamName },
        signal: new AbortController().signal,
        onSecond: ({ second }) => void (second === 2 && threads[1].terminate()),
      });
      const totals = totalsOf(result.tally, undefined);
      expect(totals.offered).toBe(8000);
      expect(totals.accepted + totals.throttled + totals.failed + totals.dropped).toBe(8000);
      expect(totals.accepted + totals.throttledAttempts + totals.failedAttempts).toBe(totals.attempts);
      // By key as in total: what was under way when it died is unknown, of whichever key it was.
      const { keys } = result.tally;
      for (const name of ['offered', 'accepted', 'unknown', 'dropped', 'attempts'] as const)
        expect(keys.sum(name), name).toBe(totals[name]);
      // Half of the load, half of the time.
      expect(totals.dropped).toBeGreaterThan(500);
      expect(totals.dropped).toBeLessThan(3000);
      expect([result.failed, result.interrupted]).toEqual([true, false]);
      expect(result.errors.map(({ code }) => code)).toContain('ThreadDied');
      const { shards } = result.tally.series.until(scenario.durationUs, ['a', 'b', 'c', 'd']);
      const perSecond = [0, 1, 2, 3].map((step) => shards.reduce((sum, row) => sum + row.offered[step], 0));
      expect(perSecond).toEqual([2000, 2000, 2000, 2000]);
    } finally {
      await endThreads(threads);
      await target.close();
    }
  });

  it('are refused where there are more than requests in flight, and where they are no number', async () => {
    const file = scenarioFile(SCENARIO);
    const many = await shardwise('run', file, '--workers', '17');
    const none = await shardwise('run', file, '--workers', '0');
    const other = await shardwise('run', file, '--transport', 'http');
    expect([many.code, none.code, other.code]).toEqual([2, 2, 2]);
    expect(many.err).toContain('16 requests in flight');
    expect(other.err).toContain('sdk, sdk-plain, raw');
  });
});
