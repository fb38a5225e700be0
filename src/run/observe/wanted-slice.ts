/**
 * A slice of a shard that is to be read, in arrival times; and how times of the metrics become those.
 */
import type { PlannedSlice } from '../../results/evidence/sample-plan.ts';
import type { SampleSlice } from '../../results/evidence/record-sample.ts';
import type { RecordSampler } from '../../results/sample/record-sampler.ts';
import type { EndpointClock } from '../aws/reply-watch.ts';

/** Times are milliseconds since 1970 on the stream's clock. */
export interface WantedSlice {
  readonly shardId: string;
  /** Undefined: from when reading begins, for `forMs`. */
  readonly fromMs: number | undefined;
  readonly forMs: number;
  readonly mostBytes: number;
  /** Mean size of a record, where it is known. */
  readonly meanBytes: number | null;
  /** Of a time before the shard throttled: sampled apart, for its mix of keys may be another. */
  readonly isBeforeOnset?: boolean;
}

/**
 * A slice on the metrics' clock as one in arrival times. Of AWS both are the same; of a local endpoint metrics may run
 * faster from their origin on.
 */
export function wantedSliceOf(slice: PlannedSlice, clock: EndpointClock | undefined): WantedSlice {
  const { shardId, why, mostBytes, meanBytes } = slice;
  const fromMs = arrivalMsOf(slice.fromMs, clock);
  return {
    ...{ shardId, fromMs, forMs: arrivalMsOf(slice.toMs, clock) - fromMs, mostBytes, meanBytes },
    isBeforeOnset: why === 'before-onset',
  };
}

/** When records arrived that are counted at a time of the metrics. */
export function arrivalMsOf(metricMs: number, clock: EndpointClock | undefined): number {
  if (clock === undefined) return metricMs;
  const originMs = clock.originUs / 1000;
  return Math.floor(originMs + (metricMs - originMs) / clock.factor);
}

/** The metrics' time of an arrival. */
export function metricMsOf(arrivalMs: number, clock: EndpointClock | undefined): number {
  if (clock === undefined) return arrivalMs;
  const originMs = clock.originUs / 1000;
  return originMs + (arrivalMs - originMs) * clock.factor;
}

/** By shard, in the order in which shards come first. */
export function byShard(slices: readonly WantedSlice[]): WantedSlice[][] {
  const shards = new Map<string, WantedSlice[]>();
  for (const slice of slices) {
    const known = shards.get(slice.shardId);
    if (known === undefined) shards.set(slice.shardId, [slice]);
    else known.push(slice);
  }
  return [...shards.values()];
}

interface ReadRecord {
  readonly PartitionKey?: string | undefined;
  readonly Data?: Uint8Array | undefined;
  readonly ApproximateArrivalTimestamp?: Date | undefined;
}

/** A slice while it is read: which records are its, and how far it has come. */
export class SliceReading {
  readonly wanted: WantedSlice;
  readonly fromMs: number;
  readonly toMs: number;
  bytes = 0;
  records = 0;
  readonly #sampler: RecordSampler;
  #lastMs: number;
  #firstMs: number | undefined;

  /** @param nowMs where the slice begins if it does not say it */
  constructor(wanted: WantedSlice, sampler: RecordSampler, nowMs: number) {
    this.wanted = wanted;
    this.#sampler = sampler;
    this.fromMs = wanted.fromMs ?? nowMs;
    this.toMs = this.fromMs + wanted.forMs;
    this.#lastMs = this.fromMs;
  }

  /** Takes records in order. @returns why reading ends with them: the slice's end, or its bytes; undefined: go on */
  take(records: readonly ReadRecord[]): 'end' | 'budget' | undefined {
    const { shardId, isBeforeOnset } = this.wanted;
    for (const { PartitionKey: key, Data: data = new Uint8Array(0), ...rest } of records) {
      const atMs = rest.ApproximateArrivalTimestamp?.getTime() ?? this.#lastMs;
      if (atMs >= this.toMs) return 'end';
      if (this.bytes >= this.wanted.mostBytes) return 'budget';
      const before = this.#sampler.bytes;
      this.#sampler.take(shardId, { key, data, atMs }, isBeforeOnset);
      this.bytes += this.#sampler.bytes - before;
      this.records++;
      this.#firstMs ??= atMs;
      this.#lastMs = Math.max(this.#lastMs, atMs);
    }
    return undefined;
  }

  /** All records up to a time have been seen. */
  reached(ms: number): void {
    this.#lastMs = Math.max(this.#lastMs, Math.min(ms, this.toMs));
  }

  /** The slice as it was read. @param cutBy why not to its end */
  close(cutBy: SampleSlice['cutBy'] | undefined): void {
    const { shardId, isBeforeOnset } = this.wanted;
    const isTrimmed = cutBy === 'trimmed' && this.#firstMs !== undefined;
    const slice = {
      shardId,
      fromMs: isTrimmed ? (this.#firstMs ?? this.fromMs) : this.fromMs,
      toMs: cutBy === undefined || isTrimmed ? this.toMs : this.#lastMs,
      records: this.records,
      bytes: this.bytes,
      isWhole: cutBy === undefined,
      ...(cutBy !== undefined && { cutBy }),
    };
    this.#sampler.slice(slice, isBeforeOnset);
  }
}
