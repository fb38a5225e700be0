/**
 * What chance chooses from when it hands a source's records out: the heaviest keys one by one, and of each shard the
 * rest of its keys as one class.
 */
import type { ShardMap } from '../model/shard-map.ts';
import type { KeyDictionary } from '../traffic/key-dictionary.ts';
import { KeyRouter } from '../traffic/key-router.ts';
import { heaviestKeysOf, keySharesOf } from '../traffic/key-shares.ts';
import { keyCountOf } from '../traffic/keys.ts';
import type { DrawnKeys, ListedHashKeys } from '../traffic/scenario.ts';

/** So many keys of a source are placed where their hash puts them; the lighter ones beyond are spread evenly. */
export const MOST_PLACED = 4_000_000;

/** The classes of one source as columns: its heaviest keys first, then one class per shard. */
export interface ShardClasses {
  readonly count: number;
  /** How many of them are keys; class `keys` + j is the rest of shard j. */
  readonly keys: number;
  /** Number of each key in the dictionary. */
  readonly keyIds: Float64Array;
  readonly shard: Uint32Array;
  /** Part of the source's records, and of those from this class on. */
  readonly share: Float64Array;
  readonly shareFrom: Float64Array;
  /** Mean bytes of the partition keys. */
  readonly keyBytes: Float64Array;
  /** Keys in the classes of the shards: how many, and the largest share that one of them has. */
  readonly others: { readonly keys: number; readonly largestShare: number };
}

/** @param most heaviest keys that are counted one by one */
export function shardClassesOf(
  keys: DrawnKeys | ListedHashKeys,
  source: number,
  dictionary: KeyDictionary,
  map: ShardMap,
  most: number,
): ShardClasses {
  const shards = map.open.length;
  const keyCount = keyCountOf(keys);
  const heaviest = heaviestKeysOf(keys, keyCount, most + 1);
  const next = heaviest.length > most ? heaviest.pop() : undefined;
  const count = heaviest.length + shards;
  const classes = {
    count,
    keys: heaviest.length,
    keyIds: Float64Array.from(heaviest, (n) => dictionary.idOf(source, n)),
    shard: new Uint32Array(count),
    share: new Float64Array(count),
    shareFrom: new Float64Array(count + 1),
    keyBytes: new Float64Array(count),
    others: {
      keys: keyCount - heaviest.length,
      largestShare: next === undefined ? 0 : keySharesOf(keys)(next),
    },
  };
  for (let j = 0; j < shards; j++) classes.shard[heaviest.length + j] = j;
  placeKeys(keys, source, dictionary, map, heaviest, classes);
  for (let i = count - 1; i >= 0; i--) classes.shareFrom[i] = classes.shareFrom[i + 1] + classes.share[i];
  return classes;
}

function placeKeys(
  keys: DrawnKeys | ListedHashKeys,
  source: number,
  dictionary: KeyDictionary,
  map: ShardMap,
  heaviest: readonly number[],
  { share, shard, keyBytes }: ShardClasses,
): void {
  const shareOf = keySharesOf(keys);
  const router = new KeyRouter(dictionary, map);
  const alone = new Map(heaviest.map((n, i) => [n, i]));
  const placed = Math.min(keyCountOf(keys), MOST_PLACED);
  let sum = 0;
  for (let n = 0; n < placed; n++) {
    const id = dictionary.idOf(source, n);
    const ofKey = shareOf(n);
    const at = alone.get(n);
    const i = at ?? heaviest.length + router.shardOf(id);
    if (at !== undefined) shard[at] = router.shardOf(id);
    share[i] += ofKey;
    keyBytes[i] += ofKey * dictionary.bytesOf(id);
    sum += ofKey;
  }
  for (let i = 0; i < share.length; i++) if (share[i] > 0) keyBytes[i] /= share[i];
  spreadRest(keys, source, dictionary, heaviest.length, Math.max(0, 1 - sum), { share, keyBytes });
}

/** Spreads the keys that were not placed over all shards, as long as the longest of them. */
function spreadRest(
  keys: DrawnKeys | ListedHashKeys,
  source: number,
  dictionary: KeyDictionary,
  first: number,
  rest: number,
  { share, keyBytes }: Pick<ShardClasses, 'share' | 'keyBytes'>,
): void {
  const keyCount = keyCountOf(keys);
  if (keyCount <= MOST_PLACED) return;
  const bytes = dictionary.bytesOf(dictionary.idOf(source, keyCount - 1));
  const each = rest / (share.length - first);
  for (let i = first; i < share.length; i++) {
    keyBytes[i] = (keyBytes[i] * share[i] + bytes * each) / (share[i] + each);
    share[i] += each;
  }
}
