/**
 * How loaded shards and keys were in their busiest ten seconds: unique offered records against one shard's limits,
 * counted record by record and judged every second.
 */
import type { SecondLoad } from './backlog.ts';
import type { KeySketch } from './key-sketch.ts';
import { LoadJudge, utilizationOf } from './load-judge.ts';
import type { LoadTrace } from './load-trace.ts';
import { SlidingSums, WINDOW_SEC } from './sliding-sums.ts';

const MINUTE_US = 60_000_000;

export class LoadMeter extends LoadJudge {
  readonly shards: SlidingSums;
  readonly keys: SlidingSums;
  /**
   * Told of every second that is over: its number from 0, and what the shards were offered in it. Long silence is left
   * out once it says that nothing goes on any more.
   */
  onSecond: ((second: number, shards: SecondLoad) => boolean) | undefined;
  /** Is shown every second that is over, and keeps what a judgement together with other machines needs. */
  trace: LoadTrace | undefined;
  /** Of the hottest shard of the layout that ended last: its busiest window, or the mean of a shorter stay. */
  endedUtilization = 0;
  #goesOn = false;
  #second = 0;
  /** First second of the window, or of one yet to come where the layout changes in the running second. */
  #windowFrom = 0;

  /** As for any judge of loads. */
  constructor(shards: number, sketch: KeySketch, shardOfKey: Uint32Array, durationSec: number, z: number) {
    super(shards, sketch, shardOfKey, durationSec, z);
    this.shards = new SlidingSums(shards);
    this.keys = new SlidingSums(sketch.capacity);
  }

  /**
   * Counts an offered record, or the part of a packed one that it is. Times come in order.
   * @param place negative where the sketch does not hold its key
   */
  offer(dueUs: number, shard: number, place: number, bytes: number, records = 1): void {
    const second = Math.floor(dueUs / 1_000_000);
    if (second > this.#second) this.#closeUpTo(second);
    this.shards.add(shard, bytes, records);
    if (place >= 0) this.keys.add(place, bytes, records);
  }

  /** What is counted from now on is of this second, by its number from the start, or of a later one that runs already. */
  reach(second: number): void {
    if (second > this.#second) this.#closeUpTo(second);
  }

  /** Whether the second that runs is the one of a time, or a later one. */
  hasReached(dueUs: number): boolean {
    return dueUs < (this.#second + 1) * 1_000_000;
  }

  /**
   * Counts records `from` … `to - 1` of some columns, all of the second that runs.
   * @param places of their keys; undefined where no key has a shard
   */
  offerRun(
    shards: Uint32Array,
    places: Uint32Array | undefined,
    bytes: Uint32Array,
    from: number,
    to: number,
  ): void {
    this.shards.addRun(shards, bytes, from, to);
    if (places !== undefined) this.keys.addRun(places, bytes, from, to);
  }

  /**
   * A place of the sketch is freed: the key that takes it starts from nothing.
   * @param records counted of the key that leaves it
   */
  forget(place: number, records: number): void {
    this.keys.reset(place);
    this.leave(place, records);
  }

  /**
   * The layout of the stream changes: the running second is finished as usual, then windows begin anew, because each
   * is judged against one layout; the next is judged when a whole one has passed.
   * @param timeUs from the start of the counted duration, in order with the offered records
   * @param shards how many numbers of shards there are then, of which so many are open
   * @param touched numbers of the shards that are closed and opened
   */
  relayout(timeUs: number, shards: number, open: number, touched: readonly number[]): void {
    const second = Math.floor(timeUs / 1_000_000);
    if (second > this.#second) this.#closeUpTo(second);
    this.#meterShortStay();
    this.endedUtilization = this.#utilizationOfLayout();
    this.layoutUtilization = 0;
    this.setShards(shards, open);
    this.shards.grow(shards);
    this.bursts.reach(this.#second);
    if (timeUs % MINUTE_US !== 0) for (const shard of touched) this.bursts.leaveOut(shard);
    this.shards.restart();
    this.keys.restart();
    this.#windowFrom = timeUs % 1_000_000 === 0 ? this.#second : this.#second + 1;
  }

  /** Shards of a layout that goes before a whole window has passed: their utilization is their mean until now. */
  #meterShortStay(): void {
    const seconds = this.#second - this.#windowFrom;
    if (seconds <= 0 || seconds >= this.windowSec) return;
    const { shards, shardUtilization, shortStays } = this;
    for (let j = 0; j < shards.count; j++) {
      if (shardUtilization[j] > 0 && !shortStays.has(j)) continue;
      const utilization = utilizationOf(shards.windowRecords(j), shards.windowBytes(j), seconds);
      if (utilization <= shardUtilization[j]) continue;
      shardUtilization[j] = utilization;
      shortStays.set(j, seconds);
    }
  }

  /** Of the hottest shard of the layout that is, up to now: its busiest window, or its mean where there was none yet. */
  #utilizationOfLayout(): number {
    const seconds = this.#second - this.#windowFrom;
    if (this.layoutUtilization > 0 || seconds <= 0) return this.layoutUtilization;
    let most = 0;
    for (let j = 0; j < this.shards.count; j++) {
      most = Math.max(most, utilizationOf(this.shards.windowRecords(j), this.shards.windowBytes(j), seconds));
    }
    return most;
  }

  /** Shards that are in a whole window now are known by that. */
  #endShortStays(): void {
    for (const j of this.shortStays.keys()) {
      if (this.shards.windowRecords(j) === 0) continue;
      this.shardUtilization[j] = 0;
      this.shortStays.delete(j);
    }
  }

  /** The offer has ended after `elapsedSec` seconds: closes the last window. */
  finish(elapsedSec: number): void {
    this.#closeUpTo(Math.max(this.#second + 1, Math.floor(elapsedSec)));
    this.bursts.finish(elapsedSec);
    if (this.#windowFrom > 0) this.#meterShortStay();
    this.endedUtilization = this.#utilizationOfLayout();
    if (this.judged > 0 || elapsedSec <= 0 || this.#windowFrom > 0) return;
    this.judge(Math.min(elapsedSec, this.windowSec), this.shards, this.keys, elapsedSec);
  }

  #closeUpTo(second: number): void {
    // Beyond a window of silence nothing changes any more.
    const silentFrom = this.#second + WINDOW_SEC + 1;
    while (this.#second < second && (this.#second < silentFrom || this.#goesOn)) this.#closeSecond();
    this.#second = second;
  }

  #closeSecond(): void {
    const { shards } = this;
    this.bursts.reach(this.#second);
    for (let j = 0; j < shards.count; j++) {
      const [records, bytes] = [shards.records(j), shards.bytes(j)];
      this.peakRecords[j] = Math.max(this.peakRecords[j], records);
      this.peakBytes[j] = Math.max(this.peakBytes[j], bytes);
      this.bursts.add(j, records, bytes);
    }
    this.#goesOn = this.onSecond?.(this.#second, shards) ?? false;
    this.trace?.note(this.#second, shards, this.keys);
    shards.closeSecond();
    this.keys.closeSecond();
    this.#second++;
    if (this.#second === this.#windowFrom) {
      shards.restart();
      this.keys.restart();
    }
    if (this.#second - this.#windowFrom < this.windowSec) return;
    this.#endShortStays();
    this.judge(this.windowSec, shards, this.keys, this.#second);
  }
}
