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
  /** Layouts that ended within the window. */
  #before: { readonly untilSec: number; readonly open: number }[] = [];

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
   * The layout of the stream changes. Keys and shards that it does not touch are judged on as if nothing had happened; a
   * new shard is judged when it has been open for a whole window, a closed one never again.
   * @param timeUs from the start of the counted duration, in order with the offered records
   * @param shards how many numbers of shards there are then, of which so many are open
   * @param touched numbers of the shards that are closed and opened
   */
  relayout(timeUs: number, shards: number, open: number, touched: readonly number[]): void {
    const second = Math.floor(timeUs / 1_000_000);
    if (second > this.#second) this.#closeUpTo(second);
    this.endedUtilization = this.#utilizationOfLayout();
    this.layoutUtilization = 0;
    this.#before.push({ untilSec: timeUs / 1_000_000, open: this.openShards });
    this.layoutFrom = timeUs % 1_000_000 === 0 ? this.#second : this.#second + 1;
    this.#open(shards, open, touched);
    this.bursts.reach(this.#second);
    if (timeUs % MINUTE_US !== 0) for (const shard of touched) this.bursts.leaveOut(shard);
  }

  /** Of the shards that a change touches, those that there were are closed, and the others open. */
  #open(shards: number, open: number, touched: readonly number[]): void {
    const { count } = this.shards;
    this.setShards(shards, open);
    this.shards.grow(shards);
    for (const shard of touched) {
      if (shard < count) this.#meterShortStay(shard);
      this.judgedFrom[shard] = shard < count ? Infinity : this.layoutFrom;
    }
  }

  /** A shard that goes, or ends, before it was open for a whole window: its utilization is its mean until now. */
  #meterShortStay(shard: number): void {
    const seconds = this.#second - this.judgedFrom[shard];
    if (seconds <= 0 || seconds >= this.windowSec) return;
    const { records, bytes } = this.shards.last(shard, seconds);
    this.shardUtilization[shard] = utilizationOf(records, bytes, seconds);
    this.shortStays.set(shard, seconds);
  }

  /** Of the hottest shard of the layout that is, up to now: its busiest window, or its mean where there was none yet. */
  #utilizationOfLayout(): number {
    const seconds = Math.min(this.#second - this.layoutFrom, WINDOW_SEC);
    if (this.layoutUtilization > 0 || seconds <= 0) return this.layoutUtilization;
    let most = 0;
    for (let j = 0; j < this.shards.count; j++) {
      const { records, bytes } = this.shards.last(j, seconds);
      most = Math.max(most, utilizationOf(records, bytes, seconds));
    }
    return most;
  }

  /** The offer has ended after `elapsedSec` seconds: closes the last window. */
  finish(elapsedSec: number): void {
    this.#closeUpTo(Math.max(this.#second + 1, Math.floor(elapsedSec)));
    this.bursts.finish(elapsedSec);
    for (let j = 0; j < this.shards.count; j++) if (this.judgedFrom[j] > 0) this.#meterShortStay(j);
    this.endedUtilization = this.#utilizationOfLayout();
    if (this.judged > 0 || elapsedSec <= 0) return;
    this.judge(Math.min(elapsedSec, this.windowSec), this.shards, this.keys, elapsedSec);
  }

  /** Where the layout has changed within the window, the most that were open: what so many do not take, fewer do not. */
  protected override openInWindow(): number {
    return this.#before.reduce((most, { open }) => Math.max(most, open), this.openShards);
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
    if (this.#second < this.windowSec) return;
    this.#before = this.#before.filter(({ untilSec }) => untilSec > this.#second - this.windowSec);
    this.judge(this.windowSec, shards, this.keys, this.#second);
  }
}
