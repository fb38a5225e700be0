/**
 * Keys to shards by number: each key is hashed once, as long as a table of all of them stays small, and once more where
 * its shard was split.
 */
import { roomier } from '../model/column.ts';
import { reroutedTable, routeWords, routingTableOf, type RoutingTable } from '../model/routing-table.ts';
import { openNumbersAfter, openNumbersOf, type LayoutChange, type ShardMap } from '../model/shard-map.ts';
import type { KeyDictionary } from './key-dictionary.ts';

/** 16 MiB of table; more keys than this are hashed each time. */
const MOST_REMEMBERED = 4_194_304;
const UNKNOWN = 0xffff_ffff;

export class KeyRouter {
  readonly #dictionary: KeyDictionary;
  #map: ShardMap;
  #table: RoutingTable;
  /** Numbers of the open shards, in order of hash key. */
  #numbers: Uint32Array;
  /** By key, the shard that it was on when it was looked up last, which may be closed since. */
  readonly #remembered: Uint32Array;
  /** By shard, where all its keys are now: itself, the heir of a merge, which may be closed too, or UNKNOWN after a split. */
  #heirs: Uint32Array;
  readonly #words = new Uint32Array(4);

  constructor(dictionary: KeyDictionary, map: ShardMap) {
    this.#dictionary = dictionary;
    this.#map = map;
    this.#table = routingTableOf(map);
    this.#numbers = openNumbersOf(map);
    this.#heirs = Uint32Array.from(map.all.keys());
    this.#remembered = new Uint32Array(dictionary.size <= MOST_REMEMBERED ? dictionary.size : 0).fill(
      UNKNOWN,
    );
  }

  /** The layout of the stream has changed: keys of closed shards are looked for anew. */
  relayout({ map, steps }: LayoutChange): void {
    this.#table = reroutedTable(this.#table, this.#map, map);
    this.#numbers = openNumbersAfter(this.#numbers, this.#map, map);
    this.#map = map;
    this.#heirs = roomier(this.#heirs, map.all.length);
    for (const { kind, parents, children } of steps) {
      for (const child of children) this.#heirs[child] = child;
      for (const parent of parents) this.#heirs[parent] = kind === 'merge' ? children[0] : UNKNOWN;
    }
  }

  /** Number of the open shard that a key goes to. */
  shardOf(key: number): number {
    if (key >= this.#remembered.length) return this.#route(key);
    const known = this.#remembered[key];
    if (known !== UNKNOWN && this.#heirs[known] === known) return known;
    return (this.#remembered[key] = this.#found(key, known));
  }

  /** The same for keys `from` … `to - 1` of a column. */
  route(keys: Uint32Array, from: number, to: number, shards: Uint32Array): void {
    for (let i = from; i < to; i++) shards[i] = this.shardOf(keys[i]);
  }

  /** @param known the closed shard that the key was on, or UNKNOWN */
  #found(key: number, known: number): number {
    let shard = known;
    while (shard !== UNKNOWN && this.#heirs[shard] !== shard) shard = this.#heirs[shard];
    return shard === UNKNOWN ? this.#route(key) : shard;
  }

  #route(key: number): number {
    this.#dictionary.hashWordsOf(key, this.#words);
    return this.#numbers[routeWords(this.#table, this.#words)];
  }
}
