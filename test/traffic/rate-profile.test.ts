import { describe, expect, it } from 'vitest';
import { readRateProfile } from '../../src/traffic/rate-profile.ts';
import { timestampText, timestampUs } from '../../src/traffic/timestamp.ts';
import { refusalOf } from './refusal-of.ts';

const read = (text: string): ReturnType<typeof readRateProfile> => readRateProfile(text, 'week.csv');

describe('a rate profile', () => {
  it.each([
    ['hours and rates', 'hour,rate\n0,100/s\n1,60/min\n', { rates: [100, 1], unit: 'records' }],
    ['bytes', '0,1KiB/s\n1,2KiB/s', { rates: [1024, 2048], unit: 'bytes' }],
    ['a unit in the heading', 'hour,records/s\r\n0,5\r\n1,7.5\r\n', { rates: [5, 7.5], unit: 'records' }],
    ['bytes by the heading', 'hour,KB/s\n0,5\n1,7', { rates: [5000, 7000], unit: 'bytes' }],
    ['rates alone', 'rate\n5/s\n\n0/s\n', { rates: [5, 0], unit: 'records' }],
    ['values alone under a unit', 'MiB/s\n1\n2', { rates: [1_048_576, 2_097_152], unit: 'bytes' }],
    [
      'times, the highest of each hour',
      'time,rate\n2026-03-02T00:00Z,1/s\n2026-03-02T00:30Z,4/s\n2026-03-02T00:45Z,2/s\n2026-03-02T01:10Z,3/s',
      { rates: [4, 3], unit: 'records', startUs: timestampUs('2026-03-02T00:00Z') },
    ],
  ])('reads %s', (_name, text, profile) => {
    expect(read(text)).toEqual(profile);
  });

  it.each([
    ['hour,rate\n0,100\n1,200', 'week.csv, line 2: 100 has no unit.'],
    ['0,1/s\n1,1MiB/s', 'line 2: this rate is in other units'],
    ['0,1/s\n2,1/s', 'line 2: the hours are not in order'],
    ['1,1/s\n2,1/s', 'line 1: the first hour is 1'],
    ['2026-03-02T00:00Z,1/s\n2026-03-02T02:00Z,1/s', 'line 2: there is no rate for the hour before'],
    ['2026-03-02T02:00Z,1/s\n2026-03-02T00:00Z,1/s', 'line 2: the hours are not in order'],
    ['0,1/s\n2026-03-02T00:00Z,1/s', 'line 2: this is no hour as those above are'],
    ['0,1/s\n1,-4/s', 'line 2: "-4/s" is no rate'],
    ['0,1/s\nnoon,4/s', 'line 2: "noon" is no hour and no time'],
    ['0,1/s\n1,2/s,3/s', 'line 2: this is not an hour, a comma and a rate'],
    ['0,1/s', 'a profile has 2 to 8,784 hours, and this one 1'],
    ['0,0/s\n1,0/s', 'there is no traffic in any hour'],
    ['hour,rate\n', 'there is no rate in the file'],
    ['', 'there is no rate in the file'],
  ])('refuses %j', (text, what) => {
    expect(refusalOf(() => read(text)).what).toContain(what);
  });
});

describe('a time as text', () => {
  it.each([
    '1970-01-01T00:00Z',
    '2024-02-29T23:59Z',
    '2026-12-31T08:00Z',
    '2000-03-01T12:30Z',
    '1969-07-20T20:17Z',
  ])('%s is what was read', (text) => {
    expect(timestampText(timestampUs(text) ?? 0)).toBe(text);
  });
});
