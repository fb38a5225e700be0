/**
 * What the loads of a window are held against: one shard's limits, and the noise of counting.
 *
 * In every window it asks what interface section 8 asks: which keys alone are above a shard's limit, what is left of
 * each shard without them, and what is left of the whole stream when each key is cut at one shard's limit.
 */
import { LIMITS } from '../model/limits.ts';
import { BurstMeter } from './burst-meter.ts';
import type { KeySketch } from './key-sketch.ts';
import type { Dimension } from './report-document.ts';
import { WINDOW_SEC, worseOf, type RelativeLoad } from './sliding-sums.ts';

const RECORDS_PER_SEC = LIMITS.writeRecordsPerSec.value;
const BYTES_PER_SEC = LIMITS.writeBytesPerSec.value;
const NONE: RelativeLoad = { dimension: 'records', perSec: 0, utilization: 0 };

/** A load with the lower end of what may be claimed of it. */
export interface JudgedLoad extends RelativeLoad {
  /** Utilization less `z` standard deviations of the count: what noise alone does not explain. */
  readonly lower: number;
}

const UNJUDGED: JudgedLoad = { ...NONE, lower: 0 };

/** Sums over a window, of many shards or keys. */
export interface WindowSums {
  readonly count: number;
  windowRecords(i: number): number;
  windowBytes(i: number): number;
}

export abstract class LoadJudge {
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
  /** Windows judged so far. */
  protected judged = 0;
  /** Length of the windows in seconds. */
  readonly windowSec: number;
  readonly #residualLower: Float64Array;
  readonly #sketch: KeySketch;
  readonly #shardOfKey: Uint32Array;
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
    this.residuals = new Array<JudgedLoad>(shards).fill(UNJUDGED);
    this.#sketch = sketch;
    this.#shardOfKey = shardOfKey;
    this.windowSec = Math.min(WINDOW_SEC, durationSec);
    this.#z = z;
  }

  /** The offer has ended after `elapsedSec` seconds: judges the last window. */
  abstract finish(elapsedSec: number): void;

  /** Judges one window of the given length. */
  protected judge(windowSec: number, shards: WindowSums, keys: WindowSums): void {
    this.judged++;
    const records = new Float64Array(shards.count);
    const bytes = new Float64Array(shards.count);
    for (let j = 0; j < records.length; j++) {
      records[j] = shards.windowRecords(j);
      bytes[j] = shards.windowBytes(j);
      const utilization = utilizationOf(records[j], bytes[j], windowSec);
      if (utilization > this.shardUtilization[j]) this.shardUtilization[j] = utilization;
    }
    const cut = { records: sum(records), bytes: sum(bytes) };
    this.#judgeKeys(windowSec, keys, records, bytes, cut);
    for (let j = 0; j < records.length; j++) {
      // Most windows change nothing: they are left without making an object.
      if (this.#lowerOf(records[j], bytes[j], windowSec) <= this.#residualLower[j]) continue;
      this.#setResidual(j, this.#judgedLoad(records[j], bytes[j], windowSec, 1));
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
    keys: WindowSums,
    records: Float64Array,
    bytes: Float64Array,
    cut: { records: number; bytes: number },
  ): void {
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
      if (known === undefined) this.#setResidual(shard, without(this.residuals[shard], before));
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

  /** `lower` of the judged load of one shard, alone. */
  #lowerOf(records: number, bytes: number, windowSec: number): number {
    const utilization = utilizationOf(records, bytes, windowSec);
    return utilization - (records > 0 ? (this.#z * utilization) / Math.sqrt(records) : 0);
  }

  #setResidual(shard: number, load: JudgedLoad): void {
    this.residuals[shard] = load;
    this.#residualLower[shard] = load.lower;
  }

  /** The key in a place of the sketch, for those who read `hotKeys`. */
  keyAt(place: number): number {
    return this.#sketch.keys[place];
  }
}

/** The worse of records and bytes in a window, over one shard's limits. */
function utilizationOf(records: number, bytes: number, windowSec: number): number {
  return Math.max(records / windowSec / RECORDS_PER_SEC, bytes / windowSec / BYTES_PER_SEC);
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
