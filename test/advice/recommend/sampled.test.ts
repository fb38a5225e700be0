import { describe, expect, it } from 'vitest';
import { HASH_SPACE } from '../../../src/model/hash-key.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import {
  RECOMMEND_DEFAULTS,
  type RecommendOptions,
} from '../../../src/advice/recommend/recommend-options.ts';
import type { RecordSample } from '../../../src/results/evidence/record-sample.ts';
import { DAY, evidenceOf, START_MS, type MadeStream } from './evidence-of.ts';
import { sampleOf } from './sample-of.ts';

const HALF = uniformRanges(2);

function of(
  hot: number,
  sample: RecordSample,
  options: Partial<RecommendOptions> = {},
  throttled = 0,
  mode?: MadeStream['mode'],
): Recommendation {
  const steps = DAY;
  const shards = [hot, 100].map((load, i) => ({
    range: HALF[i],
    records: new Float64Array(steps).fill(load),
    throttled: new Float64Array(steps).fill(i === 0 ? throttled : 0),
  }));
  const made = { steps, shards, evidence: { sample }, ...(mode === undefined ? {} : { mode }) };
  return recommend(evidenceOf(made), {
    ...RECOMMEND_DEFAULTS,
    burstFactor: 1,
    prefer: 'fewest-steps',
    ...options,
  });
}

it('no merges are offered beside a key that fits nowhere: its salts need the room', () => {
  const found = of(1000, sampleOf({ hot: [0.95, 0.3] }), { prefer: 'fewest-shards' }, 2000);
  expect(found.steps).toEqual([]);
  expect(found.reasons).toContainEqual({ code: 'merges-held', why: 'hot-key-first' });
});

describe('a shard whose keys were sampled', () => {
  it('is cut between its heavy keys and not at its midpoint', () => {
    const found = of(1000, sampleOf({ a: [0.45, 0.1], b: [0.45, 0.2] }));
    expect(found.steps).toHaveLength(1);
    const cut = Number((BigInt(found.steps[0].newStartingHashKey ?? '0') * 2000n) / HASH_SPACE) / 1000;
    expect(cut).toBeGreaterThan(0.1);
    expect(cut).toBeLessThanOrEqual(0.2);
    // 450 of key a with 0.15 of the rest's 100; at the midpoint it would be 950.
    expect(found.after.hottest?.upper).toBeLessThan(0.54);
    expect(found.reasons.some(({ code }) => code === 'cut-blindly')).toBe(false);
  });

  it('is left alone where one key fits nowhere, and the salts that make it fit are told', () => {
    const found = of(1000, sampleOf({ hot: [0.95, 0.3] }), {}, 2000);
    expect(found).toMatchObject({ verdict: 'UNDER_PROVISIONED', steps: [] });
    expect(found.reasons).toContainEqual({
      code: 'no-cut-helps',
      shards: 1,
      shardId: 'shardId-000000000000',
    });
    const [key] = found.hotKeys;
    expect(key.key).toBe('hot');
    expect(key.utilization.lower).toBeCloseTo(0.95, 6);
    expect(key.utilization.upper).toBeCloseTo(2.85, 6);
    // 2.85 over 0.8 is 3.6 shards, and there are two: no salts fit on these.
    expect(key.salts.chosen).toBeNull();
    expect(found.ways.map(({ code }) => code)).toEqual(['salt-key', 'aggregate', 'auto-distribution']);
  });

  it('is cut where its heavy key fits on a shard of its own, if without the headroom', () => {
    const found = of(1000, sampleOf({ heavy: [0.75, 0.2] }), { headroom: 0.3 }, 200);
    expect(found.hotKeys.map(({ key, utilization }) => [key, utilization.upper])).toEqual([
      ['heavy', expect.closeTo(0.9, 6)],
    ]);
    expect(found.steps.length).toBeGreaterThan(0);
    expect(found.before.throttled).toBeGreaterThan(0.1);
    expect(found.after.throttled).toBe(0);
  });

  it('is cut around a key that fits nowhere where the others need it', () => {
    const found = of(1000, sampleOf({ hot: [0.42, 0.2], warm: [0.4, 0.8] }), {}, 1200);
    expect(found.verdict).toBe('UNDER_PROVISIONED');
    expect(found.steps.length).toBeGreaterThan(0);
    expect(found.after.throttled ?? 1).toBeLessThan(found.before.throttled ?? 0);
  });

  it('raises minutes by what its seconds showed', () => {
    const perSecond = Array.from({ length: 60 }, (_, i) => {
      const records = i % 6 === 0 ? 450 : 270;
      return { atMs: START_MS + i * 1000, records, bytes: records * 100 };
    });
    const found = of(300, sampleOf({}, perSecond), { burstFactor: undefined });
    // Mean 300: a busy second is 1.5 times as much.
    expect(found.planning.burstFactor).toEqual({ records: 1.5, bytes: 1.5, origin: 'measured', seconds: 60 });
    expect(found.before.hottest?.upper).toBeCloseTo(0.45, 6);
  });
});

it('an on-demand stream gets no steps but what can be done there', () => {
  const found = of(1000, sampleOf({ hot: [0.95, 0.3] }), {}, 500, 'on-demand');
  expect(found).toMatchObject({ verdict: 'UNDER_PROVISIONED', steps: [], alternatives: { resize: null } });
  expect(found.hotKeys).toHaveLength(1);
  expect(found.ways.map(({ code }) => code)).toEqual(['salt-key', 'aggregate', 'auto-distribution']);
  const full = of(950, sampleOf({}), {}, 0, 'on-demand');
  expect(full.ways).toEqual([
    { code: 'warm-throughput', mibPerSec: 3 },
    { code: 'own-shards', shards: 2 },
  ]);
  expect(of(100, sampleOf({}), {}, 0, 'on-demand').verdict).toBe('RIGHT_SIZED');
});
