import { describe, expect, it } from 'vitest';
import { keyLoadsOf, type KeyLoads } from '../../../src/advice/placement/key-loads.ts';
import {
  expectedAbove,
  fewestThrottling,
  randomKeysOf,
} from '../../../src/advice/placement/random-placement.ts';

const LIMIT = { records: 800, bytes: 838_860.8 };

const weights = (list: readonly number[]): KeyLoads =>
  keyLoadsOf([
    {
      recordsPerSec: list.reduce((sum, weight) => sum + weight, 0),
      dataBytes: 1,
      keyBytes: 1,
      keys: { kind: 'weights', names: list.map((_, i) => `w${i}`), weights: [...list] },
    },
  ]);

/** Mean of the share above the limit over every placement there is. */
function overAllPlacements(list: readonly number[], shards: number, limit: number): number {
  const placements = shards ** list.length;
  const total = list.reduce((sum, weight) => sum + weight, 0);
  let above = 0;
  for (let placement = 0; placement < placements; placement++) {
    const loads = new Float64Array(shards);
    for (let i = 0, rest = placement; i < list.length; i++, rest = Math.floor(rest / shards))
      loads[rest % shards] += list[i];
    for (const load of loads) above += Math.max(0, load - limit);
  }
  return above / placements / total;
}

/** The same by the subsets of keys that one shard may get: every shard is alike, and means add up. */
function overAllSubsets(list: readonly number[], shards: number, limit: number): number {
  const total = list.reduce((sum, weight) => sum + weight, 0);
  let above = 0;
  for (let subset = 0; subset < 2 ** list.length; subset++) {
    let load = 0;
    let probability = 1;
    list.forEach((weight, i) => {
      const isHere = (subset >>> i) & 1;
      load += isHere * weight;
      probability *= isHere ? 1 / shards : 1 - 1 / shards;
    });
    above += probability * Math.max(0, load - limit);
  }
  return (shards * above) / total;
}

describe('expectedAbove', () => {
  it.each([
    [[500, 400, 300, 200, 150, 100, 60], 3],
    [[700, 700, 300, 90, 40], 5],
    [[1200, 500, 400, 100], 4],
    [[400, 400, 400, 400, 400, 400], 3],
    [[400, 400, 400, 400, 400, 400, 400, 400, 400], 2],
  ])('is the mean over all placements of %j on %i shards', (list, shards) => {
    const exact = overAllPlacements(list, shards, LIMIT.records);
    expect(expectedAbove(randomKeysOf(weights(list), LIMIT), shards, LIMIT)).toBeCloseTo(exact, 4);
  });

  it('agrees with placements that are drawn, for keys beyond the grid', () => {
    const template = 'key-{n}';
    const keys = { kind: 'zipf', exponent: 0.8, count: 3000, template } as const;
    const loads = keyLoadsOf([{ recordsPerSec: 9000, dataBytes: 100, keyBytes: 16, keys }]);
    const shards = 13;
    const list = loads.runs.flatMap((run) =>
      Array.from({ length: run.length }, (_, i) => run.loadAt(i, 'records')),
    );
    let state = 12_345;
    const shard = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return Math.floor((state / 0x8000_0000) * shards);
    };
    const shares = Array.from({ length: 400 }, () => {
      const sums = new Float64Array(shards);
      for (const load of list) sums[shard()] += load;
      return sums.reduce((above, load) => above + Math.max(0, load - LIMIT.records), 0) / 9000;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length);
    const expected = expectedAbove(randomKeysOf(loads, LIMIT), shards, LIMIT);
    expect(Math.abs(expected - mean)).toBeLessThan((5 * deviation) / Math.sqrt(shares.length));
  });

  it('gives the fewest shards for a share by trying each count', () => {
    const list = [500, 400, 300, 200, 150, 100, 60];
    const keys = randomKeysOf(weights(list), LIMIT);
    for (const most of [0.1, 0.03, 0.01]) {
      const shards = fewestThrottling(keys, LIMIT, most) ?? 0;
      let least = 1;
      while (overAllSubsets(list, least, LIMIT.records) > most) least++;
      expect(shards).toBe(least);
    }
  });
});
