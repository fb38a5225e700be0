import { expect, test } from 'vitest';
import { LayoutPhases, MOST_PHASES } from '../../src/results/layout-phases.ts';

test('a phase lasts from one change of the layout to the next, and has the attempts answered meanwhile', () => {
  const phases = new LayoutPhases(4);
  phases.change(-5_000_000, 5, { accepted: 0, throttled: 0 });
  phases.change(0, 8, { accepted: 0, throttled: 0 });
  phases.change(60_000_000, 16, { accepted: 100, throttled: 50 });
  phases.change(60_000_000, 17, { accepted: 100, throttled: 50 });
  expect(phases.until(90_000_000, { accepted: 130, throttled: 51 })).toEqual([
    { fromMs: 0, toMs: 60_000, openShards: 8, attempts: 150, throttledAttempts: 50 },
    { fromMs: 60_000, toMs: 90_000, openShards: 17, attempts: 31, throttledAttempts: 1 },
  ]);
});

test('changes without end need no more memory than the most phases, and lose no attempts', () => {
  const phases = new LayoutPhases(1);
  for (let i = 1; i <= 5000; i++) phases.change(i * 1000, i + 1, { accepted: i, throttled: 0 });
  const all = phases.until(6_000_000, { accepted: 5001, throttled: 0 });
  expect(all.length).toBe(MOST_PHASES);
  expect(all.at(-1)).toMatchObject({ toMs: 6000, openShards: 5001 });
  expect(all.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(5001);
});
