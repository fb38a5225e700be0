/**
 * What a metric per minute hides: of each shard, the busiest second of all whole minutes and the mean of the minute
 * around it.
 */
import { worseOf } from './sliding-sums.ts';
import type { ShardBurst } from './report-document.ts';

const SECONDS = 60;
const LN_60 = 4.0943445622221;

export class BurstMeter {
  /** Sums of the minute that runs, and its busiest second by records and by bytes. */
  readonly #records: Float64Array;
  readonly #bytes: Float64Array;
  readonly #peakRecords: Float64Array;
  readonly #peakBytes: Float64Array;
  readonly #worst: (ShardBurst | undefined)[];
  /** Utilization of the worst bursts' seconds. */
  readonly #worstLoad: Float64Array;
  #minute = 0;

  constructor(shards: number) {
    this.#records = new Float64Array(shards);
    this.#bytes = new Float64Array(shards);
    this.#peakRecords = new Float64Array(shards);
    this.#peakBytes = new Float64Array(shards);
    this.#worst = new Array<ShardBurst | undefined>(shards).fill(undefined);
    this.#worstLoad = new Float64Array(shards);
  }

  /** Counts a whole second, by its number from the start; those without any record may be left out. */
  closeSecond(second: number, records: Float64Array, bytes: Float64Array): void {
    const minute = Math.floor(second / SECONDS);
    if (minute > this.#minute) {
      this.#closeMinute();
      this.#minute = minute;
    }
    for (let j = 0; j < records.length; j++) {
      this.#records[j] += records[j];
      this.#bytes[j] += bytes[j];
      if (records[j] > this.#peakRecords[j]) this.#peakRecords[j] = records[j];
      if (bytes[j] > this.#peakBytes[j]) this.#peakBytes[j] = bytes[j];
    }
  }

  /** The counted time has ended; a minute that it broke off is not counted. */
  finish(elapsedSec: number): void {
    if (elapsedSec >= (this.#minute + 1) * SECONDS) this.#closeMinute();
  }

  /** The worst burst of a shard; undefined where no whole minute held a record of it. */
  of(shard: number): ShardBurst | undefined {
    return this.#worst[shard];
  }

  #closeMinute(): void {
    for (let j = 0; j < this.#records.length; j++) {
      const peak = worseOf(this.#peakRecords[j], this.#peakBytes[j]);
      if (peak.utilization > this.#worstLoad[j]) {
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
  }
}
