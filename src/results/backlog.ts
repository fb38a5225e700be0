/**
 * How far the offered load is ahead of what a shard's buckets and refill can take: the work that retries have to do.
 *
 * Per shard and dimension the level of a bucket that may go below nothing, second by second: offered takes from it,
 * the limit refills it up to the burst. What is below nothing is the backlog that unlimited retries would hold, and
 * it is over when it is worked off: Q/(r - l) after a spike of excess Q.
 *
 * In an outage every put fails: what is offered in it is all left to do, and nothing refills.
 *
 * When the layout changes, children inherit: after a split both get the level of their parent, but a level below
 * nothing, which is work to do, is shared out half and half; a merge adds up what is below nothing, and where nothing
 * is takes the lower level.
 */
import { lengthened } from '../model/column.ts';
import { LIMITS } from '../model/limits.ts';
import { roundUpToKiB } from '../model/record.ts';
import type { ReshardStep } from '../model/shard-map.ts';

const RECORDS_PER_SEC = LIMITS.writeRecordsPerSec.value;
const BYTES_PER_SEC = LIMITS.writeBytesPerSec.value;
const RECORD_BURST = LIMITS.writeRecordBurst.value;
/** Sums of parts of packed records may miss a whole number by this. */
const ROUNDING = 1e-6;

/** What each shard was offered in a second, by its number. */
export interface SecondLoad {
  records(shard: number): number;
  bytes(shard: number): number;
}

export class Backlog {
  #records: Float64Array;
  #bytes: Float64Array;
  readonly #byteBurst: number;
  #next = 0;
  /** Apart and in order; seconds from the start of the counted duration. */
  readonly #outages: { readonly fromSec: number; toSec: number }[] = [];

  /** @param initialFill level of the buckets at the start, 0…1 */
  constructor(shards: number, initialFill = 1, maxRecordBytes: number = LIMITS.defaultMaxRecordBytes.value) {
    this.#byteBurst = Math.max(LIMITS.writeByteBurst.value, roundUpToKiB(maxRecordBytes));
    this.#records = new Float64Array(shards).fill(RECORD_BURST * initialFill);
    this.#bytes = new Float64Array(shards).fill(this.#byteBurst * initialFill);
  }

  /** Every put fails from one time to another; outages are told in order of their beginning. */
  outage(fromSec: number, toSec: number): void {
    const last = this.#outages.at(-1);
    if (last !== undefined && fromSec <= last.toSec) last.toSec = Math.max(last.toSec, toSec);
    else this.#outages.push({ fromSec, toSec });
  }

  /**
   * Shards are closed and opened within a second, which is not over.
   * @param elapsedSec from the start of that second, 0 to below 1
   * @param shards what they were offered in it so far
   */
  reshard(
    steps: readonly ReshardStep[],
    count: number,
    second: number,
    elapsedSec: number,
    shards: SecondLoad,
  ): void {
    this.#passSilence(second);
    this.#records = lengthened(this.#records, count);
    this.#bytes = lengthened(this.#bytes, count);
    const inherit = (
      levels: Float64Array,
      perSec: number,
      burst: number,
      offered: (shard: number) => number,
      { parents, children }: ReshardStep,
    ): void => {
      const now = parents.map((j) => Math.min(burst, levels[j] + perSec * elapsedSec - offered(j)));
      const level = inheritedLevel(now) / (Math.min(...now) < 0 ? children.length : 1);
      // The rest of the second is added when it is over.
      for (const child of children) levels[child] = level - perSec * elapsedSec;
      for (const parent of parents) levels[parent] = Infinity;
    };
    for (const step of steps) {
      inherit(this.#records, RECORDS_PER_SEC, RECORD_BURST, (j) => shards.records(j), step);
      inherit(this.#bytes, BYTES_PER_SEC, this.#byteBurst, (j) => shards.bytes(j), step);
    }
  }

  /**
   * A second is over; seconds left out before it were silent.
   * @returns the largest backlog of any shard at its end, in seconds of that shard's limit
   */
  add(second: number, shards: SecondLoad): number {
    this.#passSilence(second);
    this.#next = second + 1;
    const r = RECORDS_PER_SEC;
    const b = BYTES_PER_SEC;
    const open = this.#openSec(second, second + 1);
    let most = 0;
    for (let j = 0; j < this.#records.length; j++) {
      this.#records[j] = after(this.#records[j], RECORD_BURST, r, shards.records(j), open);
      this.#bytes[j] = after(this.#bytes[j], this.#byteBurst, b, shards.bytes(j), open);
      most = Math.max(most, -this.#records[j] / r, -this.#bytes[j] / b);
    }
    return most > ROUNDING ? most : 0;
  }

  /** Seconds that were left out, up to this one, were silent. */
  #passSilence(second: number): void {
    if (second <= this.#next) return;
    const silent = this.#openSec(this.#next, second);
    this.#next = second;
    for (let j = 0; j < this.#records.length; j++) {
      this.#records[j] = Math.min(RECORD_BURST, this.#records[j] + silent * RECORDS_PER_SEC);
      this.#bytes[j] = Math.min(this.#byteBurst, this.#bytes[j] + silent * BYTES_PER_SEC);
    }
  }

  /** How long puts are not failing between two times. */
  #openSec(fromSec: number, untilSec: number): number {
    return this.#outages.reduce(
      (open, outage) =>
        open - Math.max(0, Math.min(untilSec, outage.toSec) - Math.max(fromSec, outage.fromSec)),
      untilSec - fromSec,
    );
  }
}

/**
 * A level at the end of a second.
 * @param openSec part of it in which puts did not fail; what is offered in the rest is owed, whatever the bucket holds
 */
function after(level: number, burst: number, perSec: number, offered: number, openSec: number): number {
  if (openSec === 1) return Math.min(burst, level + perSec - offered);
  const open = Math.min(burst, level + (perSec - offered) * openSec);
  return Math.min(0, open) - offered * (1 - openSec);
}

/** What a merge leaves of its parents' levels: the sum of what is below nothing, else the lower. */
function inheritedLevel(levels: readonly number[]): number {
  const owed = levels.reduce((sum, level) => sum + Math.min(0, level), 0);
  return owed < 0 ? owed : Math.min(...levels);
}
