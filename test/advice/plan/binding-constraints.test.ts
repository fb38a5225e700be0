/** Each constraint binding in turn, and on the edge of its limit: the numbers are worked by hand in the comments. */
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import type { ConstraintName, PlanResult } from '../../../src/results/plan-result.ts';
import { parseConsumersShort } from '../../../src/traffic/short-form.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';

const template = 'key-{n}';
const uniform = (count: number): Keys => ({ kind: 'uniform', count, template });
const readers = parseConsumersShort;

function planOf(recordsPerSec: number, dataBytes: number, options: PlanOptions = {}): PlanResult {
  return buildPlan(planInputOfFlags({ rate: { recordsPerSec }, dataBytes, ...options }));
}

const burst = (recordsPerSec: number, lengthSec: number, everySec?: number): PlanOptions['burst'] => ({
  rate: { recordsPerSec },
  lengthSec,
  everySec,
});

function ownOf(plan: PlanResult, name: ConstraintName): number | null | undefined {
  return plan.constraints.find((constraint) => constraint.name === name)?.shards;
}

describe('each constraint binds in turn', () => {
  it.each<[ConstraintName, number | null, number, number, PlanOptions]>([
    // 3,000 × 2,016 B = 6,048,000 ÷ 838,860.8 = 7.21
    ['write-bytes', 8, 3000, 2000, {}],
    // 5,000 ÷ 800 = 6.25
    ['write-records', 7, 5000, 100, {}],
    // 3 × 6,048,000 = 18,144,000 ÷ 1,677,721.6 = 10.8
    ['read-bandwidth', 11, 3000, 2000, { consumers: readers('polling:3') }],
    // a backup reads all of it once more: 3 readings
    ['read-bandwidth', 11, 3000, 2000, { consumers: readers('polling:1,firehose-backup:1') }],
    // fan-out does not share: 6,048,000 ÷ 1,677,721.6 = 3.6
    ['write-bytes', 8, 3000, 2000, { consumers: readers('polling:1,efo:9') }],
    // 5 × 1/s > 4/s
    ['read-calls', null, 3000, 900, { consumers: readers('polling:5') }],
    // 1 + 2 + 1 + 0.667 = 4.67/s > 4/s
    [
      'read-calls',
      null,
      3000,
      900,
      { consumers: readers('lambda:1,firehose-backup:1,polling:1,kcl-polling:1') },
    ],
    ['read-calls', null, 3000, 900, { consumers: readers('flink:1,lambda:1') }],
    // 2,000 ÷ (500 × 80 %) = 5
    ['consumer-speed', 5, 2000, 100, { consumerSpeed: 500 }],
    // 2,000 ÷ (100 × 4 × 80 %) = 6.25
    [
      'consumer-speed',
      7,
      2000,
      100,
      { consumers: readers('lambda:1'), consumerSpeed: 100, parallelizationFactor: 4 },
    ],
    // 3,000 × 1,024 B × (1 + 1 h / 30 min) = 9,216,000 ÷ 1,677,721.6 = 5.49
    ['catch-up', 6, 3000, 1008, { outage: { outageSec: 3600, recoverSec: 1800 } }],
    // two polling consumers, both out: each has 1 MiB/s: 9,216,000 ÷ 838,860.8 = 10.99
    [
      'catch-up',
      11,
      3000,
      1008,
      { outage: { outageSec: 3600, recoverSec: 1800 }, consumers: readers('polling:2') },
    ],
    // KCL polling, 2/3 call/s of 10,000 records: 3,000 × 9 = 27,000 ÷ (6,666.67 × 80 %) = 5.06
    [
      'catch-up',
      6,
      3000,
      10,
      { outage: { outageSec: 14_400, recoverSec: 1800 }, consumers: readers('kcl-polling:1') },
    ],
    // speed 1,500/s: 3,000 × 3 = 9,000 ÷ 1,200 = 7.5
    [
      'catch-up',
      8,
      3000,
      10,
      { outage: { outageSec: 3600, recoverSec: 1800 }, consumerSpeed: 1500, consumers: readers('efo:1') },
    ],
    // 20,000/s × 2 s = 40,000 ÷ ((1,000 + 2,000) × 80 %) = 16.67
    ['burst', 17, 1000, 100, { burst: burst(20_000, 2, 60) }],
    // the same in bytes: 2,000 × 10,016 B = 20,032,000 ÷ ((1 MiB + 1 MiB) × 80 % = 1,677,721.6) = 11.94
    ['burst', 12, 100, 10_000, { burst: burst(2000, 1) }],
    // 900,000 ÷ 800 = 1,125 > 1,000
    ['quota', null, 900_000, 100, { region: 'eu-central-1' }],
    ['quota', null, 3000, 900, { consumers: readers('efo:21') }],
    // 1,200/s > 800/s
    ['hot-key', null, 3000, 100, { keys: { kind: 'hot', share: 0.4, keys: 1, of: 10_000, template } }],
    // 200 keys of 50/s, 16 of which fill a shard: 27 × P(Binomial(200, 1/27) > 16) = 3.7 % (math, 26: 5.3 %)
    ['hot-shard', 27, 10_000, 100, { keys: uniform(200) }],
  ])('%s: %s shards', (binding, shards, rate, bytes, options) => {
    const plan = planOf(rate, bytes, options);
    expect({ binding: plan.binding, shards: plan.shards }).toEqual({ binding, shards });
    expect(plan.feasible).toBe(shards !== null);
    if (binding !== 'hot-key') expect((plan.remedies ?? []).length > 0).toBe(shards === null);
  });
});

describe('exactly at a limit nothing more is asked for, and just above it is', () => {
  it.each<[ConstraintName, number, number, PlanOptions, number]>([
    ['write-records', 8000, 100, {}, 10],
    // 8,192 × 1,024 B = 8,388,608 = 10 × 838,860.8
    ['write-bytes', 8192, 1008, {}, 10],
    // 16,384 × 1,024 B = 10 × 1,677,721.6
    ['read-bandwidth', 16_384, 1008, {}, 10],
    // 5,000/s ÷ (625 × 80 % = 500) = 10
    ['consumer-speed', 5000, 100, { consumerSpeed: 625 }, 10],
    // × 2: 8,192 × 1,024 × 2 = 10 × 1,677,721.6
    ['catch-up', 8192, 1008, { outage: { outageSec: 3600, recoverSec: 3600 } }, 10],
  ])('%s', (name, rate, bytes, options, shards) => {
    expect(ownOf(planOf(rate, bytes, options), name)).toBe(shards);
    expect(ownOf(planOf(rate + 0.01, bytes, options), name)).toBe(shards + 1);
  });

  it('burst: 12,000/s for 2 s are 24,000, ten times what full buckets take with headroom', () => {
    const own = (rate: number): unknown => ownOf(planOf(100, 100, { burst: burst(rate, 2) }), 'burst');
    expect([own(12_000), own(12_000.1)]).toEqual([10, 11]);
  });

  it('read-calls: six KCL workers polling every 1.5 s are 4/s exactly', () => {
    const own = (list: string): unknown =>
      ownOf(planOf(1000, 100, { consumers: readers(list) }), 'read-calls');
    expect([own('kcl-polling:6'), own('kcl-polling:7')]).toEqual([1, null]);
    expect([own('polling:4'), own('polling:5')]).toEqual([1, null]);
    expect(ownOf(planOf(1000, 100, { consumers: readers('polling:5'), headroom: 0 }), 'read-calls')).toBe(1);
  });

  it('quota: a plan of ten shards fits into ten and not into nine', () => {
    expect(planOf(8000, 100, { shardQuota: 10 })).toMatchObject({ shards: 10, feasible: true });
    expect(planOf(8000, 100, { shardQuota: 9 })).toMatchObject({
      shards: null,
      shardsSafe: null,
      binding: 'quota',
      capacity: { shardsWanted: 10, shardQuota: 9 },
    });
    expect(planOf(1000, 100, { consumers: readers('efo:20') }).feasible).toBe(true);
  });

  it('retention: twice the outage is enough, however long the recovery, and a minute more of outage is not', () => {
    const kept = (outageSec: number, recoverSec: number, retentionHours: number): PlanResult =>
      planOf(100, 100, { outage: { outageSec, recoverSec }, retentionHours });
    const HOUR = 3600;
    expect(kept(12 * HOUR, 10 * HOUR, 24).feasible).toBe(true);
    expect(kept(10 * HOUR, 4 * HOUR, 24).feasible).toBe(true);
    expect(kept(12 * HOUR + 60, 60, 24)).toMatchObject({
      binding: 'catch-up',
      remedies: [expect.stringContaining('--retention 25h') as string],
    });
    expect(kept(12 * HOUR + 60, 60, 25).feasible).toBe(true);
    expect(kept(200 * 24 * HOUR, HOUR, 8760).remedies?.[0]).toContain('No retention is twice as long');
  });
});

describe('headroom', () => {
  it('divides once: a peak is held against the same limit as a rate', () => {
    const peak = planOf(1000, 100, { peakRate: { recordsPerSec: 8000 } });
    expect(peak).toMatchObject({ shards: 10, binding: 'write-records' });
    expect(ownOf(planOf(8000, 100), 'write-records')).toBe(10);
  });
});
