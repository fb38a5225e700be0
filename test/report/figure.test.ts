import { describe, expect, it } from 'vitest';
import { amountOf, duration, millis, NBSP, partOf, percent, perSec, times } from '../../src/report/figure.ts';

const plain = (text: string): string => text.replaceAll(NBSP, ' ');
const MIB = 1024 * 1024;

describe('figures', () => {
  const percents: [number, string][] = [
    [0, '0 %'],
    [0.0004, '<0.1 %'],
    [0.001, '0.1 %'],
    [0.04, '4 %'],
    [0.055, '5.5 %'],
    [0.4, '40 %'],
    [0.9996, '99.96 %'],
    [1, '100 %'],
    [1.004, '100.4 %'],
    [1.42, '142 %'],
    [31.5, '3,150 %'],
  ];
  it.each(percents)('%d is %s', (ratio, text) => {
    expect(plain(percent(ratio))).toBe(text);
  });

  const ratios: [number, string][] = [
    [1, '1.00 ×'],
    [1.0042, '1.004 ×'],
    [0.998, '0.998 ×'],
    [1.42, '1.42 ×'],
    [1234.5, '1,234.50 ×'],
  ];
  it.each(ratios)('a load of %d limits is %s', (ratio, text) => {
    expect(plain(times(ratio))).toBe(text);
  });

  it('a load does not look equal to a limit that it is above', () => {
    expect(plain(perSec('bytes', 1.0042 * MIB, MIB))).toBe('1.004 MiB/s');
    expect(plain(perSec('bytes', MIB, MIB))).toBe('1 MiB/s');
    expect(plain(perSec('bytes', 1.5 * MIB, MIB))).toBe('1.5 MiB/s');
    expect(plain(perSec('records', 1000.3, 1000))).toBe('1,000.3 records/s');
    expect(plain(perSec('records', 1420, 1000))).toBe('1,420 records/s');
  });

  it('a part of nothing, or none of it, is left blank', () => {
    expect([partOf(0, 0), partOf(0, 10)]).toEqual(['', '']);
    expect(plain(partOf(5, 10))).toBe('50 %');
  });

  it('milliseconds keep about three digits', () => {
    expect([null, 0, 0.016, 9.994, 12.34, 99.97, 1234.6].map(millis)).toEqual(
      ['–', '0.00', '0.02', '9.99', '12.3', '100', '1,235'], // prettier-ignore
    );
  });

  const spans: [number, string][] = [
    [0, '0 ms'],
    [843.2, '843 ms'],
    [999.7, '1,000 ms'],
    [12_300, '12.3 s'],
    [60_000, '60 s'],
    [150_000, '2 min 30 s'],
    [3_600_000, '1 h'],
  ];
  it.each(spans)('%d ms is %s', (ms, text) => {
    expect(plain(duration(ms))).toBe(text);
  });

  it('one is not many', () => {
    expect([1, 2, 1200].map((n) => plain(amountOf(n, 'shard')))).toEqual([
      '1 shard',
      '2 shards',
      '1,200 shards',
    ]);
  });
});
