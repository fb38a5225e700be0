import { describe, expect, it } from 'vitest';
import { scenarioDigest } from '../../src/traffic/scenario-digest.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { WeightedNames } from '../../src/traffic/weighted-names.ts';
import { scenarioOf, sourceAt } from './scenarios.ts';

const SCENARIO = scenarioOf([sourceAt(100, 5)]);

describe('the digest of a scenario', () => {
  it('is the same for the same load, whatever is asked of it and in whatever order it stands', () => {
    const { traffic, ...rest } = SCENARIO;
    const other: Scenario = { traffic, ...rest, description: 'x', thresholds: ['failed < 1%'], seed: 8 };
    expect(scenarioDigest(other)).toBe(scenarioDigest(SCENARIO));
    expect(scenarioDigest(SCENARIO)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, Scenario]>([
    ['the rate', scenarioOf([sourceAt(101, 5)])],
    ['the warm-up', { ...SCENARIO, warmupUs: 1 }],
    ['the producer', { ...SCENARIO, producer: { ...SCENARIO.producer, batch: 499 } }],
    ['the names of keys', { ...SCENARIO, placementSeed: 3 }],
    ['an explicit hash key', hashed(7n)],
  ])('changes with %s', (_, other) => {
    expect(scenarioDigest(other)).not.toBe(scenarioDigest(SCENARIO));
    expect(scenarioDigest(hashed(8n))).not.toBe(scenarioDigest(hashed(7n)));
  });

  it('looks into files', () => {
    const withNames = (name: string): Scenario => {
      const table = new WeightedNames();
      table.add(new TextEncoder().encode(name), 0, name.length, 1);
      return scenarioOf([sourceAt(1, 1, { keys: { kind: 'file', table } })]);
    };
    expect(scenarioDigest(withNames('a'))).toBe(scenarioDigest(withNames('a')));
    expect(scenarioDigest(withNames('a'))).not.toBe(scenarioDigest(withNames('b')));
  });
});

function hashed(hashKey: bigint): Scenario {
  return scenarioOf([
    sourceAt(100, 5, { keys: { kind: 'hashKeys', hashKeys: [hashKey], keyBytes: [3], weights: [1] } }),
  ]);
}
