/**
 * What can be found in a stream that is diagnosed, and the evidence for it. Words are in `report/diagnosis/`.
 *
 * Codes that a run's findings have too mean the same there and here; here loads are intervals, for nobody saw the offer.
 */
import type { DiagnosisEvidence } from './diagnosis-evidence.ts';
import type { Severity } from './finding.ts';

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

export type { DiagnosisEvidence, JudgedInterval } from './diagnosis-evidence.ts';
