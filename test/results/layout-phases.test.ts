import { expect, test } from 'vitest';
import { LayoutPhases, MOST_PHASES } from '../../src/results/layout-phases.ts';

test('a phase lasts from one change of the layout to the next, and has the attempts answered meanwhile', () => {
  const phases = new LayoutPhases(4);
  phases.change(-5_000_000, 5, { offered: 0, accepted: 0, throttled: 0 }, 0);
  phases.change(0, 8, { offered: 0, accepted: 0, throttled: 0 }, 0);
  phases.change(60_000_000, 16, { offered: 140, accepted: 100, throttled: 50 }, 1.5);
  phases.change(60_000_000, 17, { offered: 140, accepted: 100, throttled: 50 }, 0);
  expect(phases.until(90_000_000, { offered: 160, accepted: 130, throttled: 51 }, 0.7)).toEqual([
    {
      ...{ fromMs: 0, toMs: 60_000, openShards: 8 },
      ...{ offered: 140, attempts: 150, throttledAttempts: 50, utilizationMax: 1.5 },
    },
    {
      ...{ fromMs: 60_000, toMs: 90_000, openShards: 17 },
      ...{ offered: 20, attempts: 31, throttledAttempts: 1, utilizationMax: 0.7 },
    },
  ]);
});

test('changes without end need no more memory than the most phases, and lose no attempts', () => {
  const phases = new LayoutPhases(1);
  for (let i = 1; i <= 5000; i++)
    phases.change(i * 1000, i + 1, { offered: 0, accepted: i, throttled: 0 }, i / 1000);
  const all = phases.until(6_000_000, { offered: 0, accepted: 5001, throttled: 0 }, 0);
  expect(all.length).toBe(MOST_PHASES);
  expect(all.at(-1)).toMatchObject({ toMs: 6000, openShards: 5001, utilizationMax: 5 });
  expect(all.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(5001);
});
