import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import {
  planInputOf,
  planInputOfFlags,
  type PlanInput,
  type PlanOptions,
} from '../../../src/advice/plan/plan-input.ts';
import { saltRisk } from '../../../src/advice/placement/salts.ts';
import { CONSTRAINT_NAMES, type ConstraintName, type PlanResult } from '../../../src/results/plan-result.ts';
import type { Keys, Scenario, Source } from '../../../src/traffic/scenario.ts';
import type { CountedConsumer } from '../../../src/traffic/short-form.ts';
import { consumerOf } from '../../traffic/scenarios.ts';

const template = 'key-{n}';
const uniform = (count: number): Keys => ({ kind: 'uniform', count, template });
const hot = (share: number, keys = 1, of = 10_000): Keys => ({ kind: 'hot', share, keys, of, template });

function planOf(recordsPerSec: number, dataBytes: number, options: PlanOptions = {}): PlanResult {
  return buildPlan(planInputOfFlags({ ...options, rate: { recordsPerSec }, dataBytes }));
}

const polling = (count: number): CountedConsumer[] =>
  Array.from({ length: count }, () => ({ kind: 'polling' as const }));

function own(plan: PlanResult): Record<ConstraintName, number | null> {
  return Object.fromEntries(plan.constraints.map(({ name, shards }) => [name, shards])) as Record<
    ConstraintName,
    number | null
  >;
}

describe('buildPlan', () => {
  it.each<[string, number, number, PlanOptions, number | null, ConstraintName]>([
    ['bytes bind', 3000, 2000, { keys: uniform(100_000) }, 8, 'write-bytes'],
    ['records bind', 5000, 100, { keys: uniform(100_000) }, 7, 'write-records'],
    ['ties go to the first', 3000, 900, {}, 4, 'write-bytes'],
    [
      'three polling consumers share the read limit, also that of the hottest shard',
      3000,
      2000,
      { consumers: polling(3), keys: uniform(100_000) },
      12,
      'read-bandwidth',
    ],
    [
      'fan-out consumers do not share',
      3000,
      2000,
      { consumers: Array<CountedConsumer>(9).fill({ kind: 'efo' }) },
      8,
      'write-bytes',
    ],
    ['200 equal keys', 10_000, 100, { keys: uniform(200) }, 27, 'hot-shard'],
    ['a hot key', 3000, 900, { keys: hot(0.4) }, null, 'hot-key'],
    [
      'the same key at a lower rate: 600/s and 900/s over N leave room from N = 5',
      1500,
      900,
      { keys: hot(0.4) },
      5,
      'hot-shard',
    ],
    ['no headroom', 2000, 100, { headroom: 0 }, 2, 'write-records'],
  ])('%s', (_name, rate, size, options, shards, binding) => {
    const plan = planOf(rate, size, options);
    expect({ shards: plan.shards, binding: plan.binding }).toEqual({ shards, binding });
    expect(plan.feasible).toBe(shards !== null);
    if (shards !== null)
      expect(plan.shards).toBeGreaterThanOrEqual(Math.max(...plan.constraints.map((c) => c.shards ?? 0)));
  });

  it('does not evaluate what it knows nothing of, and says so', () => {
    const plan = planOf(3000, 900);
    expect(plan.constraints.filter(({ evaluated }) => !evaluated).map(({ name }) => name)).toEqual([
      'consumer-speed',
      'catch-up',
      'burst',
      'hot-key',
      'hot-shard',
    ]);
    expect(plan.hottestShard).toBeNull();
    expect(plan.hottestKey).toBeNull();
    expect(plan.assumptions.join(' ')).toContain('Nothing is known of the keys');
  });

  it('names every constraint once, in order, with its arithmetic', () => {
    const plan = planOf(3000, 900, { keys: uniform(1000) });
    expect(plan.constraints.map(({ name }) => name)).toEqual(CONSTRAINT_NAMES);
    expect(plan.constraints[0].formula).toBe('3,000/s × 916 B = 2.62 MiB/s ÷ (1 MiB/s × 80 %) = 3.28');
    expect(plan.constraints[1].formula).toBe('3,000/s ÷ (1,000/s × 80 %) = 3.75');
    for (const { formula } of plan.constraints) expect(formula).not.toContain('\n');
  });

  it('still counts the other constraints, and the way out, where a key fits nowhere', () => {
    const plan = planOf(3500, 400, { keys: hot(0.4) });
    expect(own(plan)).toMatchObject({ 'write-records': 5, 'hot-key': null });
    expect(own(plan)['hot-shard']).toBeGreaterThanOrEqual(3);
    expect(plan.constraints.at(-1)?.formula).toContain('without the 1 that no shard can carry');
    expect(plan.shardsSafe).toBeNull();
    expect(plan.hottestKey).toMatchObject({ fits: false, unfitKeys: 1, key: null });
    expect(plan.hottestKey?.utilization).toBeCloseTo(1.4, 9);
    const { random, chosen, shards } = plan.hottestKey?.salts ?? { chosen: 0, shards: 0 };
    const background = 2100 / 800 / shards;
    expect(saltRisk(random ?? 0, 1400 / 800, background, shards)).toBeLessThanOrEqual(0.05);
    expect((1400 / chosen + 2100 / shards) / 800).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('counts a key of exactly the limit as one that fits', () => {
    expect(planOf(2000, 100, { keys: hot(0.4) }).hottestKey?.fits).toBe(true); // 800/s of 1,000/s x 80 %
    expect(planOf(2000.01, 100, { keys: hot(0.4) }).hottestKey?.fits).toBe(false);
  });

  it('reports the hottest shard by chance: below the headroom with the confidence asked for', () => {
    for (const confidence of [0.5, 0.95, 0.999]) {
      const { hottestShard, shards } = planOf(10_000, 100, { keys: uniform(200), confidence });
      expect(hottestShard).toMatchObject({ placement: 'random', shards });
      expect(hottestShard?.utilization).toBeLessThanOrEqual(0.8 + 1e-6);
      expect(hottestShard?.risk).toBeLessThanOrEqual(1 - confidence + 1e-9);
      expect(hottestShard?.p50).toBeLessThanOrEqual(hottestShard?.p95 ?? 0);
    }
  });

  it('places weights by their names, and generated keys where that is asked for', () => {
    const byWeights = planOf(3000, 100, {
      keys: { kind: 'weights', names: ['a', 'b', 'c', 'd'], weights: [1, 1, 1, 1] },
    });
    expect(byWeights.hottestShard?.placement).toBe('actual');
    const names = Array.from({ length: 12 }, (_, n) => `key-${n}`);
    const actual = planOf(3000, 100, { keys: uniform(12), placement: 'actual' });
    const listed = planOf(3000, 100, { keys: { kind: 'weights', names, weights: names.map(() => 1) } });
    expect(actual.shards).toBe(listed.shards);
    expect(actual.shardsSafe).toBe(listed.shardsSafe);
    expect(actual.hottestShard?.risk).toBeUndefined();
  });

  it('takes the least count at or above the other constraints that fits the names', () => {
    // Read bandwidth asks for more than the names do: the answer still has to fit them.
    const plan = planOf(10_000, 100, {
      keys: uniform(200),
      placement: 'actual',
      consumers: polling(1),
      consumerSpeed: 200,
    });
    expect(plan.binding).toBe('consumer-speed');
    expect(plan.shards).toBeGreaterThanOrEqual(own(plan)['consumer-speed'] ?? 0);
    expect(plan.hottestShard?.utilization).toBeLessThanOrEqual(0.8 + 1e-9);
  });

  it('finds no plan where the quota ends before the heavy keys are apart', () => {
    const plan = planOf(500_000, 100, { keys: uniform(1000) });
    expect(plan).toMatchObject({ shards: null, feasible: false, binding: 'hot-shard' });
  });

  it('gives the same bytes every time', () => {
    const once = JSON.stringify(
      planOf(5000, 900, { keys: { kind: 'zipf', exponent: 1.05, count: 1e6, template } }),
    );
    expect(
      JSON.stringify(planOf(5000, 900, { keys: { kind: 'zipf', exponent: 1.05, count: 1e6, template } })),
    ).toBe(once);
  });
});

const textsOf = (input: PlanInput): string[] => input.assumptions.map(({ text }) => text);

describe('planInputOf', () => {
  const source: Source = {
    name: 'a',
    stages: [
      { durationUs: 1e6, from: 0, to: 4000 },
      { durationUs: 1e6, from: 1000, to: 1000 },
    ],
    arrivals: { kind: 'poisson' },
    keys: uniform(10),
    size: { kind: 'uniform', min: 100, max: 300 },
  };
  const scenario: Scenario = {
    stream: { shards: 4, maxRecordBytes: 1_048_576, retentionHours: 24, initialFill: 1 },
    warmupUs: 0,
    durationUs: 2e6,
    seed: 1,
    traffic: [source],
    producer: { api: 'PutRecords', batch: 500, lingerUs: 1e5, inFlight: 16, retry: { policy: 'none' } },
    consumers: [],
    thresholds: [],
  };

  it('plans for the highest rate of any stage, mean sizes and the names as they are, and says so', () => {
    const input = planInputOf(scenario);
    expect(input.sources).toMatchObject([
      {
        recordsPerSec: 4000,
        meanRecordsPerSec: 1500,
        dataBytes: 200,
        keyBytes: 5,
        equalKeyBytes: false,
        keys: source.keys,
      },
    ]);
    expect(textsOf(input)[0]).toBe('Planned for the highest rate of any stage: 4,000/s.');
    expect(textsOf(input).join(' ')).toContain('Records arrive one by one');
    expect(textsOf(input).join(' ')).toContain('Defaults: one polling consumer, ');
  });

  it('adds up the peaks of several sources, and says that too', () => {
    const input = planInputOf({ ...scenario, traffic: [source, { ...source, name: 'b' }] });
    expect(textsOf(input)[0]).toContain('8,000/s, every source at its own peak at the same time');
  });

  it('lets flags replace what they name', () => {
    const input = planInputOf(scenario, {
      rate: { bytesPerSec: 1_048_576 },
      dataBytes: 1008,
      keyBytes: 16,
      headroom: 0.5,
    });
    expect(input.sources[0]).toMatchObject({
      recordsPerSec: 1024,
      dataBytes: 1008,
      keyBytes: 16,
      equalKeyBytes: true,
    });
    expect(input.headroom).toBe(0.5);
    expect(textsOf(input).join(' ')).not.toContain('headroom');
    expect(input.origins).toMatchObject({
      rate: 'flag',
      size: 'flag',
      keySize: 'flag',
      headroom: 'flag',
      region: 'default',
    });
  });

  it('counts the consumers by kind', () => {
    const consumers = [consumerOf({ kind: 'efo' }), consumerOf(), consumerOf({ kind: 'efo' })];
    expect(planInputOf({ ...scenario, consumers }).consumers.map(({ kind }) => kind)).toEqual([
      'efo',
      'polling',
      'efo',
    ]);
  });
});
