import { describe, expect, it } from 'vitest';
import { deficitOf } from '../../../src/advice/diagnosis/hidden-bursts.ts';
import { lastEpisode } from '../../../src/advice/diagnosis/episode.ts';

/** `#` above, `+` near, `.` below. */
const levels = (row: string): Uint8Array => Uint8Array.from(row, (sign) => '.+#'.indexOf(sign));
const episode = (row: string, complete = row.length): string => {
  const found = lastEpisode(levels(row), complete);
  return found === null ? 'none' : `${found.firstStep}-${found.lastStep}${found.isLasting ? '' : ' single'}`;
};

describe('since when', () => {
  it.each([
    ['nothing above', '..+.+...', 'none'],
    ['three of five raise, from the first of them', '..#.#.#...', '2-6'],
    ['two of five do not', '..#.#.....', '2-4 single'],
    ['a dip does not end it', '###..####.', '0-8'],
    ['near the limit does not end it', '###++++++#', '0-9'],
    ['five below do, and the last episode counts', '###.....###', '8-10'],
  ])('%s', (_name, row, said) => {
    expect(episode(row)).toBe(said);
  });

  it('steps that may still grow raise it, and do not end it', () => {
    expect(episode('..###', 2)).toBe('2-4');
    expect(episode('###.....###', 3)).toBe('0-10');
  });
});

it('the bucket is drained by what comes above its refill, and a gap fills it', () => {
  const at = (ms: number, records: number): { atMs: number; records: number; bytes: number } => ({
    atMs: ms,
    records,
    bytes: 0,
  });
  expect(deficitOf([at(0, 1500), at(1000, 1300), at(2000, 900)], 'records')).toBeCloseTo(0.8);
  expect(deficitOf([at(0, 1500), at(5000, 1300)], 'records')).toBeCloseTo(0.5);
  expect(deficitOf([at(0, 1000)], 'records')).toBe(0);
});
