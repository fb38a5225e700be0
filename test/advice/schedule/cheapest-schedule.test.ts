import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cheapestSchedule,
  mostCallsInADay,
  type Schedule,
  type ScheduleQuestion,
} from '../../../src/advice/schedule/cheapest-schedule.ts';
import { leadMinutes } from '../../../src/advice/schedule/resize-lead.ts';

/** Every count up to the largest need, which every count from the need on meets. */
function questionOf(needed: readonly number[], rest: Partial<ScheduleQuestion> = {}): ScheduleQuestion {
  const most = Math.max(...needed);
  return {
    hours: needed.length,
    levels: Array.from({ length: most }, (_, i) => i + 1),
    fits: (hour, level) => level >= needed[hour],
    callWorth: 1,
    leadMinutes: 10,
    ...rest,
  };
}

const costOf = ({ open, resizes }: Schedule, callWorth: number): number =>
  open.reduce((sum, count) => sum + count, 0) + callWorth * resizes.length;

/** All ways to go from hour to hour, where a call takes an hour: counts at the hours' beginnings. */
function bruteForce({ hours, levels, fits, callWorth }: ScheduleQuestion): number {
  let best = Infinity;
  const walk = (counts: number[], cost: number): void => {
    if (cost >= best) return;
    const hour = counts.length - 1;
    if (hour === hours) {
      if (counts[hours] === counts[0]) best = cost;
      return;
    }
    const from = counts[hour];
    for (const to of levels) {
      if (to > 2 * from || to < Math.ceil(from / 2) || !fits(hour, Math.min(from, to))) continue;
      walk([...counts, to], cost + Math.max(from, to) + (from === to ? 0 : callWorth));
    }
  };
  for (const level of levels) walk([level], 0);
  return best;
}

describe('a schedule', () => {
  const needs = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 });

  it('costs as little as the best of all schedules', () => {
    fc.assert(
      fc.property(needs, fc.nat(6), (needed, callWorth) => {
        const question = questionOf(needed, { callWorth, callsPerDay: Infinity });
        expect(costOf(cheapestSchedule(question), callWorth)).toBe(bruteForce(question));
      }),
      { numRuns: 200 },
    );
  });

  it('does so too where larger counts do not always fit', () => {
    const misfit = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(needs, misfit, (needed, isBad) => {
        const most = Math.max(...needed);
        // A bad count carries nothing above an hour's need of 2, but for the one that the peak needs.
        const fits = (hour: number, level: number): boolean =>
          level >= needed[hour] && (!isBad[level] || needed[hour] <= 2 || level === most);
        const question = questionOf(needed, { fits, callsPerDay: Infinity });
        const schedule = cheapestSchedule(question);
        expect(costOf(schedule, 1)).toBe(bruteForce(question));
        for (const [hour, shards] of schedule.shards.entries()) expect(fits(hour, shards)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is never below need while a call is under way, never has two at once, and keeps to what the API takes', () => {
    const long = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 24, maxLength: 72 });
    const lead = fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined });
    fc.assert(
      fc.property(long, lead, (needed, given) => {
        const { resizes, open } = cheapestSchedule(questionOf(needed, { leadMinutes: given }));
        const cycle = needed.length * 60;
        expect(mostCallsInADay(resizes, cycle)).toBeLessThanOrEqual(10);
        // Minute by minute, over two runs: the fewest and the most shards that may be open.
        let free = -Infinity;
        const calls = [0, cycle, 2 * cycle].flatMap((start) =>
          resizes.map((resize) => ({ ...resize, minute: start + resize.minute })),
        );
        const least = new Array<number>(2 * cycle).fill(resizes.at(-1)?.to ?? Math.max(...needed));
        const most = [...least];
        calls.forEach(({ minute, from, to }, i) => {
          expect(minute).toBeGreaterThanOrEqual(free);
          expect(calls[i + 1]?.from ?? to).toBe(to);
          expect(to).toBeLessThanOrEqual(from * 2);
          expect(to * 2).toBeGreaterThanOrEqual(from);
          free = minute + leadMinutes(from, to, given);
          for (let at = minute; at < Math.min(free, 2 * cycle); at++) {
            least[at] = Math.min(from, to);
            most[at] = Math.max(from, to);
          }
          for (let at = free; at < 2 * cycle; at++) [least[at], most[at]] = [to, to];
        });
        for (let at = cycle; at < 2 * cycle; at++) {
          const hour = Math.floor((at - cycle) / 60);
          expect(least[at]).toBeGreaterThanOrEqual(needed[hour]);
          expect(most[at]).toBeLessThanOrEqual(open[hour]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('with too many calls for a day is cheaper than any with fewer of them', () => {
    const needed = Array.from({ length: 24 }, (_, hour) => (hour % 2 === 0 ? 8 : 4));
    const free = cheapestSchedule(
      questionOf(needed, { callWorth: 0, callsPerDay: Infinity, leadMinutes: 1 }),
    );
    const bound = cheapestSchedule(questionOf(needed, { callWorth: 0, callsPerDay: 2, leadMinutes: 1 }));
    expect(mostCallsInADay(bound.resizes, 24 * 60)).toBeLessThanOrEqual(2);
    expect(costOf(bound, 0)).toBeGreaterThanOrEqual(costOf(free, 0));
  });

  it('follows a day by hand: two calls, the hour of each counted with the most shards', () => {
    const needed = [2, 2, 2, 4, 4, 2];
    expect(cheapestSchedule(questionOf(needed, { callWorth: 1 }))).toEqual({
      shards: [2, 2, 2, 4, 4, 2],
      open: [2, 2, 4, 4, 4, 4],
      resizes: [
        { minute: 170, from: 2, to: 4 },
        { minute: 300, from: 4, to: 2 },
      ],
    });
    // A call that has to save five shard-hours is not worth it.
    expect(cheapestSchedule(questionOf(needed, { callWorth: 5 })).resizes).toEqual([]);
  });

  it('doubles step by step, and early enough', () => {
    const needed = [...Array<number>(20).fill(1), 8, 8, 8, 8];
    const { resizes, shards } = cheapestSchedule(questionOf(needed, { callWorth: 0 }));
    expect(resizes.filter(({ from, to }) => to > from).map(({ to }) => to)).toEqual([2, 4, 8]);
    expect(shards.slice(20)).toEqual([8, 8, 8, 8]);
  });
});

describe('the lead of a call', () => {
  it('is half a minute for each split and merge', () => {
    expect(leadMinutes(4, 3)).toBe(3); // 5 steps, as observed
    expect(leadMinutes(10, 20)).toBe(5); // 10 splits
    expect(leadMinutes(1000, 2000)).toBe(500); // 8.3 hours, the published rule of thumb
    expect(leadMinutes(7, 9, 12)).toBe(12);
  });
});
