import { expect, it } from 'vitest';
import { atMost } from '../../../src/run/aws/closed-loop-bound.ts';
import { estimateLoad } from '../../../src/run/aws/load-estimate.ts';
import { simulateExactly } from '../../../src/simulate/exact.ts';
import { refusalOf } from '../../traffic/refusal-of.ts';
import { scenarioOf, sourceAt } from '../../traffic/scenarios.ts';

const producer = {
  api: 'PutRecords',
  batch: 50,
  lingerUs: 0,
  inFlight: 20,
  loop: 'closed',
  retry: { policy: 'none' },
} as const;

it.each([100, 4000])(
  'bounds what a stream takes of a closed loop of records of %d bytes, closely',
  (bytes) => {
    const scenario = scenarioOf([sourceAt(0, 20, { size: { kind: 'fixed', bytes } })], { producer });
    const { pipeline } = simulateExactly(scenario, { serviceUs: 20_000, z: 4 });
    const accepted = pipeline.tally.shards.sum('accepted');
    const { records } = estimateLoad(atMost(scenario, 'provisioned'));
    expect(accepted).toBeLessThanOrEqual(records);
    expect(accepted).toBeGreaterThan(0.9 * records);
  },
);

it('leaves open loops as they are, and refuses a stream that grows with its load', () => {
  const open = scenarioOf([sourceAt(5, 1)]);
  expect(atMost(open, 'on-demand')).toBe(open);
  const closed = scenarioOf([sourceAt(0, 1)], { producer });
  expect(refusalOf(() => void atMost(closed, 'on-demand')).what).toContain('nothing bounds its cost');
});
