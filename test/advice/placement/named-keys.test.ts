import { describe, expect, it } from 'vitest';
import { keyLoadsOf, withoutKeysAbove, type KeyLoads } from '../../../src/advice/placement/key-loads.ts';
import { placeKeys } from '../../../src/advice/placement/placement.ts';
import type { PlannedKeys } from '../../../src/advice/plan/planned-keys.ts';
import { WeightedNames } from '../../../src/traffic/weighted-names.ts';

function fileOf(weights: Readonly<Record<string, number>>): Extract<PlannedKeys, { kind: 'file' }> {
  const table = new WeightedNames();
  for (const [name, weight] of Object.entries(weights)) {
    const bytes = new TextEncoder().encode(name);
    table.add(bytes, 0, bytes.length, weight);
  }
  return { kind: 'file', table };
}

/** Every key's records and bytes by its name. */
function byName(loads: KeyLoads): Record<string, [number, number]> {
  const all: Record<string, [number, number]> = {};
  for (const run of loads.runs) {
    for (let i = 0; i < run.length; i++) {
      const { name, records, bytes } = run.keyAt(i);
      expect(all[name]).toBeUndefined();
      all[name] = [records, bytes];
    }
  }
  return all;
}

const near = (all: Record<string, [number, number]>): Record<string, [number, number]> =>
  Object.fromEntries(
    Object.entries(all).map(([name, loads]) => [
      name,
      loads.map((load) => Math.round(load * 1e6) / 1e6) as [number, number],
    ]),
  );

describe('keys of files', () => {
  it('carry their share, with the length of each name where none is given', () => {
    const loads = keyLoadsOf([{ recordsPerSec: 100, dataBytes: 10, keys: fileOf({ a: 3, Ürüm: 1 }) }]);
    expect(near(byName(loads))).toEqual({ a: [75, 825], Ürüm: [25, 400] });
    expect(loads.keyCount).toBe(2);
    expect(loads.total.records).toBeCloseTo(100, 9);
    expect(loads.bytesPerRecord).toEqual({ min: 11, max: 16 });
  });

  it('are one key with whatever other source has the name: a file, a list or a template', () => {
    const first = fileOf({ a: 1, b: 1 });
    const loads = keyLoadsOf([
      { recordsPerSec: 10, dataBytes: 1, keyBytes: 1, keys: first },
      { recordsPerSec: 20, dataBytes: 1, keyBytes: 1, keys: first },
      { recordsPerSec: 30, dataBytes: 9, keyBytes: 1, keys: fileOf({ b: 1, c: 2 }) },
      {
        recordsPerSec: 8,
        dataBytes: 1,
        keyBytes: 1,
        keys: { kind: 'weights', names: ['c', 'd', 'k1'], weights: [1, 2, 1] },
      },
      {
        recordsPerSec: 3,
        dataBytes: 1,
        keyBytes: 1,
        keys: { kind: 'uniform', count: 3, template: 'k{n}' },
      },
    ]);
    expect(near(byName(loads))).toEqual({
      a: [15, 30],
      b: [25, 130],
      c: [22, 204],
      d: [4, 8],
      k0: [1, 2],
      k1: [3, 6],
      k2: [1, 2],
    });
    expect(loads.keyCount).toBe(7);
  });

  it('can be taken apart by load: those above a limit, and the heaviest', () => {
    const keys = fileOf(
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, ((i * 7) % 50) + 1])),
    );
    const loads = keyLoadsOf([{ recordsPerSec: 1275, dataBytes: 1, keyBytes: 1, keys }]);
    const light = withoutKeysAbove(loads, { records: 10, bytes: 1e9 });
    expect(light.keyCount).toBe(10);
    expect(light.total.records).toBeCloseTo(55, 9);
    const placed = placeKeys(loads, 5);
    expect(placed.spreadKeys).toBe(45);
    expect(placed.recordsBefore[5]).toBeCloseTo(50 + 49 + 48 + 47 + 46, 9);
    const [run] = loads.runs;
    expect(run.momentsFrom(48, 'records').sum).toBeCloseTo(3, 9);
    expect(run.momentsFrom(0, 'records').squares).toBeCloseTo(42_925, 6);
    expect(run.candidates().map(({ records }) => Math.round(records))).toEqual([50]);
  });
});
