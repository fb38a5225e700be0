/**
 * What a metric per minute hides: of each shard, the busiest second of all whole minutes and the mean of the minute
 * around it.
 */
import { lengthened } from '../model/column.ts';
import { worseOf } from './sliding-sums.ts';
import type { Dimension } from './report-document.ts';

const SECONDS = 60;
const LN_60 = 4.0943445622221;

/** What a metric per minute hides: how far a minute's busiest second stands above its mean. */
export interface ShardBurst {
  readonly dimension: Dimension;
  /** Offered in the busiest second of the whole minutes, by the worse of the two limits. */
  readonly perSec: number;
  /** Of the whole minute around it. */
  readonly meanPerSec: number;
  readonly ratio: number;
  /** The ratio that evenly spread Poisson arrivals have by chance: 1 + sqrt(2 ln 60 / records per second). */
  readonly ratioByChance: number;
}

export class BurstMeter {
  /** Sums of the minute that runs, and its busiest second by records and by bytes. */
  #records: Float64Array;
  #bytes: Float64Array;
  #peakRecords: Float64Array;
  #peakBytes: Float64Array;
  readonly #worst: (ShardBurst | undefined)[];
  /** Utilization of the worst bursts' seconds. */
  #worstLoad: Float64Array;
  /** Shards that were not open for the whole of the running minute. */
  readonly #broken = new Set<number>();
  #minute = 0;

  constructor(shards: number) {
    this.#records = new Float64Array(shards);
    this.#bytes = new Float64Array(shards);
    this.#peakRecords = new Float64Array(shards);
    this.#peakBytes = new Float64Array(shards);
    this.#worst = new Array<ShardBurst | undefined>(shards).fill(undefined);
    this.#worstLoad = new Float64Array(shards);
  }

  /** Makes room for shards up to number `shards` - 1. */
  grow(shards: number): void {
    this.#records = lengthened(this.#records, shards);
    this.#bytes = lengthened(this.#bytes, shards);
    this.#peakRecords = lengthened(this.#peakRecords, shards);
    this.#peakBytes = lengthened(this.#peakBytes, shards);
    this.#worstLoad = lengthened(this.#worstLoad, shards);
  }

  /** The shard is born or closed within the running minute, which tells nothing of it. */
  leaveOut(shard: number): void {
    this.#broken.add(shard);
  }

  /** What is added from now on belongs to this second, by its number from the start; silent ones may be left out. */
  reach(second: number): void {
    const minute = Math.floor(second / SECONDS);
    if (minute === this.#minute) return;
    this.#closeMinute();
    this.#minute = minute;
  }

  /** Counts what a shard was offered in the whole second. */
  add(shard: number, records: number, bytes: number): void {
    this.#records[shard] += records;
    this.#bytes[shard] += bytes;
    if (records > this.#peakRecords[shard]) this.#peakRecords[shard] = records;
    if (bytes > this.#peakBytes[shard]) this.#peakBytes[shard] = bytes;
  }

  /** The counted time has ended; a minute that it broke off is not counted. */
  finish(elapsedSec: number): void {
    if (elapsedSec >= (this.#minute + 1) * SECONDS) this.#closeMinute();
  }

  /** The worst burst of a shard; undefined where no whole minute held a record of it. */
  of(shard: number): ShardBurst | undefined {
    return this.#worst.at(shard);
  }

  #closeMinute(): void {
    for (let j = 0; j < this.#records.length; j++) {
      const peak = worseOf(this.#peakRecords[j], this.#peakBytes[j]);
      if (peak.utilization > this.#worstLoad[j] && !this.#broken.has(j)) {
        this.#worstLoad[j] = peak.utilization;
        const recordsPerSec = this.#records[j] / SECONDS;
        const meanPerSec = peak.dimension === 'records' ? recordsPerSec : this.#bytes[j] / SECONDS;
        this.#worst[j] = {
          dimension: peak.dimension,
          perSec: peak.perSec,
          meanPerSec,
          ratio: peak.perSec / meanPerSec,
          ratioByChance: 1 + Math.sqrt((2 * LN_60) / recordsPerSec),
        };
      }
    }
    for (const column of [this.#records, this.#bytes, this.#peakRecords, this.#peakBytes]) column.fill(0);
    this.#broken.clear();
  }
}
