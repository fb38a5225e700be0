/**
 * A stream's real traffic as data from which a scenario is written: what was offered to each shard and when, how large
 * the records were, and which keys were heavy. Payloads are no part of it, and names of keys only where asked for.
 */
import type { HashRange } from '../../model/hash-range.ts';

/**
 * What of the throttled attempts counts as load: all of them (each attempt a record of its own, which is what the stream
 * saw), half, or none. True unique load lies between `accepted` and `attempts`, for retries are counted again (math.md 8).
 */
export const OFFERED = ['attempts', 'middle', 'accepted'] as const;
export type Offered = (typeof OFFERED)[number];

export interface CaptureOptions {
  readonly offered: Offered;
  /** Names of keys instead of their places. */
  readonly keepKeys: boolean;
}

export interface Capture {
  readonly options: CaptureOptions;
  readonly stream: CapturedStream;
  /** What was captured, milliseconds since 1970 on the metrics' clock, and how long it lasts in real seconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly seconds: number;
  readonly sources: readonly CapturedSource[];
  readonly consumers: readonly CapturedConsumer[];
  readonly producer: CapturedProducer;
  readonly shards: readonly CapturedShard[];
  readonly basis: CaptureBasis;
}

export interface CapturedStream {
  readonly name: string;
  readonly mode: 'provisioned' | 'on-demand';
  readonly ignoresKeys: boolean;
  readonly retentionHours: number;
  readonly maxRecordBytes: number;
  /** In order of hash key. */
  readonly ranges: readonly HashRange[];
  /** Whether they are what CreateStream makes. */
  readonly isEven: boolean;
}

/** Traffic of shards whose load goes up and down together and whose records are alike in size. */
export interface CapturedSource {
  readonly name: string;
  /** Places in `stream.ranges`. */
  readonly shards: readonly number[];
  readonly steps: readonly CapturedStep[];
  readonly arrivals: CapturedArrivals;
  readonly size: CapturedSize;
  readonly keys: readonly CapturedKey[];
  readonly tails: readonly CapturedTail[];
}

export interface CapturedStep {
  readonly seconds: number;
  /** Attempts as `offered` says. */
  readonly recordsPerSec: number;
}

export type CapturedArrivals =
  | { readonly kind: 'even' | 'poisson' }
  | {
      readonly kind: 'bursts';
      readonly everySec: number;
      readonly withinSec: number;
      /** False where bursts came at irregular times: these are as far apart on average. */
      readonly isRegular: boolean;
    };

/** Data of a record without its key. */
export type CapturedSize =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'lognormal'; readonly median: number; readonly p99: number; readonly mean: number };

export interface CapturedKey {
  /** Place in `stream.ranges` of the shard that it is on. */
  readonly shard: number;
  /** Where it is: the middle of what the kept bits and the shard's range have in common. */
  readonly hashKey: bigint;
  readonly bytes: number;
  /** Mean records per second. */
  readonly weight: number;
  /** Where names are kept, and the name says where it is. */
  readonly name?: string;
}

/** The light keys of one shard: so many, evenly in its range and of equal weight. */
export interface CapturedTail {
  readonly shard: number;
  readonly keys: number;
  readonly bytes: number;
  /** Mean records per second of all of them. */
  readonly weight: number;
}

export type CapturedConsumer =
  | { readonly kind: 'efo'; readonly name: string }
  | { readonly kind: 'polling'; readonly name: string; readonly everyMs: number | null }
  | { readonly kind: 'lambda' | 'firehose'; readonly name: string };

export interface CapturedProducer {
  readonly api: 'PutRecords' | 'PutRecord';
  /** Records per call, on average; null where it is not known. */
  readonly batch: number | null;
  readonly inFlight: number;
}

/** What was measured of a shard, and what the scenario offers it. */
export interface CapturedShard {
  readonly shardId: string;
  /** Records per second, mean of the window. */
  readonly acceptedPerSec: number;
  readonly throttledPerSec: number;
  readonly offeredPerSec: number;
  /** Mean data and key of a record; null where nothing was sent or it is not known. */
  readonly meanBytes: number | null;
  /** Furthest that the scenario's rate in a step is from the measured one, records per second. */
  readonly worstOff: number;
  /** Where its load is from. */
  readonly from: 'metrics' | 'rest' | 'sample' | 'width';
}

export interface CaptureBasis {
  /** Where the rates are from. */
  readonly rates: 'metrics' | 'sample';
  /** Where the shards' shares are from; `mixed`: metrics of some, the rest of the stream's by width or sample. */
  readonly shares: 'metrics' | 'mixed' | 'sample' | 'width';
  readonly keys: 'sample' | 'none';
  readonly arrivals: 'sample' | 'none';
  readonly sizes: 'sample' | 'metrics' | 'none';
  /** Metric steps: how many, how long in real seconds, and how many at either end were empty and left out. */
  readonly steps: number;
  readonly stepSec: number;
  readonly emptySteps: number;
  /** Newest steps, which may still grow, left out. */
  readonly incompleteSteps: number;
  /** Of the hash keys of listed keys; 0 where none is listed or names are kept. */
  readonly keyBits: number;
  readonly sampledRecords: number;
  readonly sampledShards: number;
  /** Keys that went into a shard although their name says otherwise. */
  readonly placedElsewhere: number;
  /** Different keys seen, an estimate. */
  readonly distinctKeys: number | null;
  /** Steps of metrics that a step of the scenario is at most off, records per second, by source the largest. */
  readonly foldedOff: number;
  /** Whether the layout is a guess from the number of shards, for they could not be listed. */
  readonly isLayoutGuessed: boolean;
  /** Whether the shards changed within the window. */
  readonly wasResharded: boolean;
  /** Closed shards whose load several shards have now, by how it was shared out: by their keys, or by width. */
  readonly inherited: { readonly byKeys: number; readonly byWidth: number };
  /** Throttled attempts are of the stream, and were given to the shards that looked full. */
  readonly isThrottlingGuessed: boolean;
}
