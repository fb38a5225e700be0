import { describe, expect, it } from 'vitest';
import { burstFactorOf } from '../../../src/advice/recommend/burst-factor.ts';
import { DEFAULT_BURST_FACTOR } from '../../../src/advice/recommend/recommend-options.ts';
import type { SecondCount } from '../../../src/results/evidence/record-sample.ts';
import { START_MS } from './evidence-of.ts';
import { sampleOf } from './sample-of.ts';

/** One second after the other; undefined: not read. */
function measured(perSec: readonly (number | undefined)[], minuteSec = 60) {
  const seconds = perSec.flatMap((records, i): SecondCount[] =>
    records === undefined ? [] : [{ atMs: START_MS + i * 1000, records, bytes: records * 100 }],
  );
  return burstFactorOf(sampleOf({}, seconds), undefined, minuteSec);
}

const minute = (of: (second: number) => number): number[] => Array.from({ length: 60 }, (_, i) => of(i));
const even = minute(() => 300);
const DEFAULT = { records: DEFAULT_BURST_FACTOR, bytes: DEFAULT_BURST_FACTOR, origin: 'default' };

describe('the burst factor', () => {
  it('is how much busier the busiest hundredth of a busy minute’s seconds is than its mean', () => {
    // Six seconds of 600 and 54 of 240: the mean is 276, and 600 / 276 = 2.174.
    expect(measured(minute((i) => (i % 10 === 3 ? 600 : 240)))).toEqual({
      ...{ records: 2.18, bytes: 2.18, origin: 'measured', seconds: 60 },
    });
    expect(measured(even).records).toBe(1);
  });

  it('is not taken of a minute that the traffic began or ended in', () => {
    const found = { ...DEFAULT, sampled: { seconds: 60, minutes: 1 } };
    expect(measured(minute((i) => (i < 43 ? 0 : 900)))).toEqual(found);
    expect(measured(minute((i) => (i < 17 ? 900 : 2)))).toEqual(found);
    expect(measured([...minute((i) => (i < 43 ? 0 : 300)), ...even])).toMatchObject({
      records: 1,
      seconds: 60,
    });
  });

  it('is not taken of minutes far below the busiest', () => {
    const calm = minute((i) => (i % 10 === 3 ? 500 : 61));
    expect(measured([...calm, ...minute(() => 700)])).toMatchObject({ records: 1, seconds: 60 });
  });

  it('is not taken of a minute with a gap, nor of seconds that make up no minute', () => {
    const holed: (number | undefined)[] = minute((i) => (i % 10 === 3 ? 600 : 240));
    holed[30] = undefined;
    expect(measured(holed)).toEqual({ ...DEFAULT, sampled: { seconds: 59, minutes: 0 } });
    expect(measured(even.slice(0, 58))).toMatchObject(DEFAULT);
    expect(measured(even, 1)).toMatchObject(DEFAULT);
    expect(measured([])).toEqual(DEFAULT);
  });

  it('loses at most the second that a slice begins in', () => {
    expect(measured(even.slice(0, 59))).toMatchObject({ origin: 'measured', seconds: 59 });
  });

  it('is believed up to 2.5, and what was measured is told', () => {
    // Six seconds of 800 and 54 of 20: the mean is 98.
    expect(measured(minute((i) => (i % 10 === 3 ? 800 : 20)))).toMatchObject({
      ...{ records: 2.5, bytes: 2.5, origin: 'measured', cappedFrom: 8.17 },
    });
  });
});
