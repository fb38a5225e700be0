import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placedPlan } from '../../../src/advice/plan/placed-plan.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import { placedParts } from '../../../src/advice/schedule/placed-parts.ts';
import { hashKeyOf } from '../../../src/model/hash-key.ts';
import { createShardMap, route } from '../../../src/model/shard-map.ts';
import type { PlanSchedule } from '../../../src/results/plan-schedule.ts';
import type { RateProfile } from '../../../src/traffic/rate-profile.ts';

const MONTH_OF_A_SHARD = 730 * 0.015;

function scheduleOf(
  rates: readonly number[],
  options: PlanOptions = {},
  rest: Partial<RateProfile> = {},
): PlanSchedule {
  const input = planInputOfFlags({
    ...options,
    rate: { recordsPerSec: Math.max(...rates) },
    dataBytes: 100,
  });
  const { schedule } = placedParts(placedPlan(input), input, {
    around: (same) => ({ input: same }),
    monthlyUsd: (shards) => shards * MONTH_OF_A_SHARD,
    schedule: { profile: { rates, unit: 'records', ...rest } },
  });
  if (schedule === null || schedule === undefined) throw new Error('there is no schedule');
  return schedule;
}

describe('the schedule of a plan', () => {
  it('needs in each hour what a plan for its rate needs', () => {
    const rates = [800, 801, 2400, 4000, 100, 0];
    const { hours, staticShardHours } = scheduleOf(rates);
    expect(hours.map(({ needed }) => needed)).toEqual([1, 2, 3, 5, 1, 1]);
    expect(hours.map(({ at }) => at).slice(0, 2)).toEqual(['day 1, 00:00', 'day 1, 01:00']);
    expect(staticShardHours).toBe(30);
  });

  it('never has fewer than an hour needs, nor more than the peak does', () => {
    const rates = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 3, maxLength: 48 });
    fc.assert(
      fc.property(rates, (list) => {
        if (Math.max(...list) === 0) return;
        const { hours, shardHours, staticShardHours } = scheduleOf(list);
        for (const { rate, needed, shards, open } of hours) {
          expect(needed).toBe(Math.max(1, Math.ceil(rate / 800)));
          expect(shards).toBeGreaterThanOrEqual(needed);
          expect(open).toBeGreaterThanOrEqual(shards);
        }
        expect(shardHours).toBeLessThanOrEqual(staticShardHours);
      }),
      { numRuns: 40 },
    );
  });

  it('takes only counts on which keys of known names fit, hour by hour', () => {
    const weights = Array.from({ length: 60 }, (_, i) => 1 + (i % 7));
    const names = weights.map((_, i) => `tenant-${i}`);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const rates = Array.from({ length: 24 }, (_, hour) => 1000 + 400 * Math.abs(12 - hour));
    const { hours } = scheduleOf(rates, { keys: { kind: 'weights', names, weights } });
    for (const { rate, needed, shards, open } of hours) {
      const hottest = (count: number): number => {
        const map = createShardMap(count);
        const loads = new Map<string, number>();
        names.forEach((name, i) => {
          const { shardId } = route(map, hashKeyOf(name));
          loads.set(shardId, (loads.get(shardId) ?? 0) + (weights[i] * rate) / total);
        });
        return Math.max(...loads.values());
      };
      for (const count of [needed, shards]) expect(hottest(count)).toBeLessThanOrEqual(800 * (1 + 1e-9));
      for (let count = Math.ceil(rate / 800); count < needed; count++)
        expect(hottest(count)).toBeGreaterThan(800);
      expect(open).toBeGreaterThanOrEqual(shards);
    }
  });

  it('needs for keys by chance what a plan needs at that rate or a little more of it', () => {
    const keys = { kind: 'uniform', count: 300, template: 'key-{n}' } as const;
    const rates = [3000, 4000, 9000, 12_000, 7000, 5000];
    const { hours } = scheduleOf(rates, { keys });
    for (const { rate, needed } of hours) {
      const at = (part: number): number =>
        buildPlan(planInputOfFlags({ keys, rate: { recordsPerSec: rate * part }, dataBytes: 100 })).shards ??
        0;
      expect(needed).toBeGreaterThanOrEqual(at(1));
      expect(needed).toBeLessThanOrEqual(at(1 + 12_000 / 64 / rate));
    }
  });

  it('costs its mean shards, against those of the peak', () => {
    const { monthlyUsd, staticMonthlyUsd, shardHours, changes } = scheduleOf([
      800, 800, 800, 8000, 8000, 800,
    ]);
    expect(changes.length).toBeGreaterThan(0);
    expect(staticMonthlyUsd).toBeCloseTo(10 * MONTH_OF_A_SHARD, 9);
    expect(monthlyUsd).toBeCloseTo((shardHours / 6) * MONTH_OF_A_SHARD, 9);
  });

  it('says when by the times of the profile', () => {
    const startUs = Date.UTC(2026, 2, 2, 22) * 1000;
    const { hours, changes } = scheduleOf([800, 800, 8000, 8000, 800, 800], {}, { startUs });
    expect(hours[2].at).toBe('2026-03-03T00:00Z');
    for (const { at, minute } of changes) expect(Date.parse(at)).toBe(startUs / 1000 + minute * 60_000);
  });
});
