/**
 * What a diagnosis or a recommendation rests on, as its report document tells it.
 */
import type { AskedMetrics } from './stream-evidence.ts';
import type { MissingEvidence } from './missing-evidence.ts';
import type { SampleSlice } from './record-sample.ts';

export interface EvidenceInfo {
  /** Milliseconds since 1970 on the metrics' clock. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Metric steps that were there, their length, and how many of the newest may still grow. */
  readonly steps: number;
  readonly stepMs: number;
  readonly incompleteSteps: number;
  /** Of a local endpoint whose metric clock runs faster; absent: 1. */
  readonly metricsClock?: number;
  /** Shards with metrics of their own, of all that were open in the window. */
  readonly shardsWithMetrics: number;
  readonly shardsInWindow: number;
  readonly sample?: SampleInfo;
  readonly log?: { readonly file: string; readonly lines: number; readonly matches: number };
  /** File of the report of a run. */
  readonly run?: string;
  readonly missing: readonly MissingEvidence[];
  readonly asked: AskedMetrics;
}

export interface SampleInfo {
  readonly source: 'polling' | 'fan-out' | 'file';
  readonly slices: readonly SampleSlice[];
  readonly records: number;
  readonly bytes: number;
  readonly aggregates: number;
  readonly aggregatedRecords: number;
}
