/**
 * Keys to shards by number: each key is hashed once, as long as a table of all of them stays small.
 */
import { routeWords, routingTableOf, type RoutingTable } from '../model/routing-table.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { KeyDictionary } from './key-dictionary.ts';

/** 16 MiB of table; more keys than this are hashed each time. */
const MOST_REMEMBERED = 4_194_304;
const UNKNOWN = 0xffff_ffff;

export class KeyRouter {
  readonly #dictionary: KeyDictionary;
  readonly #table: RoutingTable;
  readonly #remembered: Uint32Array;
  readonly #words = new Uint32Array(4);

  constructor(dictionary: KeyDictionary, map: ShardMap) {
    this.#dictionary = dictionary;
    this.#table = routingTableOf(map);
    this.#remembered = new Uint32Array(dictionary.size <= MOST_REMEMBERED ? dictionary.size : 0).fill(
      UNKNOWN,
    );
  }

  /** Position among the open shards of the one that a key goes to. */
  shardOf(key: number): number {
    if (key >= this.#remembered.length) return this.#route(key);
    const known = this.#remembered[key];
    return known === UNKNOWN ? (this.#remembered[key] = this.#route(key)) : known;
  }

  #route(key: number): number {
    this.#dictionary.hashWordsOf(key, this.#words);
    return routeWords(this.#table, this.#words);
  }
}
