import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenTogether, saltRisk, saltsFor } from '../../../src/advice/placement/salts.ts';

/** The definition of math.md 2.5, by plain multiplication, for every s. */
function riskByDefinition(s: number, load: number, background: number, shards: number): number {
  let over = 0;
  for (let k = 0; k <= s; k++) {
    if ((k * load) / s + background > 1 + 1e-9)
      over += choose(s, k) * (1 / shards) ** k * (1 - 1 / shards) ** (s - k);
  }
  return Math.min(1, shards * over);
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result *= (n - k + i) / i;
  return result;
}

describe('saltsFor', () => {
  it('needs 33 random salts and 4 chosen ones for a key of 2.5 limits over a background of 0.3 on 8 shards', () => {
    expect(saltsFor(2.5, 0.3, 8)).toEqual({ random: 33, chosen: 4 });
    expect(saltRisk(33, 2.5, 0.3, 8)).toBeCloseTo(0.0447, 4); // 4.6 % when it was simulated;
  });

  it('is not monotone: 35 salts fail more often than 33', () => {
    expect(saltRisk(35, 2.5, 0.3, 8)).toBeCloseTo(0.07, 2);
    expect(saltRisk(4, 2.5, 0.3, 8)).toBeGreaterThan(0.59); // the union bound of the 59 %
  });

  it('finds the least number of the definition', () => {
    // On a grid: within a tolerance of a whole number of salts, the two could differ about who rounds.
    const thousandths = (min: number, max: number) =>
      fc.integer({ min: min * 1000, max: max * 1000 }).map((n) => n / 1000);
    const cases = fc.tuple(thousandths(0.2, 5), thousandths(0, 0.8), fc.integer({ min: 2, max: 40 }));
    fc.assert(
      fc.property(cases, ([load, background, shards]) => {
        const { random } = saltsFor(load, background, shards);
        const bound = Math.min(random ?? 150, 150);
        for (let s = 1; s < bound; s++) {
          expect(riskByDefinition(s, load, background, shards)).toBeGreaterThan(0.05 * (1 - 1e-6));
        }
        if (random !== null && random <= 150) {
          expect(riskByDefinition(random, load, background, shards)).toBeLessThanOrEqual(0.05 * (1 + 1e-6));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has no answer where the shards are too full for any number of salts', () => {
    expect(saltsFor(2, 0.8, 10)).toEqual({ random: null, chosen: 10 }); // 0.2 + 0.8: not one byte to spare
    expect(saltsFor(4, 0.5, 4)).toEqual({ random: null, chosen: null });
    expect(saltsFor(1.5, 1, 4)).toEqual({ random: null, chosen: null });
  });

  it('leaves a key alone that fits as it is', () => {
    expect(saltsFor(0.5, 0.3, 8)).toEqual({ random: 1, chosen: 1 });
    expect(saltsFor(0.5, 0.3, 1)).toEqual({ random: 1, chosen: 1 });
  });
});

describe('salts chosen for several keys at once', () => {
  const part = fc.double({ min: 0.01, max: 5, noNaN: true });
  const load = fc.record({ records: part, bytes: part });
  const room = fc.double({ min: 0, max: 0.95, noNaN: true });

  it('fit, dealt out in turn; there are none only where the sum is too much', () => {
    fc.assert(
      fc.property(
        fc.array(load, { minLength: 1, maxLength: 6 }),
        fc.record({ records: room, bytes: room }),
        fc.integer({ min: 1, max: 40 }),
        (keys, background, shards) => {
          const salts = chosenTogether(keys, background, shards);
          for (const dimension of ['records', 'bytes'] as const) {
            const sum = keys.reduce((all, key) => all + key[dimension], 0);
            if (salts === undefined) continue;
            expect(background[dimension] + sum / shards).toBeLessThanOrEqual(1 + 1e-8);
            const loads = Array.from({ length: shards }, () => background[dimension]);
            let next = 0;
            salts.forEach((count, i) => {
              expect(count).toBeLessThanOrEqual(shards);
              for (let salt = 0; salt < count; salt++) loads[next++ % shards] += keys[i][dimension] / count;
            });
            expect(Math.max(...loads)).toBeLessThanOrEqual(1 + 1e-8);
          }
          if (salts !== undefined) return;
          const fills = (['records', 'bytes'] as const).map((dimension) => {
            return background[dimension] + keys.reduce((all, key) => all + key[dimension], 0) / shards;
          });
          expect(Math.max(...fills)).toBeGreaterThan(1);
        },
      ),
    );
  });

  it('are those of the key alone where there is one', () => {
    fc.assert(
      fc.property(part, room, fc.integer({ min: 1, max: 40 }), (records, background, shards) => {
        // Where the key just fits on all shards together, each rounds in its own way.
        fc.pre(Math.abs(records / (1 - background) - shards) > 1e-6);
        const salts = chosenTogether([{ records, bytes: 0 }], { records: background, bytes: 0 }, shards);
        expect(salts?.[0] ?? null).toBe(saltsFor(records, background, shards).chosen);
      }),
    );
  });
});
