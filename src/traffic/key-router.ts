/**
 * Keys to shards by number: each key is hashed once, as long as a table of all of them stays small.
 */
import { routeWords, routingTableOf, type RoutingTable } from '../model/routing-table.ts';
import { openNumbersOf, type ShardMap } from '../model/shard-map.ts';
import type { KeyDictionary } from './key-dictionary.ts';

/** 16 MiB of table; more keys than this are hashed each time. */
const MOST_REMEMBERED = 4_194_304;
const UNKNOWN = 0xffff_ffff;

export class KeyRouter {
  readonly #dictionary: KeyDictionary;
  #table: RoutingTable;
  /** Numbers of the open shards, in order of hash key. */
  #numbers: Uint32Array;
  readonly #remembered: Uint32Array;
  readonly #words = new Uint32Array(4);

  constructor(dictionary: KeyDictionary, map: ShardMap) {
    this.#dictionary = dictionary;
    this.#table = routingTableOf(map);
    this.#numbers = openNumbersOf(map);
    this.#remembered = new Uint32Array(dictionary.size <= MOST_REMEMBERED ? dictionary.size : 0).fill(
      UNKNOWN,
    );
  }

  /** The layout of the stream has changed: what was remembered is forgotten. */
  relayout(map: ShardMap): void {
    this.#table = routingTableOf(map);
    this.#numbers = openNumbersOf(map);
    this.#remembered.fill(UNKNOWN);
  }

  /** Number of the open shard that a key goes to. */
  shardOf(key: number): number {
    if (key >= this.#remembered.length) return this.#route(key);
    const known = this.#remembered[key];
    return known === UNKNOWN ? (this.#remembered[key] = this.#route(key)) : known;
  }

  /** The same for keys `from` … `to - 1` of a column. */
  route(keys: Uint32Array, from: number, to: number, shards: Uint32Array): void {
    for (let i = from; i < to; i++) shards[i] = this.shardOf(keys[i]);
  }

  #route(key: number): number {
    this.#dictionary.hashWordsOf(key, this.#words);
    return this.#numbers[routeWords(this.#table, this.#words)];
  }
}
