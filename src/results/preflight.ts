/**
 * What a load test on AWS knows before it sends anything: of the stream, of who uses it, and of what the load will be.
 */

/** What AWS says of a stream. */
export interface StreamFacts {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  /** AWS's words: ACTIVE, UPDATING, CREATING, DELETING. */
  readonly status: string;
  readonly mode: 'provisioned' | 'on-demand';
  /** Open ones. */
  readonly shards: number;
  readonly retentionHours: number;
  /** Registered for enhanced fan-out. */
  readonly consumers: number;
  /** Data and partition key. */
  readonly maxRecordBytes: number;
  readonly encryption: 'NONE' | 'KMS';
  /** Whether its strategy is AUTO. */
  readonly ignoresKeys: boolean;
  /** Shard-level metrics that are switched on. */
  readonly shardMetrics: readonly string[];
  readonly warmMiBps?: number;
  /** When it was created, milliseconds since 1970 on AWS's clock: another stream of the same name has another. */
  readonly createdMs?: number;
}

/** `not-supported`: the endpoint answered a DryRun as if it were none; `unknown-endpoint`: it was not asked. */
export type WritePermission = 'allowed' | 'denied' | 'not-supported' | 'unknown-endpoint';

/** The busiest of the last minutes that CloudWatch shows, as means per second of that minute. */
export interface RecentTraffic {
  readonly minutes: number;
  readonly recordsInPerSec: number;
  readonly bytesInPerSec: number;
  readonly throttledPerSec: number;
  readonly recordsReadPerSec: number;
  readonly readCallsPerSec: number;
}

/** What the scenario will offer, warm-up included. */
export interface LoadEstimate {
  /** Of a closed loop: what the stream takes at most, for nobody knows what is sent. */
  readonly isBound?: boolean;
  readonly records: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** Of one of the counted seconds at most. */
  readonly peakRecordsPerSec: number;
  readonly peakBytesPerSec: number;
}

/** What that costs at list prices; `formula` says from what. */
export interface CostEstimate {
  readonly usd: number;
  /** Day or month of the price list. */
  readonly asOf: string;
  readonly lines: readonly CostLine[];
}

export interface CostLine {
  readonly usd: number;
  readonly formula: string;
}

/** What the scenario's timeline does to the stream. */
export interface ReshardPlan {
  readonly events: number;
  /** Open at the same time, as the events are written. */
  readonly mostShards: number;
  /** Whether the stream is made for the run, or `--allow-reshard` was given. */
  readonly allowedBy: 'create' | 'flag' | 'nothing';
}

/** Consumers of the scenario by how they read. */
export interface ReaderPlan {
  readonly polling: readonly string[];
  readonly fanOut: readonly string[];
  /** Of reading by GetRecords, as far as GetShardIterator tells; absent where the stream is yet to be made. */
  readonly permission?: 'allowed' | 'denied' | 'unknown';
}

export interface Preflight {
  readonly region: string;
  readonly endpoint: string;
  /** Absent where the stream is yet to be made. */
  readonly stream?: StreamFacts;
  /** The stream that will be made, and deleted afterwards. */
  readonly create?: PlannedStream;
  /** Names of the fan-out consumers; null where they may not be listed. */
  readonly consumers?: readonly string[] | null;
  readonly permission?: WritePermission;
  /** Null where CloudWatch may not be asked. */
  readonly traffic?: RecentTraffic | null;
  /** Why load may go to a stream that was there before. */
  readonly allowedBy?: 'own' | 'tag' | 'flag' | 'nothing';
  /** Absent where the layout stays as it is. */
  readonly reshards?: ReshardPlan;
  /** Absent where there are no consumers. */
  readonly readers?: ReaderPlan;
  readonly load: LoadEstimate;
  /** Null where no price of the region is known. */
  readonly cost: CostEstimate | null;
  readonly differences: readonly Difference[];
}

/** What the scenario says of its stream and the real one has otherwise. `widestShare`: part of the key space, 0…1. */
export type Difference =
  | {
      readonly field: 'shards' | 'maxRecordBytes' | 'retentionHours' | 'initialFill';
      readonly scenario: number;
      readonly stream: number;
    }
  | { readonly field: 'mode'; readonly scenario: string; readonly stream: string }
  | { readonly field: 'ranges'; readonly widestShare: number; readonly evenShare: number };

export interface PlannedStream {
  readonly name: string;
  readonly mode: 'provisioned' | 'on-demand';
  readonly shards: number;
  readonly maxRecordBytes: number;
  readonly warmMiBps?: number;
}
