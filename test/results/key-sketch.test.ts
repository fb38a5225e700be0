import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeySketch, LEAST_WEIGHT } from '../../src/results/key-sketch.ts';

interface Played {
  readonly sketch: KeySketch;
  /** Exact weight of every key that came. */
  readonly exact: ReadonlyMap<number, number>;
  readonly total: number;
  /** Exact weight that each place has counted since it was taken, kept as a tally would. */
  readonly seen: Float64Array;
}

function play(capacity: number, stream: readonly (readonly [key: number, weight: number])[]): Played {
  const sketch = new KeySketch(capacity);
  const exact = new Map<number, number>();
  const seen = new Float64Array(capacity);
  let total = 0;
  for (const [key, weight] of stream) {
    const place = sketch.add(key, weight, (freed) => (seen[freed] = 0));
    seen[place] += weight;
    exact.set(key, (exact.get(key) ?? 0) + weight);
    total += weight;
  }
  return { sketch, exact, total, seen };
}

function expectBounds({ sketch, exact, total, seen }: Played): void {
  expect(sketch.offset).toBeLessThanOrEqual(total / Math.ceil(sketch.capacity / 2));
  expect(sketch.held()).toHaveLength(sketch.size);
  for (const [key, weight] of exact) {
    const place = sketch.find(key);
    if (place < 0) {
      expect(weight).toBeLessThanOrEqual(sketch.offset);
      continue;
    }
    expect(sketch.keys[place]).toBe(key);
    expect(seen[place]).toBeLessThanOrEqual(weight);
    expect(weight).toBeLessThanOrEqual(seen[place] + sketch.missed[place]);
    expect(weight).toBeLessThanOrEqual(sketch.weights[place] + sketch.offset);
    expect(seen[place]).toBe(sketch.weights[place] + sketch.offset - sketch.missed[place]);
    expect(sketch.missed[place]).toBeLessThanOrEqual(sketch.offset);
  }
}

const weighted = fc.tuple(
  fc.oneof(fc.nat(5), fc.nat(60), fc.integer({ min: 0, max: 0xffff_fffe })),
  fc.integer({ min: 1, max: 1000 }),
);

describe('the key sketch', () => {
  it('bounds the true weight of every key from both sides, held or not, and holds every key above 2 W / m', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(weighted, { maxLength: 500 }),
        (capacity, stream) => {
          const played = play(capacity, stream);
          expectBounds(played);
          for (const [key, weight] of played.exact) {
            if (weight > (2 * played.total) / capacity)
              expect(played.sketch.find(key)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does so against streams made to hurt it', () => {
    const rounds = Array.from({ length: 50 }, (_, i) => i);
    const newcomers = rounds.flatMap((i) => [[i, 1] as const, [1000 + i, 1] as const, [7, 1] as const]);
    const heavyFirst = [[1, 1e6] as const, ...Array.from({ length: 5000 }, (_, i) => [i + 10, 1] as const)];
    const heavyLast = [...heavyFirst.slice(1), [1, 1e4] as const];
    const sweeps = rounds.flatMap(() => Array.from({ length: 30 }, (_, key) => [key, 3] as const));
    for (const stream of [newcomers, heavyFirst, heavyLast, sweeps]) {
      for (const capacity of [1, 2, 3, 16, 29, 30, 31]) expectBounds(play(capacity, stream));
    }
  });

  it('is exact as long as there are no more keys than places', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(49), fc.integer({ min: 1, max: 1000 })), { maxLength: 800 }),
        (stream) => {
          const { sketch, exact, seen } = play(50, stream);
          expect(sketch.offset).toBe(0);
          expect(sketch.size).toBe(exact.size);
          for (const [key, weight] of exact) expect(seen[sketch.find(key)]).toBe(weight);
        },
      ),
    );
  });

  it('frees places before they are taken again, each once', () => {
    const sketch = new KeySketch(4);
    const taken = new Set<number>();
    for (let key = 0; key < 200; key++) {
      const place = sketch.add(key, 1 + (key % 3), (freed) => expect(taken.delete(freed)).toBe(true));
      expect(taken.has(place)).toBe(false);
      taken.add(place);
      expect([...taken].sort()).toEqual([...sketch.held()]);
    }
  });

  it('finds a key of one percent among a million others with a thousand places', () => {
    const stream = Array.from(
      { length: 200_000 },
      (_, i) => [i % 100 === 0 ? 5 : 1000 + i, LEAST_WEIGHT] as const,
    );
    const { sketch, seen } = play(1000, stream);
    const place = sketch.find(5);
    expect(place).toBeGreaterThanOrEqual(0);
    const [heaviest] = sketch.held().sort((a, b) => sketch.weights[b] - sketch.weights[a]);
    expect(heaviest).toBe(place);
    expect(seen[place] / LEAST_WEIGHT).toBeCloseTo(2000, 6);
  });
});
