/** A stream of heavy and light keys over days, whose recommendations are carried out each night. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { hashKeyOf } from '../../../src/model/hash-key.ts';
import { contains, uniformRanges, type HashRange } from '../../../src/model/hash-range.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import type { RecordSample } from '../../../src/results/evidence/record-sample.ts';
import { evidenceOf, START_MS, type MadeShard } from './evidence-of.ts';

const LIMIT = 1000;
/** Minutes. */
const DAY = 1440;
const WINDOW_DAYS = 2;

interface Key {
  readonly key: string;
  readonly hashKey: bigint;
  /** Records per second at noon. */
  readonly top: number;
}

interface Stood {
  readonly shardId: string;
  readonly range: HashRange;
  readonly parents: readonly string[];
  readonly from: number;
  to: number;
}

/** 0.3 at midnight, 1 at noon, and no two days alike. */
function cycle(step: number): number {
  const wave = 0.3 + 0.7 * (1 - Math.abs((step % DAY) - DAY / 2) / (DAY / 2));
  return wave * (0.96 + (((step * 7919) % 1009) / 1009) * 0.04);
}

/** The stream, and what happens to it. */
class World {
  readonly #keys: readonly Key[];
  readonly shards: Stood[];

  constructor(keys: readonly Key[], count: number) {
    this.#keys = keys;
    this.shards = uniformRanges(count).map((range, i) => ({
      ...{ shardId: shardIdOf(i), range, parents: [], from: -Infinity, to: Infinity },
    }));
  }

  get open(): Stood[] {
    const open = this.shards.filter(({ to }) => to === Infinity);
    return open.toSorted((a, b) => (a.range.start < b.range.start ? -1 : 1));
  }

  keysIn(range: HashRange): Key[] {
    return this.#keys.filter(({ hashKey }) => contains(range, hashKey));
  }

  #topOf(range: HashRange): number {
    return this.keysIn(range).reduce((sum, { top }) => sum + top, 0);
  }

  /** As it would be seen at the end of a day. */
  recommend(day: number): Recommendation {
    const from = Math.max(0, (day + 1 - WINDOW_DAYS) * DAY);
    const to = (day + 1) * DAY;
    const steps = to - from;
    const closed = this.shards.filter((shard) => shard.to > from && shard.to < Infinity).toReversed();
    const seen = [...this.open, ...closed];
    const shards = seen.map((shard): MadeShard => {
      const top = this.#topOf(shard.range);
      const offered = Float64Array.from({ length: steps }, (_, i) =>
        from + i >= shard.from && from + i < shard.to ? top * cycle(from + i) : 0,
      );
      return {
        ...{
          shardId: shard.shardId,
          range: shard.range,
          parents: shard.parents,
          open: shard.to === Infinity,
        },
        ...(shard.from <= from ? {} : { openedBeforeMs: START_MS + (shard.from - from) * 60_000 }),
        records: offered.map((load) => Math.min(load, LIMIT)),
        throttled: offered.map((load) => Math.max(0, load - LIMIT)),
      };
    });
    const evidence = evidenceOf({ shards, steps, evidence: { sample: this.#sample() } });
    return recommend(evidence, { ...RECOMMEND_DEFAULTS, burstFactor: 1 });
  }

  /** Of each shard as many records as it takes to see every key. */
  #sample(): RecordSample {
    const shards = this.open.map(({ shardId, range }) => {
      const keys = this.keysIn(range)
        .map(({ key, hashKey, top }) => ({ key, hashKey, records: Math.round(top * 20) }))
        .toSorted((a, b) => b.records - a.records);
      const records = keys.reduce((sum, key) => sum + key.records, 0);
      return {
        ...{ shardId, seconds: 60, records, bytes: records * 100, userRecords: records, perSecond: [] },
        sizes: { mean: 100, p50: 100, p99: 100, max: 100, upTo: [128], counts: [records] },
        keys: keys.map(({ key, hashKey, records: count }) => ({
          ...{ key, hashKey: hashKey.toString(), keyBytes: key.length },
          atLeast: { records: count, bytes: count * 100 },
          atMost: { records: count, bytes: count * 100 },
        })),
        unlistedAtMost: { records: 0, bytes: 0 },
        distinctKeys: { estimate: keys.length, error: 0 },
      };
    });
    const none = { aggregates: 0, aggregatedRecords: 0, withoutKey: 0, notReadable: 0 };
    return { source: 'polling', slices: [], shards, ...none };
  }

  carryOut({ steps }: Recommendation, atStep: number): void {
    for (const step of steps) {
      const [start, end] = [BigInt(step.startingHashKey), BigInt(step.endingHashKey)];
      const parents = this.open.filter(({ range }) => range.start >= start && range.end <= end);
      const starts = [
        start,
        ...(step.newStartingHashKey === undefined ? [] : [BigInt(step.newStartingHashKey)]),
      ];
      for (const parent of parents) parent.to = atStep;
      starts.forEach((first, i) => {
        this.shards.push({
          shardId: shardIdOf(this.shards.length),
          range: { start: first, end: (starts.at(i + 1) ?? end + 1n) - 1n },
          parents: parents.map(({ shardId }) => shardId),
          ...{ from: atStep, to: Infinity },
        });
      });
    }
  }

  /** What shards with such ranges would refuse of a day, of all that is offered. */
  throttledShare(ranges: readonly HashRange[]): number {
    const tops = ranges.map((range) => this.#topOf(range));
    let [offered, refused] = [0, 0];
    for (let step = 0; step < DAY; step += 10)
      for (const top of tops) {
        offered += top * cycle(step);
        refused += Math.max(0, top * cycle(step) - LIMIT);
      }
    return refused / offered;
  }
}

const world = fc.record({
  shards: fc.integer({ min: 1, max: 5 }),
  heavy: fc.array(fc.integer({ min: 50, max: 790 }), { maxLength: 6 }),
  light: fc.integer({ min: 20, max: 60 }),
  lightTop: fc.integer({ min: 2, max: 20 }),
  salt: fc.nat(1000),
});

function worldOf({
  shards,
  heavy,
  light,
  lightTop,
  salt,
}: typeof world extends fc.Arbitrary<infer W> ? W : never): World {
  const tops = [...heavy, ...Array.from({ length: light }, () => lightTop)];
  const keys = tops.map((top, i) => ({ key: `k${salt}-${i}`, hashKey: hashKeyOf(`k${salt}-${i}`), top }));
  return new World(keys, shards);
}

const boundaries = (ranges: readonly { readonly range: HashRange }[]): Set<bigint> =>
  new Set(ranges.map(({ range }) => range.start));

describe('recommendations that are carried out each night of a week', () => {
  it('never undo an earlier one, throttle no more than before, and come to rest', () => {
    fc.assert(
      fc.property(world, (made) => {
        const stream = worldOf(made);
        const [added, removed] = [new Set<bigint>(), new Set<bigint>()];
        let last: Recommendation | undefined;
        for (let day = 0; day < 7; day++) {
          const found = stream.recommend(day);
          const before = stream.open;
          stream.carryOut(found, (day + 1) * DAY);
          const [old, now] = [boundaries(before), boundaries(stream.open)];
          for (const start of now) {
            if (old.has(start)) continue;
            expect(removed.has(start), `day ${day}: a boundary comes back`).toBe(false);
            added.add(start);
          }
          for (const start of old) {
            if (now.has(start)) continue;
            expect(added.has(start), `day ${day}: a boundary goes again`).toBe(false);
            removed.add(start);
          }
          const share = (shards: readonly Stood[]): number =>
            stream.throttledShare(shards.map(({ range }) => range));
          expect(share(stream.open)).toBeLessThanOrEqual(share(before) + 1e-9);
          last = found;
        }
        expect(last?.steps).toEqual([]);
        // A shard that one heavy key keeps too full stays so, and is said to.
        const isKept = last?.reasons.some(({ code }) => code === 'no-cut-helps') === true;
        expect(last?.verdict).toBe(isKept ? 'UNDER_PROVISIONED' : 'RIGHT_SIZED');
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
