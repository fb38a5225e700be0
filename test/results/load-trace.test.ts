import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEAST_WEIGHT } from '../../src/results/key-sketch.ts';
import { LoadTrace, type SavedTrace, type SecondSums } from '../../src/results/load-trace.ts';
import { readColumn, readRows, writeColumn } from '../../src/results/number-column.ts';
import { readSteps } from '../../src/results/trace-player.ts';

/** So many records of ten bytes by number. */
function sumsOf(records: readonly number[]): SecondSums {
  return {
    count: records.length,
    records: (i) => records[i],
    bytes: (i) => records[i] * 10,
    squares: (i) => records[i] * 100,
  };
}

function stepsOf(trace: SavedTrace) {
  const steps = readSteps(trace);
  if ('damaged' in steps) throw new Error(`step ${steps.damaged}`);
  return steps;
}

describe('the trace of a load', () => {
  it('has every second as it was, silent ones left out', () => {
    const trace = new LoadTrace((place) => place + 1000);
    trace.note(0, sumsOf([5, 0, 7]), sumsOf([0, 12]));
    trace.note(4, sumsOf([0, 1, 0]), sumsOf([1, 0]));
    expect(trace.saved).toEqual({
      stepSec: 1,
      keyFloor: 0,
      steps: [
        { step: 0, shards: '0 5 50 500 2 7 70 700', keys: '1001 12 120 1200' },
        { step: 4, shards: '1 1 10 100', keys: '1000 1 10 100' },
      ],
    });
  });

  it('keeps the sum of every shard where steps become longer, in bounded room', () => {
    const seconds = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(seconds, (all) => {
        const trace = new LoadTrace((place) => place, { shardRows: 8, keyRows: 1000 });
        all.forEach((records, second) => trace.note(second, sumsOf(records), sumsOf([])));
        const { stepSec } = trace.saved;
        const steps = stepsOf(trace.saved);
        const rows = steps.reduce((sum, { shards }) => sum + shards.length / 4, 0);
        expect(rows).toBeLessThanOrEqual(8);
        for (const { step, shards } of steps) {
          for (let at = 0; at < shards.length; at += 4) {
            const within = all.slice(step * stepSec, (step + 1) * stepSec);
            expect(shards[at + 1]).toBe(within.reduce((sum, records) => sum + records[shards[at]], 0));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves out only keys that had no more than the floor in a step', () => {
    const seconds = fc.array(fc.array(fc.nat(500), { minLength: 6, maxLength: 6 }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(seconds, (all) => {
        const trace = new LoadTrace((place) => place, { shardRows: 1000, keyRows: 20 });
        all.forEach((records, second) => trace.note(second, sumsOf([1]), sumsOf(records)));
        const { keyFloor } = trace.saved;
        const steps = stepsOf(trace.saved);
        expect(steps.reduce((sum, { keys }) => sum + keys.length / 4, 0)).toBeLessThanOrEqual(20);
        for (const { step, keys } of steps) {
          const named = new Set(keys.filter((_, i) => i % 4 === 0));
          all[step].forEach((records, key) => {
            if (!named.has(key)) expect(records * LEAST_WEIGHT).toBeLessThanOrEqual(keyFloor);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a column as text', () => {
  it('comes back as it was', () => {
    const numbers = fc.array(fc.double({ min: 0, max: 2 ** 53, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(numbers, (values) => {
        expect(Array.from(readColumn(writeColumn(values), values.length) ?? [])).toEqual(
          values.map((value) => value + 0),
        );
      }),
    );
  });

  it.each(['1 2', '1 2 3 4', '1 two 3', '1 -2 3', '1  3', 'Infinity 0 0', 'NaN 0 0'])(
    'is damaged as "%s" where three numbers should stand',
    (text) => {
      expect(text === '1  3' ? readColumn('1  3', 2) : readColumn(text, 3)).toBeUndefined();
    },
  );

  it('has whole rows or none', () => {
    expect(readRows('', 4)).toHaveLength(0);
    expect(readRows('1 2 3 4 5', 4)).toBeUndefined();
  });
});
