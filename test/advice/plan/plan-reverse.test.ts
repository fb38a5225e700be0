import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planAround } from '../../../src/advice/plan/plan-around.ts';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import type { PlanResult } from '../../../src/results/plan-result.ts';
import type { PlanReverse } from '../../../src/results/plan-reverse.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';

const template = 'key-{n}';
const uniform = (count: number): Keys => ({ kind: 'uniform', count, template });
const zipf = (exponent: number, count: number): Keys => ({ kind: 'zipf', exponent, count, template });

function reverseOf(shards: number, dataBytes: number, options: PlanOptions = {}): PlanReverse {
  const input = planInputOfFlags({ rate: { recordsPerSec: 1 }, dataBytes, ...options });
  const { reverse } = planAround(input, { shards, isRateGiven: options.rate !== undefined }).plan;
  if (reverse === undefined) throw new Error('nothing was asked in reverse');
  return reverse;
}

function planAt(recordsPerSec: number, dataBytes: number, options: PlanOptions): PlanResult {
  return buildPlan(planInputOfFlags({ ...options, rate: { recordsPerSec }, dataBytes }));
}

describe('planReverse', () => {
  it.each<[string, number, number, PlanOptions, number, string]>([
    ['4 × 800 records', 4, 100, {}, 3200, 'write-records'],
    ['1 MiB × 80 % × 10 over records of 2,048 B', 10, 2032, {}, 4096, 'write-bytes'],
    ['without headroom', 3, 100, { headroom: 0 }, 3000, 'write-records'],
    ['one key: its shard alone', 50, 100, { keys: uniform(1) }, 800, 'hot-key'],
    [
      '200 equal keys on 27: 16 on one shard with 3.7 %',
      27,
      100,
      { keys: uniform(200) },
      10_000,
      'hot-shard',
    ],
    ['26: 17 on one shard', 26, 100, { keys: uniform(200) }, (800 / 17) * 200, 'hot-shard'],
  ])('is what the limits leave: %s', (_name, shards, bytes, options, rate, binding) => {
    const reverse = reverseOf(shards, bytes, options);
    expect(reverse.ratePerSec).toBeCloseTo(rate, 5);
    expect(reverse.ratePerSec).toBeLessThanOrEqual(rate + 1e-9);
    expect(reverse.binding).toBe(binding);
    expect(reverse.bytesPerSec).toBeCloseTo(rate * (bytes + 16), 1);
  });

  it('is the rate at which a plan asks for so many shards, and the next one for more: sums', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 0, max: 90 }),
        (shards, bytes, percent) => {
          const options = { headroom: percent / 100 };
          const { ratePerSec, binding } = reverseOf(shards, bytes, options);
          const at = planAt(ratePerSec, bytes, options);
          // At few shards several constraints ask for the same count: the one that carries least is among them.
          expect(at.shards).toBe(shards);
          expect(at.constraints.find(({ name }) => name === binding)?.shards).toBe(shards);
          expect(planAt(ratePerSec * (1 + 1e-6) + 2e-6, bytes, options).shards).toBeGreaterThan(shards);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is that rate too where names fall by chance', () => {
    for (const [shards, keys] of [
      [9, uniform(120)],
      [20, zipf(0.8, 400)],
      [12, zipf(1.1, 5000)],
    ] as const) {
      const { ratePerSec, confidence } = reverseOf(shards, 300, { keys });
      expect(confidence).toBe(0.95);
      expect(planAt(ratePerSec, 300, { keys }).shards).toBe(shards);
      expect(planAt(ratePerSec * 1.00001, 300, { keys }).shards).toBeGreaterThan(shards);
    }
  });

  it('is exact where the names are known: these shards hold at that rate and not above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90 }), (shards, count) => {
        const options: PlanOptions = { keys: zipf(0.6, count), placement: 'actual' };
        const { ratePerSec, confidence } = reverseOf(shards, 300, options);
        expect(confidence).toBeUndefined();
        const holdsAt = (rate: number): boolean => {
          const input = planInputOfFlags({ ...options, rate: { recordsPerSec: rate }, dataBytes: 300 });
          return planAround(input, { shards, isRateGiven: true }).plan.reverse?.given?.fits ?? false;
        };
        expect(holdsAt(ratePerSec)).toBe(true);
        expect(holdsAt(ratePerSec * 1.000001 + 1e-5)).toBe(false);
        // A smaller count may hold as well: the loads of known names are not monotone.
        expect(planAt(ratePerSec, 300, options).shards).toBeLessThanOrEqual(shards);
      }),
      { numRuns: 25 },
    );
  });

  it('carries nothing where a constraint holds at no rate, and says which', () => {
    const pollers = Array(9).fill({ kind: 'polling' }) as [];
    expect(reverseOf(4, 100, { consumers: pollers })).toMatchObject({ ratePerSec: 0, binding: 'read-calls' });
    expect(reverseOf(4, 100, { shardQuota: 3 })).toMatchObject({ ratePerSec: 0, binding: 'quota' });
  });

  it('counts readers and outages with the keys where they fall', () => {
    const options: PlanOptions = {
      keys: uniform(50),
      placement: 'actual',
      consumers: Array(3).fill({ kind: 'polling' }) as [],
      outage: { outageSec: 3600, recoverSec: 3600 },
    };
    const { ratePerSec, binding } = reverseOf(6, 900, options);
    expect(binding).toBe('catch-up');
    expect(planAt(ratePerSec, 900, options).shards).toBeLessThanOrEqual(6);
    const own = planAt(ratePerSec * 1.00001, 900, options).constraints.find(
      ({ name }) => name === 'catch-up',
    );
    expect(own?.shards === 6).toBe(false);
  });
});

describe('the table of a plan', () => {
  const tableOf = (rate: number, options: PlanOptions): PlanResult => {
    const input = planInputOfFlags({ ...options, rate: { recordsPerSec: rate }, dataBytes: 100 });
    return planAround(input, { isRateGiven: true, monthlyUsd: (_, shards) => shards * 10 }).plan;
  };

  it('has the answer, which fails nothing, and one fewer, which fails what binds', () => {
    for (const options of [
      {},
      { keys: uniform(200) },
      { keys: uniform(200), placement: 'actual' },
    ] as const) {
      const { shards, shardsSafe, binding, table = [] } = tableOf(10_000, options);
      expect(table.find((row) => row.shards === shards)).toMatchObject({
        fails: [],
        monthlyUsd: (shards ?? 0) * 10,
      });
      expect(table.find((row) => row.shards === (shards ?? 0) - 1)?.fails).toContain(binding);
      expect(table.map((row) => row.shards)).toContain(shardsSafe);
      expect(table.map((row) => row.shards)).toEqual(
        table.map((row) => row.shards).toSorted((a, b) => a - b),
      );
    }
  });

  it('says exactly whether a shard is too hot where the names are known, else at most how likely', () => {
    const known = tableOf(10_000, { keys: uniform(200), placement: 'actual' });
    for (const { utilization, risk, throttled } of known.table ?? []) {
      expect(risk).toBe(utilization > 0.8 + 1e-9 ? 1 : 0);
      expect(throttled > 0).toBe(utilization > 1 + 1e-9);
    }
    const chance = tableOf(10_000, { keys: uniform(200) });
    const risks = (chance.table ?? []).map((row) => row.risk ?? 1);
    expect(risks).toEqual(risks.toSorted((a, b) => b - a));
    expect((chance.table ?? []).every(({ p50 = 0, p95 = 0 }) => p50 > 0 && p50 <= p95)).toBe(true);
  });

  it('spreads the load evenly where nothing is known of the keys', () => {
    const { table = [] } = tableOf(4000, { headroom: 0 });
    expect(
      table.map(({ shards, utilization, throttled, risk }) => [shards, utilization, throttled, risk]),
    ).toEqual([2, 3, 4, 5, 6, 8].map((shards) => [shards, 4 / shards, Math.max(0, 1 - shards / 4), null]));
  });
});

describe('--max-throttled', () => {
  it('takes fewer shards than a confidence, and a hot key as long as little of it is too much', () => {
    const share = planAt(10_000, 100, { keys: uniform(200), maxThrottled: 0.01 });
    expect(share.shards).toBeLessThan(planAt(10_000, 100, { keys: uniform(200) }).shards ?? 0);
    expect(share.maxThrottled).toBe(0.01);
    const hot: Keys = { kind: 'hot', share: 0.09, keys: 1, of: 10_000, template };
    expect(planAt(10_000, 100, { keys: hot }).shards).toBeNull();
    // 900/s of 10,000/s, and 800/s of them on a shard of its own: 1 % at the least.
    expect(planAt(10_000, 100, { keys: hot, maxThrottled: 0.009 }).shards).toBeNull();
    expect(planAt(10_000, 100, { keys: hot, maxThrottled: 0.05 }).shards).not.toBeNull();
  });
});
