/**
 * The one document that every command writes and every renderer reads. Its JSON Schema is
 * `schema/report.schema.json`; a saved report can be rendered again without measuring again.
 *
 * Hash keys are decimal strings; `share` and `utilization` are 0…1 and more; sizes are bytes.
 */

import type { EndedEarly } from './ended-early.ts';
import type { CapacityInfo, CapacityPhase } from './capacity-report.ts';
import type { Preflight } from './preflight.ts';
import type { PlanResult } from './plan-result.ts';
import type { Finding } from './finding.ts';
import type { GeneratorInfo } from './generator-info.ts';
import type { ConsumerRow, ConsumerSeries } from './consumer-report.ts';
import type { ShardBurst } from './burst-meter.ts';
import type { MaxRateResult, SweepResult } from './many-simulations.ts';
import type { Reconciliation } from './reconciliation.ts';
import type { MergedInfo } from './merged-info.ts';
import type { ProducerInfo, RetrySummary } from './producer-report.ts';
import type { WorkerSection } from './worker-section.ts';

export { FINDING_CODES } from './finding.ts';
export type { Dimension, Evidence, Finding, FindingCode, FindingOf, Severity } from './finding.ts';
export type { CapacityInfo, CapacityPhase } from './capacity-report.ts';
export type { ConsumerRow, ConsumerSeries, DeliveryInfo, Drain, Starvation } from './consumer-report.ts';
export type { ProducerInfo, RetrySummary, RetryState } from './producer-report.ts';
export type { GeneratorInfo, SendingThread, SocketBacklog } from './generator-info.ts';

export const SCHEMA_VERSION = 1;

/** `unfinished`: written while the run went on, and the process has not come to write the end. */
export type Partiality = false | 'interrupted' | 'failed' | 'unfinished';

export interface ReportDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly kind: 'plan' | 'simulation' | 'run';
  readonly tool: { readonly name: 'shardwise'; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly seed?: number;
  /** Why the report does not cover the whole scenario, or false. */
  readonly partial: Partiality;
  /** Of a run that nothing was let through of any more. */
  readonly ended?: EndedEarly;
  readonly target?: TargetInfo;
  readonly scenario?: ScenarioInfo;
  /** Of a simulation. */
  readonly engine?: EngineInfo;
  /** Of a simulated on-demand stream; absent: provisioned. */
  readonly capacity?: CapacityInfo;
  readonly plan?: PlanResult;
  readonly totals?: Totals;
  /** Of a simulation. */
  readonly retry?: RetrySummary;
  /** What happened to the stream, in order; absent where nothing did. */
  readonly timeline?: readonly TimelineRow[];
  /** How a provisioned stream fared between changes of its layout; absent where it did not change. */
  readonly phases?: readonly CapacityPhase[];
  readonly latencyBasis?: 'measured' | 'measured-local' | 'modelled';
  readonly latencyMs?: Latencies;
  readonly shards?: readonly ShardRow[];
  readonly keys?: readonly KeyRow[];
  /** What a key must have to stand out among the others; absent where nothing was offered. */
  readonly keySpread?: KeySpread;
  /** Of a simulation or a run with consumers. */
  readonly consumers?: readonly ConsumerRow[];
  readonly series?: Series;
  readonly findings?: readonly Finding[];
  readonly thresholds?: readonly ThresholdRow[];
  readonly generator?: GeneratorInfo;
  /** Of a simulation with `--sweep`, in place of what one simulation counts. */
  readonly sweep?: SweepResult;
  /** Of a simulation with `--find-max`, likewise. */
  readonly maxRate?: MaxRateResult;
  /** Why attempts failed, most frequent first; throttling is not among them. */
  readonly errors?: readonly ErrorRow[];
  /** Of a run on AWS: what was known before it. */
  readonly preflight?: Preflight;
  /** Of a run: our count against the service's own. */
  readonly reconciliation?: Reconciliation;
  /** Of one machine of several: what `merge` needs. */
  readonly worker?: WorkerSection;
  /** Of several machines' reports added up. */
  readonly merged?: MergedInfo;
}

export interface ErrorRow {
  /** AWS's error code, or the network's. */
  readonly code: string;
  /** Attempts at records that it failed. */
  readonly attempts: number;
  /** The first message seen. */
  readonly message: string;
}

export interface TargetInfo {
  readonly kind: 'local' | 'aws' | 'simulated';
  readonly stream: string;
  readonly region: string;
  readonly endpoint: string;
  readonly transport: string;
  readonly shards: number;
}

export interface EngineInfo {
  /** `exact`: record by record. `aggregate`: counts per shard and tick, without single records or latencies. */
  readonly name: 'exact' | 'aggregate';
  /** What every request was taken to need; all latencies stand on it. */
  readonly serviceTimeMs: number;
  /** Aggregate: the finest tick, in milliseconds. */
  readonly tickMs?: number;
  /** Aggregate: throttled records at least and at most, for the arrivals that were drawn; totals have the middle. */
  readonly throttledBetween?: { readonly least: number; readonly most: number };
}

export interface ScenarioInfo {
  readonly file?: string;
  readonly description?: string;
  /** The counted duration that was asked for; `durationMs` of the document is what was counted. */
  readonly durationMs: number;
  readonly warmupMs: number;
  /** Mean offered rate that the scenario asks for, records per second. */
  readonly ratePerSec: number;
  /** Highest rate that it asks for at any moment, in stages and during bursts, records per second. */
  readonly peakRatePerSec?: number;
  readonly producer?: ProducerInfo;
  /** Capacity mode of the stream; absent: provisioned. */
  readonly mode?: 'on-demand';
}

export interface TimelineRow {
  /** From the start of the counted duration. */
  readonly atMs: number;
  readonly kind: 'split' | 'merge' | 'resize' | 'outage';
  /** Of an outage. */
  readonly durationMs?: number;
  /** Names of the shards that it closed, and of those that it opened. */
  readonly shardIds: readonly string[];
  readonly children: readonly string[];
  /** Whose doing it was: the scenario's timeline, the service's on an on-demand stream, or somebody else's during a run. */
  readonly cause: 'timeline' | 'on-demand' | 'outside';
  /** Of a run: how it was carried out; `atMs` is when the new layout was seen, or when it was given up. */
  readonly carriedOut?: EventCarriedOut;
}

/** How an event of the timeline was carried out on a stream. Times from the start of the counted duration. */
export interface EventCarriedOut {
  /** When the scenario has it. */
  readonly dueMs: number;
  /** When the stream took the call; absent where it never did. */
  readonly acceptedAtMs?: number;
  /** Calls that were refused before and tried again, by why. */
  readonly heldUpBy?: readonly { readonly code: string; readonly calls: number }[];
  /** Why it did not happen, or not all of it; absent where it did. */
  readonly failed?: string;
}

export interface Totals {
  readonly offered: number;
  /**
   * Decimal string, see interface: sum of a 64-bit hash per offered record, modulo 2^64; absent where an engine does
   * not draw single records.
   */
  readonly offeredDigest?: string;
  readonly accepted: number;
  readonly throttled: number;
  readonly failed: number;
  /** Part of `failed`: the reply never came, the record may be stored. */
  readonly unknown: number;
  readonly dropped: number;
  readonly attempts: number;
  readonly retries: number;
  readonly throttledAttempts: number;
  readonly failedAttempts: number;
  /** Data and key bytes. */
  readonly bytesOffered: number;
  readonly bytesAccepted: number;
  /** PutRecords requests sent. */
  readonly requests: number;
  /** Kinesis records sent, retries included; as many as attempts where records are not aggregated. */
  readonly kinesisRecords?: number;
}

export interface Latencies {
  /** From the time a record was due to its acknowledgement; accepted records. */
  readonly response: LatencySummary;
  /** From the last sending to the acknowledgement; accepted records. */
  readonly service: LatencySummary;
  /** Waiting for one of the producer's in-flight slots; every record sent. */
  readonly queue: LatencySummary;
  /** Of a run with consumers: from due to processed by the one with the highest p99; records with a header. */
  readonly endToEnd?: LatencySummary;
}

/** Milliseconds. All null where nothing was recorded. */
export interface LatencySummary {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly count: number;
  /** HdrHistogram V2, compressed, base64, whole microseconds. */
  readonly hdr: string;
}

/**
 * Of a stream whose layout changes, a row counts the records whose last attempt went, or would have gone, to the shard,
 * with all their attempts.
 */
export interface ShardRow {
  readonly shardId: string;
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  /** From the start of the counted duration; absent where it was open from the start. */
  readonly openedAtMs?: number;
  /** Likewise; absent where it was open to the end. */
  readonly closedAtMs?: number;
  readonly offered: number;
  readonly accepted: number;
  readonly throttled: number;
  readonly failed: number;
  readonly dropped: number;
  readonly attempts: number;
  readonly retries: number;
  readonly throttledAttempts: number;
  readonly failedAttempts: number;
  /** Data and key bytes offered. */
  readonly bytes: number;
  /** Busiest 10 s window of offered records, the worse of records and bytes, over the shard's limit. */
  readonly utilization: number;
  /** Where no layout with the shard lasted for a whole window: the seconds that `utilization` is the mean of. */
  readonly utilizationSec?: number;
  readonly peakSecond: { readonly records: number; readonly bytes: number };
  /** The minute that holds the busiest second; absent where no whole minute was counted or offered anything. */
  readonly burst?: ShardBurst;
}

/** Among many equal keys one is the heaviest by chance: which of them are heavier than that. */
export interface KeySpread {
  /** Distinct keys: those that came; of more than could be counted, as many as were; `aggregate`: those there are. */
  readonly keys: number;
  /** Most records that a key may have without standing out: more than that is not chance, with 99 % probability. */
  readonly byChance: number;
  /**
   * Engine `aggregate`, where not all keys were counted one by one: how many were, and the most records that any other
   * may have had, with 99 % probability. Only keys with more than that are listed.
   */
  readonly counted?: number;
  readonly othersAtMost?: number;
}

export interface KeyRow {
  readonly key: string;
  readonly hashKey: string;
  /** Absent where the stream spreads records by itself: then a key is on every shard. */
  readonly shardId?: string;
  /** Offered records: at most this, at least `records - error`. */
  readonly records: number;
  readonly bytes: number;
  /** Of all offered records. */
  readonly share: number;
  readonly error: number;
  /** Busiest 10 s window, lower bound, over one shard's limit; absent with `shardId`. */
  readonly utilization?: number;
  readonly accepted: number;
  readonly throttled: number;
  readonly failed: number;
  readonly dropped: number;
  readonly attempts: number;
  readonly retries: number;
  readonly throttledAttempts: number;
  readonly failedAttempts: number;
}

/**
 * What happened when, in steps from the start of the counted duration: offered by due time, the rest by reply. Replies
 * after the end are in none of the steps: see `afterEnd`.
 */
export interface Series {
  readonly stepMs: number;
  readonly offered: readonly number[];
  readonly accepted: readonly number[];
  readonly throttledAttempts: readonly number[];
  /** Attempts beyond a record's first. */
  readonly retries?: readonly number[];
  /** Offered data and key bytes. */
  readonly bytes: readonly number[];
  /** At the end of each step; absent where the layout did not change. */
  readonly openShards?: readonly number[];
  readonly shards: readonly {
    readonly shardId: string;
    readonly offered: readonly number[];
    readonly throttledAttempts: readonly number[];
  }[];
  readonly consumers?: readonly ConsumerSeries[];
  /** What was answered after the last step, which totals have and the steps do not; absent where nothing was. */
  readonly afterEnd?: AfterEnd;
}

/** Attempts answered after the end of the counted duration; of a run cut short, after its last step. */
export interface AfterEnd {
  readonly accepted: number;
  readonly throttledAttempts: number;
  /** Of all attempts then, those beyond a record's first. */
  readonly retries: number;
  /** When the last reply came, from the start of the counted duration. */
  readonly lastMs: number;
}

export interface ThresholdRow {
  readonly expression: string;
  /** null: not measurable here, which makes the command inconclusive. */
  readonly ok: boolean | null;
  /** In `unit`; null where not measurable. */
  readonly actual: number | null;
  readonly unit: 'ms' | '%' | '/s' | 'ratio';
}
