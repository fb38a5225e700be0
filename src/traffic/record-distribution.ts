/**
 * Where records go on a stream that distributes them by itself (AUTO), whatever their keys: to a hash key drawn evenly
 * from the whole key space, anew for every attempt. The service's own algorithm is not published.
 */
import { reroutedTable, routeWords, routingTableOf, type RoutingTable } from '../model/routing-table.ts';
import { openNumbersAfter, openNumbersOf, type ShardMap } from '../model/shard-map.ts';
import { Draws, OUTPUT, PURPOSE } from './threefry.ts';

export class AutoDistribution {
  readonly #draws: readonly Draws[];
  #map: ShardMap;
  #table: RoutingTable;
  /** Numbers of the open shards, in order of hash key. */
  #numbers: Uint32Array;
  readonly #words = new Uint32Array(4);

  /** @param sources how many sources the scenario has; each has its own draws */
  constructor(seed: number, sources: number, map: ShardMap) {
    this.#draws = Array.from({ length: sources }, (_, source) => new Draws(seed, PURPOSE.shard, source));
    this.#map = map;
    this.#table = routingTableOf(map);
    this.#numbers = openNumbersOf(map);
  }

  relayout(map: ShardMap): void {
    this.#table = reroutedTable(this.#table, this.#map, map);
    this.#numbers = openNumbersAfter(this.#numbers, this.#map, map);
    this.#map = map;
  }

  /** Writes the shards that the first attempts go to of records `from` … `to - 1` of some columns. */
  route(
    { source, k }: { readonly source: Uint16Array; readonly k: Float64Array },
    from: number,
    to: number,
    shards: Uint32Array,
  ): void {
    for (let i = from; i < to; i++) shards[i] = this.shardOf(source[i], k[i], 0);
  }

  /**
   * Number of the open shard that an attempt goes to.
   * @param k index of the record in its source
   * @param attempt from 0, below 2,048
   */
  shardOf(source: number, k: number, attempt: number): number {
    this.#draws[source].bits(k, attempt);
    [this.#words[0], this.#words[1]] = OUTPUT;
    return this.#numbers[routeWords(this.#table, this.#words)];
  }
}
