import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRate,
  parseBytes,
  parseDuration,
  parsePercent,
  parseRate,
  requireBytes,
  requireDuration,
  requirePercent,
  requireRate,
} from '../../src/model/quantity.ts';
import { Refusal } from '../../src/model/refusal.ts';

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('reading', () => {
  it.each([
    ['0B', 0],
    ['900B', 900],
    ['1KB', 1000],
    ['1kB', 1000],
    ['2KiB', 2048],
    ['2 KiB', 2048],
    ['1.5KiB', 1536],
    ['1MB', 1e6],
    ['10MiB', 10_485_760],
    ['1GiB', 2 ** 30],
    ['8TiB', 2 ** 43],
    ['0.1KiB', 102],
    ['2.0B', 2],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([
    '',
    '900',
    'B',
    '-1B',
    '1e3B',
    '1,000B',
    '5kib',
    '5Mb',
    '5constructor',
    '5toString',
    '.5KB',
    '9999999TiB',
    '1.B',
    '1.5B',
    '0.1 B',
  ])('%j is no size', (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });

  it.each([
    ['0s', 0],
    ['1us', 1],
    ['100ms', 100_000],
    ['0.1s', 100_000],
    ['0.3s', 300_000],
    ['5s', 5e6],
    ['5m', 300e6],
    ['5min', 300e6],
    ['1h', 3600e6],
    ['7d', 604_800e6],
    ['1m30s', 90e6],
    ['1m 30s', 90e6],
    ['1h0.5s', 3600.5e6],
  ])('%s is %d microseconds', (text, us) => {
    expect(parseDuration(text)).toBe(us);
  });

  it.each(['', '5', 's', '-5s', '1e3s', '5 parsecs', '5S', '1m30', '30m5', '999999999999d', '5constructor'])(
    '%j is no duration',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    ['40%', 0.4],
    ['40 %', 0.4],
    ['0%', 0],
    ['100%', 1],
    ['33.3%', 0.333],
    ['0.07%', 0.0007],
  ])('%s is a part of %d', (text, share) => {
    expect(parsePercent(text)).toBe(share);
  });

  it.each(['', '40', '0.4', '101%', '-1%', '%'])('%j is no percentage', (text) => {
    expect(parsePercent(text)).toBeUndefined();
  });

  it.each([
    ['2000/s', { recordsPerSec: 2000 }],
    ['0/s', { recordsPerSec: 0 }],
    ['0.1/s', { recordsPerSec: 0.1 }],
    ['60/min', { recordsPerSec: 1 }],
    ['90/h', { recordsPerSec: 0.025 }],
    ['5MiB/s', { bytesPerSec: 5_242_880 }],
    ['5 MiB/s', { bytesPerSec: 5_242_880 }],
    ['1KB/s', { bytesPerSec: 1000 }],
    ['60MB/min', { bytesPerSec: 1_000_000 }],
  ])('%s is the rate %j', (text, rate) => {
    expect(parseRate(text)).toEqual(rate);
  });

  it.each(['', '2000', '2k/s', '2M/s', '-1/s', '1/d', '/s', '1/constructor', '5/', '5//s', '2 000/s'])(
    '%j is no rate',
    (text) => {
      expect(parseRate(text)).toBeUndefined();
    },
  );

  it('takes any whole number of any unit exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (n) => {
        expect(parseBytes(`${n}KiB`)).toBe(n * 1024);
        expect(parseDuration(`${n / 1000}s`)).toBe(n * 1000);
        expect(parseRate(`${n}/s`)).toEqual({ recordsPerSec: n });
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseBytes, parseDuration, parsePercent, parseRate]) parse(text);
      }),
    );
  });
});

describe('refusing', () => {
  it.each([
    [
      () => requireRate('3000', 'rate'),
      'rate: 3000 has no unit.',
      'Write 3000/s for records per second, or 3000B/s for bytes.',
    ],
    [
      () => requireRate('2k/s', '--rate'),
      '--rate: "2k/s" is not a rate.',
      'Write for example 2000/s for records per second, or 5MiB/s for bytes.',
    ],
    [
      () => requireBytes('900', '--record-size'),
      '--record-size: 900 has no unit.',
      'Write 900B for bytes, or 900KiB.',
    ],
    [() => requireBytes('1.5B', 'size'), 'size: 1.5B is no whole number of bytes.', 'Write 2B.'],
    [() => requireBytes('big', 'size'), 'size: "big" is not a size.', 'Write for example 900B, 2KiB or 1MB.'],
    [() => requireDuration('15', 'duration'), 'duration: 15 has no unit.', 'Write 15s for seconds, or 15ms.'],
    [
      () => requireDuration('soon', 'duration'),
      'duration: "soon" is not a duration.',
      'Write for example 100ms, 5s, 5m or 1h.',
    ],
    [() => requirePercent('0.4', 'share'), 'share: 0.4 has no unit.', 'Write 40%.'],
    [() => requirePercent('40', 'share'), 'share: 40 has no unit.', 'Write 40%.'],
    [
      () => requirePercent('140%', 'share'),
      'share: "140%" is not a percentage from 0% to 100%.',
      'Write for example 40%.',
    ],
  ])('says what is wrong and what to write, case %#', (act, what, fix) => {
    expect(refusalOf(act)).toMatchObject({ exitCode: 2, what, fix });
  });
});

describe('writing', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567.4, '1,234,567'],
  ])('count %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it.each([
    [0, '0'],
    [0.1, '0.1'],
    [0.16666, '0.167'],
    [1.2345, '1.23'],
    [9.999, '10'],
    [99.96, '100'],
    [12.04, '12'],
    [20.5, '20.5'],
    [1234.5, '1,235'],
    [0.00001, '0'],
    [-1.5, '-1.5'],
  ])('number %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [900, '900 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1_048_575, '1 MiB'],
    [10_485_760, '10 MiB'],
    [2 ** 51, '2,048 TiB'],
  ])('%d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0s'],
    [250, '250us'],
    [1500, '1.5ms'],
    [100_000, '100ms'],
    [999_900, '1s'],
    [12_000_000, '12s'],
    [59_990_000, '1m'],
    [90_000_000, '1m30s'],
    [3_600_000_000, '1h'],
    [86_400_000_000, '1d'],
    [90_061_000_000, '1d1h1m1s'],
  ])('%d microseconds as %s', (us, text) => {
    expect(formatDuration(us)).toBe(text);
  });

  it('rates and percentages', () => {
    expect(formatRate({ recordsPerSec: 3000 })).toBe('3,000/s');
    expect(formatRate({ bytesPerSec: 5_242_880 })).toBe('5 MiB/s');
    expect(formatPercent(0.4)).toBe('40%');
    expect(formatPercent(1.234)).toBe('123%');
  });

  it('durations that the reader takes back, to three digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (us) => {
        const back = parseDuration(formatDuration(us)) ?? NaN;
        expect(Math.abs(back - us)).toBeLessThanOrEqual(us * 0.0101);
      }),
    );
  });
});
