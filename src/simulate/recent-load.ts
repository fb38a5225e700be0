/**
 * What each shard was offered since a given moment, so that the hottest and the coldest can be told: the worse of records
 * and bytes over one shard's limits.
 */
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

  /** What was counted, by number of shard. */
  get sums(): { readonly records: Float64Array; readonly bytes: Float64Array } {
    return { records: this.#records, bytes: this.#bytes };
  }

  /** Adds what another one has counted. */
  addSums({ records, bytes }: RecentLoad['sums']): void {
    const shards = Math.min(records.length, this.#records.length);
    for (let shard = 0; shard < shards; shard++) this.add(shard, bytes[shard], records[shard]);
  }

  /** An offered record, or the part of a packed one that it is. */
  add(shard: number, bytes: number, records = 1): void {
    this.#records[shard] += records;
    this.#bytes[shard] += bytes;
  }

  /**
   * Number of the open shard with the most load; of equals the one with the lowest hash key.
   * @param open numbers of the open shards, in order of hash key
   */
  hottest(open: Uint32Array): number {
    let best = 0;
    let most = -1;
    for (let i = 0; i < open.length; i++) {
      const load = worseOf(this.#records[open[i]], this.#bytes[open[i]]).utilization;
      if (load <= most) continue;
      [best, most] = [i, load];
    }
    return open[best];
  }

  /** Of two neighbours, of at least two shards, with the least load together; of equals the pair with the lowest hash key. */
  coldest(open: Uint32Array): readonly [number, number] {
    let best = 1;
    let least = Infinity;
    for (let i = 1; i < open.length; i++) {
      const [a, b] = [open[i - 1], open[i]];
      const load = worseOf(this.#records[a] + this.#records[b], this.#bytes[a] + this.#bytes[b]).utilization;
      if (load >= least) continue;
      [best, least] = [i, load];
    }
    return [open[best - 1], open[best]];
  }
}
