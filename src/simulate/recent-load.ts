/**
 * What each shard was offered since a given moment, so that the hottest and the coldest can be told: the worse of records
 * and bytes over one shard's limits.
 */
import { openNumbersOf, type ShardMap } from '../model/shard-map.ts';
import { worseOf } from '../results/sliding-sums.ts';

export class RecentLoad {
  /** Records due before this, in microseconds, are not counted; Infinity: nobody asks. */
  fromUs = Infinity;
  #records = new Float64Array(0);
  #bytes = new Float64Array(0);

  /** Counts anew from a time on. @param shards how many numbers of shards there are */
  begin(fromUs: number, shards: number): void {
    this.fromUs = fromUs;
    this.#records = new Float64Array(shards);
    this.#bytes = new Float64Array(shards);
  }

  /** The layout has changed: what was counted is of shards that may be closed. */
  relayout(nowUs: number, shards: number): void {
    if (this.fromUs < Infinity) this.begin(Math.max(this.fromUs, nowUs), shards);
  }

  /** An offered record, or the part of a packed one that it is. */
  add(shard: number, bytes: number, records = 1): void {
    this.#records[shard] += records;
    this.#bytes[shard] += bytes;
  }

  /** Number of the open shard with the most load; of equals the one with the lowest hash key. */
  hottest(map: ShardMap): number {
    return bestOf(openNumbersOf(map), (shard) => this.#loadOf([shard]));
  }

  /** Of two neighbours with the least load together; of equals the pair with the lowest hash key. */
  coldest(map: ShardMap): readonly [number, number] {
    const open = Array.from(openNumbersOf(map));
    const pairs = open.slice(1).map((shard, i) => [open[i], shard] as const);
    return bestOf(pairs, (pair) => -this.#loadOf(pair));
  }

  #loadOf(shards: readonly number[]): number {
    const sumOf = (column: Float64Array): number => shards.reduce((sum, shard) => sum + column[shard], 0);
    return worseOf(sumOf(this.#records), sumOf(this.#bytes)).utilization;
  }
}

/** The first of those with the highest value. */
function bestOf<T>(candidates: Iterable<T>, valueOf: (candidate: T) => number): T {
  let best: { readonly candidate: T; readonly value: number } | undefined;
  for (const candidate of candidates) {
    const value = valueOf(candidate);
    if (best === undefined || value > best.value) best = { candidate, value };
  }
  if (best === undefined) throw new Error('there is nothing to choose from');
  return best.candidate;
}
