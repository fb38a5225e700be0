/**
 * A plan without headroom for keys whose names are known keeps its word in simulation, and one shard fewer breaks it:
 * random traffic, every record played.
 */
import { describe, expect, it } from 'vitest';
import { fillOf, keyLoadsOf } from '../../../src/advice/placement/key-loads.ts';
import { SHARD_LIMIT } from '../../../src/advice/plan/constraints.ts';
import { hottestFill, placeKeys } from '../../../src/advice/placement/placement.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOf } from '../../../src/advice/plan/plan-input.ts';
import { consumerRowsOf } from '../../../src/simulate/consumer-rows.ts';
import { simulateExactly } from '../../../src/simulate/exact.ts';
import type { ConstraintName, PlanResult } from '../../../src/results/plan-result.ts';
import type { Scenario, Source } from '../../../src/traffic/scenario.ts';
import { consumerOf, scenarioOf, sourceAt } from '../../traffic/scenarios.ts';

const OPTIONS = { serviceUs: 1000, z: 3 };
/** Each record on its way at once, and none with others: the stream sees the rates as they are. */
const EACH_ALONE: Partial<Scenario> = {
  producer: { api: 'PutRecords', batch: 1, lingerUs: 0, inFlight: 1000, retry: { policy: 'none' } },
};

/** Numbers from 0 to 1, the same every time (Park & Miller). */
function drawsFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Keys of random weights, each a source of its own, so that nothing about them is drawn. */
function sourcesOf(keys: number, total: number, dataBytes: number, draw: () => number): Source[] {
  const weights = Array.from({ length: keys }, () => 0.2 + draw());
  const sum = weights.reduce((a, b) => a + b, 0);
  const tag = Math.floor(draw() * 1e6);
  return weights.map((weight, i) =>
    sourceAt((total * weight) / sum, 1, {
      name: String(i),
      keys: { kind: 'weights', names: [`${tag}-${String(i).padStart(3, '0')}`], weights: [1] },
      size: { kind: 'fixed', bytes: dataBytes },
    }),
  );
}

/** Lasting `sec`, and with arrivals in bursts where they are given. */
function lasting(sources: readonly Source[], sec: number, arrivals?: Source['arrivals']): Source[] {
  return sources.map((source) => ({
    ...source,
    ...(arrivals && { arrivals }),
    stages: source.stages.map((stage) => ({ ...stage, durationUs: sec * 1e6 })),
  }));
}

function throttledOn(shards: number, sources: readonly Source[], initialFill: number): number {
  const scenario = scenarioOf(sources, EACH_ALONE);
  const { pipeline } = simulateExactly(
    { ...scenario, stream: { ...scenario.stream, shards, initialFill } },
    OPTIONS,
  );
  return pipeline.tally.shards.sum('throttled');
}

function planOf(sources: readonly Source[]): PlanResult {
  return buildPlan(planInputOf(scenarioOf(sources), { headroom: 0, consumers: [{ kind: 'efo' }] }));
}

/** The hottest shard's load in parts of what it takes, worked out beside the plan's own search. */
function fillOn(shards: number, sources: readonly Source[]): number {
  const loads = keyLoadsOf(
    sources.map(({ keys, stages, size }) => ({
      keys: keys as Extract<Source['keys'], { kind: 'weights' }>,
      recordsPerSec: stages[0].from,
      dataBytes: size.kind === 'fixed' ? size.bytes : 0,
    })),
  );
  return Math.max(
    hottestFill(placeKeys(loads), shards, SHARD_LIMIT),
    fillOf(loads.total, SHARD_LIMIT) / shards,
  );
}

/** So close to the limit, counts of whole records decide: neither side is claimed. */
const CLOSE = 0.03;

describe('the planned count holds, and one fewer does not', () => {
  it.each<[string, number, number, (draw: () => number) => [number, number]]>([
    // keys, records/s
    ['small records', 100, 31, (draw) => [8 + Math.floor(draw() * 60), 1500 + draw() * 2500]],
    // 4 KiB with the key: 256 a second fill a shard
    ['4 KiB records', 4086, 57, (draw) => [8 + Math.floor(draw() * 60), 400 + draw() * 900]],
  ])('%s, from nearly empty buckets', (_name, dataBytes, seed, sizes) => {
    const bound = new Map<ConstraintName | null, number>();
    const draw = drawsFrom(seed);
    for (let i = 0; i < 7; i++) {
      const [keys, total] = sizes(draw);
      const sources = sourcesOf(keys, total, dataBytes, draw);
      const { shards, binding } = planOf(sources);
      if (shards === null) throw new Error('every key fits on a shard');
      bound.set(binding, (bound.get(binding) ?? 0) + 1);
      const played = lasting(sources, 4);
      expect(fillOn(shards, sources)).toBeLessThanOrEqual(1 + 1e-9);
      if (fillOn(shards, sources) < 1 - CLOSE) expect(throttledOn(shards, played, 0.06)).toBe(0);
      if (shards === 1) continue;
      expect(fillOn(shards - 1, sources)).toBeGreaterThan(1);
      if (fillOn(shards - 1, sources) > 1 + CLOSE)
        expect(throttledOn(shards - 1, played, 0.06)).toBeGreaterThan(0);
    }
    expect([...bound.keys()]).toContain('hot-shard');
  });

  it('where the sum binds: keys that are many and light', () => {
    for (const [rate, dataBytes, binding] of [
      [1900, 100, 'write-records'],
      [480, 4084, 'write-bytes'],
    ] as const) {
      // Two halves of the hash space that carry nearly the same: the count is that of the sum.
      const sources = sourcesOf(200, rate, dataBytes, drawsFrom(7));
      const plan = planOf(sources);
      expect(plan).toMatchObject({ shards: 2, binding });
      expect(throttledOn(2, lasting(sources, 3), 0.5)).toBe(0);
      expect(throttledOn(1, lasting(sources, 3), 0.5)).toBeGreaterThan(0);
    }
  });

  it('bursts, from full buckets', () => {
    const draw = drawsFrom(90);
    let claimed = 0;
    for (let i = 0; i < 8; i++) {
      // Half a second of ten: up to 20 times the mean, and full buckets take 1,500 records.
      const sources = sourcesOf(20 + Math.floor(draw() * 30), 500 + draw() * 500, 100, draw);
      const bursts = lasting(sources, 10, { kind: 'bursts', everyUs: 10e6, withinUs: 0.5e6 });
      const { shards, binding } = planOf(bursts);
      expect(binding).toBe('burst');
      if (shards === null || shards === 1) throw new Error('it takes some shards');
      // Records of the hottest shard within the burst, over 1,000 + 1,000/s × 0.5 s.
      const fill = (count: number): number => (fillOn(count, sources) * 1000 * 10) / 1500;
      expect(fill(shards)).toBeLessThanOrEqual(1 + 1e-9);
      expect(fill(shards - 1)).toBeGreaterThan(1);
      if (fill(shards) < 0.97) expect(throttledOn(shards, bursts, 1)).toBe(0);
      if (fill(shards - 1) < 1.03) continue;
      claimed++;
      expect(throttledOn(shards - 1, bursts, 1)).toBeGreaterThan(0);
    }
    expect(claimed).toBeGreaterThan(4);
  });

  it('an outage: the oldest unread record is as old as the outage, though catching up takes far longer', () => {
    const sources = lasting(sourcesOf(3, 820, 1000, drawsFrom(3)), 130);
    // At most 1,111 records/s are worked off: what came in 30 s takes longer than the outage did.
    const perRecordUs = 900;
    const consumers = [
      consumerOf({ kind: 'efo', perRecordUs, batch: 100, outages: [{ atUs: 10e6, forUs: 30e6 }] }),
    ];
    const { readers } = simulateExactly(scenarioOf(sources, { ...EACH_ALONE, consumers }), OPTIONS);
    if (readers === undefined) throw new Error('a consumer reads');
    const [{ iteratorAgeMs, drain }] = consumerRowsOf(readers, ['shardId-000000000000']);
    expect(drain.state).toBe('drained');
    expect(drain.ms).toBeGreaterThan(45_000);
    expect(iteratorAgeMs.max).toBeGreaterThan(29_000);
    expect(iteratorAgeMs.max).toBeLessThan(31_000);
  });
});
