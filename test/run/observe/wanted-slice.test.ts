import { describe, expect, it } from 'vitest';
import { ReadPace } from '../../../src/run/observe/read-pace.ts';
import { arrivalMsOf, metricMsOf, wantedSliceOf } from '../../../src/run/observe/wanted-slice.ts';

const START_MS = 1_800_000_000_000;
/** A local endpoint whose metric minutes last a second each. */
const FAST = { factor: 60, originUs: START_MS * 1000 };

describe('times of the metrics as arrival times', () => {
  it('are the same on AWS', () => {
    expect(arrivalMsOf(START_MS + 5, undefined)).toBe(START_MS + 5);
    expect(metricMsOf(START_MS + 5, undefined)).toBe(START_MS + 5);
  });

  it('run from the origin on a local endpoint with a faster clock', () => {
    const slice = { shardId: 's', why: 'worst' as const, mostBytes: 1, meanBytes: null };
    const minute = { ...slice, fromMs: START_MS + 120_000, toMs: START_MS + 180_000 };
    expect(wantedSliceOf(minute, FAST)).toMatchObject({ fromMs: START_MS + 2000, forMs: 1000 });
    expect(metricMsOf(START_MS + 2000, FAST)).toBe(START_MS + 120_000);
  });
});

describe('the pace of reading', () => {
  it('is a call a second and 0.4 MiB/s at 20 % of 5 calls/s and 2 MiB/s', () => {
    const pace = new ReadPace(0.2, 1024);
    // 0.4 MiB of 1 KiB records until the next call.
    expect(pace.limit(1e9)).toBe(410);
    expect(pace.wait(410, 410 * 1024)).toBeCloseTo(1001, 0);
    expect(pace.wait(10, 10_240)).toBe(1000);
    // A reply of 4 MiB, larger than meant, is waited for.
    expect(pace.wait(4, 4 * 2 ** 20)).toBeCloseTo(10_000);
    expect(pace.limit(1e9)).toBe(1);
  });

  it('asks for no more than is left, nor than a call may have', () => {
    expect(new ReadPace(1, 100).limit(250)).toBe(3);
    expect(new ReadPace(1, 1).limit(1e9)).toBe(10_000);
    expect(new ReadPace(1, null).limit(1e9)).toBe(100);
  });
});
