/** The minutes of an on-demand stream, and the layout of a warm one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HASH_SPACE } from '../../src/model/hash-key.ts';
import { tiles, widthOf } from '../../src/model/hash-range.ts';
import { MINUTE_US, ON_DEMAND_RULES } from '../../src/model/on-demand.ts';
import { OnDemandMinutes } from '../../src/model/on-demand-minutes.ts';
import { createShardMap, halvesChange, type ShardMap } from '../../src/model/shard-map.ts';
import { warmChange } from '../../src/model/warm-layout.ts';

const RULES = { ...ON_DEMAND_RULES, splitAboveRecordsPerSec: 1 / 60, withinUs: 3 * MINUTE_US };

/** Minutes of a stream of two shards in which records come to shard 0, and when it is split; looked at after gaps. */
function splitsOf(busy: readonly number[], looks: readonly number[], skips: boolean): number[] {
  let map: ShardMap = createShardMap(2);
  const minutes = new OnDemandMinutes(RULES, map, 0);
  const splits: number[] = [];
  const advance = (nowUs: number): void => {
    while (minutes.endUs <= nowUs) {
      if (skips) minutes.skipQuiet(nowUs);
      const atUs = minutes.endUs;
      const change = minutes.endMinute();
      if (change === undefined) continue;
      splits.push(atUs / MINUTE_US);
      minutes.relayout((map = change.map));
    }
  };
  for (const [minute, isBusy] of [
    ...busy.map((at) => [at, true] as const),
    ...looks.map((at) => [at, false] as const),
  ].sort((a, b) => a[0] - b[0])) {
    advance(minute * MINUTE_US);
    if (!isBusy) continue;
    for (const shard of [0, 0]) if (map.all[shard].open) minutes.add(shard, 1);
  }
  advance(10_000 * MINUTE_US);
  return splits;
}

describe('the minutes of an on-demand stream', () => {
  it('pass at once where nothing happens, and the splits stay the same', () => {
    const times = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(times, times, (busy, looks) => {
        const splits = splitsOf(busy, looks, false);
        expect(splitsOf(busy, looks, true)).toEqual(splits);
        expect(splits).toEqual(busy.length === 0 ? [] : [Math.min(...busy) + 3]);
      }),
    );
  });

  it('say when a split may come: at the end of a minute with records, later what is due, never without', () => {
    const minutes = new OnDemandMinutes(RULES, createShardMap(1), 500);
    expect(minutes.splitUs).toBe(Infinity);
    minutes.add(0, 1);
    minutes.add(0, 1);
    expect(minutes.splitUs).toBe(500 + MINUTE_US);
    expect(minutes.endMinute()).toBeUndefined();
    expect(minutes.splitUs).toBe(500 + 3 * MINUTE_US);
  });
});

describe('a warm throughput', () => {
  it('opens shards until evenly spread records find it, splits in halves, and merges none', () => {
    const maps = fc
      .record({ shards: fc.integer({ min: 1, max: 9 }), halved: fc.uniqueArray(fc.nat(8)) })
      .map(({ shards, halved }) => halvesChange(createShardMap(shards), new Set(halved)).map);
    fc.assert(
      fc.property(maps, fc.integer({ min: 0, max: 200 }), (map, parts) => {
        const { map: warm, steps } = warmChange(map, parts, 10_240);
        expect(tiles(warm.open.map(({ range }) => range))).toBe(true);
        expect(warm.open.length).toBeGreaterThanOrEqual(parts);
        expect(steps.every(({ kind }) => kind === 'split')).toBe(true);
        expect(warm.open.length).toBe(map.open.length + steps.length);
        for (const { range, shardId } of warm.open) {
          const part = (Number(widthOf(range)) / Number(HASH_SPACE)) * parts;
          expect(part).toBeLessThan(1.000001);
          // No further than needed.
          if (!map.open.some((shard) => shard.shardId === shardId)) expect(part).toBeGreaterThan(0.499999);
        }
      }),
    );
  });

  it.each([
    [4, 4, 4],
    [4, 100, 128],
    [100, 100, 100],
    [4, 128, 128],
    [4, 10_240, 10_240],
    [8, 4, 8],
  ])('finds %d shards, and of %d MiB/s leaves %d open', (shards, miBps, open) => {
    expect(warmChange(createShardMap(shards), miBps, 10_240).map.open).toHaveLength(open);
  });
});
