/**
 * Latency histograms: HdrHistogram, whole microseconds at three digits, with the exact maximum and mean beside (the
 * library's are rounded to its buckets).
 *
 * All have one layout of buckets, from 1 µs up, so that they can be added. They reach to an hour, 0.4 MB, and further
 * by doublings where a value asks for it: a year takes 0.6 MB.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import { lengthened } from '../model/column.ts';
import type { LatencySummary } from './report-document.ts';

const HOUR_US = 3_600_000_000;
/** 119 years: doublings of an hour, below 2^53, which is where whole numbers end. */
const HIGHEST_US = HOUR_US * 2 ** 20;
/** Counts are 64 bit both ways: 32-bit ones wrap without a word. */
const CONFIGURATION = {
  bitBucketSize: 64,
  lowestDiscernibleValue: 1,
  numberOfSignificantValueDigits: 3,
  autoResize: false,
} as const;

/** Below this every value has a bucket of its own; above, buckets widen so that three digits stay. */
const SUB_BUCKETS = 2048;
const HALF = SUB_BUCKETS / 2;
const HALF_BITS = 10;

/**
 * The histogram's bucket of a value, by one count of leading zeros: the library's own way to it costs sixty times as
 * much, which is half of all that is done to a record.
 */
function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  if (value >= 2 ** 32) return bucketOfLarge(value);
  const shift = 31 - Math.clz32(value) - HALF_BITS;
  return shift * HALF + (value >>> shift);
}

/** The same from 2^32 up, where words of 32 bits end. */
function bucketOfLarge(value: number): number {
  const shift = 63 - Math.clz32(Math.floor(value / 2 ** 32)) - HALF_BITS;
  return shift * HALF + Math.floor(value / 2 ** shift);
}

/** The smallest value in a bucket. */
function valueOf(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF) * 2 ** shift;
}

/** What a histogram was told since it was asked last. */
export interface LatencyPart {
  /** Buckets with something in them, and how much. */
  readonly buckets: Uint32Array<ArrayBuffer>;
  readonly counts: Float64Array<ArrayBuffer>;
  readonly count: number;
  readonly sumUs: number;
  readonly sumBeyondUs: bigint;
  readonly maxUs: number;
}

/** Beside a summary, whose mean is rounded. */
export interface ExactLatency {
  /** Decimal: sums may be beyond 2^53. */
  readonly sumUs: string;
  readonly maxUs: number;
}

export class LatencyHistogram {
  #highestUs = HOUR_US;
  #histogram: Histogram = build({ ...CONFIGURATION, highestTrackableValue: HOUR_US });
  /** Counts on their way to the histogram, in its own buckets. */
  #pending = new Float64Array(bucketOf(HOUR_US) + 1);
  #isPending = false;
  #maxUs = 0;
  /** The sum is that of both: a double holds it up to 2^53 only, 100 million records of 90 seconds. */
  #sumUs = 0;
  #sumBeyondUs = 0n;
  #count = 0;

  /** Records a latency for `count` records, a whole number. Below 0 counts as 0, above 119 years as those. */
  record(us: number, count = 1): void {
    const value = us > 0 ? Math.min(Math.round(us), HIGHEST_US) : 0;
    if (value > this.#highestUs) this.#reach(value);
    this.#pending[bucketOf(value)] += count;
    this.#isPending = true;
    const sumUs = this.#sumUs + value * count;
    if (sumUs <= Number.MAX_SAFE_INTEGER) this.#sumUs = sumUs;
    else this.#sumBeyondUs += BigInt(value) * BigInt(count);
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

  /** Gives away what was recorded since the last time, and forgets it: for histograms that nobody reads but through this. */
  take(): LatencyPart {
    const pending = this.#pending;
    const buckets: number[] = [];
    for (let bucket = 0; this.#isPending && bucket < pending.length; bucket++) {
      if (pending[bucket] > 0) buckets.push(bucket);
    }
    const part = {
      buckets: Uint32Array.from(buckets),
      counts: Float64Array.from(buckets, (bucket) => pending[bucket]),
      count: this.#count,
      sumUs: this.#sumUs,
      sumBeyondUs: this.#sumBeyondUs,
      maxUs: this.#maxUs,
    };
    for (const bucket of buckets) pending[bucket] = 0;
    this.#isPending = false;
    [this.#count, this.#sumUs, this.#sumBeyondUs, this.#maxUs] = [0, 0, 0n, 0];
    return part;
  }

  /** What a summary does not say exactly, for adding it up with others later: see `addSaved`. */
  get exact(): ExactLatency {
    return { sumUs: (this.#sumBeyondUs + BigInt(this.#sumUs)).toString(), maxUs: this.#maxUs };
  }

  /**
   * Adds a histogram that a report carries: as if it had been recorded here.
   * @returns false where its parts do not fit together, and nothing is added
   */
  addSaved({ count, hdr }: Pick<LatencySummary, 'count' | 'hdr'>, { sumUs, maxUs }: ExactLatency): boolean {
    if (count === 0) return true;
    const saved = decoded(hdr);
    if (saved?.totalCount !== count || maxUs > HIGHEST_US) return false;
    if (maxUs > this.#highestUs) this.#reach(maxUs);
    this.#settled().add(saved);
    this.#sumBeyondUs += BigInt(sumUs);
    this.#count += count;
    if (maxUs > this.#maxUs) this.#maxUs = maxUs;
    return true;
  }

  /** Adds what another histogram has given away: as if it had been recorded here. */
  add({ buckets, counts, count, sumUs, sumBeyondUs, maxUs }: LatencyPart): void {
    if (count === 0) return;
    if (maxUs > this.#highestUs) this.#reach(maxUs);
    for (let i = 0; i < buckets.length; i++) this.#pending[buckets[i]] += counts[i];
    this.#isPending = true;
    this.#sumBeyondUs += sumBeyondUs;
    if (this.#sumUs + sumUs <= Number.MAX_SAFE_INTEGER) this.#sumUs += sumUs;
    else this.#sumBeyondUs += BigInt(sumUs);
    this.#count += count;
    if (maxUs > this.#maxUs) this.#maxUs = maxUs;
  }

  get count(): number {
    return this.#count;
  }

  /** Milliseconds at a percentile, 0…100, never above the exact maximum; null where nothing was recorded. */
  percentileMs(percentile: number): number | null {
    if (this.#count === 0) return null;
    return Math.min(this.#settled().getValueAtPercentile(percentile), this.#maxUs) / 1000;
  }

  /** Rounded to whole microseconds. */
  get meanMs(): number | null {
    if (this.#count === 0) return null;
    if (this.#sumBeyondUs === 0n) return Math.round(this.#sumUs / this.#count) / 1000;
    const count = BigInt(this.#count);
    const sumUs = this.#sumBeyondUs + BigInt(this.#sumUs);
    return Number((2n * sumUs + count) / (2n * count)) / 1000;
  }

  get maxMs(): number | null {
    return this.#count === 0 ? null : this.#maxUs / 1000;
  }

  /** Makes room for a value: the buckets that there are stay what they are. */
  #reach(value: number): void {
    const shorter = this.#histogram;
    while (this.#highestUs < value) this.#highestUs *= 2;
    this.#histogram = build({ ...CONFIGURATION, highestTrackableValue: this.#highestUs });
    if (shorter.totalCount > 0) this.#histogram.add(shorter);
    this.#pending = lengthened(this.#pending, bucketOf(this.#highestUs) + 1);
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

/** Undefined where the text is no histogram of ours. */
function decoded(hdr: string): Histogram | undefined {
  try {
    return decodeFromCompressedBase64(hdr, 64);
  } catch {
    return undefined;
  }
}

/** Any percentile, in milliseconds, of a summary that a report carries; null where it holds nothing. */
export function percentileOf(summary: LatencySummary, percentile: number): number | null {
  if (summary.count === 0 || summary.max === null) return null;
  const histogram = decodeFromCompressedBase64(summary.hdr, 64);
  return Math.min(histogram.getValueAtPercentile(percentile) / 1000, summary.max);
}
