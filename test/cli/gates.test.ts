import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/gates.ts';
import type { Finding, ReportDocument, ShardRow, TimelineRow } from '../../src/results/report-document.ts';

const RUN: ReportDocument = {
  ...{ schemaVersion: 1, kind: 'run', tool: { name: 'shardwise', version: '0' } },
  ...{ startedAt: '2026-11-20T00:00:00.000Z', durationMs: 1000, partial: false },
};
const MISSED = { expression: 'failed < 1%', ok: false, actual: 2, unit: '%' } as const;

function split(failed?: string): TimelineRow {
  const carriedOut = { dueMs: 1, ...(failed === undefined ? {} : { failed }) };
  return { atMs: 1, kind: 'split', shardIds: [], children: [], cause: 'timeline', carriedOut };
}

describe('the exit code of a run', () => {
  it('is inconclusive where its timeline was not carried out, whatever the gates say of that other load', () => {
    expect(exitCodeOf({ ...RUN, timeline: [split()] }, [])).toBe(0);
    expect(exitCodeOf({ ...RUN, timeline: [split(), split('refused')] }, [])).toBe(4);
    expect(exitCodeOf({ ...RUN, timeline: [split()], thresholds: [MISSED] }, [])).toBe(3);
    expect(exitCodeOf({ ...RUN, timeline: [split('refused')], thresholds: [MISSED] }, [])).toBe(4);
  });

  it('is a failure, or an interruption, before that', () => {
    const timeline = [split('refused')];
    expect(exitCodeOf({ ...RUN, timeline, partial: 'failed' }, [])).toBe(1);
    expect(exitCodeOf({ ...RUN, timeline, partial: 'interrupted' }, [])).toBe(130);
  });

  it('on hot shards is inconclusive where one was above its limit but not open for long enough to judge', () => {
    const row = (shardId: string, utilization: number, utilizationSec?: number): ShardRow =>
      ({ shardId, utilization, ...(utilizationSec === undefined ? {} : { utilizationSec }) }) as ShardRow;
    const short = { ...RUN, shards: [row('a', 0.5), row('b', 1.5, 4)] };
    expect(exitCodeOf(short, ['HOT_SHARD'])).toBe(4);
    expect(exitCodeOf(short, ['HOT_KEY'])).toBe(0);
    expect(exitCodeOf({ ...RUN, shards: [row('a', 0.5), row('b', 0.9, 4)] }, ['HOT_SHARD'])).toBe(0);
    const hot = { code: 'HOT_KEY', severity: 'critical', shardId: 'b', key: 'k', evidence: {} } as Finding;
    expect(exitCodeOf({ ...short, findings: [hot] }, ['HOT_SHARD'])).toBe(0);
  });
});
