import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HASH_SPACE } from '../../../src/model/hash-key.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { evidenceOf } from './evidence-of.ts';
import { sampleOf } from './sample-of.ts';

/** Records per second that a shard is planned for (1,000 x 0.8 / 1.25), and that what is cut is held to. */
const PLANNED = 640;
const BAND = 576;
/** Minutes: as many as it takes to be above. */
const STEPS = 5;

/** The first of two shards has these keys and nothing else, at even distances, with their records per second. */
function withKeys(loads: readonly number[]): Recommendation {
  const sum = loads.reduce((all, load) => all + load, 0);
  const keys = loads.map((load, i) => [`key-${i}`, [load / sum, placeOf(i, loads)]] as const);
  const ranges = uniformRanges(2);
  const shards = [sum, 100].map((load, i) => ({
    range: ranges[i],
    records: new Float64Array(STEPS).fill(load),
  }));
  const evidence = evidenceOf({
    shards,
    steps: STEPS,
    evidence: { sample: sampleOf(Object.fromEntries(keys)) },
  });
  return recommend(evidence, { ...RECOMMEND_DEFAULTS, prefer: 'fewest-steps', maxShards: 20 });
}

/** Of a key in the shard's range, in whole thousandths of it. */
function placeOf(i: number, loads: readonly number[]): number {
  return Math.round(((i + 1) / (loads.length + 1)) * 1000) / 1000;
}

/** The loads of the keys on each shard that the first is cut into, in the order of the ranges. */
function runsOf(loads: readonly number[], { targetLayout }: Recommendation): number[][] {
  const parts = targetLayout.slice(0, -1);
  return parts.map(({ startingHashKey, endingHashKey }) =>
    loads.filter((_, i) => {
      const hashKey = (HASH_SPACE * BigInt(Math.round(placeOf(i, loads) * 1000))) / 2000n;
      return hashKey >= BigInt(startingHashKey) && hashKey <= BigInt(endingHashKey);
    }),
  );
}

/**
 * A run of keys that is worth no further cut: it fits, or one key is too much by itself and is nine tenths of it, and the
 * others fit without it.
 */
function isEnough(run: readonly number[]): boolean {
  const sum = run.reduce((all, load) => all + load, 0);
  const most = Math.max(...run);
  if (sum <= BAND || run.length === 1) return true;
  return most > PLANNED ? most >= 0.9 * sum && sum - most <= BAND : most > BAND && sum <= PLANNED;
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

/** As few parts as by force, and each of them fits. */
function expectLeast(loads: readonly number[]): void {
  const runs = runsOf(loads, withKeys(loads));
  expect(runs.flat()).toEqual(loads);
  expect(runs.filter((run) => !isEnough(run))).toEqual([]);
  expect(runs.length).toBe(leastByForce(loads));
}

it('a key with no room beside it costs no more splits than its neighbours need, and no fewer', () => {
  const light = fc.array(fc.integer({ min: 45, max: 500 }), { minLength: 0, maxLength: 4 });
  fc.assert(
    fc.property(light, fc.integer({ min: 650, max: 795 }), light, (left, tight, right) => {
      const loads = [...left, tight, ...right];
      fc.pre(tight < 0.88 * loads.reduce((all, load) => all + load, 0));
      expectLeast(loads);
    }),
    { numRuns: 10 },
  );
});

it.each([
  { name: 'above the dead band, by one record', loads: [650, 341, 236] },
  { name: 'above what is planned, with a shard too few', loads: [731, 159, 237, 314] },
  { name: 'above what is planned, with as many shards as it takes', loads: [768, 242, 437, 128] },
  { name: 'above the dead band, on both sides of the key', loads: [217, 164, 753, 469, 125, 197] },
  { name: 'above what is planned, beside seven times of it', loads: [81, 169, 270, 371, 7191, 68, 401, 284] },
  { name: 'cut once too often, beside seven times of it', loads: [306, 353, 7322, 492, 486] },
])('a key that fills its shard is no leave for the others to be $name', ({ loads }) => {
  expectLeast(loads);
});

it.each([
  { name: 'the dead band', loads: [700, 333, 243] },
  { name: 'what a key with no room may keep beside it', loads: [72, 720, 8, 500] },
])('keys that come to $name exactly are not cut for a rounding', ({ loads }) => {
  expectLeast(loads);
});

it('the others are spread as evenly as they can be', () => {
  // 310 and 200 alone would fit as well: from the left, 300 + 10 + 200 and 330; evened, 310 and 530 or 510 and 330.
  const loads = [760, 300, 10, 200, 330];
  expect(runsOf(loads, withKeys(loads))).toEqual([[760], [300, 10, 200], [330]]);
  // As full as may be from the left would be 560 and 80.
  const later = [760, 100, 100, 100, 260, 80];
  expect(runsOf(later, withKeys(later))).toEqual([[760], [100, 100, 100], [260, 80]]);
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
