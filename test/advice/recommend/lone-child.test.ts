import { expect, it } from 'vitest';
import { HASH_SPACE } from '../../../src/model/hash-key.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { DAY, evidenceOf } from './evidence-of.ts';

/** One shard that was cut in two at minute 300, and what each half has had since. */
function afterSplit(lower: number, upper: number): Recommendation {
  const since = (load: number) => Float64Array.from({ length: DAY }, (_, step) => (step < 300 ? 0 : load));
  const before = Float64Array.from({ length: DAY }, (_, step) => (step < 300 ? lower + upper : 0));
  const children = uniformRanges(2).map((range, i) => ({
    ...{ range, shardId: shardIdOf(i + 1), parents: [shardIdOf(0)] },
    records: since(i === 0 ? lower : upper),
  }));
  const parent = {
    range: { start: 0n, end: HASH_SPACE - 1n },
    ...{ shardId: shardIdOf(0), records: before, open: false },
  };
  const evidence = evidenceOf({ steps: DAY, shards: [...children, parent] });
  return recommend(evidence, { ...RECOMMEND_DEFAULTS, burstFactor: 1, prefer: 'fewest-steps' });
}

it('half of a split shard that has kept all of the load is not cut blindly again: one key is suspected', () => {
  const found = afterSplit(3, 900);
  expect(found).toMatchObject({ verdict: 'UNDER_PROVISIONED', steps: [] });
  expect(found.reasons).toContainEqual({
    ...{ code: 'single-key-suspected', shards: 1, shardId: shardIdOf(2), parentId: shardIdOf(0) },
    share: expect.closeTo(900 / 903, 9) as number,
  });
  expect(found.reasons.some(({ code }) => code === 'cut-blindly' || code === 'no-cut-helps')).toBe(false);
});

it('one whose sibling has a part of the load is', () => {
  const found = afterSplit(100, 900);
  expect(found.steps).toMatchObject([{ kind: 'split', shardId: shardIdOf(2) }]);
  expect(found.reasons).toContainEqual({ code: 'cut-blindly', shards: 1 });
});
