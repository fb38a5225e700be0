/** Every kind of keys against what its definition says, not against our own sums. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKeyOf, HASH_SPACE } from '../../src/model/hash-key.ts';
import { contains, uniformRanges } from '../../src/model/hash-range.ts';
import { createShardMap, routeByScan } from '../../src/model/shard-map.ts';
import { standInName } from '../../src/traffic/hashed-keys.ts';
import { KeyDictionary } from '../../src/traffic/key-dictionary.ts';
import { KeyRouter } from '../../src/traffic/key-router.ts';
import { keyColumnOf, keyDrawOf } from '../../src/traffic/keys.ts';
import { Offer, OfferColumns } from '../../src/traffic/offer.ts';
import type { Keys } from '../../src/traffic/scenario.ts';
import { WeightedNames } from '../../src/traffic/weighted-names.ts';
import { read } from './scenario-text.ts';
import { scenarioOf, sourceAt, uniformKeys } from './scenarios.ts';

const SEC = 1_000_000;
const DRAWS = 200_000;

function keysOf(keys: string, fields: { top?: string; duration?: string } = {}): Keys {
  return read({ keys, ...fields }).traffic[0].keys;
}

/** Counts of the first draws at a steady 1,000 records per second. */
function countsOf(keys: Keys, draws = DRAWS): Map<number, number> {
  const draw = keyDrawOf(keys, 1, 0);
  const counts = new Map<number, number>();
  for (let k = 0; k < draws; k++) {
    const key = draw(k, k * 1000);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Within 4.5 standard deviations of a share. */
function expectShare(count: number, share: number, draws = DRAWS): void {
  expect(Math.abs(count - share * draws)).toBeLessThan(4.5 * Math.sqrt(draws * share * (1 - share)) + 1e-9);
}

function tableOf(counts: Record<string, number>): WeightedNames {
  const table = new WeightedNames();
  for (const [name, count] of Object.entries(counts)) {
    const bytes = Buffer.from(name);
    table.add(bytes, 0, bytes.length, count);
  }
  return table;
}

describe('key columns', () => {
  it.each([
    'uniform:5000',
    'hot:40%:3:1000',
    'zipf:1.1:70000',
    'sequential',
    'roundRobin:7',
    'perBatch:10',
    '{ drift: { share: 60%, keys: 4, of: 1000, every: 1s } }',
    'latest:1.5:100:50',
    '{ weights: { a: 3, b: 1, c: 2 } }',
  ])('draw %s many at a time as one by one', (kind) => {
    const keys = keysOf(kind);
    const [draw, column] = [keyDrawOf(keys, 5, 2), keyColumnOf(keys, 5, 2, 300)];
    const dueUs = Float64Array.from({ length: 300 }, (_, i) => i * 10_000);
    const drawn = new Uint32Array(300);
    column(1000, dueUs, 300, drawn);
    expect([...drawn]).toEqual(Array.from(dueUs, (due, i) => draw(1000 + i, due)));
  });
});

describe('keys that come in turn', () => {
  it('sequential: record k has key k, from the first again after count', () => {
    const draw = keyDrawOf(keysOf('{ sequential: { count: 7 } }'), 1, 0);
    expect(Array.from({ length: 10 }, (_, k) => draw(k, 0))).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1, 2]);
    expect(keyDrawOf(keysOf('sequential'), 1, 0)(999_999_999, 0)).toBe(999_999_999);
    expect(keyDrawOf(keysOf('sequential'), 1, 0)(1_000_000_001, 0)).toBe(1);
  });

  it('round robin: the same over a fixed set', () => {
    expect([...countsOf(keysOf('roundRobin:8')).values()]).toEqual(Array(8).fill(DRAWS / 8));
  });

  it('per batch: one key for each block of consecutive records, all of them equally likely', () => {
    const draw = keyDrawOf(keysOf('perBatch:10', { top: 'producer: { batch: 50 }' }), 1, 0);
    const counts = new Array<number>(10).fill(0);
    for (let block = 0; block < 20_000; block++) {
      const keys = new Set(Array.from({ length: 50 }, (_, i) => draw(block * 50 + i, 0)));
      expect(keys.size).toBe(1);
      counts[[...keys][0]]++;
    }
    for (const count of counts) expectShare(count, 0.1, 20_000);
  });
});

describe('keys that change with time', () => {
  it('timestamp: all records due in the same granule share a key, named by its number', () => {
    const scenario = read({
      rate: 'rate: 100/s',
      keys: '{ timestamp: { granularity: 2s } }',
      top: 'warmup: 4s',
    });
    const dictionary = new KeyDictionary([scenario.traffic[0].keys]);
    const offer = new Offer(scenario, dictionary);
    const columns = new OfferColumns();
    let records = 0;
    while (offer.take(Infinity, columns) > 0)
      for (let i = 0; i < columns.length; i++, records++)
        expect(dictionary.nameOf(columns.key[i])).toBe(`key-${Math.floor(columns.dueUs[i] / (2 * SEC))}`);
    expect(records).toBe(6400);
    expect(dictionary.size).toBe(33);
  });

  it('latest: recency follows Zipf, and a new key comes every so many records', () => {
    const keys = keysOf('latest:1.5:100:50');
    const draw = keyDrawOf(keys, 1, 0);
    const byAge = new Array<number>(100).fill(0);
    for (let k = 0; k < DRAWS; k++) byAge[Math.floor(k / 50) + 99 - draw(k, 0)]++;
    const sum = byAge.reduce((total, _, age) => total + 1 / (age + 1) ** 1.5, 0);
    for (const age of [0, 1, 2, 9, 99]) expectShare(byAge[age], 1 / (age + 1) ** 1.5 / sum);
  });

  it('drift: the hot share goes to other keys in each period, and comes round again', () => {
    const keys = keysOf('drift:60%:2:6:10s');
    const draw = keyDrawOf(keys, 1, 0);
    for (let period = 0; period < 4; period++) {
      const counts = new Array<number>(6).fill(0);
      for (let k = 0; k < 10_000; k++) counts[draw(period * 10_000 + k, period * 10 * SEC + k * 1000)]++;
      counts.forEach((count, key) => {
        const isHot = Math.floor(key / 2) === period % 3;
        expectShare(count, isHot ? 0.3 : 0.1, 10_000);
      });
    }
  });
});

describe('keys from a file', () => {
  it('are drawn by their counts', () => {
    const counts = countsOf({ kind: 'file', table: tableOf({ a: 1, b: 6, c: 3 }) });
    [0.1, 0.6, 0.3].forEach((share, n) => expectShare(counts.get(n) ?? 0, share));
  });

  it('are the keys of their names, whoever else has them', () => {
    const table = tableOf({ a: 1, 'key-3': 1, b: 1, ü: 1 });
    const listed: Keys = { kind: 'weights', names: ['b', 'x'], weights: [1, 1] };
    const dictionary = new KeyDictionary([
      { kind: 'file', table },
      uniformKeys(10),
      listed,
      { kind: 'file', table },
      { kind: 'file', table: tableOf({ x: 1, a: 1, z: 1 }) },
    ]);
    const id = (source: number, n: number): number => dictionary.idOf(source, n);
    expect(id(0, 1)).toBe(id(1, 3));
    expect(id(0, 2)).toBe(id(2, 0));
    expect(id(3, 0)).toBe(id(0, 0));
    expect(id(4, 0)).toBe(id(2, 1));
    expect(id(4, 1)).toBe(id(0, 0));
    const ids = [id(0, 0), id(0, 1), id(0, 2), id(0, 3), id(4, 0), id(4, 1), id(4, 2)];
    expect(ids.map((key) => dictionary.nameOf(key))).toEqual(['a', 'key-3', 'b', 'ü', 'x', 'a', 'z']);
    expect(ids.map((key) => dictionary.bytesOf(key))).toEqual([1, 5, 1, 2, 1, 1, 1]);
    for (const key of ids) expect(dictionary.hashKeyOf(key)).toBe(hashKeyOf(dictionary.nameOf(key)));
    expect(ids.map((key) => dictionary.explicitHashKeyOf(key))).toEqual(ids.map(() => undefined));
  });
});

describe('explicit hash keys', () => {
  it('of observed keys are drawn by weight, sent as they are, and as long as their keys were', () => {
    const keys = keysOf(
      '{ hashKeys: [{ hashKey: "5", bytes: 3, weight: 1 }, { hashKey: "7", bytes: 9, weight: 0 }, { hashKey: "340282366920938463463374607431768211455", bytes: 700, weight: 3 }] }',
    );
    const counts = countsOf(keys);
    expectShare(counts.get(0) ?? 0, 0.25);
    expectShare(counts.get(1) ?? 0, 0.75);
    const dictionary = new KeyDictionary([uniformKeys(5), keys]);
    const [low, high] = [dictionary.idOf(1, 0), dictionary.idOf(1, 1)];
    expect([low, high].map((id) => dictionary.explicitHashKeyOf(id))).toEqual(['5', String(HASH_SPACE - 1n)]);
    expect([low, high].map((id) => dictionary.bytesOf(id))).toEqual([3, 700]);
    expect([low, high].map((id) => Buffer.byteLength(dictionary.nameOf(id)))).toEqual([3, 700]);
    const router = new KeyRouter(dictionary, createShardMap(3));
    expect([low, high].map((id) => router.shardOf(id))).toEqual([0, 2]);
  });

  it('have stand-in names that Kinesis takes, of any length', () => {
    for (let bytes = 1; bytes <= 1024; bytes++) {
      const name = standInName(12345n, bytes);
      expect(Buffer.byteLength(name)).toBe(bytes);
      expect(Array.from(name).length).toBeLessThanOrEqual(256);
    }
  });

  it('hit their shard, in its middle or anywhere in it', () => {
    const ranges = uniformRanges(4);
    const middle = new KeyDictionary([keysOf('explicitHashKey:2')]);
    expect(middle.size).toBe(1);
    expect(middle.hashKeyOf(0)).toBe((ranges[2].start + ranges[2].end) / 2n);
    const keys = keysOf('{ explicitHashKey: { shard: 3, where: random } }');
    const dictionary = new KeyDictionary([keys]);
    const draw = keyDrawOf(keys, 1, 0);
    const quarters = [0, 0, 0, 0];
    for (let k = 0; k < 20_000; k++) {
      const hashKey = dictionary.hashKeyOf(draw(k, 0));
      expect(contains(ranges[3], hashKey)).toBe(true);
      quarters[Number(((hashKey - ranges[3].start) * 16n) / HASH_SPACE)]++;
    }
    for (const count of quarters) expectShare(count, 0.25, 20_000);
  });

  it('spread evenly: any power of two of consecutive records from a multiple of it, one on each equal part', () => {
    const keys = keysOf('{ explicitHashKey: { spread: even } }');
    const dictionary = new KeyDictionary([keys]);
    const draw = keyDrawOf(keys, 1, 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.nat(1000), (power, block) => {
        const parts = 2 ** power;
        const hit = new Set<bigint>();
        for (let i = 0; i < parts; i++) {
          const id = dictionary.idOf(0, draw(block * parts + i, 0));
          hit.add((dictionary.hashKeyOf(id) * BigInt(parts)) / HASH_SPACE);
        }
        expect(hit.size).toBe(parts);
      }),
    );
  });

  it('route where their hash key lies, whatever their names', () => {
    const sources = [
      keysOf('{ explicitHashKey: { spread: even } }'),
      keysOf('{ explicitHashKey: { shard: 1 } }'),
    ];
    const dictionary = new KeyDictionary(sources);
    const map = createShardMap(7);
    const router = new KeyRouter(dictionary, map);
    for (const id of [0, 1, 2, 777, 1_048_575, 1_048_576]) {
      expect(map.open[router.shardOf(id)]).toBe(routeByScan(map, dictionary.hashKeyOf(id)));
      expect(dictionary.explicitHashKeyOf(id)).toBe(dictionary.hashKeyOf(id).toString());
    }
  });
});

describe('sizes that follow something else', () => {
  it('a histogram gives each size its share', () => {
    const scenario = scenarioOf([
      sourceAt(20_000, 10, { size: { kind: 'histogram', bytes: [10, 500, 90], counts: [5, 1, 4] } }),
    ]);
    const counts = new Map<number, number>();
    const offer = new Offer(scenario, new KeyDictionary([scenario.traffic[0].keys]));
    const columns = new OfferColumns();
    while (offer.take(Infinity, columns) > 0)
      for (let i = 0; i < columns.length; i++)
        counts.set(columns.dataBytes[i], (counts.get(columns.dataBytes[i]) ?? 0) + 1);
    expectShare(counts.get(10) ?? 0, 0.5);
    expectShare(counts.get(500) ?? 0, 0.1);
    expectShare(counts.get(90) ?? 0, 0.4);
  });
});
