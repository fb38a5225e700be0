import { describe, expect, it } from 'vitest';
import { uniformRanges } from '../../src/model/hash-range.ts';
import { renderApplyPlan, type ApplyPlan } from '../../src/report/apply-text.ts';
import { recommended } from '../run/apply/recommended.ts';

const startsOf = (shards: number): bigint[] => uniformRanges(shards).map(({ start }) => start);

function planOf(before: number, after: number, rest: Partial<ApplyPlan> = {}): ApplyPlan {
  const document = recommended({
    name: 'orders',
    endpoint: 'http://127.0.0.1:4567',
    before: startsOf(before),
    after: startsOf(after),
  });
  return {
    ...{ document, position: 0, maxSteps: Infinity, secondsPerStep: 30, journal: 'steps.json.journal' },
    ...{ stream: document.target.stream, region: 'us-east-1', endpoint: 'http://127.0.0.1:4567' },
    ...{ nowMs: Date.parse(document.startedAt) + 60_000, room: { open: 10, most: 20, more: 3 } },
    ...rest,
  };
}

const linesOf = (plan: ApplyPlan): string[] => renderApplyPlan(plan, 80).split('\n');

describe('what apply is about to do', () => {
  it.each([
    ['the next steps and the last', 0, ['1', '2'], '980 more'],
    ['from the step that was done last', 500, ['500', '501'], '481 more'],
    ['the end', 999, ['981', '982'], ''],
  ])('lists of a thousand steps %s', (_, position, first, gap) => {
    const lines = linesOf(planOf(1, 1001, { position }));
    expect(lines.length).toBeLessThan(40);
    const listed = lines.filter((line) => / {2}(split|merge) {2}/.test(line));
    expect(listed).toHaveLength(20);
    const numbers = listed.map((line) => /(\d+) {2}split/.exec(line)?.[1]);
    expect(numbers.slice(0, 2)).toEqual(first);
    expect(numbers.at(-1)).toBe('1000');
    expect(lines.join('\n')).toContain(gap);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('fits 80 columns where hash keys have all their digits and steps are merges too', () => {
    for (const [before, after] of [
      [9, 7],
      [7, 9],
      [3, 1],
    ])
      for (const line of linesOf(planOf(before, after))) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('says what a newcomer asks: how many, how long, from what to what', () => {
    const text = renderApplyPlan(planOf(4, 8, { maxSteps: 2 }), 80).replaceAll('\n', ' ');
    expect(text).toContain('4 steps, from 4 shards to 8. The stream has the layout that they start from.');
    expect(text).toContain('Recommended 1m ago (2026-11-20 00:00 UTC).');
    expect(text).toContain('2 steps to take (--max-steps), of 4 that are left: about 1m, at 30 s a step');
    expect(text).toContain('The account has 10 of the 20 shards that it may have in us-east-1');
  });

  it('says that the shards do not fit, or that nobody told', () => {
    const tight = renderApplyPlan(planOf(4, 8, { room: { open: 18, most: 20, more: 3 } }), 80);
    expect(tight).toMatch(/these\ssteps\sopen\s3\sshards\smore, at most at once: they do not fit/);
    expect(renderApplyPlan(planOf(4, 8, { room: undefined }), 80)).toContain('kinesis:DescribeLimits');
  });

  it('says where there is nothing to do, and that an old one was made of another load', () => {
    expect(renderApplyPlan(planOf(4, 8, { position: 4 }), 80)).toContain('There is nothing left to do.');
    expect(renderApplyPlan(planOf(4, 4), 80)).toContain('0 steps, from 4 shards to 4.');
    const day = 24 * 3_600_000;
    const made = Date.parse('2026-11-20T00:00:00.000Z');
    expect(renderApplyPlan(planOf(4, 8, { nowMs: made + day }), 80)).not.toContain('more than a day');
    expect(renderApplyPlan(planOf(4, 8, { nowMs: made + day + 1 }), 80)).toContain('more than a day');
  });
});
