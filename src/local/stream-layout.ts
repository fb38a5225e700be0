/**
 * The shards of a stream over time: which are open and where records go, and when each one opened and closed.
 */
import { routingTableOf, type RoutingTable } from '../model/routing-table.ts';
import { openNumbersOf, parentsOf, shardNumberOf, type Shard, type ShardMap } from '../model/shard-map.ts';

export class StreamLayout {
  map: ShardMap;
  routing: RoutingTable;
  /** Shard number by position in the routing table. */
  openShards: Uint32Array;
  /** By shard number, in microseconds; an open shard closes at Infinity. */
  readonly #openedUs: number[];
  readonly #closedUs: number[];
  /** Numbers of the shards made from each one. */
  readonly #children: number[][];

  constructor(map: ShardMap, nowUs: number) {
    this.map = map;
    this.routing = routingTableOf(map);
    this.openShards = openNumbersOf(map);
    this.#openedUs = map.all.map(() => nowUs);
    this.#closedUs = map.all.map(() => Infinity);
    this.#children = map.all.map(() => []);
  }

  /** Shards that there ever were; their numbers lie below. */
  get count(): number {
    return this.map.all.length;
  }

  /** Makes way for a later map of the same stream. */
  become(map: ShardMap, atUs: number): void {
    for (const shard of map.all.slice(this.count)) {
      const number = this.#openedUs.push(atUs) - 1;
      this.#closedUs.push(Infinity);
      this.#children.push([]);
      for (const parent of parentsOf(shard).map(shardNumberOf)) {
        this.#closedUs[parent] = atUs;
        this.#children[parent].push(number);
      }
    }
    this.map = map;
    this.routing = routingTableOf(map);
    this.openShards = openNumbersOf(map);
  }

  /** When a shard opened, in microseconds. */
  openedUs(shard: number): number {
    return this.#openedUs[shard];
  }

  /** When a shard was closed, Infinity while it is open. */
  closedUs(shard: number): number {
    return this.#closedUs[shard];
  }

  isClosed(shard: number): boolean {
    return this.#closedUs[shard] !== Infinity;
  }

  /** The shards that were made from a closed one: two by a split, one by a merge. */
  childrenOf(shard: number): Shard[] {
    return this.#children[shard].map((child) => this.map.all[child]);
  }

  /** Whether all that a shard can hold lies before a time: it is gone then. */
  isExpired(shard: number, horizonUs: number): boolean {
    return this.#closedUs[shard] < horizonUs;
  }

  /** The shards that are not gone, behind a given one where there is one, in order of their numbers. */
  shardsAfter(horizonUs: number, shardId?: string): Shard[] {
    return this.map.all.filter(
      (shard, number) =>
        !this.isExpired(number, horizonUs) && (shardId === undefined || shard.shardId > shardId),
    );
  }
}
