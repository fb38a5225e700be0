import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOf } from '../../../src/advice/plan/plan-input.ts';
import { hashKeyOf } from '../../../src/model/hash-key.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';
import { WeightedNames } from '../../../src/traffic/weighted-names.ts';
import { refusalOf } from '../../traffic/refusal-of.ts';
import { read } from '../../traffic/scenario-text.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../../traffic/scenarios.ts';

const NAMES = ['a', 'b', 'tenant-7', 'ü', 'z'];
const WEIGHTS = [5, 4, 3, 2, 1];

function planOf(keys: Keys) {
  return buildPlan(planInputOf(scenarioOf([sourceAt(2000, 10, { keys })])));
}

describe('a plan', () => {
  it('is the same whether keys are written as weights, read from a file, or known by hash key and length', () => {
    const table = new WeightedNames();
    NAMES.forEach((name, i) => {
      const bytes = Buffer.from(name);
      table.add(bytes, 0, bytes.length, WEIGHTS[i]);
    });
    const ofWeights = planOf({ kind: 'weights', names: NAMES, weights: WEIGHTS });
    expect(planOf({ kind: 'file', table })).toEqual(ofWeights);
    const ofHashKeys = planOf({
      kind: 'hashKeys',
      hashKeys: NAMES.map(hashKeyOf),
      keyBytes: NAMES.map((name) => Buffer.byteLength(name)),
      weights: WEIGHTS,
    });
    expect(ofHashKeys.constraints).toEqual(ofWeights.constraints);
    expect(ofHashKeys.hottestShard).toEqual(ofWeights.hottestShard);
    expect([ofHashKeys.shards, ofHashKeys.shardsSafe]).toEqual([ofWeights.shards, ofWeights.shardsSafe]);
  });

  it.each<Keys>([
    { kind: 'sequential', count: 500, template: 'key-{n}' },
    { kind: 'roundRobin', count: 500, template: 'key-{n}' },
    { kind: 'perBatch', count: 500, batch: 500, template: 'key-{n}' },
  ])('takes %j as uniform', (keys) => {
    expect(planOf(keys).constraints).toEqual(planOf(uniformKeys(500)).constraints);
  });

  it.each(['timestamp:1s', 'latest:1.1:100:10', 'drift:40%:1:100:1s', 'explicitHashKey:0'])(
    'refuses %s and says why',
    (keys) => {
      const scenario = read({ keys });
      const { what } = refusalOf(() => planInputOf(scenario));
      expect(what).toMatch(/^traffic\[0\]\.keys: plan cannot place keys of kind \w+: .{20,}\.$/);
    },
  );
});
