/**
 * The part of a report that is about an on-demand stream: how it split itself, and how it fared meanwhile.
 */
import type { Assumption } from '../model/on-demand-assumptions.ts';

/** How an on-demand stream split itself, and what that rests on. */
export interface CapacityInfo {
  readonly mode: 'on-demand';
  readonly recordDistribution: 'auto' | 'userPartitionKey';
  readonly shardsAtStart: number;
  readonly shardsAtEnd: number;
  /** Splits by the service, the warm-up's included. */
  readonly splits: number;
  readonly rules: {
    readonly splitAboveBytesPerSec: number;
    readonly splitAboveRecordsPerSec: number;
    readonly withinMs: number;
    readonly mostShards: number;
    /** What the shards at the start were made for. */
    readonly warmThroughputBytesPerSec?: number;
  };
  /** From one change of the layout to the next, over the counted duration; the last has what came after, if many. */
  readonly phases: readonly CapacityPhase[];
  readonly assumptions: readonly Assumption[];
}

export interface CapacityPhase {
  readonly fromMs: number;
  readonly toMs: number;
  readonly openShards: number;
  /** Attempts that were answered in that time. */
  readonly attempts: number;
  readonly throttledAttempts: number;
  /** Records that fell due in that time. */
  readonly offered?: number;
  /** Of its hottest shard: the busiest 10 s over the limit, or the mean of a phase that has no 10 s. */
  readonly utilizationMax?: number;
  /** Of a run, of the records that were accepted in that time. */
  readonly latencyMs?: PhaseLatencies;
}

/** Null where nothing was accepted. */
export interface PhaseLatencies {
  readonly service: PhaseLatency;
  readonly response: PhaseLatency;
}

export interface PhaseLatency {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}
