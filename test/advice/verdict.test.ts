import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { createShardMap, route, shardMapOf, splitShard } from '../../src/model/shard-map.ts';
import type { Finding, FindingOf } from '../../src/results/report-document.ts';
import type { Keys, Scenario, Size, Source } from '../../src/traffic/scenario.ts';
import { findingsOf, noiseMargin, type Observation } from '../../src/advice/verdict.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';
import { namesOnShard, observe } from './observations.ts';

const MIB = 1_048_576;
const SEC = 20;
const SMALL: Size = { kind: 'fixed', bytes: 100 };
/** With its key about 8 KiB: 128 of them a second fill a shard. */
const LARGE: Size = { kind: 'fixed', bytes: 8180 };
const MAP = createShardMap(4);

function weights(names: readonly string[]): Keys {
  return { kind: 'weights', names, weights: names.map(() => 1) };
}

/** Poisson arrivals for 20 s unless said otherwise. */
function traffic(rate: number, keys: Keys, rest: Partial<Source> = {}): Source {
  return sourceAt(rate, SEC, { arrivals: { kind: 'poisson' }, keys, size: SMALL, ...rest });
}

function onShard(shard: number, keys: number, prefix?: string): Keys {
  return weights(namesOnShard(shard, keys, MAP, prefix));
}

function codesOf(findings: readonly Finding[]): string[] {
  return findings.map((finding) => finding.code);
}

function verdict(...sources: readonly Source[]): Finding[] {
  return findingsOf(observe(scenarioOf(sources)));
}

function only<C extends Finding['code']>(findings: readonly Finding[], code: C): FindingOf<C> {
  expect(codesOf(findings)).toEqual([code]);
  return findings[0] as unknown as FindingOf<C>;
}

describe('the verdict on a planted stream', () => {
  it('is nothing for a load that is spread and fits', () => {
    expect(verdict(traffic(2400, uniformKeys(10_000)))).toEqual([]);
  });

  it('is HOT_KEY alone for one key above a shard, by records', () => {
    const finding = only(
      verdict(traffic(1200, weights(['whale'])), traffic(1200, uniformKeys(10_000))),
      'HOT_KEY',
    );
    expect(finding.key).toBe('whale');
    expect(finding.shardId).toBe(route(MAP, hashKeyOf('whale')).shardId);
    const { evidence } = finding;
    expect(evidence.dimension).toBe('records');
    expect(evidence.limitPerSec).toBe(1000);
    expect(Math.abs(evidence.utilization - 1.2)).toBeLessThan(0.05);
    expect(Math.abs(evidence.share - 0.5)).toBeLessThan(0.02);
    expect(evidence.splitHelps).toBe(false);
  });

  it('is HOT_KEY alone for one key above a shard, by bytes', () => {
    const finding = only(
      verdict(traffic(200, weights(['whale']), { size: LARGE }), traffic(1000, uniformKeys(10_000))),
      'HOT_KEY',
    );
    expect(finding.evidence.dimension).toBe('bytes');
    expect(finding.evidence.limitPerSec).toBe(MIB);
    expect(finding.evidence.utilization).toBeGreaterThan(1.4);
  });

  it.each([
    ['records', 1400, SMALL],
    ['bytes', 190, LARGE],
  ] as const)('is HOT_SHARD alone for many keys on one shard, by %s', (dimension, rate, size) => {
    const finding = only(
      verdict(traffic(rate, onShard(2, 200), { size }), traffic(300, uniformKeys(10_000))),
      'HOT_SHARD',
    );
    expect(finding.shardId).toBe(MAP.open[2].shardId);
    expect(finding.key).toBeUndefined();
    expect(finding.evidence.dimension).toBe(dimension);
    expect(finding.evidence.utilization).toBeGreaterThan(1.35);
    expect(finding.evidence.splitHelps).toBe(true);
  });

  it('is HOT_SHARD for few keys, of which two heavy ones share a shard of a stream with plenty of room', () => {
    const finding = only(verdict(traffic(1400, onShard(1, 2))), 'HOT_SHARD');
    expect(finding.evidence.lowerUtilization).toBeCloseTo(0.7, 1);
    expect(finding.evidence.upperUtilization).toBeCloseTo(0.7, 1);
  });

  it('is both where a shard is hot without its hot key too', () => {
    const found = verdict(traffic(1500, onShard(0, 1, 'whale')), traffic(1300, onShard(0, 100)));
    expect(codesOf(found)).toEqual(['HOT_KEY', 'HOT_SHARD']);
    expect((found[1] as FindingOf<'HOT_SHARD'>).evidence.utilization).toBeLessThan(1.4);
  });

  it.each([
    ['records', 4400, SMALL],
    ['bytes', 560, LARGE],
  ] as const)(
    'is UNDER_PROVISIONED alone for a stream that is full everywhere, by %s',
    (dimension, rate, size) => {
      const finding = only(verdict(traffic(rate, uniformKeys(10_000), { size })), 'UNDER_PROVISIONED');
      expect(finding.evidence.dimension).toBe(dimension);
      expect(finding.evidence.shards).toBe(4);
      expect(finding.evidence.limitPerSec).toBe(dimension === 'records' ? 4000 : 4 * MIB);
      expect(finding.evidence.shardsNeeded).toBe(4 + finding.evidence.moreShards);
      expect(finding.evidence.shardsNeeded).toBeGreaterThanOrEqual(6);
      expect(finding.evidence.shardsNeeded).toBeLessThanOrEqual(8);
    },
  );

  it('names no hot shard on a stream that is too small altogether, but still its hot key', () => {
    const uneven = verdict(traffic(1500, onShard(0, 300)), traffic(3000, uniformKeys(10_000)));
    expect(codesOf(uneven)).toEqual(['UNDER_PROVISIONED']);
    const withKey = verdict(traffic(1500, weights(['whale'])), traffic(3500, uniformKeys(10_000)));
    expect(codesOf(withKey)).toEqual(['UNDER_PROVISIONED', 'HOT_KEY']);
  });

  it('does not take a monstrous key for a lack of shards', () => {
    const finding = only(
      verdict(traffic(9000, weights(['whale'])), traffic(800, uniformKeys(10_000))),
      'HOT_KEY',
    );
    expect(finding.evidence.utilization).toBeGreaterThan(8.5);
  });

  it('is nothing where noise plays around 0.97 of a limit, on a shard and for a key', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const shard = scenarioOf([traffic(970, onShard(3, 100))], { seed });
      expect(findingsOf(observe(shard))).toEqual([]);
      const key = scenarioOf([traffic(970, weights(['x']))], { seed });
      expect(findingsOf(observe(key))).toEqual([]);
    }
  });

  it('does not call the shard hot for a key that ramps into being hot', () => {
    const ramp = [{ durationUs: SEC * 1e6, from: 0, to: 2500 }];
    const found = verdict(
      traffic(0, onShard(1, 1, 'whale'), { stages: ramp }),
      traffic(400, onShard(1, 100)),
    );
    expect(codesOf(found)).toEqual(['HOT_KEY']);
  });

  it('does not call the shard hot that a ramping key fills before the key alone does', () => {
    const ramp = [{ durationUs: 60e6, from: 200, to: 1800 }];
    const found = verdict(
      traffic(0, onShard(1, 1, 'whale'), { stages: ramp }),
      sourceAt(1200, 60, { arrivals: { kind: 'poisson' }, keys: uniformKeys(10_000), size: SMALL }),
    );
    expect(codesOf(found)).toEqual(['HOT_KEY']);
  });

  it('does not take a key of few large records for several keys that would each fit', () => {
    for (const seed of [1, 2, 3, 4]) {
      const large = traffic(1.5, weights(['whale']), { size: { kind: 'fixed', bytes: 1_000_000 } });
      const scenario = scenarioOf([large, traffic(500, uniformKeys(10_000))], { seed });
      expect(codesOf(findingsOf(observe(scenario)))).not.toContain('HOT_SHARD');
    }
  });

  it('does not take a key of few enormous records for a lack of shards', () => {
    for (const arrivals of [{ kind: 'poisson' }, { kind: 'even' }] as const) {
      const size = { kind: 'fixed', bytes: 10_000_000 } as const;
      const large = sourceAt(0.4, 60, { keys: weights(['whale']), size, arrivals });
      const small = sourceAt(200, 60, { keys: uniformKeys(10_000), size: { kind: 'fixed', bytes: 1000 } });
      const stream = { shards: 4, maxRecordBytes: 10 * MIB, retentionHours: 24, initialFill: 1 };
      const found = findingsOf(observe(scenarioOf([large, small], { stream })));
      expect(codesOf(found).filter((code) => code !== 'HOT_KEY')).toEqual([]);
    }
  });

  it('is nothing where sizes vary widely around a load that fits', () => {
    let blamed = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const size: Size = { kind: 'lognormal', median: 1024, p99: 204_800 };
      const source = traffic(240, uniformKeys(10_000), { size });
      if (findingsOf(observe(scenarioOf([source], { seed }))).length > 0) blamed++;
    }
    expect(blamed).toBeLessThanOrEqual(2);
  });

  it('remembers a hot key that has long lost its place in the sketch', () => {
    const stages = [
      { durationUs: 11e6, from: 1300, to: 1300 },
      { durationUs: 139e6, from: 0, to: 0 },
    ];
    const whale = traffic(0, weights(['whale']), { stages });
    const others = sourceAt(2200, 150, { keys: uniformKeys(1_000_000), size: SMALL });
    const scenario = scenarioOf([whale, others]);
    const { key, evidence } = only(findingsOf(observe(scenario, MAP, 16)), 'HOT_KEY');
    expect(key).toBe('whale');
    expect(evidence.utilization).toBeGreaterThan(1.25);
    expect(evidence.share).toBeCloseTo((1300 * 11) / (1300 * 11 + 2200 * 150), 2);
  });

  it('finds the same with a sketch that is far too small for all keys', () => {
    const scenario = scenarioOf([traffic(1200, weights(['whale'])), traffic(1200, uniformKeys(1_000_000))]);
    const finding = only(findingsOf(observe(scenario, MAP, 256)), 'HOT_KEY');
    expect(finding.key).toBe('whale');
    const hot = scenarioOf([traffic(1500, onShard(2, 3000)), traffic(500, uniformKeys(100_000))]);
    const { evidence } = only(findingsOf(observe(hot, MAP, 256)), 'HOT_SHARD');
    expect(evidence.lowerUtilization).toBeGreaterThan(0.6);
    expect(evidence.upperUtilization).toBeGreaterThan(0.6);
  });

  it('puts a late generator first, and needs one to say so', () => {
    const observation = observe(scenarioOf([traffic(1200, weights(['whale']))]));
    const generator = {
      valid: false,
      lagMs: { p50: 1, p99: 150, max: 400 },
      dispatched: 0.97,
      workers: 1,
      cpu: 1,
      eventLoopUtilization: 1,
      misrouted: 0,
    };
    expect(codesOf(findingsOf({ ...observation, generator }))).toEqual(['GENERATOR_LATE', 'HOT_KEY']);
    const [late] = findingsOf({ ...observation, generator, peakRatePerSec: 4000 });
    expect(late.evidence).toMatchObject({ lagP99Ms: 150, peakRatePerSec: 4000 });
    expect(codesOf(findingsOf({ ...observation, generator: { ...generator, valid: true } }))).toEqual([
      'HOT_KEY',
    ]);
  });

  it('names the worst first', () => {
    const found = verdict(
      traffic(1300, weights(['a'])),
      traffic(2200, weights(['b'])),
      traffic(100, uniformKeys(100)),
    );
    expect(found.map((finding) => finding.key)).toEqual(['b', 'a']);
  });
});

/** Utilization of each shard of a layout, from the offer itself: the worse of records and bytes over the whole run. */
function loadsOn(scenario: Scenario, map = createShardMap(1)): number[] {
  const { tally } = observe(scenario, shardMapOf(map.open.map(({ range }) => range)));
  return map.open.map(
    (_, i) => Math.max(tally.shards.count(i, 'offered') / 1000, tally.shards.count(i, 'bytes') / MIB) / SEC,
  );
}

describe('the split that HOT_SHARD proposes', () => {
  it.each([
    ['records', 1400, SMALL],
    ['bytes', 190, LARGE],
  ] as const)('puts the loads that it claims on the children, by %s', (_, rate, size) => {
    const scenario = scenarioOf([traffic(rate, onShard(2, 50), { size }), traffic(100, uniformKeys(1000))]);
    const { evidence } = only(findingsOf(observe(scenario)), 'HOT_SHARD');
    const at = BigInt(evidence.newStartingHashKey ?? 'none');
    const map = splitShard(MAP, MAP.open[2].shardId, at);
    const loads = loadsOn(scenario, map);
    expect(Math.abs(loads[2] - (evidence.lowerUtilization ?? 0))).toBeLessThan(0.05);
    expect(Math.abs(loads[3] - (evidence.upperUtilization ?? 0))).toBeLessThan(0.05);
    expect(Math.max(loads[2], loads[3])).toBeLessThan(0.8);
  });

  it('divides the busiest window, not the whole run', () => {
    const [a, b, c] = namesOnShard(2, 40, MAP).sort((x, y) => (hashKeyOf(x) < hashKeyOf(y) ? -1 : 1));
    const inTurn = (name: string, rate: number, fromSec: number, toSec: number): Source =>
      sourceAt(0, 40, {
        keys: weights([name]),
        size: SMALL,
        stages: [
          { durationUs: fromSec * 1e6, from: 0, to: 0 },
          { durationUs: (toSec - fromSec) * 1e6, from: rate, to: rate },
          { durationUs: (40 - toSec) * 1e6, from: 0, to: 0 },
        ].filter(({ durationUs }) => durationUs > 0),
      });
    const { evidence } = only(
      verdict(inTurn(a, 600, 0, 10), inTurn(b, 600, 0, 10), inTurn(c, 850, 10, 40)),
      'HOT_SHARD',
    );
    const at = BigInt(evidence.newStartingHashKey ?? 'none');
    expect(hashKeyOf(a) < at && at <= hashKeyOf(b)).toBe(true);
    expect([evidence.lowerUtilization, evidence.upperUtilization]).toEqual([0.6, 0.6]);
  });

  it('leaves the hot key out of both', () => {
    const scenario = scenarioOf([traffic(1500, onShard(0, 1, 'whale')), traffic(1300, onShard(0, 100))]);
    const { evidence } = findingsOf(observe(scenario))[1] as FindingOf<'HOT_SHARD'>;
    expect((evidence.lowerUtilization ?? 0) + (evidence.upperUtilization ?? 0)).toBeCloseTo(
      evidence.utilization,
      9,
    );
    const others = scenarioOf([traffic(0, uniformKeys(1)), traffic(1300, onShard(0, 100))]);
    const loads = loadsOn(
      others,
      splitShard(MAP, MAP.open[0].shardId, BigInt(evidence.newStartingHashKey ?? 'none')),
    );
    expect(Math.abs(loads[0] - (evidence.lowerUtilization ?? 0))).toBeLessThan(0.06);
  });
});

describe('the shards that UNDER_PROVISIONED asks for', () => {
  it.each([
    ['many keys', traffic(4400, uniformKeys(100_000))],
    ['few keys', traffic(5000, uniformKeys(60))],
    ['large records', traffic(600, uniformKeys(300), { size: LARGE })],
    ['zipf', traffic(6000, { kind: 'zipf', count: 5000, exponent: 0.8, template: 'key-{n}' })],
  ])('carry the load with headroom: %s', (_, source) => {
    const scenario = scenarioOf([source]);
    const found = findingsOf(observe(scenario));
    const { evidence } = found[0] as FindingOf<'UNDER_PROVISIONED'>;
    expect(codesOf(found)).toEqual(['UNDER_PROVISIONED']);
    expect(evidence.headroom).toBe(0.2);
    const loads = loadsOn(scenario, createShardMap(evidence.shardsNeeded));
    expect(Math.max(...loads)).toBeLessThanOrEqual(1 - evidence.headroom);
    expect(codesOf(findingsOf(observe(scenario, createShardMap(evidence.shardsNeeded))))).toEqual([]);
  });

  it('carry everything but the hot key, in both dimensions', () => {
    // The whale is hot in records and has hardly any bytes; the stream is full in bytes.
    const rest = traffic(560, uniformKeys(500), { size: LARGE });
    const whale = traffic(1500, weights(['whale']), { size: { kind: 'fixed', bytes: 10 } });
    const scenario = scenarioOf([whale, rest]);
    const found = findingsOf(observe(scenario));
    expect(codesOf(found)).toEqual(['UNDER_PROVISIONED', 'HOT_KEY']);
    const { evidence } = found[0] as FindingOf<'UNDER_PROVISIONED'>;
    const loads = loadsOn(scenarioOf([rest]), createShardMap(evidence.shardsNeeded));
    expect(Math.max(...loads)).toBeLessThanOrEqual(0.81);
  });

  it('fit within the limit itself where a heavy key leaves no headroom on any count in reach', () => {
    const scenario = scenarioOf([traffic(600, weights(['big'])), traffic(3600, uniformKeys(10_000))]);
    const { evidence } = only(findingsOf(observe(scenario)), 'UNDER_PROVISIONED');
    const loads = loadsOn(scenario, createShardMap(evidence.shardsNeeded));
    expect(evidence.shardsNeeded).toBeLessThanOrEqual(12);
    expect(Math.max(...loads)).toBeLessThanOrEqual(1);
    expect(evidence.headroom).toBe(0);
  });

  it('are what the sum needs where only uneven cuts would do', () => {
    const scenario = scenarioOf([traffic(900, weights(['big'])), traffic(3500, uniformKeys(10_000))]);
    const { evidence } = only(findingsOf(observe(scenario)), 'UNDER_PROVISIONED');
    expect(evidence.shardsNeeded).toBe(Math.ceil(evidence.perSec / 800));
    expect(evidence.headroom).toBe(0);
  });
});

describe('the salts that HOT_KEY proposes', () => {
  it('are enough in number to carry the key: with them at random, most placements fit', () => {
    const { evidence } = only(
      verdict(traffic(1500, weights(['whale'])), traffic(800, uniformKeys(10_000))),
      'HOT_KEY',
    );
    const salts = evidence.saltsRandom ?? NaN;
    let fits = 0;
    for (let placement = 0; placement < 400; placement++) {
      const loads = MAP.open.map(() => 200);
      for (let salt = 0; salt < salts; salt++) {
        loads[MAP.open.indexOf(route(MAP, hashKeyOf(`whale#${salt}/${placement}`)))] += 1500 / salts;
      }
      if (Math.max(...loads) <= 800 * 1.02) fits++;
    }
    expect(fits / 400).toBeGreaterThan(0.92);
    expect(evidence.saltsChosen).toBe(3);
    expect(salts).toBeGreaterThan(3);
  });

  it('are for the peak of a ramping key, among what there is beside it then', () => {
    const stages = [{ durationUs: 60e6, from: 200, to: 1600 }];
    const whale = traffic(0, weights(['whale']), { stages, arrivals: { kind: 'even' } });
    const others = sourceAt(1200, 60, { keys: uniformKeys(10_000), size: SMALL });
    const { evidence } = only(verdict(whale, others), 'HOT_KEY');
    // 1,483/s in the last window: 1.85 of what is planned, in a room of 1 - 0.375.
    expect(evidence.perSec).toBeCloseTo(1483, -1);
    expect(evidence.saltsChosen).toBe(3);
  });

  it('let several hot keys fit beside one another, or are none', () => {
    const both = (a: number, b: number): (number | null)[] => {
      const keys = [a, b].map((rate, i) =>
        traffic(rate, weights([`whale-${i}`]), { arrivals: { kind: 'even' } }),
      );
      const found = verdict(...keys, traffic(200, uniformKeys(10_000)));
      expect(codesOf(found)).toEqual(['HOT_KEY', 'HOT_KEY']);
      return found.map((finding) => (finding as unknown as FindingOf<'HOT_KEY'>).evidence.saltsChosen);
    };
    // Room for 750/s on each of four shards: two and two fit, three and two do not, nor anything of 3,200/s.
    expect(both(1200, 1200)).toEqual([2, 2]);
    expect(both(1725, 1125)).toEqual([4, 4]);
    expect(both(1600, 1600)).toEqual([null, null]);
  });

  it('are none where the stream has no room for the key at all', () => {
    const { evidence } = only(
      verdict(traffic(9000, weights(['whale'])), traffic(800, uniformKeys(10_000))),
      'HOT_KEY',
    );
    expect([evidence.saltsRandom, evidence.saltsChosen]).toEqual([null, null]);
  });
});

describe('the margin for noise', () => {
  it('is 3.0 standard deviations for 4 shards and 4.9 for 10,000', () => {
    expect(noiseMargin(4)).toBeCloseTo(3.02, 2);
    expect(noiseMargin(10_000)).toBeCloseTo(4.89, 2);
  });

  it('lets fewer than one stream in a hundred be blamed that runs exactly at its limit for ten seconds', () => {
    let blamed = 0;
    const keys = onShard(0, 50);
    for (let seed = 1; seed <= 60; seed++) {
      const source = sourceAt(1000, 10, { arrivals: { kind: 'poisson' }, keys, size: SMALL });
      const observation: Observation = observe(scenarioOf([source], { seed }));
      if (findingsOf(observation).length > 0) blamed++;
    }
    expect(blamed).toBeLessThanOrEqual(2);
  });
});
