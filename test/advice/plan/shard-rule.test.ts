/** What the hottest shard and the heaviest key add to reading, working off, catching up and bursting. */
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOf, planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import { hashKeyOf, HASH_SPACE } from '../../../src/model/hash-key.ts';
import type { ConstraintName, PlanResult } from '../../../src/results/plan-result.ts';
import { parseConsumersShort } from '../../../src/traffic/short-form.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';
import { consumerOf, scenarioOf, sourceAt, uniformKeys } from '../../traffic/scenarios.ts';

const NAMES = Array.from({ length: 40 }, (_, n) => `tenant-${n}`);
const WEIGHTS = NAMES.map((_, n) => 1 + (n % 7));
const NAMED: Keys = { kind: 'weights', names: NAMES, weights: WEIGHTS };
const HOT: Keys = { kind: 'hot', share: 0.2, keys: 1, of: 10_000, template: 'key-{n}' };

function planOf(recordsPerSec: number, dataBytes: number, options: PlanOptions = {}): PlanResult {
  return buildPlan(planInputOfFlags({ rate: { recordsPerSec }, dataBytes, keyBytes: 16, ...options }));
}

function constraintOf(plan: PlanResult, name: ConstraintName): PlanResult['constraints'][number] {
  const found = plan.constraints.find((constraint) => constraint.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** Share of the hottest of so many equal shards, by a second implementation: every key by bigint arithmetic. */
function hottestShare(shards: number): number {
  const sum = WEIGHTS.reduce((a, b) => a + b, 0);
  const loads = new Map<bigint, number>();
  NAMES.forEach((name, i) => {
    const width = HASH_SPACE / BigInt(shards);
    const at = hashKeyOf(name) / width;
    const shard = at < BigInt(shards) ? at : BigInt(shards - 1);
    loads.set(shard, (loads.get(shard) ?? 0) + WEIGHTS[i] / sum);
  });
  return Math.max(...loads.values());
}

function leastBy(holds: (shards: number) => boolean): number {
  for (let shards = 1; ; shards++) if (holds(shards)) return shards;
}

describe('the hottest shard of known names, against brute force', () => {
  it('has to be worked off by each consumer', () => {
    const plan = planOf(2000, 100, { keys: NAMED, consumerSpeed: 600, headroom: 0.1 });
    const least = leastBy((shards) => 2000 * hottestShare(shards) <= 540 + 1e-9);
    expect(constraintOf(plan, 'consumer-speed').shards).toBe(least);
    expect(least).toBeGreaterThan(4); // more than the sum: 2,000 ÷ 540 = 3.7
    expect(plan).toMatchObject({ binding: 'consumer-speed', shards: least });
  });

  it('has to catch up', () => {
    const outage = { outageSec: 3600, recoverSec: 3600 };
    const plan = planOf(1000, 1008, { keys: NAMED, outage, headroom: 0.1 });
    // 1,024,000 B/s, twice, over 2 MiB/s × 90 %.
    const least = leastBy((shards) => 2 * 1_024_000 * hottestShare(shards) <= 2_097_152 * 0.9);
    expect(constraintOf(plan, 'catch-up').shards).toBe(least);
  });

  it('has to pass a burst with full buckets', () => {
    const burst = { rate: { recordsPerSec: 9000 }, lengthSec: 1.5 };
    const plan = planOf(1000, 100, { keys: NAMED, burst, headroom: 0.1 });
    const least = leastBy((shards) => 13_500 * hottestShare(shards) <= 2500 * 0.9 + 1e-6);
    expect(constraintOf(plan, 'burst').shards).toBe(least);
    expect(plan).toMatchObject({ binding: 'burst', shards: least });
  });

  it('is read by each of three polling consumers', () => {
    const plan = planOf(1000, 1008, {
      keys: NAMED,
      consumers: parseConsumersShort('polling:3'),
      headroom: 0.1,
    });
    const least = leastBy((shards) => 3 * 1_024_000 * hottestShare(shards) <= 2_097_152 * 0.9);
    expect(constraintOf(plan, 'read-bandwidth').shards).toBe(least);
  });

  it('decides the plan at a count where all of these hold at once, and every larger one from shardsSafe on', () => {
    const burst = { rate: { recordsPerSec: 6000 }, lengthSec: 1 };
    const plan = planOf(2000, 100, { keys: NAMED, burst, consumerSpeed: 600, headroom: 0 });
    const holds = (shards: number): boolean =>
      2000 * hottestShare(shards) <= 600 + 1e-6 && 6000 * hottestShare(shards) <= 2000 + 1e-6;
    expect(plan.shards).toBe(leastBy(holds));
    const safe = plan.shardsSafe ?? 0;
    for (let shards = safe; shards < safe + 50; shards++) expect(holds(shards)).toBe(true);
    if (safe > (plan.shards ?? 0)) expect(holds(safe - 1)).toBe(false);
  });
});

describe('one key that no shard can serve', () => {
  it.each<[string, ConstraintName, PlanOptions]>([
    // 20 % of 3,000/s are 600/s; 500/s × 80 % for each batch at a time, and a key is never in two
    [
      'is worked off too slowly, however many batches a shard has at a time',
      'consumer-speed',
      { consumers: parseConsumersShort('lambda:1'), consumerSpeed: 500, parallelizationFactor: 10 },
    ],
    // 600 × 1,016 B × 5 = 3.0 MB/s > 1.68 MB/s
    ['never catches up', 'catch-up', { outage: { outageSec: 7200, recoverSec: 1800 } }],
    // 20 % of 20,000 are 4,000 > 2,000 × 80 %
    ['is too much of a burst', 'burst', { burst: { rate: { recordsPerSec: 20_000 }, lengthSec: 1 } }],
    // 600 × 1,016 × 3 = 1.83 MB/s > 1.68 MB/s
    ['is read too often', 'read-bandwidth', { consumers: parseConsumersShort('polling:3') }],
  ])('%s', (_what, name, options) => {
    const plan = planOf(3000, 1000, { keys: HOT, ...options });
    expect(plan).toMatchObject({ feasible: false, shards: null, binding: name });
    expect(constraintOf(plan, name)).toMatchObject({ evaluated: true, shards: null });
    expect(plan.remedies?.[0]).toMatch(/^The heaviest key .*\.$/);
  });
});

describe('what is said to help helps', () => {
  it('a longer recovery, to the minute', () => {
    const outage = { outageSec: 7200, recoverSec: 1800 };
    const { remedies } = planOf(3000, 1000, { keys: HOT, outage });
    const minutes = /--recover-in (?:(\d+)h)?(?:(\d+)m)?/.exec(remedies?.[0] ?? '') ?? [];
    const recoverSec = Number(minutes.at(1) ?? 0) * 3600 + Number(minutes.at(2) ?? 0) * 60;
    const again = (seconds: number): boolean =>
      planOf(3000, 1000, { keys: HOT, outage: { ...outage, recoverSec: seconds } }).feasible;
    expect(recoverSec).toBeGreaterThan(1800);
    expect([again(recoverSec), again(recoverSec - 60)]).toEqual([true, false]);
  });

  it('a faster consumer', () => {
    const slow = planOf(3000, 1000, { keys: HOT, consumerSpeed: 500 });
    const speed = Number(/faster, (\d+)\/s/.exec(slow.remedies?.[0] ?? '')?.[1]);
    expect(speed).toBe(750); // 600 ÷ 80 %
    expect(planOf(3000, 1000, { keys: HOT, consumerSpeed: speed }).feasible).toBe(true);
    expect(planOf(3000, 1000, { keys: HOT, consumerSpeed: speed - 1 }).feasible).toBe(false);
  });

  it('a larger quota, a longer retention, no headroom for calls, fan-out for all but two', () => {
    expect(planOf(900_000, 10, { region: 'eu-central-1', shardQuota: 1125 }).feasible).toBe(true);
    expect(planOf(900_000, 10, { region: 'eu-central-1' }).remedies?.[0]).toContain('--shard-quota 1125');
    const calls = planOf(100, 10, { consumers: parseConsumersShort('polling:5') });
    expect(calls.remedies?.join(' ')).toContain('--headroom 0%');
    expect(planOf(100, 10, { consumers: parseConsumersShort('polling:5'), headroom: 0 }).feasible).toBe(true);
    expect(
      planOf(3000, 1000, { keys: HOT, consumers: parseConsumersShort('polling:2,efo:1') }).feasible,
    ).toBe(true);
  });
});

describe('a scenario', () => {
  it('says how fast its consumers are: full batches decide', () => {
    // 100 records take 50 ms + 100 × 1 ms = 150 ms: 666.7/s, two at a time.
    const slow = consumerOf({ batch: 100, perBatchUs: 50_000, perRecordUs: 1000, parallel: 2 });
    const plan = buildPlan(
      planInputOf(scenarioOf([sourceAt(4000, 10, { keys: uniformKeys(100_000) })], { consumers: [slow] })),
    );
    const { formula } = constraintOf(plan, 'consumer-speed');
    expect(formula).toContain('4,000/s ÷ (1,333/s × 80 %) = 3.75');
  });

  it('holds bursts of one source against the even rate of another', () => {
    const bursts = { kind: 'bursts', everyUs: 1e6, withinUs: 1e5 } as const;
    const scenario = scenarioOf([
      sourceAt(1000, 10, { keys: uniformKeys(1e6), arrivals: bursts }),
      sourceAt(2000, 10, { keys: uniformKeys(1e6) }),
    ]);
    const plan = buildPlan(planInputOf(scenario, { headroom: 0 }));
    // Within 100 ms 1,000 + 200 records; full buckets take 1,000 + 100.
    expect(constraintOf(plan, 'burst').formula).toContain('1,200 ÷ (1,100 × 100 %) = 1.09');
    expect(plan.binding).toBe('hot-shard');
  });

  it('compares its own shards with the plan, also where a larger count is worse', () => {
    const at = (shards: number): unknown => {
      const base = scenarioOf([sourceAt(3000, 10, { keys: uniformKeys(12) })]);
      return buildPlan(
        planInputOf({ ...base, stream: { ...base.stream, shards } }, { placement: 'actual', headroom: 0 }),
      ).capacity?.scenario?.isEnough;
    };
    const plan = buildPlan(
      planInputOf(scenarioOf([sourceAt(3000, 10, { keys: uniformKeys(12) })]), {
        placement: 'actual',
        headroom: 0,
      }),
    );
    expect(at((plan.shards ?? 1) - 1)).toBe(false);
    expect(at(plan.shards ?? 1)).toBe(true);
    expect(at(plan.shardsSafe ?? 1)).toBe(true);
  });
});
