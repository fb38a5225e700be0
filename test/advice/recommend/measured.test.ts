import { expect, it } from 'vitest';
import { recommend } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { DAY, evidenceOf, steady } from './evidence-of.ts';

/** One shard of four is offered 1,300 new records a second, the others 800 each. */
function throttling(isMonitored: boolean) {
  const { shards, steps } = steady([1000, 800, 800, 800]);
  const throttled = new Float64Array(DAY).fill(300);
  const made = { steps, shards: [{ ...shards[0], throttled }, ...shards.slice(1)] };
  return recommend(evidenceOf({ ...made, ...(isMonitored ? {} : { series: { shards: new Map() } }) }), {
    ...RECOMMEND_DEFAULTS,
    burstFactor: 1,
    prefer: 'fewest-steps',
  });
}

const attempts = { accepted: 3400 * 86_400, throttledAttempts: 300 * 86_400 };

it('with metrics of shards the replay of the layout of now throttles what was measured', () => {
  const { replay, before, throttling: measured } = throttling(true);
  expect(measured).toEqual(attempts);
  expect(replay?.gaps).toEqual([]);
  expect(before.throttled).toBeCloseTo(300 / 3700, 2);
});

it('without them it throttles nothing, and says that it does not know what each shard carries', () => {
  const { replay, before, throttling: measured, verdict } = throttling(false);
  expect([verdict, before.throttled]).toEqual(['UNDER_PROVISIONED', 0]);
  expect(measured).toEqual(attempts);
  expect(replay?.measured?.throttledAttempts).toBe(300 * 60 * (replay?.steps ?? 0));
  expect(replay?.gaps).toEqual(['shard-loads-unknown', 'bursts-within-second']);
});

it('a replay that throttles where nothing did says so too', () => {
  const found = recommend(evidenceOf(steady([990, 100])), { ...RECOMMEND_DEFAULTS, burstFactor: 3 });
  expect(found.before.throttled).toBeGreaterThan(0.01);
  expect(found.replay).toMatchObject({ gaps: ['burst-factor'], measured: { throttledAttempts: 0 } });
});
