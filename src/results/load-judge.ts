/**
 * What the loads of a window are held against: one shard's limits, and the noise of counting.
 *
 * In every window it asks what interface section 8 asks: which keys alone are above a shard's limit, what is left of
 * each shard without them, and what is left of the whole stream when each key is cut at one shard's limit.
 */
import { lengthened } from '../model/column.ts';
import { BurstMeter } from './burst-meter.ts';
import {
  BYTES_PER_SEC,
  judgedLoad,
  lowerOf,
  mayBeAbove,
  RECORDS_PER_SEC,
  UNJUDGED,
  type JudgedLoad,
  type WindowLoad,
} from './judged-load.ts';
import type { KeySketch } from './key-sketch.ts';
import type { Dimension } from './report-document.ts';
import { WINDOW_SEC } from './sliding-sums.ts';
import { StreamWindow, type ShardWindow, type WindowSums } from './stream-window.ts';

/** Keys that are remembered as hot; further ones are still taken off their shards while they are above the limit. */
const MOST_HOT_KEYS = 4096;

/** A key above a shard's limit, in its busiest window. */
export interface HotKey {
  readonly shard: number;
  readonly load: JudgedLoad;
  /** When that window ended, in seconds from the start of the counted duration. */
  readonly endSec: number;
  /** Of the key, per second. */
  readonly perSec: Readonly<Record<Dimension, number>>;
  /** Of the whole stream without its hot keys, per second. */
  readonly rest: Readonly<Record<Dimension, number>>;
  /** Records that were counted in places of the sketch which the key has lost since. */
  recordsBefore: number;
}

export abstract class LoadJudge {
  /** Utilization of each shard's and key's busiest window. */
  shardUtilization: Float64Array;
  /** Of shards that were open for no whole window, the length in seconds of the shorter one that it is of. */
  readonly shortStays = new Map<number, number>();
  readonly keyUtilization: Float64Array;
  peakRecords: Float64Array;
  peakBytes: Float64Array;
  readonly bursts: BurstMeter;
  /** Keys above a shard's limit by their numbers, which they keep where they lose their place in the sketch. */
  readonly hotKeys = new Map<number, HotKey>();
  /** Of each shard, its busiest window without hot keys: at most what it was, where a key turned hot later. */
  readonly residuals: JudgedLoad[];
  /** That window of each shard that is above its limit, key by key. */
  readonly hottest = new Map<number, ShardWindow>();
  /** Of the stream, its busiest window with each key cut at one shard's limit. */
  capped: JudgedLoad = UNJUDGED;
  /** What that window holds per second besides hot keys. */
  cappedRest: Readonly<Record<Dimension, number>> = { records: 0, bytes: 0 };
  /** Shards that were open then. */
  cappedShards: number;
  /** When that window ended, in seconds from the start of the counted duration. */
  cappedEndSec = 0;
  /** Of the hottest shard of the present layout, its busiest window. */
  protected layoutUtilization = 0;
  /** First whole second of the present layout. */
  protected layoutFrom = 0;
  /** By shard, the first second that its windows may hold; infinite once it is closed. */
  protected judgedFrom: Float64Array;
  protected openShards: number;
  /** Windows judged so far. */
  protected judged = 0;
  /** Length of the windows in seconds. */
  readonly windowSec: number;
  #residualLower: Float64Array;
  readonly #sketch: KeySketch;
  readonly #shardOfKey: Uint32Array;
  /** By place in the sketch, whether its key is hot. */
  readonly #isHot: Uint8Array;
  readonly #z: number;

  /**
   * @param shardOfKey shard by place in the sketch
   * @param durationSec counted duration; a shorter one than ten seconds is one window
   * @param z standard deviations that a claim must stand above noise
   */
  constructor(shards: number, sketch: KeySketch, shardOfKey: Uint32Array, durationSec: number, z: number) {
    this.shardUtilization = new Float64Array(shards);
    this.keyUtilization = new Float64Array(sketch.capacity);
    this.peakRecords = new Float64Array(shards);
    this.peakBytes = new Float64Array(shards);
    this.bursts = new BurstMeter(shards);
    this.#residualLower = new Float64Array(shards);
    this.judgedFrom = new Float64Array(shards);
    this.openShards = shards;
    this.cappedShards = shards;
    this.residuals = new Array<JudgedLoad>(shards).fill(UNJUDGED);
    this.#sketch = sketch;
    this.#shardOfKey = shardOfKey;
    this.#isHot = new Uint8Array(sketch.capacity);
    this.windowSec = Math.min(WINDOW_SEC, durationSec);
    this.#z = z;
  }

  /** Shards up to number `shards` - 1 may be named from now on, of which so many are open. */
  protected setShards(shards: number, open: number): void {
    this.shardUtilization = lengthened(this.shardUtilization, shards);
    this.peakRecords = lengthened(this.peakRecords, shards);
    this.peakBytes = lengthened(this.peakBytes, shards);
    this.#residualLower = lengthened(this.#residualLower, shards);
    while (this.residuals.length < shards) this.residuals.push(UNJUDGED);
    this.judgedFrom = lengthened(this.judgedFrom, shards);
    this.bursts.grow(shards);
    this.openShards = open;
  }

  /** Shards that the load of the window that ends now is held against. */
  protected openInWindow(): number {
    return this.openShards;
  }

  /** The offer has ended after `elapsedSec` seconds: judges the last window. */
  abstract finish(elapsedSec: number): void;

  /** Judges one window of the given length that ends now. */
  protected judge(windowSec: number, shards: WindowSums, keys: WindowSums, endSec: number): void {
    this.judged++;
    const open = this.openInWindow();
    const window = new StreamWindow(windowSec, shards, open, endSec);
    const { records, bytes, rest } = window;
    const isOfLayout = endSec - this.layoutFrom >= windowSec;
    for (let j = 0; j < shards.count; j++) {
      if (endSec - this.judgedFrom[j] < windowSec) continue;
      const utilization = utilizationOf(records[j], bytes[j], windowSec);
      if (utilization > this.shardUtilization[j]) this.shardUtilization[j] = utilization;
      if (isOfLayout && utilization > this.layoutUtilization) this.layoutUtilization = utilization;
    }
    this.#judgeKeys(window, keys);
    rest.records /= windowSec;
    rest.bytes /= windowSec;
    this.#judgeShards(window, keys);
    const capped = window.capped(this.#z);
    if (capped.lower <= this.capped.lower) return;
    this.capped = capped;
    this.cappedRest = rest;
    this.cappedShards = open;
    this.cappedEndSec = endSec;
  }

  /**
   * Takes keys off their shards that are hot, in windows before and after they were found too, and those that may be
   * above the limit in this window: of these noise does not tell whether they or their neighbours make a shard hot.
   */
  #judgeKeys(window: StreamWindow, keys: WindowSums): void {
    const { windowSec } = window;
    for (const key of this.hotKeys.keys()) {
      const place = this.#sketch.find(key);
      if (place >= 0) this.#isHot[place] = 1;
    }
    for (const place of keys.rows()) {
      const records = keys.windowRecords(place);
      if (records === 0) continue;
      const bytes = keys.windowBytes(place);
      const utilization = utilizationOf(records, bytes, windowSec);
      if (utilization > this.keyUtilization[place]) this.keyUtilization[place] = utilization;
      const squares = keys.windowSquares(place);
      if (this.#isHot[place] === 0 && !mayBeAbove(records, bytes, squares, windowSec, this.#z)) continue;
      const load = { records, bytes, squares };
      window.take(place, this.#shardOfKey[place], load);
      this.#judgeKey(window, place, load);
    }
  }

  #judgeKey(window: StreamWindow, place: number, sums: WindowLoad): void {
    const { windowSec, endSec, rest } = window;
    const key = this.#sketch.keys[place];
    const known = this.hotKeys.get(key);
    const load = judgedLoad(sums, windowSec, this.#z);
    if (known === undefined && (load.lower <= 1 || this.hotKeys.size >= MOST_HOT_KEYS)) return;
    window.leaveOut(sums);
    const shard = this.#shardOfKey[place];
    if (known === undefined) {
      this.#isHot[place] = 1;
      this.#takeOffBefore(shard, key);
      // Where the layout has changed it was on other shards before.
      for (const [other, { keys }] of this.hottest) if (keys.has(key)) this.#takeOffBefore(other, key);
    } else if (load.lower <= known.load.lower) return;
    this.hotKeys.set(key, {
      shard,
      load,
      endSec,
      perSec: { records: sums.records / windowSec, bytes: sums.bytes / windowSec },
      rest,
      recordsBefore: known?.recordsBefore ?? 0,
    });
  }

  /** A key has turned out to be hot: what was said of its shard is said again without it. */
  #takeOffBefore(shard: number, key: number): void {
    const hottest = this.hottest.get(shard);
    // Without that window nothing was claimed of the shard, and less is left now.
    let load = UNJUDGED;
    if (hottest !== undefined) {
      const { sum, keys, windowSec } = hottest;
      const ofKey = keys.get(key);
      if (ofKey !== undefined) {
        keys.delete(key);
        sum.records -= ofKey.records;
        sum.bytes -= ofKey.bytes;
        sum.squares -= ofKey.squares;
      }
      load = judgedLoad(sum, windowSec, this.#z);
    }
    if (load.lower <= 1) this.hottest.delete(shard);
    this.#setResidual(shard, load);
  }

  #judgeShards(window: StreamWindow, keys: WindowSums): void {
    const { records, bytes, squares, windowSec, endSec } = window;
    const hotter = new Map<number, ShardWindow>();
    for (let j = 0; j < records.length; j++) {
      // Keys of a shard that opened within the window brought a part of their load elsewhere.
      if (endSec - this.judgedFrom[j] < windowSec) continue;
      // Most windows change nothing: they are left without making an object.
      const lower = lowerOf(records[j], bytes[j], squares[j], windowSec, this.#z);
      if (lower <= this.#residualLower[j]) continue;
      const shard = window.shard(j);
      this.#setResidual(j, judgedLoad(shard.sum, windowSec, this.#z));
      if (lower > 1) hotter.set(j, shard);
    }
    if (hotter.size === 0) return;
    for (const place of keys.rows()) {
      const ofKey = keys.windowRecords(place);
      if (ofKey === 0 || window.taken.has(place)) continue;
      hotter.get(this.#shardOfKey[place])?.keys.set(this.#sketch.keys[place], {
        records: ofKey,
        bytes: keys.windowBytes(place),
        squares: keys.windowSquares(place),
      });
    }
    for (const [j, shard] of hotter) this.hottest.set(j, shard);
  }

  #setResidual(shard: number, load: JudgedLoad): void {
    this.residuals[shard] = load;
    this.#residualLower[shard] = load.lower;
  }

  /** A place of the sketch is freed, its key still in it, of which so many records were counted there. */
  protected leave(place: number, records: number): void {
    this.keyUtilization[place] = 0;
    this.#isHot[place] = 0;
    const hot = this.hotKeys.get(this.#sketch.keys[place]);
    if (hot !== undefined) hot.recordsBefore += records;
  }
}

/** The worse of records and bytes in a window, over one shard's limits. */
export function utilizationOf(records: number, bytes: number, windowSec: number): number {
  return Math.max(records / RECORDS_PER_SEC, bytes / BYTES_PER_SEC) / windowSec;
}
