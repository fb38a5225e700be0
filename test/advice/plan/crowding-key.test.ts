/** Keys that fit on a shard, but hardly anything beside them: the advice is held against placements drawn here. */
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import type { PlanResult } from '../../../src/results/plan-result.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';

const template = 'key-{n}';

function planOf(recordsPerSec: number, keys: Keys, options: PlanOptions = {}): PlanResult {
  return buildPlan(planInputOfFlags({ rate: { recordsPerSec }, dataBytes: 500, keys, ...options }));
}

const hot = (share: number, keys = 1): Keys => ({ kind: 'hot', share, keys, of: 10_000, template });

/** Part of drawn placements in which some shard has more than `most` (Park & Miller). */
function overloaded(loads: readonly number[], shards: number, most: number, trials: number): number {
  let state = 77;
  let over = 0;
  for (let trial = 0; trial < trials; trial++) {
    const sums = new Float64Array(shards);
    for (const load of loads) {
      state = (state * 48_271) % 2_147_483_647;
      sums[Math.floor((state / 2_147_483_647) * shards)] += load;
    }
    if (Math.max(...sums) > most + 1e-6) over++;
  }
  return over / trials;
}

describe('a key that leaves no room beside it', () => {
  // 800/s of 4,000/s: all that is planned for a shard, so nothing may fall on its own. 4,000 ÷ 800 = 5 without skew.
  const plan = planOf(4000, hot(0.2));

  it('gets the ways out of a hot key, and the sums', () => {
    expect(plan.shards).toBeGreaterThan(1000);
    expect(plan.hottestKey).toMatchObject({ fits: true, crowds: true });
    expect(plan.hottestKey?.ofPlanned).toBeCloseTo(1, 9);
    const { random, shards } = plan.hottestKey?.salts ?? { shards: 0 };
    expect(plan.remedies).toEqual([
      `Cut the heaviest key into ${random} keys (salts): then ${shards} shards carry it all instead of 7,801.`,
    ]);
    expect(plan.hottestKey?.waysOut?.map(({ kind }) => kind)).toContain('finer-key');
  });

  it('is cut into salts with which placements fit as surely as said, and uncut it does not', () => {
    const { random = 0, shards } = plan.hottestKey?.salts ?? { shards: 0 };
    expect(shards).toBeLessThan(10);
    const others = Array.from({ length: 9999 }, () => 3200 / 9999);
    const salted = [...others, ...Array.from({ length: random }, () => 800 / random)];
    expect(overloaded(salted, shards, 800, 400)).toBeLessThan(0.08);
    expect(overloaded([...others, 800], shards, 800, 20)).toBe(1);
  });

  it('says what half of the headroom would do', () => {
    const half = planOf(4000, hot(0.2), { headroom: 0.1 }).shards;
    expect(plan.hottestKey?.waysOut?.find(({ kind }) => kind === 'less-headroom')).toMatchObject({
      feasible: true,
      detail: `With --headroom 10% it is ${half} shards instead of 7,801.`,
    });
    const none = planOf(3990, hot(0.25), { headroom: 0 });
    expect(none.hottestKey?.waysOut?.find(({ kind }) => kind === 'less-headroom')).toMatchObject({
      feasible: false,
    });
  });

  it('is told apart from one that leaves room, and from skew that is no one key', () => {
    for (const { hottestKey, remedies } of [
      planOf(4000, hot(0.05)), // a quarter of what is planned for a shard
      planOf(4000, { kind: 'uniform', count: 60, template }), // 67/s each: skew, but of all
      planOf(700, hot(0.9)), // 79 %, and everything fits on one shard
      planOf(4000, hot(0.2), { maxThrottled: 0.01 }),
    ]) {
      expect(hottestKey?.fits).toBe(true);
      expect(hottestKey).not.toHaveProperty('crowds');
      expect(remedies).toEqual([]);
    }
  });

  it('may be one of several', () => {
    const three = planOf(4000, hot(0.45, 3)); // 600/s each
    expect(three.remedies?.[0]).toMatch(/^Cut each of the 3 heaviest keys into up to \d+ keys \(salts\)/);
    const { random = 0, shards } = three.hottestKey?.salts ?? { shards: 0 };
    const others = Array.from({ length: 9997 }, () => 2200 / 9997);
    const salted = [...others, ...Array.from({ length: 3 * random }, () => 600 / random)];
    expect(overloaded(salted, shards, 800, 400)).toBeLessThan(0.08);
  });

  it('is found among keys that are placed by name as well', () => {
    const named = planOf(4000, hot(0.2), { placement: 'actual' });
    expect(named.hottestKey).toMatchObject({ fits: true });
    expect(named.hottestKey?.salts?.shards ?? 0).toBeLessThan(named.shards ?? Infinity);
  });
});
