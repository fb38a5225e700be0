/**
 * How loaded shards and keys were in their busiest ten seconds: unique offered records against one shard's limits.
 *
 * In every window it also asks what interface section 8 asks: which keys alone are above a shard's limit, what is
 * left of each shard without them, and what is left of the whole stream when each key is cut at one shard's limit.
 */
import { LIMITS } from '../model/limits.ts';
import type { SecondLoad } from './backlog.ts';
import { BurstMeter } from './burst-meter.ts';
import type { KeySketch } from './key-sketch.ts';
import type { Dimension } from './report-document.ts';
import { SlidingSums, WINDOW_SEC, worseOf, type RelativeLoad } from './sliding-sums.ts';

const RECORDS_PER_SEC = LIMITS.writeRecordsPerSec.value;
const BYTES_PER_SEC = LIMITS.writeBytesPerSec.value;
const NONE: RelativeLoad = { dimension: 'records', perSec: 0, utilization: 0 };

/** A load with the lower end of what may be claimed of it. */
export interface JudgedLoad extends RelativeLoad {
  /** Utilization less `z` standard deviations of the count: what noise alone does not explain. */
  readonly lower: number;
}

const UNJUDGED: JudgedLoad = { ...NONE, lower: 0 };

export class LoadMeter {
  readonly shards: SlidingSums;
  readonly keys: SlidingSums;
  /** Utilization of each shard's and key's busiest window. */
  readonly shardUtilization: Float64Array;
  readonly keyUtilization: Float64Array;
  readonly peakRecords: Float64Array;
  readonly peakBytes: Float64Array;
  readonly bursts: BurstMeter;
  /** Busiest window of keys above a shard's limit, by place in the sketch. */
  readonly hotKeys = new Map<number, JudgedLoad>();
  /** Of each shard, its busiest window without hot keys: at most what it was, where a key turned hot later. */
  readonly residuals: JudgedLoad[];
  /** Of the stream, its busiest window with each key cut at one shard's limit. */
  capped: JudgedLoad = UNJUDGED;
  /** What that window holds per second besides hot keys. */
  cappedRest: Readonly<Record<Dimension, number>> = { records: 0, bytes: 0 };
  /**
   * Told of every second that is over: its number from 0, and what the shards were offered in it. Long silence is left
   * out once it says that nothing goes on any more.
   */
  onSecond: ((second: number, shards: SecondLoad) => boolean) | undefined;
  #goesOn = false;
  readonly #sketch: KeySketch;
  readonly #shardOfKey: Uint32Array;
  readonly #z: number;
  readonly #windowSec: number;
  #second = 0;
  #judged = 0;

  /**
   * @param shardOfKey shard by place in the sketch
   * @param durationSec counted duration; a shorter one than ten seconds is one window
   * @param z standard deviations that a claim must stand above noise
   */
  constructor(shards: number, sketch: KeySketch, shardOfKey: Uint32Array, durationSec: number, z: number) {
    this.shards = new SlidingSums(shards);
    this.keys = new SlidingSums(sketch.capacity);
    this.shardUtilization = new Float64Array(shards);
    this.keyUtilization = new Float64Array(sketch.capacity);
    this.peakRecords = new Float64Array(shards);
    this.peakBytes = new Float64Array(shards);
    this.bursts = new BurstMeter(shards);
    this.residuals = new Array<JudgedLoad>(shards).fill(UNJUDGED);
    this.#sketch = sketch;
    this.#shardOfKey = shardOfKey;
    this.#windowSec = Math.min(WINDOW_SEC, durationSec);
    this.#z = z;
  }

  /** Length of the windows in seconds. */
  get windowSec(): number {
    return this.#windowSec;
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

  /** A place of the sketch was freed: the key that takes it starts from nothing. */
  forget(place: number): void {
    this.keys.reset(place);
    this.keyUtilization[place] = 0;
    this.hotKeys.delete(place);
  }

  /** The offer has ended after `elapsedSec` seconds: closes the last window. */
  finish(elapsedSec: number): void {
    this.#closeUpTo(Math.max(this.#second + 1, Math.floor(elapsedSec)));
    this.bursts.finish(elapsedSec);
    if (this.#judged === 0 && elapsedSec > 0) this.#judge(Math.min(elapsedSec, this.#windowSec));
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
    if (this.#second >= this.#windowSec) this.#judge(this.#windowSec);
  }

  #judge(windowSec: number): void {
    this.#judged++;
    const { shards } = this;
    const records = Float64Array.from({ length: shards.count }, (_, j) => shards.windowRecords(j));
    const bytes = Float64Array.from({ length: shards.count }, (_, j) => shards.windowBytes(j));
    for (let j = 0; j < records.length; j++) {
      const { utilization } = worseOf(records[j] / windowSec, bytes[j] / windowSec);
      if (utilization > this.shardUtilization[j]) this.shardUtilization[j] = utilization;
    }
    const cut = { records: sum(records), bytes: sum(bytes) };
    this.#judgeKeys(windowSec, records, bytes, cut);
    for (let j = 0; j < records.length; j++) {
      this.residuals[j] = worse(this.residuals[j], this.#judgedLoad(records[j], bytes[j], windowSec, 1));
    }
    const capped = this.#judgedLoad(cut.records, cut.bytes, windowSec, records.length);
    if (capped.lower <= this.capped.lower) return;
    this.capped = capped;
    this.cappedRest = { records: sum(records) / windowSec, bytes: sum(bytes) / windowSec };
  }

  /**
   * Takes hot keys off their shards wholly, in windows after they were found too, and off the stream as far as they
   * exceed one shard.
   */
  #judgeKeys(
    windowSec: number,
    records: Float64Array,
    bytes: Float64Array,
    cut: { records: number; bytes: number },
  ): void {
    const { keys } = this;
    for (let place = 0; place < keys.count; place++) {
      const ofKey = keys.windowRecords(place);
      if (ofKey === 0) continue;
      const bytesOfKey = keys.windowBytes(place);
      const utilization = Math.max(ofKey / RECORDS_PER_SEC, bytesOfKey / BYTES_PER_SEC) / windowSec;
      const before = this.keyUtilization[place];
      if (utilization > before) this.keyUtilization[place] = utilization;
      const known = this.hotKeys.get(place);
      if (utilization <= 1 && known === undefined) continue;
      const judged = this.#judgedLoad(ofKey, bytesOfKey, windowSec, 1);
      if (judged.lower <= 1 && known === undefined) continue;
      this.hotKeys.set(place, known === undefined ? judged : worse(known, judged));
      const shard = this.#shardOfKey[place];
      if (known === undefined) this.residuals[shard] = without(this.residuals[shard], before);
      records[shard] -= ofKey;
      bytes[shard] -= bytesOfKey;
      cut.records -= Math.max(0, ofKey - RECORDS_PER_SEC * windowSec);
      cut.bytes -= Math.max(0, bytesOfKey - BYTES_PER_SEC * windowSec);
    }
  }

  #judgedLoad(records: number, bytes: number, windowSec: number, shards: number): JudgedLoad {
    const load = worseOf(records / windowSec, bytes / windowSec, shards);
    return {
      ...load,
      lower: load.utilization - (records > 0 ? (this.#z * load.utilization) / Math.sqrt(records) : 0),
    };
  }

  /** The key in a place of the sketch, for those who read `hotKeys`. */
  keyAt(place: number): number {
    return this.#sketch.keys[place];
  }
}

/** What at least is left of a shard's load without a key of at most the given utilization. */
function without(load: JudgedLoad, utilization: number): JudgedLoad {
  const left = Math.max(0, load.utilization - utilization);
  if (left === 0) return UNJUDGED;
  return {
    dimension: load.dimension,
    perSec: (load.perSec * left) / load.utilization,
    utilization: left,
    lower: Math.max(0, load.lower - utilization),
  };
}

/** Of two loads the one with the higher lower end. */
function worse(a: JudgedLoad, b: JudgedLoad): JudgedLoad {
  return b.lower > a.lower ? b : a;
}

function sum(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}
