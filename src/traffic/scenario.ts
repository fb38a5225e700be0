/**
 * A scenario as the rest of Shardwise sees it: every unit resolved, every default filled in. What a user writes
 * is `scenario-file.ts`.
 */
import type { HashRange } from '../model/hash-range.ts';
import type { OnDemandRules } from '../model/on-demand.ts';
import type { TimelineEvent } from './timeline.ts';
import type { LineTable } from './line-table.ts';
import type { WeightedNames } from './weighted-names.ts';

export interface Scenario {
  readonly description?: string;
  readonly stream: StreamSpec;
  readonly warmupUs: number;
  /** Counted duration. */
  readonly durationUs: number;
  readonly seed: number;
  /** Renames generated keys, so that they land elsewhere. */
  readonly placementSeed?: number;
  readonly traffic: readonly Source[];
  readonly producer: ProducerSpec;
  readonly consumers: readonly ConsumerSpec[];
  /** In order of time. */
  readonly timeline?: readonly TimelineEvent[];
  /** Kept as text; `results/threshold.ts` reads them. */
  readonly thresholds: readonly string[];
}

export interface StreamSpec {
  /** Open at the start. */
  readonly shards: number;
  /** Of those shards, in order of hash key; absent: equal ones. */
  readonly ranges?: readonly HashRange[];
  readonly maxRecordBytes: number;
  readonly retentionHours: number;
  /** Level of every token bucket at the start, 0…1. */
  readonly initialFill: number;
  /** Of an on-demand stream; absent: provisioned. */
  readonly onDemand?: OnDemandSpec;
}

export interface OnDemandSpec {
  readonly rules: OnDemandRules;
  /** Where `shards` comes from a warm throughput: that one, bytes per second. */
  readonly warmBytesPerSec?: number;
  /** `auto`: the service ignores keys and spreads records over the shards by itself. */
  readonly recordDistribution: RecordDistribution;
}

export const RECORD_DISTRIBUTIONS = ['auto', 'userPartitionKey'] as const;
export type RecordDistribution = (typeof RECORD_DISTRIBUTIONS)[number];

export interface Source {
  readonly name: string;
  /** Consecutive; they last from the start of the counted duration to its end. */
  readonly stages: readonly Stage[];
  readonly arrivals: Arrivals;
  readonly keys: Keys;
  readonly size: Size;
  /** Part of the data that compression takes away, 0…1; without it, and where the size is that of a text: 0. */
  readonly compressibility?: number;
}

/** A linear change of the arrival rate in records per second. */
export interface Stage {
  readonly durationUs: number;
  readonly from: number;
  readonly to: number;
}

export type Arrivals =
  | { readonly kind: 'even' }
  | { readonly kind: 'poisson' }
  | { readonly kind: 'bursts'; readonly everyUs: number; readonly withinUs: number };

export type Keys = StillKeys | MovingKeys | HashedKeys;

/** Keys by name whose shares stay as they are for the whole run. */
export type StillKeys =
  | DrawnKeys
  | { readonly kind: 'file'; readonly table: WeightedNames }
  /** Key k modulo the count; `sequential` where the numbers are meant to go on, `roundRobin` where they return. */
  | { readonly kind: 'sequential' | 'roundRobin'; readonly count: number; readonly template: string }
  /** One random key for every `batch` consecutive records. */
  | { readonly kind: 'perBatch'; readonly count: number; readonly batch: number; readonly template: string };

/** Independent draws from keys that are generated or written in the scenario. */
export type DrawnKeys =
  | { readonly kind: 'uniform'; readonly count: number; readonly template: string }
  | { readonly kind: 'zipf'; readonly count: number; readonly exponent: number; readonly template: string }
  | {
      readonly kind: 'hot';
      /** Part of the records that go to the hot keys, 0…1. */
      readonly share: number;
      readonly keys: number;
      readonly of: number;
      readonly template: string;
    }
  | { readonly kind: 'weights'; readonly names: readonly string[]; readonly weights: readonly number[] };

/** Keys whose shares change while time passes. */
export type MovingKeys =
  /** The number is the due time from the start of the warm-up, in whole granules; `count` is above any. */
  | {
      readonly kind: 'timestamp';
      readonly granularityUs: number;
      readonly count: number;
      readonly template: string;
    }
  /** Zipf over recency among the `window` newest keys; a new one comes every `newEvery` records. */
  | {
      readonly kind: 'latest';
      readonly window: number;
      readonly exponent: number;
      readonly newEvery: number;
      readonly template: string;
    }
  /** As `hot`, with other hot keys every `everyUs`: the next `keys` numbers. */
  | {
      readonly kind: 'drift';
      readonly share: number;
      readonly keys: number;
      readonly of: number;
      readonly everyUs: number;
      readonly template: string;
    };

/** Keys that are sent with an explicit hash key, which decides where they go. */
export type HashedKeys =
  | ListedHashKeys
  /** `middle`: of the range; `random`: anywhere in it; `even`: from end to end of it, every part in turn. */
  | {
      readonly kind: 'explicitHashKey';
      readonly range: HashRange;
      readonly where: 'middle' | 'random' | 'even';
      readonly template: string;
    };

/** Observed traffic: hash key, length of the partition key in UTF-8, weight. */
export interface ListedHashKeys {
  readonly kind: 'hashKeys';
  readonly hashKeys: readonly bigint[];
  readonly keyBytes: readonly number[];
  readonly weights: readonly number[];
  /** By number, of those keys whose names are known. */
  readonly names?: ReadonlyMap<number, string>;
}

/** Bytes of data of a record, without its partition key. */
export type Size =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'lognormal'; readonly median: number; readonly p99: number }
  | { readonly kind: 'histogram'; readonly bytes: readonly number[]; readonly counts: readonly number[] }
  /** As long as the text that is sent: a template with {n}, {key} and {due}, or the lines of a file in turn. */
  | { readonly kind: 'template'; readonly template: string }
  | { readonly kind: 'lines'; readonly lines: LineTable };

export const PUT_APIS = ['PutRecords', 'PutRecord'] as const;
/** `PutRecord`: every record is a request of its own. */
export type PutApi = (typeof PUT_APIS)[number];

export interface ProducerSpec {
  readonly api: PutApi;
  /** Whose defaults were taken, where a user named one. */
  readonly preset?: PresetName;
  /** Kinesis records in a request, at most; their bytes with keys, default what a request takes. */
  readonly batch: number;
  readonly batchBytes?: number;
  readonly lingerUs: number;
  readonly inFlight: number;
  /**
   * `closed`: each of the in-flight slots sends its next request when the reply to its last one has come, and records
   * fall due when their slot is free. Absent: records fall due by the rates.
   */
  readonly loop?: 'closed';
  /** What may wait before the producer, in bytes; default 64 MiB. One of several threads has its part. */
  readonly queueBytes?: number;
  /** Absent: every record is sent as it is. */
  readonly aggregate?: AggregateSpec;
  readonly retry: Retry;
}

export const PRESET_NAMES = ['sdk', 'kpl', 'agent'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Aggregation by the Kinesis Producer Library. */
export interface AggregateSpec {
  /** Data of an aggregate in bytes, and user records in it, at most. */
  readonly maxBytes: number;
  readonly maxCount: number;
}

export type Retry =
  | { readonly policy: 'none' }
  | {
      /** `backoff`: each record on its own. `sdk`: only requests that failed as a whole, as they are. */
      readonly policy: 'backoff' | 'sdk';
      /** Tries in all, the first included. */
      readonly maxAttempts: number;
      /**
       * Upper end of the first wait, of `sdk` after throttling; each further one doubles it. The wait itself is drawn
       * between 0 and it.
       */
      readonly baseUs: number;
      readonly maxUs: number;
    }
  | {
      /** Failed records go back at once; what brakes them is a rate limit per shard. */
      readonly policy: 'kpl';
      /** From entering the producer to being given up. */
      readonly ttlUs: number;
      /** Part of a shard's limits that is sent to it at most; 1.5 is 150 %. */
      readonly rateLimit: number;
    };

export const CONSUMER_PRESETS = ['kcl', 'lambda', 'firehose', 'flink', 'custom'] as const;
export type ConsumerPreset = (typeof CONSUMER_PRESETS)[number];

/** Who reads the stream, every shard of it in the same way. */
export interface ConsumerSpec {
  readonly name: string;
  /** GetRecords, or enhanced fan-out. */
  readonly kind: 'polling' | 'efo';
  readonly preset?: ConsumerPreset;
  /** Polling: from one call on a shard to the next, after one that returned records, none, or was throttled. */
  readonly everyUs: number;
  readonly idleUs: number;
  readonly throttledUs: number;
  /** Records that a call asks for. */
  readonly limit: number;
  /** Records that its code is handed at a time, and what it needs: for each batch, and for each record in it. */
  readonly batch: number;
  readonly perBatchUs: number;
  readonly perRecordUs: number;
  /** Batches of one shard at a time. */
  readonly parallel: number;
  /** Absent: there from the start. Times of the counted duration. */
  readonly joins?: { readonly atUs: number; readonly from: 'trimHorizon' | 'latest' };
  /** When it does not read at all, in order. Times of the counted duration. */
  readonly outages: readonly Outage[];
}

export interface Outage {
  readonly atUs: number;
  readonly forUs: number;
}

/** The name every generated key has unless the scenario gives another template. */
export const DEFAULT_TEMPLATE = 'key-{n}';

/** Most keys of one source, and the steepest Zipf exponent. */
export const MOST_KEYS = 1_000_000_000;
export const STEEPEST_EXPONENT = 10;
