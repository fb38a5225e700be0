/**
 * A shard's record bucket looked at in ticks, twice: once as it is at best and once as it is at worst, whatever the
 * order of arrivals within a tick. For the same arrivals
 *
 *     fluid(B) <= throttled one by one <= fluid(B - 2 r d - 1)
 *
 * with B the burst, r the refill, d the longest tick in which anything may be refused, and 1 because records cannot
 * be divided. Where everything of a tick arrives at once, at its end, both are the same and exact.
 */
import { LIMITS } from '../model/limits.ts';

export const REFILL_PER_SEC = LIMITS.writeRecordsPerSec.value;
export const BURST = LIMITS.writeRecordBurst.value;

export class FluidBuckets {
  /** Tokens and refused records at best and at worst, by shard. */
  readonly tokensLow: Float64Array;
  readonly tokensHigh: Float64Array;
  readonly lostLow: Float64Array;
  readonly lostHigh: Float64Array;
  /** What the worse bucket holds at most. */
  readonly cap: Float64Array;

  /**
   * @param tickUs longest tick of each shard in microseconds
   * @param atOnce everything of a tick arrives at its end, in one request
   * @param fill level of the buckets at the start, 0…1
   */
  constructor(
    tickUs: ArrayLike<number>,
    readonly atOnce: boolean,
    fill: number,
  ) {
    const shards = tickUs.length;
    this.cap = Float64Array.from({ length: shards }, (_, j) =>
      atOnce ? BURST : Math.max(0, BURST - (2 * REFILL_PER_SEC * tickUs[j]) / 1e6 - 1),
    );
    const start = Math.floor(BURST * fill);
    this.tokensHigh = new Float64Array(shards).fill(start);
    this.lostLow = new Float64Array(shards);
    this.lostHigh = new Float64Array(shards);
    // At worst the refill of the first tick comes too late for its records, which a level of 0 cannot show.
    const late = Float64Array.from(tickUs, (us) => (atOnce ? 0 : (REFILL_PER_SEC * us) / 1e6 + 1));
    this.tokensLow = this.cap.map((cap, j) => Math.min(cap, Math.max(0, start - late[j])));
    this.lostHigh.forEach((_, j) => (this.lostHigh[j] = Math.max(0, late[j] - start)));
  }

  /** One tick in which `count` records arrive at shard j. */
  tick(j: number, count: number, us: number): void {
    const refill = (REFILL_PER_SEC * us) / 1e6;
    if (this.atOnce) {
      const level = Math.min(BURST, this.tokensHigh[j] + refill);
      const accepted = Math.min(count, Math.floor(level));
      this.tokensHigh[j] = this.tokensLow[j] = level - accepted;
      this.lostLow[j] += count - accepted;
      this.lostHigh[j] = this.lostLow[j];
      return;
    }
    const best = this.tokensHigh[j] + refill - count;
    const worst = this.tokensLow[j] + refill - count;
    if (best < 0) this.lostLow[j] -= best;
    if (worst < 0) this.lostHigh[j] -= worst;
    this.tokensHigh[j] = Math.min(BURST, Math.max(0, best));
    this.tokensLow[j] = Math.min(this.cap[j], Math.max(0, worst));
  }

  /**
   * Whether a stretch of any length with `count` arrivals can be passed in one step: nothing in it is refused,
   * whenever they come, and not knowing when leaves the two levels at most `gap` further apart.
   */
  canSkip(j: number, count: number, us: number, gap: number): boolean {
    if (count > this.tokensLow[j]) return false;
    const refill = (REFILL_PER_SEC * us) / 1e6;
    const overflow = Math.max(this.tokensHigh[j] + refill - BURST, this.tokensLow[j] + refill - this.cap[j]);
    return Math.min(count, overflow) <= gap;
  }

  /** Passes it: at best everything came at once at the start, at worst at the end. */
  skip(j: number, count: number, us: number): void {
    const refill = (REFILL_PER_SEC * us) / 1e6;
    this.tokensHigh[j] = Math.min(BURST, this.tokensHigh[j] + refill - count);
    this.tokensLow[j] = Math.min(this.cap[j], this.tokensLow[j] + refill) - count;
  }

  /** Passes a stretch that is above the refill all along, so that the bucket runs empty and stays so; not where it would not. */
  flood(j: number, count: number, us: number): boolean {
    const room = this.tokensHigh[j] + (REFILL_PER_SEC * us) / 1e6;
    if (count < room) return false;
    this.lostLow[j] += count - room;
    this.lostHigh[j] += count - room + this.tokensHigh[j] - this.tokensLow[j];
    this.tokensHigh[j] = this.tokensLow[j] = 0;
    return true;
  }

  /** Passes a stretch after which the bucket lacks at most `lack` records, and nothing was refused. */
  rest(j: number, lack: number): void {
    this.tokensHigh[j] = BURST;
    this.tokensLow[j] = Math.max(0, this.cap[j] - lack);
  }
}
