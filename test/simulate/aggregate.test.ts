/** The aggregate engine against closed forms and against the exact engine. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createShardMap } from '../../src/model/shard-map.ts';
import type { OutcomeReading } from '../../src/results/count-table.ts';
import { findingsOf } from '../../src/advice/verdict.ts';
import { simulateInAggregate, type AggregateSimulation } from '../../src/simulate/aggregate.ts';
import { simulateExactly } from '../../src/simulate/exact.ts';
import { FluidBuckets } from '../../src/simulate/fluid.ts';
import { Pipeline } from '../../src/simulate/pipeline.ts';
import { ArrivalCounts } from '../../src/traffic/arrival-counts.ts';
import { OfferColumns } from '../../src/traffic/offer.ts';
import { dueTimesOf } from '../../src/traffic/arrivals.ts';
import { rateCurveOf } from '../../src/traffic/rate-curve.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import type { Arrivals, Scenario, Source } from '../../src/traffic/scenario.ts';
import { consumerOf, scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';

const OPTIONS = { serviceUs: 20_000, z: 3 };
const SCENARIOS = new URL('../../scenarios/', import.meta.url);

function aggregate(scenario: Scenario): AggregateSimulation {
  const simulation = simulateInAggregate(scenario, OPTIONS);
  if (typeof simulation === 'string') throw new Error(simulation);
  return simulation;
}

function oneKey(ratePerSec: number, seconds: number, rest: Partial<Source> = {}): Source {
  return sourceAt(ratePerSec, seconds, { keys: uniformKeys(1), ...rest });
}

function shareOf({ tally }: { tally: { shards: OutcomeReading } }): number {
  return tally.shards.sum('throttled') / tally.shards.sum('offered');
}

describe('the aggregate engine', () => {
  it('accepts a full bucket and the refill of a shard at twice its limit', () => {
    const scenario = scenarioOf([oneKey(2000, 60)], {
      stream: { shards: 1, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 },
    });
    const { tally, throttledBetween } = aggregate(scenario);
    expect(tally.shards.sum('offered')).toBe(120_000);
    // The first request comes after the linger, and the refill of that tenth of a second finds the bucket full.
    expect(tally.shards.sum('accepted')).toBe(61_000 - 100);
    expect(throttledBetween).toEqual({ least: 59_100, most: 59_100 });
  });

  it('brackets the same where requests are too many to be looked at one by one', () => {
    const { tally, throttledBetween, tickUs } = aggregate(scenarioOf([oneKey(200_000, 20)]));
    const exact = 4_000_000 - 1000 - 20_000;
    expect(tickUs).toBe(10_000);
    expect(throttledBetween.least).toBeLessThanOrEqual(exact);
    expect(throttledBetween.most).toBeGreaterThanOrEqual(exact);
    expect(throttledBetween.most - throttledBetween.least).toBeLessThanOrEqual(25);
    expect(tally.shards.sum('throttled')).toBeGreaterThan(exact - 20);
  });

  it('loses nothing at half the limit, and everything adds up', () => {
    const traffic = [
      sourceAt(1900, 20, { arrivals: { kind: 'poisson' }, keys: uniformKeys(1000) }),
      sourceAt(300, 20, { keys: { kind: 'weights', names: ['a', 'b'], weights: [2, 1] } }),
    ];
    const { tally } = aggregate(
      scenarioOf(traffic, { stream: { ...scenarioOf(traffic).stream, shards: 4 } }),
    );
    expect(tally.shards.sum('throttled')).toBe(0);
    expect(tally.keys.sum('offered')).toBeLessThanOrEqual(tally.shards.sum('offered'));
    expect(tally.shards.sum('bytes')).toBe(tally.shards.sum('bytesAccepted'));
  });

  it('accounts for every record, in shards and in keys that are all counted', () => {
    const traffic = [sourceAt(9000, 12, { arrivals: { kind: 'poisson' }, keys: uniformKeys(300) })];
    const { tally } = aggregate(scenarioOf(traffic));
    for (const counts of [tally.shards, tally.keys]) {
      expect(counts.sum('offered')).toBe(counts.sum('accepted') + counts.sum('throttled'));
      expect(counts.sum('offered')).toBe(tally.shards.sum('offered'));
      expect(counts.sum('throttled')).toBe(tally.shards.sum('throttled'));
      for (const n of counts.column('accepted')) expect(n).toBeGreaterThanOrEqual(0);
    }
  });

  it('draws the same twice, and something else with another seed', () => {
    const scenario = scenarioOf([sourceAt(9000, 12, { arrivals: { kind: 'poisson' } })]);
    const rows = (s: Scenario): number[] => [...aggregate(s).tally.shards.column('throttled')];
    expect(rows(scenario)).toEqual(rows(scenario));
    expect(rows({ ...scenario, seed: 2 })).not.toEqual(rows(scenario));
  });

  it('plays the SDK, which tries again only what failed as a whole', () => {
    const { producer } = scenarioOf([oneKey(1, 1)]);
    const retry = { policy: 'sdk', maxAttempts: 3, baseUs: 1000, maxUs: 1000 } as const;
    const traffic = [oneKey(2000, 5)];
    const played = aggregate(scenarioOf(traffic, { producer: { ...producer, preset: 'sdk', retry } }));
    expect(shareOf(played)).toBe(shareOf(aggregate(scenarioOf(traffic))));
    expect(
      shareOf(simulateExactly(scenarioOf(traffic, { producer: { ...producer, retry } }), OPTIONS).pipeline),
    ).toBe(shareOf(simulateExactly(scenarioOf(traffic), OPTIONS).pipeline));
  });

  it.each<[string, Partial<Scenario>, Partial<Source>, RegExp]>([
    [
      'retries',
      {
        producer: {
          ...scenarioOf([oneKey(1, 1)]).producer,
          retry: { policy: 'backoff', maxAttempts: 3, baseUs: 1, maxUs: 1 },
        },
      },
      {},
      /no retries/,
    ],
    [
      'requests that a limit on their bytes makes too many',
      { producer: { ...scenarioOf([oneKey(1, 1)]).producer, batchBytes: 1000 } },
      { stages: [{ durationUs: 1e7, from: 9e3, to: 9e3 }] },
      /in-flight limit/,
    ],
    ['consumers', { consumers: [consumerOf({ kind: 'efo' })] }, {}, /no consumers/],
    [
      'an in-flight limit that binds',
      {},
      { stages: [{ durationUs: 1e7, from: 9e5, to: 9e5 }] },
      /in-flight limit/,
    ],
    ['bytes that bind', {}, { size: { kind: 'fixed', bytes: 3000 } }, /bytes of shardId-\d+ may bind/],
    ['a timeline', { timeline: [{ index: 0, atUs: 0, kind: 'resize', count: 4 }] }, {}, /no timeline/],
    ['a field that it does not know', { weather: [{}] } as Partial<Scenario>, {}, /does not know weather/],
    [
      'keys that it does not know',
      {},
      { keys: { kind: 'sequential' } as unknown as Source['keys'] },
      /sequential keys/,
    ],
  ])('refuses %s', (_, rest, source, reason) => {
    expect(simulateInAggregate(scenarioOf([sourceAt(2000, 10, source)], rest), OPTIONS)).toMatch(reason);
  });
});

describe('arrival counts', () => {
  const curves: Source['stages'][] = [
    [{ durationUs: 7_350_000, from: 900, to: 900 }],
    [
      { durationUs: 3_000_000, from: 0, to: 700 },
      { durationUs: 4_000_000, from: 700, to: 20 },
    ],
  ];
  const arrivals: Arrivals[] = [
    { kind: 'even' },
    { kind: 'poisson' },
    { kind: 'bursts', everyUs: 500_000, withinUs: 100_000 },
  ];
  it.each(arrivals.flatMap((a) => curves.map((stages, i) => [a.kind, i, a, stages] as const)))(
    'are those of the due times, counted: %s arrivals, curve %i',
    (_, __, kind, stages) => {
      const source = sourceAt(1, 1, { arrivals: kind, stages });
      const times = dueTimesOf(kind, rateCurveOf(stages, 1_000_000), 5, 0);
      const block = new Float64Array(100_000);
      const due: number[] = [];
      for (let n = times.fill(block); n > 0; n = times.fill(block)) due.push(...block.subarray(0, n));
      const counts = new ArrivalCounts(source, 1_000_000, 5, 0);
      for (let us = 500_000; us <= 8_500_000; us += 500_000) {
        expect(counts.take(us)).toBe(due.filter((at) => at >= us - 500_000 && at < us).length);
      }
    },
  );
});

/** Counts per request and shard, as the producer forms requests where nothing holds it up. */
function requestsOf(scenario: Scenario): { us: number; records: Float64Array }[] {
  const { shards } = scenario.stream;
  const pipeline = new Pipeline(scenario, createShardMap(shards), 3);
  const requests: { us: number; records: Float64Array }[] = [];
  const send = (us: number): void => {
    for (let batch = pipeline.nextBatch(us); batch; batch = pipeline.nextBatch(us)) {
      const records = new Float64Array(shards);
      for (const slot of batch.slots) records[pipeline.producer.records.shard[slot]]++;
      requests.push({ us, records });
      pipeline.settle(batch, new Uint8Array(batch.slots.length) as unknown as ArrayLike<0>, us);
    }
  };
  const wakeUntil = (us: number): void => {
    while (pipeline.producer.nextWakeUs() <= us) send(pipeline.producer.nextWakeUs());
  };
  const columns = new OfferColumns();
  while (pipeline.offer.take(Infinity, columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      wakeUntil(columns.dueUs[i]);
      pipeline.enter(columns, i, i + 1);
      send(columns.dueUs[i]);
    }
  }
  wakeUntil(scenario.durationUs);
  pipeline.producer.flush();
  send(scenario.durationUs);
  return requests;
}

/** The bracket for those requests, looked at in ticks of a fixed length: of all shards, and of each. */
function bracketOf(
  scenario: Scenario,
  tickUs: number,
): { least: number; most: number; low: Float64Array; high: Float64Array } {
  const { shards, initialFill } = scenario.stream;
  const buckets = new FluidBuckets(new Float64Array(shards).fill(tickUs), false, initialFill);
  const ticks = Math.floor(scenario.durationUs / tickUs) + 1;
  const counts = Array.from({ length: shards }, () => new Float64Array(ticks));
  for (const { us, records } of requestsOf(scenario)) {
    records.forEach((n, j) => (counts[j][Math.floor(us / tickUs)] += n));
  }
  counts.forEach((ofShard, j) => ofShard.forEach((n) => buckets.tick(j, n, tickUs)));
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const { lostLow: low, lostHigh: high } = buckets;
  return { least: sum(low), most: sum(high), low, high };
}

function publishedScenario(name: string): Scenario {
  return parseScenario(readFileSync(new URL(name, SCENARIOS), 'utf8'), name);
}

const names = readdirSync(SCENARIOS).filter((name) => name.endsWith('.yaml'));
/** Those that the engine can play. */
const published = names.filter((name) => {
  const { producer, timeline, stream, consumers } = publishedScenario(name);
  return (
    producer.retry.policy === 'none' &&
    timeline === undefined &&
    stream.onDemand === undefined &&
    consumers.length === 0
  );
});

/** What a throttled share may be off by: 1 % of it, or a tenth of a percentage point. */
const tolerance = (share: number): number => Math.max(0.01 * share, 0.001);

describe('on the same arrivals as the exact engine', { timeout: 60_000 }, () => {
  it('every published scenario is compared, but those that it refuses', () => {
    expect(published.length).toBeGreaterThanOrEqual(6);
    for (const name of published)
      expect(typeof simulateInAggregate(publishedScenario(name), OPTIONS)).toBe('object');
    for (const name of names.filter((other) => !published.includes(other)))
      expect(simulateInAggregate(publishedScenario(name), OPTIONS)).toMatch(
        /no (retries|consumers)|explicitHashKey|on-demand/,
      );
  });

  it.each(published)('%s is throttled to within the tolerance, and every shard of it', (name) => {
    const scenario = { ...publishedScenario(name), warmupUs: 0 };
    const exact = simulateExactly(scenario, OPTIONS).pipeline.tally.shards;
    const { least, most, low, high } = bracketOf(scenario, 10_000);
    const offered = exact.sum('offered');
    const share = exact.sum('throttled') / offered;
    expect(least).toBeLessThanOrEqual(exact.sum('throttled') + 1e-6);
    expect(most).toBeGreaterThanOrEqual(exact.sum('throttled') - 1e-6);
    expect(Math.abs((least + most) / 2 / offered - share)).toBeLessThan(tolerance(share));
    const [offeredTo, throttledBy] = [exact.column('offered'), exact.column('throttled')];
    offeredTo.forEach((records, shard) => {
      if (records === 0) return;
      const ofShard = throttledBy[shard] / records;
      const middle = (low[shard] + high[shard]) / 2 / records;
      expect(Math.abs(middle - ofShard), `shard ${shard}`).toBeLessThan(tolerance(ofShard));
    });
  });

  it('random scenarios are within the bracket', () => {
    const random = fc.record({
      shards: fc.integer({ min: 1, max: 5 }),
      rate: fc.integer({ min: 300, max: 6000 }),
      arrivals: fc.constantFrom<Arrivals>(
        { kind: 'even' },
        { kind: 'poisson' },
        { kind: 'bursts', everyUs: 1_000_000, withinUs: 200_000 },
      ),
      keys: fc.integer({ min: 1, max: 200 }),
      exponent: fc.constantFrom(0, 0.8, 1.2),
      initialFill: fc.constantFrom(0, 0.5, 1),
      tickUs: fc.constantFrom(10_000, 50_000, 100_000),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(random, ({ shards, rate, arrivals, keys: count, exponent, initialFill, tickUs, seed }) => {
        const keys = { kind: 'zipf', count, exponent, template: 'k-{n}' } as const;
        const stream = { shards, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill };
        const scenario = scenarioOf([sourceAt(rate, 4, { arrivals, keys })], { stream, seed });
        const exact = simulateExactly(scenario, OPTIONS).pipeline.tally.shards.sum('throttled');
        const { least, most } = bracketOf(scenario, tickUs);
        expect(least).toBeLessThanOrEqual(exact + 1e-6);
        expect(most).toBeGreaterThanOrEqual(exact - 1e-6);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe('on arrivals of its own', { timeout: 60_000 }, () => {
  it.each(published)('%s offers as many records as the exact engine and finds the same', (name) => {
    const scenario = publishedScenario(name);
    const { tally, map, keyNames } = aggregate(scenario);
    const named = {
      nameOf: (key: number): string => keyNames.nameOf(key),
      hashKeyOf: (key: number): bigint => keyNames.hashKeyOf(key),
    };
    const { pipeline } = simulateExactly(scenario, OPTIONS);
    pipeline.tally.load.finish(scenario.durationUs / 1_000_000);
    tally.load.finish(scenario.durationUs / 1_000_000);
    const exact = findingsOf({ tally: pipeline.tally, map, ...named });
    const found = findingsOf({ tally, map, ...named });
    expect(tally.shards.sum('offered')).toBe(pipeline.tally.shards.sum('offered'));
    expect(found.map(({ code, shardId, key }) => [code, shardId, key])).toEqual(
      exact.map(({ code, shardId, key }) => [code, shardId, key]),
    );
    found.forEach((finding, i) => {
      const [a, b] = [finding.evidence, exact[i].evidence] as { utilization: number }[];
      expect(Math.abs(a.utilization / b.utilization - 1)).toBeLessThan(0.04);
    });
  });

  it.each(published)('%s is throttled alike over many seeds', (name) => {
    const scenario = publishedScenario(name);
    const seeds = Array.from({ length: 6 }, (_, i) => i + 1);
    const difference = seeds.map((seed) => {
      const played = { ...scenario, seed };
      return shareOf(aggregate(played)) - shareOf(simulateExactly(played, OPTIONS).pipeline);
    });
    const mean = difference.reduce((sum, d) => sum + d, 0) / seeds.length;
    const variance = difference.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (seeds.length - 1);
    expect(Math.abs(mean)).toBeLessThan(Math.max(0.001, 4 * Math.sqrt(variance / seeds.length)));
  });
});
