/**
 * Latency histograms: HdrHistogram, whole microseconds from 1 to an hour at three digits, with the exact maximum
 * and sum beside (the library's are rounded to its buckets).
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import type { LatencySummary } from './report-document.ts';

const HIGHEST_US = 3_600_000_000;
/** Counts are 64 bit both ways: 32-bit ones wrap without a word. */
const CONFIGURATION = {
  bitBucketSize: 64,
  lowestDiscernibleValue: 1,
  highestTrackableValue: HIGHEST_US,
  numberOfSignificantValueDigits: 3,
  autoResize: false,
} as const;

/** Below this every value has a bucket of its own; above, buckets widen so that three digits stay. */
const SUB_BUCKETS = 2048;
const HALF = SUB_BUCKETS / 2;
const HALF_BITS = 10;

/**
 * The histogram's bucket of a value below 2^32, by one count of leading zeros: the library's own way to it costs
 * sixty times as much, which is half of all that is done to a record.
 */
function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const shift = 31 - Math.clz32(value) - HALF_BITS;
  return shift * HALF + (value >>> shift);
}

/** The smallest value in a bucket. */
function valueOf(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF) * 2 ** shift;
}

export class LatencyHistogram {
  readonly #histogram: Histogram;
  /** Counts on their way to the histogram, in its own buckets. */
  readonly #pending = new Float64Array(bucketOf(HIGHEST_US) + 1);
  #isPending = false;
  #maxUs = 0;
  #sumUs = 0;
  #count = 0;

  constructor(histogram: Histogram = build(CONFIGURATION)) {
    this.#histogram = histogram;
  }

  /** Records a latency for `count` records. Below 0 counts as 0, above an hour as an hour. */
  record(us: number, count = 1): void {
    const value = us > 0 ? Math.min(Math.round(us), HIGHEST_US) : 0;
    this.#pending[bucketOf(value)] += count;
    this.#isPending = true;
    this.#sumUs += value * count;
    this.#count += count;
    if (value > this.#maxUs) this.#maxUs = value;
  }

  /** Records the latencies from the times of records `from` … `to - 1` of a column until now. */
  recordSince(sinceUs: Float64Array, from: number, to: number, nowUs: number): void {
    const pending = this.#pending;
    let [sumUs, maxUs] = [this.#sumUs, this.#maxUs];
    for (let i = from; i < to; i++) {
      const us = nowUs - sinceUs[i];
      const value = us > 0 ? Math.min(Math.round(us), HIGHEST_US) : 0;
      pending[bucketOf(value)]++;
      sumUs += value;
      if (value > maxUs) maxUs = value;
    }
    [this.#sumUs, this.#maxUs] = [sumUs, maxUs];
    this.#count += to - from;
    this.#isPending = true;
  }

  get count(): number {
    return this.#count;
  }

  /** Milliseconds at a percentile, 0…100, never above the exact maximum; null where nothing was recorded. */
  percentileMs(percentile: number): number | null {
    if (this.#count === 0) return null;
    return Math.min(this.#settled().getValueAtPercentile(percentile), this.#maxUs) / 1000;
  }

  get meanMs(): number | null {
    return this.#count === 0 ? null : Math.round(this.#sumUs / this.#count) / 1000;
  }

  get maxMs(): number | null {
    return this.#count === 0 ? null : this.#maxUs / 1000;
  }

  /** The histogram with everything in it. */
  #settled(): Histogram {
    for (let bucket = 0; this.#isPending && bucket < this.#pending.length; bucket++) {
      if (this.#pending[bucket] === 0) continue;
      this.#histogram.recordValueWithCount(valueOf(bucket), this.#pending[bucket]);
      this.#pending[bucket] = 0;
    }
    this.#isPending = false;
    return this.#histogram;
  }

  summary(): LatencySummary {
    return {
      p50: this.percentileMs(50),
      p90: this.percentileMs(90),
      p99: this.percentileMs(99),
      p999: this.percentileMs(99.9),
      max: this.maxMs,
      mean: this.meanMs,
      count: this.#count,
      hdr: encodeIntoCompressedBase64(this.#settled()),
    };
  }
}

/** Any percentile, in milliseconds, of a summary that a report carries; null where it holds nothing. */
export function percentileOf(summary: LatencySummary, percentile: number): number | null {
  if (summary.count === 0 || summary.max === null) return null;
  const histogram = decodeFromCompressedBase64(summary.hdr, 64);
  return Math.min(histogram.getValueAtPercentile(percentile) / 1000, summary.max);
}
