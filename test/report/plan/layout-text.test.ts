import { describe, expect, it } from 'vitest';
import { layoutLines } from '../../../src/report/plan/layout-text.ts';
import { scheduleLines } from '../../../src/report/plan/schedule-text.ts';
import type { PlanLayouts } from '../../../src/results/plan-layouts.ts';
import type { PlanResult } from '../../../src/results/plan-result.ts';
import type { PlanSchedule } from '../../../src/results/plan-schedule.ts';

const plan: PlanResult = {
  ...{ shards: 6, shardsSafe: 6, feasible: true, binding: 'hot-shard' },
  ...{ constraints: [], hottestShard: null, hottestKey: null, assumptions: [] },
};
const layouts: PlanLayouts = {
  uniform: { shards: 6, utilization: 0.8 },
  weighted: { shards: 4, utilization: 0.78 },
  weightedSameCount: { shards: 6, utilization: 0.5 },
  savedShards: 2,
  savedUsdPerMonth: 21.9,
  from: { shards: 4, today: false },
  peakShards: 6,
  steps: [
    {
      kind: 'split',
      startingHashKey: '85',
      endingHashKey: '169',
      shardId: 'shardId-000000000001',
      newStartingHashKey: '99',
    },
    {
      kind: 'merge',
      startingHashKey: '0',
      endingHashKey: '98',
      shardId: 'shardId-000000000000',
      adjacentShardId: 'shardId-000000000004',
    },
  ],
};
const text = (lines: readonly string[]): string => lines.join('\n').replaceAll('\u00a0', ' ');
const flat = (lines: readonly string[]): string => text(lines).replace(/\s+/g, ' ');

describe('layouts as text', () => {
  it('stand side by side in a few lines', () => {
    const lines = layoutLines({ ...plan, layouts }, 80, false);
    expect(lines.length).toBeLessThanOrEqual(7);
    expect(flat(lines)).toContain('Equal ranges: 6 shards, the hottest at 80 % of its limit.');
    expect(flat(lines)).toContain(
      '4 shards, the hottest at 78 %: 2 fewer, $21.90 a month less. On 6, cut evenly: 50 %.',
    );
    expect(flat(lines)).toContain(
      '2 splits and merges from a new stream of 4 equal shards (--details lists them).',
    );
    expect(flat(lines)).toContain('UpdateShardCount undoes it');
  });

  it('are commands in the long form, no line wider than the page', () => {
    const lines = layoutLines({ ...plan, layouts }, 80, true);
    expect(text(lines)).toContain(
      '  aws kinesis split-shard --stream-name NAME \\\n    --shard-to-split shardId-000000000001 \\\n    --new-starting-hash-key 99',
    );
    expect(text(lines)).toContain('--adjacent-shard-to-merge shardId-000000000004');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const many = { ...layouts, steps: Array.from({ length: 30 }, () => layouts.steps[0]) };
    expect(text(layoutLines({ ...plan, layouts: many }, 80, true))).toContain(
      '… and 18 more: -f json has them all.',
    );
  });

  it('say where cutting saves nothing, what is left out, and what fits nowhere', () => {
    const { from, peakShards, ...rest } = layouts;
    expect(from && peakShards).toBe(6);
    const none = { ...rest, weighted: rest.uniform, savedShards: 0, savedUsdPerMonth: 0, steps: [] };
    expect(flat(layoutLines({ ...plan, layouts: none }, 80, true))).toContain(
      'Cut between keys: no fewer. On 6, cut evenly: 50 %.',
    );
    expect(flat(layoutLines({ ...plan, layouts: { ...none, keysLeftOut: 2 } }, 80, false))).toContain(
      '(both without the 2 keys that no shard can carry)',
    );
    expect(
      flat(layoutLines({ ...plan, layouts: { ...none, uniform: null, weightedSameCount: null } }, 80, false)),
    ).toContain('Equal ranges: no count within the quota fits.');
    expect(layoutLines(plan, 80, true)).toEqual([]);
  });
});

describe('a schedule as text', () => {
  const hours = Array.from({ length: 48 }, (_, hour) => {
    const shards = hour % 24 < 8 ? 2 : 4;
    return {
      at: `day ${Math.floor(hour / 24) + 1}, ${hour % 24}:00`,
      rate: 1,
      needed: shards,
      shards,
      open: shards,
    };
  });
  const changes = [475, 1440, 1915, 2880].map((minute, i) => ({
    ...{ at: `day 1, at ${minute}`, minute, call: 'UpdateShardCount' as const },
    ...(i % 2 === 0 ? { from: 2, to: 4 } : { from: 4, to: 2 }),
  }));
  const schedule: PlanSchedule = {
    ...{ hours, changes, shardHours: 160, staticShardHours: 192, monthlyUsd: 36.5, staticMonthlyUsd: 43.8 },
    ...{ longestLeadMinutes: 2, leadGiven: false },
  };

  it('says what it saves, with a picture and the first calls', () => {
    const lines = scheduleLines({ ...plan, schedule }, 80, false);
    expect(flat(lines)).toContain(
      '2 to 4 shards over 48 hours, never below need: 160 shard-hours instead of 192 (17 % less), $36.50 a month ' +
        'instead of $43.80, by 4 calls of UpdateShardCount.',
    );
    expect(text(lines)).toContain(`${'▄'.repeat(8)}${'█'.repeat(16)}`.repeat(2));
    expect(flat(lines)).toContain('30 s for each split and merge');
  });

  it('has a row for each day in the long form', () => {
    const lines = scheduleLines({ ...plan, schedule }, 80, true);
    expect(text(lines)).toContain(`  day 2        ${'▄'.repeat(8)}${'█'.repeat(16)}  2–4`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says where nothing is worth a call, and where nothing fits', () => {
    const still = { ...schedule, changes: [], shardHours: 192 };
    expect(flat(scheduleLines({ ...plan, schedule: still }, 80, false))).toContain('4 shards all the time');
    expect(flat(scheduleLines({ ...plan, schedule: null }, 80, false))).toContain('no number of shards fits');
  });
});
