import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSweep } from '../../src/simulate/sweep.ts';
import { refusalOf } from '../traffic/refusal-of.ts';

describe('a sweep', () => {
  const read: [string, string, number[]][] = [
    ['of a few shards takes each', 'shards=4..7', [4, 5, 6, 7]],
    ['of one value is one point', 'shards=4..4', [4]],
    ['by a step keeps to it', 'shards=4..15:4', [4, 8, 12]],
    ['of a rate by a step', 'rate=1000/s..2500/s:500/s', [1000, 1500, 2000, 2500]],
    ['of a rate in points', 'rate=1000/s..2000/s:3', [1000, 1500, 2000]],
    ['of a rate by a step that no double holds', 'rate=0.1/s..0.4/s:0.1/s', [0.1, 0.2, 0.1 + 2 * 0.1, 0.4]],
    ['with spaces', ' shards = 4 .. 6 : 2 ', [4, 6]],
    ['per minute', 'rate=60/min..180/min:60/min', [1, 2, 3]],
  ];
  it.each(read)('%s', (_, text, values) => {
    expect(parseSweep(text).values).toEqual(values);
  });

  it('without a step takes a round one and at most 21 points, both ends among them', () => {
    expect(parseSweep('rate=1000/s..20000/s').values).toEqual(
      Array.from({ length: 20 }, (_, i) => 1000 * (i + 1)),
    );
    expect(parseSweep('shards=4..16').values).toEqual(Array.from({ length: 13 }, (_, i) => 4 + i));
    const range = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }));
    fc.assert(
      fc.property(range, fc.constantFrom('shards', 'rate'), ([from, width], field) => {
        const unit = field === 'rate' ? '/s' : '';
        const { values } = parseSweep(`${field}=${from}${unit}..${from + width}${unit}`);
        expect(values.length).toBeLessThanOrEqual(21);
        expect([values[0], values.at(-1)]).toEqual([from, from + width]);
        if (field === 'shards') expect(values.every(Number.isInteger)).toBe(true);
        expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
      }),
    );
  });

  const refused: [string, RegExp][] = [
    ['shards', /is no sweep\. Write for example shards=4\.\.16/],
    ['shards=4', /is no sweep\./],
    [
      'shard=4..8',
      /there is no field "shard" to sweep\. Did you mean shards\? The fields are shards, rate\.$/,
    ],
    ['batch=4..8', /there is no field "batch" to sweep\. The fields are shards, rate\.$/],
    ['shards=0..8', /"0" is not a whole number of shards/],
    ['shards=4..8.5', /"8\.5" is not a whole number of shards/],
    ['shards=8..4', /8 is above 4\. Write shards=4\.\.8\.$/],
    ['shards=1..99999', /99,999 is too many\./],
    ['shards=1..1000:1', /1,000 points are too many\. .*at most 200 points/],
    ['shards=1..10:0', /"0" is not a whole number/],
    ['rate=1000..2000', /"1000" is not records per second/],
    ['rate=1MiB/s..2MiB/s', /"1MiB\/s" is not records per second/],
    ['rate=0/s..10/s', /"0\/s" is not records per second/],
    ['rate=1/s..10/s:1', /1 points make no curve/],
    ['rate=1/s..10/s:201', /201 points are too many/],
    ['rate=1/s..10/s:', /"" is not records per second/],
    ['rate=1/s..20000000/s', /20,000,000 is too many/],
  ];
  it.each(refused)('refuses %s', (text, message) => {
    expect(refusalOf(() => parseSweep(text)).message).toMatch(message);
  });
});
