/** What is counted when the layout of the stream changes in the middle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../src/advice/verdict.ts';
import { observedShardsOf } from '../../src/advice/observed-keys.ts';
import { midpointOf } from '../../src/model/hash-range.ts';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import {
  createShardMap,
  mergeChange,
  routeIndex,
  shardNumberOf,
  splitChange,
  type LayoutChange,
  type ShardMap,
} from '../../src/model/shard-map.ts';
import { Backlog, type SecondLoad } from '../../src/results/backlog.ts';
import { shardRowsOf } from '../../src/results/run-document.ts';
import type { FindingOf } from '../../src/results/report-document.ts';
import { Tally } from '../../src/results/tally.ts';

const SEC = 1_000_000;
const nameOf = (key: number): string => `key-${key}`;
const hashOf = (key: number): bigint => hashKeyOf(nameOf(key));

/** Offers records one by one and changes the layout between them. */
class World {
  map: ShardMap;
  readonly tally: Tally;
  readonly #durationSec: number;

  constructor(shards: number, durationSec: number, keyPlaces = 1000) {
    this.map = createShardMap(shards);
    this.#durationSec = durationSec;
    this.tally = new Tally({ shards, durationUs: durationSec * SEC, z: 0, keyPlaces });
  }

  shardOf(key: number): number {
    return shardNumberOf(this.map.open[routeIndex(this.map, hashOf(key))].shardId);
  }

  /** So many records a second of each key, evenly, from one second to another. */
  offer(fromSec: number, toSec: number, perSec: number, keys: readonly number[], bytes = 100): this {
    for (let i = 0; i < (toSec - fromSec) * perSec; i++) {
      const atUs = (fromSec + (i + 0.5) / perSec) * SEC;
      for (const key of keys) this.tally.offer(atUs, key, this.shardOf(key), bytes);
    }
    return this;
  }

  change(atSec: number, change: LayoutChange): this {
    this.map = change.map;
    this.tally.relayout(change, atSec * SEC, (key) => this.shardOf(key));
    return this;
  }

  split(atSec: number, number: number): this {
    const { shardId, range } = this.map.all[number];
    return this.change(atSec, splitChange(this.map, shardId, midpointOf(range)));
  }

  merge(atSec: number, a: number, b: number): this {
    return this.change(atSec, mergeChange(this.map, this.map.all[a].shardId, this.map.all[b].shardId));
  }

  end(): this {
    this.tally.load.finish(this.#durationSec);
    return this;
  }

  findings(): ReturnType<typeof findingsOf> {
    return findingsOf({ tally: this.tally, map: this.map, nameOf, hashKeyOf: hashOf });
  }
}

const keysIn = (map: ShardMap, number: number, count: number): number[] => {
  const keys: number[] = [];
  for (let key = 0; keys.length < count; key++) {
    if (map.open[routeIndex(map, hashOf(key))] === map.all[number]) keys.push(key);
  }
  return keys;
};

describe('windows of load', () => {
  it('of a shard end with it: neither the shard nor its halves are judged over the change', () => {
    // 1,300/s until 10 s, then 650/s on each half.
    const world = new World(1, 30);
    const halves = splitChange(world.map, 'shardId-000000000000', 1n << 127n).map;
    const keys = [...keysIn(halves, 1, 5), ...keysIn(halves, 2, 5)];
    world.offer(0, 10, 130, keys).split(10, 0).offer(10, 30, 130, keys).end();
    const rows = shardRowsOf(world.tally, world.map);
    expect(rows.map(({ utilization }) => utilization)).toEqual([0.65, 0.65, 1.3]);
  });

  it('begin anew in the middle of a second, which counts in neither layout', () => {
    const world = new World(1, 30);
    const keys = [1, 2, 3];
    // The change is at 10.5 s, and the busy half second after it is in no window.
    world.offer(0, 10.5, 100, keys).split(10.5, 0).offer(10.5, 11, 1000, keys).offer(11, 30, 100, keys).end();
    const rows = shardRowsOf(world.tally, world.map);
    expect(Math.max(...rows.map(({ utilization }) => utilization))).toBeCloseTo(0.3);
    // The busiest second knows it all the same.
    expect(rows.slice(0, 2).reduce((sum, { peakSecond }) => sum + peakSecond.records, 0)).toBe(1500);
  });

  it('of a layout that passes sooner say how loaded its shards were, and claim nothing', () => {
    const world = new World(1, 30);
    world.offer(0, 4, 1500, [1]).split(4, 0).offer(4, 30, 100, [1]).end();
    expect(shardRowsOf(world.tally, world.map).at(-1)).toMatchObject({
      utilization: 1.5,
      utilizationSec: 4,
      closedAtMs: 4000,
    });
    expect(world.findings()).toEqual([]);
  });

  it('of a shard that no change touches go on over it', () => {
    // Its busiest 10 s are the first: 4 s at 1,500/s, then 6 s at 100/s, with a split of its neighbour between.
    const world = new World(2, 30);
    const [key] = keysIn(world.map, 1, 1);
    world.offer(0, 4, 1500, [key]).split(4, 0).offer(4, 30, 100, [key]).end();
    const row = shardRowsOf(world.tally, world.map).find(({ shardId }) => shardId === 'shardId-000000000001');
    expect(row?.utilization).toBeCloseTo(0.66);
    expect(row).not.toHaveProperty('utilizationSec');
  });

  it('of keys go on over every change, also of a key that is moved by each', () => {
    // Changes every 4 s: no layout is there for a whole window.
    const world = new World(1, 24);
    world.offer(0, 4, 1500, [1]).split(4, 0).offer(4, 8, 1500, [1]).merge(8, 1, 2).offer(8, 12, 1500, [1]);
    world.split(12, 3).offer(12, 16, 1500, [1]).merge(16, 4, 5).offer(16, 24, 1500, [1]).end();
    const findings = world.findings();
    expect(findings.map(({ code, key }) => [code, key])).toEqual([['HOT_KEY', 'key-1']]);
    expect(findings[0].evidence).toMatchObject({ utilization: 1.5, windowSec: 10 });
  });

  it('find a shard hot beside whose shards all others change', () => {
    const world = new World(2, 24);
    const hot = keysIn(world.map, 1, 12);
    world.offer(0, 4, 100, hot).split(4, 0).offer(4, 8, 100, hot).merge(8, 2, 3).offer(8, 12, 100, hot);
    world.split(12, 4).offer(12, 16, 100, hot).merge(16, 5, 6).offer(16, 24, 100, hot).end();
    const findings = world.findings();
    expect(findings).toMatchObject([
      { code: 'HOT_SHARD', shardId: 'shardId-000000000001', evidence: { utilization: 1.2 } },
    ]);
  });

  it('do not blame a shard for a hot key that a change has brought to it or taken from it', () => {
    // Key 1 alone is above the limit; its shards have nothing else, and are claimed nothing of at any second.
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 45 }), { minLength: 1, maxLength: 4 }), (halves) => {
        const world = new World(2, 24);
        let [at, number] = [0, world.shardOf(1)];
        for (const half of halves.map((n) => n / 2).toSorted((a, b) => a - b)) {
          if (half <= at) continue;
          world.offer(at, half, 1400, [1]).split(half, number);
          [at, number] = [half, world.shardOf(1)];
        }
        const findings = world.offer(at, 24, 1400, [1]).end().findings();
        expect(findings.map(({ code }) => code)).toEqual(['HOT_KEY']);
      }),
      { numRuns: 15 },
    );
  });

  it('are held against the shards that were open, not against all there ever were', () => {
    // 1,400 of 2,000 records/s is no lack of shards; of the one that is left, it is.
    const world = new World(2, 40);
    const keys = [...keysIn(world.map, 0, 7), ...keysIn(world.map, 1, 7)];
    world.offer(0, 20, 100, keys).merge(20, 0, 1).offer(20, 40, 100, keys).end();
    const [finding] = world.findings() as FindingOf<'UNDER_PROVISIONED'>[];
    expect(finding.code).toBe('UNDER_PROVISIONED');
    expect(finding.evidence).toMatchObject({ shards: 1, utilization: 1.4 });
    expect(finding.evidence).not.toHaveProperty('shardsNow');
  });

  it('of too few shards say how many there are now', () => {
    const world = new World(1, 40);
    const halves = splitChange(world.map, 'shardId-000000000000', 1n << 127n).map;
    const keys = [...keysIn(halves, 1, 6), ...keysIn(halves, 2, 6)];
    world.offer(0, 20, 100, keys).split(20, 0).offer(20, 40, 100, keys).end();
    const [finding] = world.findings() as FindingOf<'UNDER_PROVISIONED'>[];
    expect(finding.evidence).toMatchObject({ shards: 1, shardsNow: 2, shardsNeeded: 2, moreShards: 0 });
  });

  it('that blame a shard which is closed offer no cut of it', () => {
    const world = new World(2, 40);
    const keys = keysIn(world.map, 0, 12);
    world.offer(0, 20, 100, keys).split(20, 0).offer(20, 40, 100, keys).end();
    const hot = world.findings().find(({ shardId }) => shardId === 'shardId-000000000000');
    expect(hot).toMatchObject({
      code: 'HOT_SHARD',
      evidence: { isClosed: true, splitHelps: false, newStartingHashKey: null, utilization: 1.2 },
    });
  });
});

describe('the hidden burst', () => {
  it('is told of no minute in which the shard was born or closed', () => {
    const world = new World(2, 180);
    world.offer(0, 90, 10, [1, 2, 3, 4]).split(90, 0).offer(90, 180, 10, [1, 2, 3, 4]).end();
    const { bursts } = world.tally.load;
    // 0: its first minute. 1: all of them. 2 and 3: the last minute alone.
    expect(bursts.of(0)?.ratio).toBeCloseTo(1);
    for (const shard of [1, 2, 3]) expect(bursts.of(shard)?.ratio ?? 1).toBeCloseTo(1);
  });
});

describe('the backlog', () => {
  const of = (...records: number[]): SecondLoad => ({ records: (j) => records[j] ?? 0, bytes: () => 0 });
  const split = [{ kind: 'split', parents: [0], children: [1, 2] }] as const;

  it('is shared out half and half by a split', () => {
    const backlog = new Backlog(1, 0);
    expect(backlog.add(0, of(5000))).toBe(4);
    backlog.reshard(split, 3, 1, 0, of());
    expect(backlog.add(1, of(0, 1000, 1000))).toBe(2);
    expect(backlog.add(2, of(0, 0, 0))).toBe(1);
  });

  it('knows what the parent was offered in the second of the split', () => {
    const backlog = new Backlog(1, 0);
    // 3,000 in a quarter of a second, in which 250 are taken: 2,750 are left, and each half takes 750 more.
    backlog.reshard(split, 3, 0, 0.25, of(3000));
    expect(backlog.add(0, of(3000))).toBeCloseTo((1375 - 750) / 1000);
  });

  it('is inherited whole where there is none: both get the level', () => {
    const backlog = new Backlog(1);
    backlog.reshard(split, 3, 0, 0, of());
    expect(backlog.add(0, of(0, 3000, 0))).toBe(1);
  });

  it('of both parents is added up by a merge, or else the lower level is taken', () => {
    const merge = [{ kind: 'merge', parents: [0, 1], children: [2] }] as const;
    const owed = new Backlog(2, 0);
    expect(owed.add(0, of(3000, 2500))).toBe(2);
    owed.reshard(merge, 3, 1, 0, of());
    expect(owed.add(1, of(0, 0, 1000))).toBe(3.5);
    const none = new Backlog(2);
    none.add(0, of(1800, 1000));
    none.reshard(merge, 3, 1, 0, of());
    // 200 and 1,000 are left of the bursts.
    expect(none.add(1, of(0, 0, 2200))).toBe(1);
  });
});

describe('the observed load of the whole run', () => {
  it('is conserved over splits and merges, whichever keys have a place', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ kind: fc.constantFrom('split', 'merge'), pick: fc.nat() }), { maxLength: 4 }),
        fc.constantFrom(16, 1000),
        fc.array(fc.nat(60), { minLength: 1, maxLength: 40 }),
        (shards, changes, places, keys) => {
          const world = new World(shards, 60, places).offer(0, 2, 20, keys);
          changes.forEach(({ kind, pick }, i) => {
            const { open } = world.map;
            const at = 2 + i * 5;
            const numberAt = (n: number): number => shardNumberOf(open[n].shardId);
            if (kind === 'split') world.split(at, numberAt(pick % open.length));
            else if (open.length > 1) {
              const n = pick % (open.length - 1);
              world.merge(at, numberAt(n), numberAt(n + 1));
            }
            world.offer(at, at + 3, 15, keys.slice(i));
          });
          for (const dimension of ['records', 'bytes'] as const) {
            const observed = observedShardsOf(world.tally, world.map, hashOf, dimension, new Set());
            expect(observed).toHaveLength(world.map.open.length);
            const sum = observed.reduce(
              (all, shard) => shard.keys.reduce((total, { load }) => total + load, all + shard.rest),
              0,
            );
            expect(sum).toBeCloseTo(world.tally.shards.sum(dimension === 'records' ? 'offered' : 'bytes'), 3);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('puts a key where it is now, with all that it brought before, and leaves nothing besides', () => {
    const world = new World(1, 20);
    const keys = [1, 2, 3, 4, 5, 6];
    world.offer(0, 5, 10, keys).split(5, 0).offer(5, 15, 10, keys);
    const observed = observedShardsOf(world.tally, world.map, hashOf, 'records', new Set());
    for (const { rest } of observed) expect(rest).toBe(0);
    for (const { range, keys: held } of observed) {
      for (const key of held) expect(key.load).toBe(150);
      expect(held.every(({ hashKey }) => range.start <= hashKey && hashKey <= range.end)).toBe(true);
    }
  });
});
