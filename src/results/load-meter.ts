/**
 * How loaded shards and keys were in their busiest ten seconds: unique offered records against one shard's limits,
 * counted record by record and judged every second.
 */
import type { SecondLoad } from './backlog.ts';
import type { KeySketch } from './key-sketch.ts';
import { LoadJudge } from './load-judge.ts';
import { SlidingSums, WINDOW_SEC } from './sliding-sums.ts';

export class LoadMeter extends LoadJudge {
  readonly shards: SlidingSums;
  readonly keys: SlidingSums;
  /**
   * Told of every second that is over: its number from 0, and what the shards were offered in it. Long silence is left
   * out once it says that nothing goes on any more.
   */
  onSecond: ((second: number, shards: SecondLoad) => boolean) | undefined;
  #goesOn = false;
  #second = 0;

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

  /**
   * A place of the sketch is freed: the key that takes it starts from nothing.
   * @param records counted of the key that leaves it
   */
  forget(place: number, records: number): void {
    this.keys.reset(place);
    this.leave(place, records);
  }

  /** The offer has ended after `elapsedSec` seconds: closes the last window. */
  finish(elapsedSec: number): void {
    this.#closeUpTo(Math.max(this.#second + 1, Math.floor(elapsedSec)));
    this.bursts.finish(elapsedSec);
    if (this.judged > 0 || elapsedSec <= 0) return;
    this.judge(Math.min(elapsedSec, this.windowSec), this.shards, this.keys);
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
    shards.closeSecond();
    this.keys.closeSecond();
    this.#second++;
    if (this.#second >= this.windowSec) this.judge(this.windowSec, shards, this.keys);
  }
}
