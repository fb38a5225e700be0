import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortKeys } from '../../../src/advice/placement/key-order.ts';
import { POSITIONS } from '../../../src/model/hash-key.ts';

/** Many positions from few, evenly or all in one corner. */
function columnsOf(count: number, part: number): Parameters<typeof sortKeys>[0] {
  const positions = Float64Array.from({ length: count }, (_, i) =>
    Math.floor((((i * 0.6180339887498949) % 1) * POSITIONS * part) % POSITIONS),
  );
  const records = Float64Array.from(positions, (_, i) => (i % 17) + 1);
  return { positions, records, bytes: records.map((load, i) => load * (i % 5)) };
}

describe('sortKeys', () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 1],
    [1000, 1],
    [40_000, 1],
    [5000, 1e-6],
    [20_000, 1e-3],
  ])('orders %i keys of the lowest %d of the key space, with their sums', (count, part) => {
    const columns = columnsOf(count, part);
    const { positions, order, recordsBefore, bytesBefore, firstOf } = sortKeys(columns);
    expect(positions).toEqual(columns.positions.toSorted((a, b) => a - b));
    const [records, bytes] = [[0], [0]];
    order.forEach((key, i) => {
      records.push(records[i] + columns.records[key]);
      bytes.push(bytes[i] + columns.bytes[key]);
    });
    expect(Array.from(order, (key) => columns.positions[key])).toEqual(Array.from(positions));
    expect([Array.from(recordsBefore), Array.from(bytesBefore)]).toEqual([records, bytes]);
    const width = POSITIONS / (firstOf.length - 1);
    const isWrong = (first: number, b: number): boolean =>
      (first > 0 && positions[first - 1] >= b * width) || (first < count && positions[first] < b * width);
    expect(firstOf.some(isWrong)).toBe(false);
  });

  it('keeps equal places in the order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }), (places) => {
        const positions = Float64Array.from(places, (place) => place * 2 ** 40);
        const loads = new Float64Array(places.length).fill(1);
        const { order } = sortKeys({ positions, records: loads, bytes: loads });
        const expected = places.map((_, i) => i).sort((a, b) => places[a] - places[b] || a - b);
        expect(Array.from(order)).toEqual(expected);
      }),
    );
  });
});
