import fc from 'fast-check';
import { expect, it } from 'vitest';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { DAY, evidenceOf } from './evidence-of.ts';
import { sampleOf } from './sample-of.ts';

/** Records per second that a shard is planned for (1,000 x 0.8 / 1.25), and that what is cut is held to. */
const PLANNED = 640;
const BAND = 576;

/** The first of two shards has these keys and nothing else, at even distances, with their records per second. */
function withKeys(loads: readonly number[]): Recommendation {
  const sum = loads.reduce((all, load) => all + load, 0);
  const keys = loads.map((load, i) => [`key-${i}`, [load / sum, (i + 1) / (loads.length + 1)]] as const);
  const ranges = uniformRanges(2);
  const shards = [sum, 100].map((load, i) => ({
    range: ranges[i],
    records: new Float64Array(DAY).fill(load),
  }));
  const evidence = evidenceOf({
    shards,
    steps: DAY,
    evidence: { sample: sampleOf(Object.fromEntries(keys)) },
  });
  return recommend(evidence, { ...RECOMMEND_DEFAULTS, prefer: 'fewest-steps' });
}

/** A run of keys that is worth no further cut: it fits, or one key is too much by itself and is nine tenths of it. */
function isEnough(run: readonly number[]): boolean {
  const sum = run.reduce((all, load) => all + load, 0);
  const most = Math.max(...run);
  if (sum <= BAND || run.length === 1) return true;
  return most > PLANNED ? most >= 0.9 * sum : most > BAND && sum <= PLANNED;
}

/** The least number of runs of neighbours, by trying every set of cuts between keys. */
function leastByForce(loads: readonly number[]): number {
  let least = loads.length;
  for (let set = 0; set < 1 << (loads.length - 1); set++) {
    const runs: number[][] = [[loads[0]]];
    for (let i = 1; i < loads.length; i++)
      if (set & (1 << (i - 1))) runs.push([loads[i]]);
      else runs[runs.length - 1].push(loads[i]);
    if (runs.every(isEnough)) least = Math.min(least, runs.length);
  }
  return least;
}

it('a key with no room beside it costs no more splits than its neighbours need', () => {
  const light = fc.array(fc.integer({ min: 45, max: 500 }), { minLength: 0, maxLength: 4 });
  fc.assert(
    fc.property(light, fc.integer({ min: 650, max: 795 }), light, (left, tight, right) => {
      const loads = [...left, tight, ...right];
      fc.pre(tight < 0.88 * loads.reduce((all, load) => all + load, 0));
      const found = withKeys(loads);
      expect(found.after.shards - 1).toBe(leastByForce(loads));
    }),
    { numRuns: 15, seed: 7 },
  );
});

it('it is named with what it is of a shard, in its mean and its busier seconds, and with its salts', () => {
  const { hotKeys, after, ways } = withKeys([300, 760, 300]);
  expect(hotKeys).toMatchObject([{ key: 'key-1', fits: 'busy-seconds' }]);
  expect(hotKeys[0].utilization.upper).toBeCloseTo(0.76, 9);
  expect(hotKeys[0].planned.upper).toBeCloseTo(0.95, 9);
  // The other 700 over four shards are 175 each; with half of 760 that is 555, below 640.
  expect(hotKeys[0].salts.chosen).toBe(2);
  expect(after.hottest?.upper).toBeCloseTo(0.95, 9);
  expect(after.shards).toBe(4);
  expect(ways).toEqual([{ code: 'salt-key', key: 'key-1' }]);
});

it('no shard is opened for a few records beside it', () => {
  // 70 beside 760: the key is 0.916 of both, so that cutting them off would hardly lower the shard.
  expect(withKeys([300, 760, 70]).after.shards).toBe(3);
  expect(withKeys([300, 760, 90]).after.shards).toBe(4);
});
