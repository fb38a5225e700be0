/**
 * What can be found in a stream that is diagnosed, and the evidence for it. Words are in `report/diagnosis/`.
 *
 * Codes that a run's findings have too mean the same there and here; here loads are intervals, for nobody saw the offer.
 */
import type { Dimension, Severity } from './finding.ts';
import type { LoadInterval } from './load-interval.ts';

export const DIAGNOSIS_CODES = [
  'HOT_KEY',
  'HOT_SHARD',
  'UNDER_PROVISIONED',
  'OVER_PROVISIONED',
  'UNEVEN_RANGES',
  'HIDDEN_BURST',
  'FEW_KEYS',
  'READ_BOUND',
  'READ_BUDGET_EXHAUSTED',
  'LAGGING_CONSUMER',
  'RETRY_STORM',
  'LARGE_RECORDS',
  'MONITORING_OFF',
  'KEYS_IGNORED',
] as const;
export type DiagnosisCode = (typeof DIAGNOSIS_CODES)[number];

/** `high`: follows from counts alone; `medium`: rests on an assumption that is named; `low`: one of several explanations. */
export type Confidence = 'high' | 'medium' | 'low';
/** `no-matter`: the finding is not about how load is spread over shards. */
export type SplitHelps = 'yes' | 'partly' | 'no' | 'unknown' | 'no-matter';

export type DiagnosisFinding = { readonly [C in DiagnosisCode]: DiagnosisFindingOf<C> }[DiagnosisCode];

export interface DiagnosisFindingOf<C extends DiagnosisCode> {
  readonly code: C;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly splitHelps: SplitHelps;
  readonly shardId?: string;
  readonly key?: string;
  /** First and last step in which it showed, milliseconds since 1970 on the metrics' clock. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly evidence: DiagnosisEvidence[C];
}

/** A load held against a limit, both per second, in the worst step that was looked at. */
export interface JudgedInterval {
  readonly dimension: Dimension;
  readonly perSec: LoadInterval;
  readonly limitPerSec: number;
  /** `perSec` over `limitPerSec`. */
  readonly utilization: LoadInterval;
  /** Steps above the limit (lower end), of so many that were looked at. */
  readonly stepsAbove: number;
  readonly steps: number;
}

/** Filled in by each finding's own rule; every figure that its words need. */
export interface DiagnosisEvidence {
  readonly HOT_KEY: Record<string, unknown>;
  readonly HOT_SHARD: Record<string, unknown>;
  readonly UNDER_PROVISIONED: Record<string, unknown>;
  readonly OVER_PROVISIONED: Record<string, unknown>;
  readonly UNEVEN_RANGES: Record<string, unknown>;
  readonly HIDDEN_BURST: Record<string, unknown>;
  readonly FEW_KEYS: Record<string, unknown>;
  readonly READ_BOUND: Record<string, unknown>;
  readonly READ_BUDGET_EXHAUSTED: Record<string, unknown>;
  readonly LAGGING_CONSUMER: Record<string, unknown>;
  readonly RETRY_STORM: Record<string, unknown>;
  readonly LARGE_RECORDS: Record<string, unknown>;
  readonly MONITORING_OFF: Record<string, unknown>;
  readonly KEYS_IGNORED: Record<string, unknown>;
}
