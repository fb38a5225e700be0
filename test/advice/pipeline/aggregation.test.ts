import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregated, type AggregateOptions } from '../../../src/advice/pipeline/aggregation.ts';
import { packingAt } from '../../../src/advice/pipeline/shard-packing.ts';
import { billedTrafficOf } from '../../../src/advice/money/billed-traffic.ts';
import { planMoney } from '../../../src/advice/money/plan-money.ts';
import { builtInPrices } from '../../../src/model/price-tables.ts';
import { planInputOf, planInputOfFlags } from '../../../src/advice/plan/plan-input.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import type { PlanResult } from '../../../src/results/plan-result.ts';
import { KPL_AGGREGATE, PRESETS } from '../../../src/traffic/producer-presets.ts';
import type { Scenario } from '../../../src/traffic/scenario.ts';
import { totalsOfSimulation } from '../../simulate/simulations.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../../traffic/scenarios.ts';

const KPL: AggregateOptions = {
  spec: KPL_AGGREGATE,
  lingerUs: 100_000,
  producers: 1,
  producersGiven: true,
};

function planOf(recordsPerSec: number, dataBytes: number, how: Partial<AggregateOptions> = {}): PlanResult {
  const input = planInputOfFlags({ rate: { recordsPerSec }, dataBytes });
  const { input: packed, finish } = aggregated(input, { ...KPL, ...how });
  return finish(buildPlan(packed));
}

const own = (plan: PlanResult, name: string): number | null | undefined =>
  plan.constraints.find((constraint) => constraint.name === name)?.shards;

describe('a plan with aggregation', () => {
  it('is bound by bytes where records bound it without', () => {
    const input = planInputOfFlags({ rate: { recordsPerSec: 20_000 }, dataBytes: 100 });
    expect(buildPlan(input)).toMatchObject({ shards: 25, binding: 'write-records' });
    expect(planOf(20_000, 100)).toMatchObject({ shards: 3, binding: 'write-bytes' });
  });

  it('asks for the fewest shards whose Kinesis records fit, as counting them up to there finds', () => {
    const cases = fc.record({
      rate: fc.integer({ min: 1, max: 50_000 }),
      dataBytes: fc.integer({ min: 1, max: 500 }),
      producers: fc.integer({ min: 1, max: 400 }),
      lingerMs: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(cases, ({ rate, dataBytes, producers, lingerMs }) => {
        const how = { producers, lingerUs: lingerMs * 1000 };
        const aggregating = {
          spec: KPL_AGGREGATE,
          lingerSec: lingerMs / 1000,
          producers,
          record: { dataBytes, keyBytes: 16 },
        };
        let least = 1;
        const perShard = (shards: number): number =>
          rate / shards / packingAt(rate / shards, aggregating).recordsPerAggregate;
        while (perShard(least) > 800 * (1 + 1e-9)) least++;
        expect(own(planOf(rate, dataBytes, how), 'write-records')).toBe(least);
      }),
    );
  });

  it('never asks for more shards with a longer linger, nor for fewer with more producers', () => {
    const shards = (how: Partial<AggregateOptions>): number => planOf(30_000, 60, how).shards ?? Infinity;
    const byLinger = [1, 5, 20, 100, 1000].map((ms) =>
      shards({ lingerUs: ms * 1000, producers: 100, producersGiven: true }),
    );
    expect(byLinger).toEqual(byLinger.toSorted((a, b) => b - a));
    const byProducers = [1, 10, 50, 100, 400, 10_000].map((producers) => shards({ producers }));
    expect(byProducers).toEqual(byProducers.toSorted((a, b) => a - b));
    // So many producers that nothing packs: as without, 30,000/s ÷ 800/s.
    expect(byProducers.at(-1)).toBe(38);
  });

  it('lets a hot key through that only its records keep from fitting', () => {
    const input = planInputOfFlags({
      rate: { recordsPerSec: 10_000 },
      dataBytes: 100,
      keys: { kind: 'hot', share: 0.4, keys: 1, of: 10_000, template: 'key-{n}' },
    });
    expect(buildPlan(input).feasible).toBe(false);
    const { input: packed, finish } = aggregated(input, KPL);
    expect(finish(buildPlan(packed))).toMatchObject({ feasible: true, hottestKey: { fits: true } });
  });

  it('counts PUT payload units of aggregates beside those of single records', () => {
    const { aggregation } = planOf(10_000, 512);
    // 95 records of 512 B and 16 B keys fit: 105/s aggregates of 50 KiB, two units each.
    expect(aggregation?.limitedBy).toBe('size');
    expect(aggregation?.putUnitsPerSec).toBeCloseTo((10_000 / 95) * 2, 0);
    expect(aggregation?.putUnitsWithout).toBe(10_000);
  });

  it('makes traffic to bill that has the records and bytes of the aggregates', () => {
    const input = planInputOfFlags({ rate: { recordsPerSec: 2000 }, dataBytes: 300 });
    const { billed, finish, input: packed } = aggregated(input, { ...KPL, producers: 30 });
    const plan = finish(buildPlan(packed));
    const [source] = billed(plan.shards ?? 0).sources;
    expect(source.meanRecordsPerSec).toBeCloseTo(plan.aggregation?.kinesisRecordsPerSec ?? 0, 6);
    expect(source.dataBytes + source.keyBytes).toBeCloseTo(plan.aggregation?.bytesPerAggregate ?? 0, 6);
    if (source.size.kind !== 'histogram') throw new Error('sizes of aggregates are a histogram');
    const { bytes, counts } = source.size;
    expect(counts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
    const mean = bytes.reduce((sum, size, i) => sum + size * counts[i], 0);
    expect(mean / source.dataBytes).toBeCloseTo(1, 3);
  });

  it('costs the PUT payload units that it says, where the mean is the peak', () => {
    for (const [rate, producers] of [
      [2000, 1],
      [2000, 30],
      [40, 1],
    ]) {
      const input = planInputOfFlags({ rate: { recordsPerSec: rate }, dataBytes: 900 });
      const { billed, finish, input: packed } = aggregated(input, { ...KPL, producers });
      const { aggregation, shards } = finish(buildPlan(packed));
      const bill = billedTrafficOf(billed(shards ?? 0));
      expect(bill.putUnitsPerSec / (aggregation?.putUnitsPerSec ?? 0)).toBeCloseTo(1, 6);
      expect(bill.recordsPerSec).toBeCloseTo(aggregation?.kinesisRecordsPerSec ?? 0, 6);
      expect(billedTrafficOf(input).putUnitsPerSec).toBeCloseTo(aggregation?.putUnitsWithout ?? 0, 6);
    }
  });

  it('tells break-even rates in user records', () => {
    const input = planInputOfFlags({ rate: { recordsPerSec: 20_000 }, dataBytes: 100 });
    const { billed, finish, input: packed } = aggregated(input, KPL);
    const plan = finish(buildPlan(packed));
    const { breakEven } = planMoney(packed, plan, { prices: builtInPrices('us-east-1'), billed });
    const standard = breakEven.find(({ modes }) => modes.join() === 'on-demand,on-demand-advantage');
    expect(breakEven[0].why).toContain('aggregates hold more the higher the rate is');
    // On demand 120 B of data in and out at $0.12 a GB reach the Advantage minimum of $3,080 at some 80,000/s.
    expect(standard?.meanRecordsPerSec).toBeGreaterThan(60_000);
    expect(standard?.meanRecordsPerSec).toBeLessThan(100_000);
  });

  it('keeps its promise in a simulation with the KPL, and one shard fewer does not', () => {
    // 20,000/s of 100 B: bytes bind, and nothing is left free. Three shards by hand, 2.36 MiB/s.
    const keys = uniformKeys(100_000);
    const source = sourceAt(20_000, 4, { keys });
    const scenario = (shards: number): Scenario =>
      scenarioOf([source], {
        producer: { ...PRESETS.kpl, retry: { policy: 'none' } },
        stream: { shards, maxRecordBytes: 1024 * 1024, retentionHours: 24, initialFill: 0 },
      });
    const input = planInputOf(scenario(1), { headroom: 0 });
    const { input: packed, finish } = aggregated(input, KPL);
    const plan = finish(
      buildPlan({ ...packed, sources: packed.sources.map((one) => ({ ...one, keys: undefined })) }),
    );
    expect(plan.shards).toBe(3);
    expect(totalsOfSimulation(scenario(3)).throttled).toBe(0);
    expect(totalsOfSimulation(scenario(2)).throttled).toBeGreaterThan(1000);
  });

  // Keys repeat in real aggregates, so bytes are a little below; arrivals of a shard are nearly Poisson.
  it.each([
    ['sparse', 40, 300, 1, 400],
    ['by time', 300, 300, 1, 60],
    ['nearly full', 3000, 300, 2, 20],
    ['full', 2500, 300, 1, 10],
  ])(
    'agrees with the simulator within three per cent where aggregates are %s',
    (_name, rate, dataBytes, shards, seconds) => {
      const source = sourceAt(rate, seconds, {
        arrivals: { kind: 'poisson' },
        keys: uniformKeys(1_000_000),
        size: { kind: 'fixed', bytes: dataBytes },
      });
      const scenario = scenarioOf([source], {
        producer: PRESETS.kpl,
        stream: { shards, maxRecordBytes: 1024 * 1024, retentionHours: 24, initialFill: 1 },
      });
      const totals = totalsOfSimulation(scenario);
      const input = planInputOf(scenario);
      const { billed } = aggregated(input, KPL);
      const [kinesis] = billed(shards).sources;
      const perUser = kinesis.meanRecordsPerSec / rate;
      const played = (totals.kinesisRecords ?? 0) / totals.offered;
      expect(perUser / played).toBeGreaterThan(0.97);
      expect(perUser / played).toBeLessThan(1.03);
    },
  );
});
