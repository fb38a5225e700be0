import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planLayouts } from '../../../src/advice/layout/plan-layouts.ts';
import { placedPlan } from '../../../src/advice/plan/placed-plan.ts';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import { hashKeyOf, parseHashKey } from '../../../src/model/hash-key.ts';
import {
  createShardMap,
  mergeShards,
  route,
  splitShard,
  type ShardMap,
} from '../../../src/model/shard-map.ts';
import type { LayoutStep } from '../../../src/results/layout-step.ts';
import type { PlanLayouts } from '../../../src/results/plan-layouts.ts';

function layoutsFor(
  recordsPerSec: number,
  weights: readonly number[],
  options: PlanOptions = {},
  currentShards?: number,
): PlanLayouts | undefined {
  const names = weights.map((_, i) => `tenant-${i}`);
  const input = planInputOfFlags({
    ...options,
    rate: { recordsPerSec },
    dataBytes: 100,
    keys: { kind: 'weights', names, weights },
  });
  return planLayouts(placedPlan(input), input.shardQuota, currentShards);
}

function carriedOut(from: number, steps: readonly LayoutStep[]): ShardMap {
  return steps.reduce<ShardMap>(
    (map, step) =>
      step.kind === 'split'
        ? splitShard(map, step.shardId, parseHashKey(step.newStartingHashKey ?? '') ?? -1n)
        : mergeShards(map, step.shardId, step.adjacentShardId ?? ''),
    createShardMap(from),
  );
}

/** Records per second of the hottest shard, key by key, by MD5. */
function hottestOf(map: ShardMap, recordsPerSec: number, weights: readonly number[]): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const loads = new Map<string, number>();
  weights.forEach((weight, i) => {
    const { shardId } = route(map, hashKeyOf(`tenant-${i}`));
    loads.set(shardId, (loads.get(shardId) ?? 0) + (recordsPerSec * weight) / sum);
  });
  return Math.max(...loads.values());
}

describe('layouts of a plan', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 30, maxLength: 120 });
  const current = fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined });

  it('are what their steps make of the stream: as many shards, as hot, within the headroom', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 2000, max: 15_000 }), current, (loads, rate, now) => {
        const layouts = layoutsFor(rate, loads, {}, now);
        const sum = loads.reduce((total, load) => total + load, 0);
        const fitting = loads.map((load) => ((load * rate) / sum <= 800 ? load : 0));
        if (layouts?.from === undefined || layouts.weighted === null) return;
        expect(layouts.from).toEqual({ shards: now ?? layouts.weighted.shards, today: now !== undefined });
        const map = carriedOut(layouts.from.shards, layouts.steps);
        expect(map.open.length).toBe(layouts.weighted.shards);
        if (layouts.keysLeftOut !== undefined) return;
        const hottest = hottestOf(map, rate, fitting);
        expect(hottest / 1000).toBeCloseTo(layouts.weighted.utilization, 9);
        expect(hottest).toBeLessThanOrEqual(800 * (1 + 1e-9));
      }),
      { numRuns: 100 },
    );
  });

  it('never take more shards than equal ranges, nor are hotter on as many', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 2000, max: 15_000 }), (loads, rate) => {
        const { uniform, weighted, weightedSameCount, savedShards } = layoutsFor(rate, loads) ?? {};
        if (!uniform || !weighted || !weightedSameCount) return;
        expect(weighted.shards).toBeLessThanOrEqual(uniform.shards);
        expect(savedShards).toBe(uniform.shards - weighted.shards);
        expect(weightedSameCount.utilization).toBeLessThanOrEqual(uniform.utilization + 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  it('save shards where keys of one weight fall unevenly: 200 keys of 50/s, 16 to a shard', () => {
    const layouts = layoutsFor(10_000, Array(200).fill(1));
    expect(layouts?.weighted).toEqual({ shards: 13, utilization: 0.8 });
    expect(layouts?.uniform?.shards).toBeGreaterThan(13);
  });

  it('have no steps where equal ranges do as well', () => {
    const layouts = layoutsFor(1000, Array(100).fill(1), { headroom: 0 });
    expect(layouts).toMatchObject({
      savedShards: 0,
      steps: [],
      uniform: { shards: 1 },
      weighted: { shards: 1 },
    });
    expect(layouts?.from).toBeUndefined();
  });

  it('hold every constraint of a shard: catching up, and reading by many', () => {
    const weights = Array.from({ length: 80 }, (_, i) => 1 + (i % 5));
    const outage = { outageSec: 3600, recoverSec: 3600 };
    const consumers = [{ kind: 'polling', everyUs: 1e6 }] as const;
    const layouts = layoutsFor(9000, weights, { outage, consumers, consumerSpeed: 600 });
    if (layouts?.from === undefined) throw new Error('nothing is saved');
    // Twice the load while it catches up, at 600/s with 20 % to spare: 240/s on each shard.
    const map = carriedOut(layouts.from.shards, layouts.steps);
    expect(hottestOf(map, 9000, weights)).toBeLessThanOrEqual(240 * (1 + 1e-9));
    expect(layouts.weighted?.shards).toBeGreaterThanOrEqual(Math.ceil(9000 / 240));
  });

  it('leave out the keys that no shard can carry, and say how many', () => {
    const layouts = layoutsFor(10_000, [50, 30, ...Array<number>(100).fill(0.2)]);
    expect(layouts).toMatchObject({ keysLeftOut: 2 });
    expect(layouts?.weighted?.utilization).toBeLessThanOrEqual(0.8);
  });

  it('are no question where the names of keys are not known', () => {
    const input = planInputOfFlags({
      rate: { recordsPerSec: 3000 },
      dataBytes: 100,
      keys: { kind: 'uniform', count: 100, template: 'key-{n}' },
    });
    expect(planLayouts(placedPlan(input), input.shardQuota)).toBeUndefined();
  });
});
