/** Who is looked at closer, and how much load adds up, by small columns. */
import { describe, expect, it } from 'vitest';
import { groupsOf, peakOfSum } from '../../../src/run/observe/coarse-peaks.ts';
import { suspectsOf } from '../../../src/run/observe/suspects.ts';
import { windowOf } from '../../../src/run/observe/time-point.ts';

const column = (...values: readonly number[]): Float64Array => Float64Array.from(values);
const look = (shardId: string, records: Float64Array | undefined, throttled?: Float64Array) => ({
  ...{ shardId, records, throttled },
  bytes: undefined,
});

describe('suspects', () => {
  const looks = [
    look('idle', undefined),
    look('even', column(500, 500)),
    look('peak', column(0, 900)),
    look('hot', column(10, 10), column(NaN, 5)),
    look('hotter', column(NaN, 1), column(3, 3)),
  ];

  it('are those that throttled most, then those with the highest load, never those without a sample', () => {
    expect(suspectsOf(looks, 60, 9)).toEqual(['hotter', 'hot', 'peak', 'even']);
    expect(suspectsOf(looks, 60, 2)).toEqual(['hotter', 'hot']);
  });

  it('are judged by the worse of records and bytes over their limits', () => {
    const bytes = {
      shardId: 'bytes',
      records: column(60),
      bytes: column(60 * 1_000_000),
      throttled: undefined,
    };
    expect(suspectsOf([look('records', column(60 * 900)), bytes], 60, 1)).toEqual(['bytes']);
  });
});

describe('the peak of a shard and its ancestors', () => {
  it('is that of their sum, each by its share, holes counting nothing', () => {
    const parts = [
      { share: 1, column: column(NaN, 10, 30) },
      { share: 0.5, column: column(80, 44, NaN) },
      { share: 1, column: undefined },
    ];
    expect(peakOfSum(parts, 3)).toBe(40);
    expect(peakOfSum([{ share: 1, column: undefined }], 3)).toBeUndefined();
  });

  it('is worked out in groups that fit, of which none is left out', () => {
    const shards = Array.from({ length: 1000 }, (_, i) => i);
    const groups = groupsOf({ shards }, { startMs: 0, stepMs: 300_000, count: 18_144 });
    expect(groups.flat()).toEqual(shards);
    expect(Math.max(...groups.map(({ length }) => length)) * 18_144 * 16).toBeLessThanOrEqual(
      32 * 1024 * 1024,
    );
  });
});

describe('a window of time', () => {
  const NOW = Date.UTC(2026, 10, 20, 3);
  const ago = (ms: number) => ({ kind: 'ago', ms }) as const;
  const at = (ms: number) => ({ kind: 'at', ms }) as const;

  it('counts on the clock of the metrics', () => {
    expect(windowOf(ago(3_600_000), ago(0), NOW)).toEqual({ fromMs: NOW - 3_600_000, toMs: NOW });
    expect(windowOf(at(NOW - 5), at(NOW + 60_000), NOW)).toEqual({ fromMs: NOW - 5, toMs: NOW });
  });

  it.each([
    [ago(0), ago(0), /is not before --to/],
    [at(NOW - 10), ago(3_600_000), /is not before --to/],
    [
      ago(60_000),
      at(NOW + 3_600_000),
      /--to 2026-11-20T04:00:00Z is in the future: there the time is 2026-11-20T03:00:00Z/,
    ],
    [at(NOW + 3_600_000), at(NOW + 7_200_000), /--from .* is in the future/],
  ])('is refused where it is empty or in the future: %o, %o', (from, to, what) => {
    expect(() => windowOf(from, to, NOW)).toThrow(what);
  });
});
