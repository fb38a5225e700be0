import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import {
  createShardMap,
  mergeChange,
  resizeChange,
  routeByScan,
  shardIdOf,
  splitChange,
  splitShard,
  type LayoutChange,
} from '../../src/model/shard-map.ts';
import { KeyDictionary, keyNameOf } from '../../src/traffic/key-dictionary.ts';
import { KeyRouter } from '../../src/traffic/key-router.ts';
import type { DrawnKeys } from '../../src/traffic/scenario.ts';
import { uniformKeys } from './scenarios.ts';

function weights(...names: string[]): DrawnKeys {
  return { kind: 'weights', names, weights: names.map(() => 1) };
}

const template = fc
  .tuple(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.string({ unit: 'grapheme', maxLength: 4 }))
  .map(([before, after]) => `${before}{n}${after}`);
const keys: fc.Arbitrary<DrawnKeys> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 2000 }), template)
    .map(([count, t]): DrawnKeys => ({ kind: 'uniform', count, template: t })),
  fc.integer({ min: 1, max: 2000 }).map(uniformKeys),
  fc
    .uniqueArray(
      fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
        fc.nat(3000).map((n) => `key-${n}`),
      ),
      {
        minLength: 1,
        maxLength: 20,
      },
    )
    .map((names) => weights(...names)),
);

describe('the key dictionary', () => {
  it('numbers the keys of every source without gaps and gives each its name and its length in bytes', () => {
    fc.assert(
      fc.property(
        fc.array(keys, { minLength: 1, maxLength: 5 }),
        fc.option(fc.nat(1_000_000), { nil: undefined }),
        (sources, placementSeed) => {
          const dictionary = new KeyDictionary(sources, placementSeed);
          sources.forEach((source, i) => {
            const count =
              source.kind === 'weights' ? source.names.length : 'count' in source ? source.count : 0;
            for (const n of new Set([0, 1, 9, 10, 99, 100, 999, 1000, count - 1].filter((n) => n < count))) {
              const id = dictionary.idOf(i, n);
              const name =
                source.kind === 'weights' ? source.names[n] : keyNameOf(source.template, n, placementSeed);
              expect(id).toBeGreaterThanOrEqual(0);
              expect(id).toBeLessThan(dictionary.size);
              expect(dictionary.nameOf(id)).toBe(name);
              expect(dictionary.bytesOf(id)).toBe(Buffer.byteLength(name));
              const [ids, bytes] = [Uint32Array.of(n, 0, n), new Uint16Array(3)];
              dictionary.resolve(i, 3, ids, bytes);
              const first = dictionary.idOf(i, 0);
              expect([...ids]).toEqual([id, first, id]);
              expect([...bytes]).toEqual([id, first, id].map((key) => dictionary.bytesOf(key)));
            }
          });
        },
      ),
    );
  });

  it('names generated keys key-0, key-1, …; a placement seed renames all of them and no weights', () => {
    const sources = [uniformKeys(3), weights('a')];
    const plain = new KeyDictionary(sources);
    expect([0, 1, 2, 3].map((id) => plain.nameOf(id))).toEqual(['key-0', 'key-1', 'key-2', 'a']);
    const renamed = new KeyDictionary(sources, 7);
    expect([0, 1, 2, 3].map((id) => renamed.nameOf(id))).toEqual(['key-0-p7', 'key-1-p7', 'key-2-p7', 'a']);
  });

  it('shares the keys of one template between sources, as many as the largest has', () => {
    const dictionary = new KeyDictionary([
      uniformKeys(10),
      { kind: 'zipf', count: 500, exponent: 1, template: 'key-{n}' },
      { kind: 'hot', share: 0.5, keys: 1, of: 20, template: 'tenant-{n}' },
    ]);
    expect(dictionary.size).toBe(520);
    expect(dictionary.idOf(0, 7)).toBe(dictionary.idOf(1, 7));
    expect(dictionary.nameOf(dictionary.idOf(2, 19))).toBe('tenant-19');
  });

  it('takes a weight named like a generated key for that key, and a name in two sources for one key', () => {
    const dictionary = new KeyDictionary([uniformKeys(100), weights('key-42', 'x'), weights('x', 'key-100')]);
    expect(dictionary.idOf(1, 0)).toBe(dictionary.idOf(0, 42));
    expect(dictionary.idOf(1, 1)).toBe(dictionary.idOf(2, 0));
    expect(dictionary.size).toBe(102);
  });

  it.each([
    ['t1{n}', 't12', 2],
    ['{n}5', '125', 12],
    ['a{n}-{n}', 'a31-31', 31],
    ['é{n}é', 'é8é', 8],
    ['k{n}', 'k0', 0],
  ])('finds the number of %j in %j', (template, name, n) => {
    const dictionary = new KeyDictionary([{ kind: 'uniform', count: 100, template }, weights(name)]);
    expect(dictionary.idOf(1, 0)).toBe(n);
  });

  it.each(['key-007', 'key--1', 'key-0.5', 'key-1e1', 'key-NaN', 'key-', 'key-100', 'KEY-1', 'key-1 '])(
    'does not take %j for a generated key',
    (name) => {
      const dictionary = new KeyDictionary([uniformKeys(100), weights(name)]);
      expect(dictionary.idOf(1, 0)).toBe(100);
      expect(dictionary.nameOf(100)).toBe(name);
    },
  );

  it('copes with a thousand million keys without making them', () => {
    const dictionary = new KeyDictionary([uniformKeys(1e9)]);
    expect(dictionary.nameOf(999_999_999)).toBe('key-999999999');
    expect(dictionary.bytesOf(999_999_999)).toBe(13);
  });
});

describe('the key router', () => {
  it('sends each key where hashing its name sends it, every time it is asked', () => {
    let map = createShardMap(7);
    map = splitShard(map, shardIdOf(3), map.open[3].range.start + 12345n);
    const dictionary = new KeyDictionary([uniformKeys(2000), weights('a', 'ü', '日本')], 5);
    const router = new KeyRouter(dictionary, map);
    for (let round = 0; round < 2; round++) {
      for (let id = 0; id < dictionary.size; id++) {
        expect(map.all[router.shardOf(id)]).toBe(routeByScan(map, hashKeyOf(dictionary.nameOf(id))));
      }
    }
  });

  it('sends each key where its name belongs after splits, merges and resizes too, asked in between or not', () => {
    const dictionary = new KeyDictionary([uniformKeys(500)]);
    let map = createShardMap(4);
    const router = new KeyRouter(dictionary, map);
    const idOf = (place: number): string => map.open[place].shardId;
    const changes: (() => LayoutChange)[] = [
      () => splitChange(map, idOf(1), map.open[1].range.start + 10n ** 37n),
      () => mergeChange(map, idOf(0), idOf(1)),
      () => mergeChange(map, idOf(1), idOf(0)),
      () => resizeChange(map, 5),
      () => splitChange(map, idOf(0), 12345n),
      () => mergeChange(map, idOf(2), idOf(3)),
    ];
    changes.forEach((change, i) => {
      // Of each, only some keys are looked up: others follow several changes at once.
      const next = change();
      router.relayout(next);
      map = next.map;
      for (let id = 0; id < dictionary.size; id += i + 1) {
        expect(map.all[router.shardOf(id)]).toBe(routeByScan(map, hashKeyOf(dictionary.nameOf(id))));
      }
    });
  });

  it('hashes each time where there are too many keys to remember', () => {
    const map = createShardMap(5);
    const dictionary = new KeyDictionary([uniformKeys(5_000_000)]);
    const router = new KeyRouter(dictionary, map);
    for (const id of [0, 1, 4_194_303, 4_194_304, 4_999_999, 0]) {
      expect(map.open[router.shardOf(id)]).toBe(routeByScan(map, hashKeyOf(`key-${id}`)));
    }
  });
});
