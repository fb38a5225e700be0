import { expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOf } from '../../../src/advice/plan/plan-input.ts';
import { scenarioOf, sourceAt } from '../../traffic/scenarios.ts';

const PUT_RECORD = {
  api: 'PutRecord',
  batch: 1,
  lingerUs: 0,
  inFlight: 16,
  retry: { policy: 'none' },
} as const;
const keys = { kind: 'weights', names: ['aaaa', 'bbbbbb'], weights: [3, 1] } as const;

it('rounds each record of PutRecord up to whole KiB against the write limit, and not for who reads', () => {
  // 1,020 + 4 bytes are one KiB, 1,020 + 6 two: 1.25 KiB on average, at 2,000/s 2,500 KiB/s: ceil(2.441 / 0.8) = 4.
  const traffic = [sourceAt(2000, 60, { keys, size: { kind: 'fixed', bytes: 1020 } })];
  const boundOf = (
    name: string,
    scenario = scenarioOf(traffic, { producer: PUT_RECORD }),
  ): string | undefined =>
    buildPlan(planInputOf(scenario)).constraints.find((constraint) => constraint.name === name)?.formula;
  expect(boundOf('write-bytes')).toContain('2,000/s × 1,280 B = 2.44 MiB/s');
  expect(boundOf('write-bytes', scenarioOf(traffic))).toContain('2,000/s × 1,025 B');
  expect(boundOf('read-bandwidth')).toBe(boundOf('read-bandwidth', scenarioOf(traffic)));
});
