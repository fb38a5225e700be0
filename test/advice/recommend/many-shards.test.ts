import { expect, it } from 'vitest';
import { recommend } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { decide, judge, manyShards } from '../../bench/recommend.ts';

it('decides for many shards as the benchmark asks it to', () => {
  expect(decide(manyShards(60, 1500, 0)).answer).toMatch(/^OVER_PROVISIONED, \d+ shards after \d+ steps$/);
  expect(decide(manyShards(60, 1500, 10)).answer).toMatch(/^UNDER_PROVISIONED/);
  expect(judge(manyShards(60, 1500, 10)).answer).toMatch(/findings/);
});

it('has the same answer for single and for double precision columns', () => {
  const evidence = manyShards(40, 1500, 8);
  const { metrics } = evidence;
  if (metrics === null) throw new Error('there are metrics');
  const shards = new Map(
    [...metrics.shards].map(([shardId, columns]) => [
      shardId,
      Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, Float64Array.from(column)])),
    ]),
  );
  const twice = recommend({ ...evidence, metrics: { ...metrics, shards } }, RECOMMEND_DEFAULTS);
  expect(twice).toEqual(recommend(evidence, RECOMMEND_DEFAULTS));
});
