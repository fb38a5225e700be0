import { describe, expect, it } from 'vitest';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import { aggregated } from '../../../src/advice/pipeline/aggregation.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import type { WayOut, WayOutKind } from '../../../src/results/plan-ways-out.ts';
import { KPL_AGGREGATE } from '../../../src/traffic/producer-presets.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';

const hot = (share: number, keys = 1): Keys => ({
  kind: 'hot',
  share,
  keys,
  of: 10_000,
  template: 'key-{n}',
});

function waysOf(recordsPerSec: number, dataBytes: number, options: PlanOptions): readonly WayOut[] {
  const plan = buildPlan(planInputOfFlags({ ...options, rate: { recordsPerSec }, dataBytes }));
  return plan.hottestKey?.waysOut ?? [];
}

const way = (ways: readonly WayOut[], kind: WayOutKind): WayOut | undefined =>
  ways.find((one) => one.kind === kind);

describe('ways out of a hot key', () => {
  it('are all named, each with what it costs, those that are not enough last', () => {
    const ways = waysOf(3000, 900, { keys: hot(0.4) });
    expect(ways.map(({ kind, feasible }) => [kind, feasible])).toEqual([
      ['finer-key', null],
      ['random-salts', true],
      ['chosen-salts', true],
      ['explicit-hash-keys', true],
      ['auto-distribution', true],
      ['less-headroom', false],
      ['aggregation', false],
    ]);
    for (const { feasible, costs } of ways) expect(costs.length > 0).toBe(feasible !== false);
  });

  it('are none where every key fits', () => {
    expect(waysOf(1000, 900, { keys: hot(0.4) })).toEqual([]);
  });

  it('begin with the headroom that a key leaves, and that headroom takes it', () => {
    // 880/s of 1,000/s: 12 % are left.
    const [first] = waysOf(2200, 100, { keys: hot(0.4) });
    expect(first).toMatchObject({ kind: 'less-headroom', feasible: true });
    expect(first.detail).toContain('--headroom 12%');
    expect(first.costs.join()).toContain('many shards');
    const headroomOf = (headroom: number): string | undefined =>
      way(waysOf(2200, 100, { keys: hot(0.4), headroom }), 'less-headroom')?.detail;
    // It fits, and crowds everything else out.
    expect(headroomOf(0.12)).toMatch(/^With --headroom 6% it is \d+ shards instead of 7,801\.$/);
    expect(headroomOf(0.13)).toContain('--headroom 12% takes it as it is');
  });

  it('have aggregation where only records bind, and the plan with it agrees', () => {
    for (const [rate, dataBytes, feasible] of [
      [10_000, 100, true],
      [10_000, 150, true],
      [10_000, 250, false],
    ] as const) {
      const ways = waysOf(rate, dataBytes, { keys: hot(0.4) });
      expect(way(ways, 'aggregation')?.feasible).toBe(feasible);
      const input = planInputOfFlags({ keys: hot(0.4), rate: { recordsPerSec: rate }, dataBytes });
      const packed = aggregated(input, {
        spec: KPL_AGGREGATE,
        lingerUs: 100_000,
        producers: 1,
        producersGiven: true,
      });
      const plan = buildPlan(packed.input);
      expect(plan.hottestKey?.fits).toBe(feasible);
      if (!feasible) {
        expect(way(plan.hottestKey?.waysOut ?? [], 'aggregation')?.feasible).toBe(false);
        expect(way(plan.hottestKey?.waysOut ?? [], 'auto-distribution')?.feasible).toBe(false);
      }
    }
  });

  it('say how fine a finer key has to be: a limit of 800/s of 1,600/s is half', () => {
    expect(way(waysOf(4000, 100, { keys: hot(0.4) }), 'finer-key')?.detail).toContain('50 %');
  });

  it('count salts for all hot keys together', () => {
    const ways = waysOf(10_000, 400, { keys: hot(0.4, 3) });
    expect(way(ways, 'chosen-salts')?.detail).toMatch(/\d+ keys each, \d+ in all/);
  });
});
