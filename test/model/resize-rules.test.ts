/** What UpdateShardCount takes, at the edges. */
import { expect, it } from 'vitest';
import { resizeBoundOf, resizeTrouble } from '../../src/model/resize-rules.ts';

it.each([
  [4, 2, undefined],
  [4, 1, 'half'],
  [5, 3, undefined],
  [5, 2, 'half'],
  [4, 8, undefined],
  [4, 9, 'double'],
  [6000, 10_000, undefined],
  [6000, 10_001, 'most'],
  [10_000, 10_000, undefined],
  // A stream above the most can only be brought below it.
  [10_001, 10_000, 'most'],
  [10_001, 9999, undefined],
] as const)('from %d shards to %d: beyond %s', (open, target, bound) => {
  expect(resizeBoundOf(open, target)).toBe(bound);
  expect(resizeTrouble(open, target, 0, []) === undefined).toBe(bound === undefined);
});

it('names the numbers that would do, and how far off the target is', () => {
  expect(resizeTrouble(10_001, 10_000, 0, [])).toEqual({
    what: '10,000 is more than any resize may of the 10,001 shards that are open then.',
    fix: 'Write a number from 5,001 to 9,999, or resize in several events.',
  });
  expect(resizeTrouble(4, 20_000, 0, [])?.what).toContain('more than double');
});
