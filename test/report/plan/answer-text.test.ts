/** The first lines of a plan: what to do, and where no count will do, what helps. */
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import { columnsOf } from '../../../src/report/name.ts';
import { renderPlanText } from '../../../src/report/plan/plan-text.ts';
import { parseConsumersShort } from '../../../src/traffic/short-form.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';

const EVERYTHING: PlanOptions = {
  peakRate: { recordsPerSec: 8000 },
  burst: { rate: { recordsPerSec: 40_000 }, lengthSec: 2, everySec: 60 },
  consumers: parseConsumersShort('lambda:1,firehose-backup:1,efo:1'),
  consumerSpeed: 500,
  parallelizationFactor: 2,
  outage: { outageSec: 3600, recoverSec: 1800 },
  currentShards: 3,
};

function textOf(recordsPerSec: number, options: PlanOptions = {}, details = false): string {
  const plan = buildPlan(planInputOfFlags({ rate: { recordsPerSec }, dataBytes: 1024, ...options }));
  const document = {
    schemaVersion: 1,
    kind: 'plan',
    tool: { name: 'shardwise', version: '0.0.0-test' },
    ...{ startedAt: '2026-11-20T00:00:00.000Z', durationMs: 0, partial: false as const },
    plan,
  } as const;
  return renderPlanText(document, { columns: 80, color: false, details });
}

const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('the answer of a plan', () => {
  it('is all on one screen of 80 x 40, also where every constraint is asked for', () => {
    expect(textOf(5000).split('\n').length).toBeLessThanOrEqual(25);
    expect(textOf(5000, EVERYTHING).split('\n').length).toBeLessThanOrEqual(42);
    for (const details of [false, true])
      for (const line of textOf(5000, EVERYTHING, details).split('\n'))
        expect(columnsOf(line), line).toBeLessThanOrEqual(80);
  });

  it('names every constraint that asks for as many, and all that cannot be met', () => {
    // 7,200 ÷ 800 = 9; 7,200 × 116 B ÷ 838,861 = 0.996; ÷ (1,000 × 80 %) = 9 by code of 1,000/s
    const text = flat(textOf(7200, { dataBytes: 100, consumerSpeed: 1000 }));
    expect(text).toMatch(/^9 shards\. write-records binds, and consumer-speed asks for as many\./);
    const bursts = { burst: { rate: { recordsPerSec: 14_400 }, lengthSec: 1 } };
    // 14,400 ÷ (2,000 × 80 %) = 9
    expect(flat(textOf(7200, { dataBytes: 100, consumerSpeed: 1000, ...bursts }))).toMatch(
      /^9 shards\. write-records binds, and consumer-speed and burst ask for as many\./,
    );
    expect(textOf(7200, { dataBytes: 100 })).toMatch(
      /^9 shards\. write-records binds: the records written\./,
    );
    expect(textOf(1, { dataBytes: 100 })).toMatch(/^1 shard\. Every constraint holds on one\./);
    expect(flat(textOf(1, { consumers: parseConsumersShort('flink:1,lambda:1,efo:21') }))).toMatch(
      /^No number of shards fits\. read-calls binds: the GetRecords calls of the consumers; quota cannot be met either\./,
    );
  });

  it('says that the KCL reads by fan-out, which costs money, and how it polls', () => {
    const text = flat(textOf(1000, { consumers: parseConsumersShort('kcl:1') }));
    expect(text).toContain(
      '"kcl" reads by enhanced fan-out, the KCL\'s default, which is paid for by shard and by GB.',
    );
    expect(flat(textOf(1000, { consumers: parseConsumersShort('kcl:2') }))).toContain(
      '"kcl", "kcl-2" read by',
    );
    for (const other of ['kcl-polling:1', 'efo:1', 'lambda:1'])
      expect(textOf(1000, { consumers: parseConsumersShort(other) })).not.toContain("the KCL's default");
  });

  it('says what skew costs and how to avoid it, where it costs much', () => {
    const keys = (count: number): Keys => ({ kind: 'uniform', count, template: 'key-{n}' });
    expect(flat(textOf(5000, { keys: keys(50) }))).toMatch(
      /^\d+ shards\. hot-shard binds: .*\. If every shard carried the same, 7 would do: the rest is skew\. More and finer partition keys/,
    );
    expect(textOf(5000, { keys: keys(1_000_000) })).not.toContain('skew');
    expect(textOf(5000)).not.toContain('skew');
  });

  it('names the greedy reader and its setting, and lets it be where it is alone', () => {
    const beside = flat(textOf(1000, { consumers: parseConsumersShort('flink:1,lambda:1') }));
    expect(beside).toMatch(/^No number of shards fits\. read-calls binds: .*What helps Let flink wait/);
    expect(beside).toContain('source.reader.nonempty-records-fetch-interval');
    const alone = flat(textOf(1000, { consumers: parseConsumersShort('flink:1') }));
    expect(alone).toContain(
      'read-calls 1 flink polls without a pause and takes the whole 5/s of a shard: alone it throttles only itself',
    );
  });

  it('tells the modes apart by the fan-out consumers that they take', () => {
    const text = flat(textOf(1000, { consumers: parseConsumersShort('efo:21') }));
    expect(text).toMatch(
      /^No plan within the quota: 21 fan-out consumers > 20, the most of a provisioned stream\./,
    );
    expect(text).toContain('or use on-demand Advantage, whose streams take 50.');
    expect(flat(textOf(1000, { consumers: parseConsumersShort('efo:51') }))).toContain(
      'no mode takes more than 50',
    );
  });

  it('lists the steps from the shards of today, and the days they take', () => {
    expect(flat(textOf(5000, { currentShards: 2 }))).toContain(
      'Resharding From 2 shards: 4, 7. 2 UpdateShardCount calls, each at most double or half; a stream takes 10 in 24 hours.',
    );
    expect(flat(textOf(5000, { currentShards: 7 }))).toContain('From 7 shards: nothing to do.');
    expect(flat(textOf(2_000_000, { currentShards: 1 }))).toContain('12 UpdateShardCount calls');
    expect(flat(textOf(2_000_000, { currentShards: 1 }))).toContain(
      '2 days, for a stream takes 10 in 24 hours',
    );
    expect(flat(textOf(9_000_000, { currentShards: 9000 }))).toContain('UpdateShardCount does not lead');
  });

  it('puts the assumption most worth doubting on top', () => {
    const first = (options: PlanOptions): string =>
      /^Doubt first: (.*)/m.exec(textOf(5000, options))?.[1] ?? '';
    expect(first({})).toContain('Nothing is known of the keys');
    expect(first({ keys: { kind: 'uniform', count: 1e6, template: 'k{n}' } })).toContain(
      'Never more than --rate',
    );
    expect(first(EVERYTHING)).toContain('Bursts come every 1m, which fills the buckets again');
    expect(first({ dataBytes: 2 * 1024 * 1024 })).toContain('Nothing is known');
  });
});
