/** `simulate` as a process: it ends on signals, with the report so far. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { accountsOf, scenarioFile, start } from './command.ts';

const DAY = `
stream: { shards: 4 }
duration: 24h
traffic: [{ rate: 1500/s, keys: "uniform:100000", size: 300B }]
producer: { retry: { policy: backoff } }
consumers: [{ kind: polling }]
`;

describe('simulate, interrupted', { timeout: 60_000 }, () => {
  it.each([
    ['SIGINT', []],
    ['SIGTERM', []],
    ['SIGINT', ['--sweep', 'shards=4..8']],
    ['SIGINT', ['--find-max', 'throttledAttempts < 1%']],
  ] as const)('writes the report so far on %s and exits 130: %s', async (signal, args) => {
    const out = join(mkdtempSync(join(tmpdir(), 'shardwise-test-')), 'partial.json');
    const running = start(['simulate', scenarioFile(DAY), '-o', out, ...args]);
    let sentMs = 0;
    setTimeout(() => {
      sentMs = performance.now();
      running.process.kill(signal);
    }, 3000);
    const finished = await running.finished;
    expect(performance.now() - sentMs).toBeLessThan(5000);
    expect(finished.code).toBe(130);
    expect(finished.err).toBe('');
    expect(existsSync(out)).toBe(true);
    const document = JSON.parse(readFileSync(out, 'utf8')) as ReportDocument;
    expect(document.partial).toBe('interrupted');
    if (args.length > 0) return;
    const { offered, outcomes } = accountsOf(document);
    expect(offered).toBeGreaterThan(0);
    expect(outcomes).toBe(offered);
    expect(document.durationMs).toBeLessThan(86_400_000);
  });
});
