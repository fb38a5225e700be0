/**
 * What a report holds of a question that takes many simulations: a sweep over one field, or a search for the largest
 * rate. The rest of the document's type is in `report-document.ts`.
 */
import type { Finding, ThresholdRow, Totals } from './report-document.ts';

/** What a sweep can change. */
export const SWEEP_FIELDS = ['shards', 'rate'] as const;
export type SweepField = (typeof SWEEP_FIELDS)[number];

export interface SweepResult {
  readonly field: SweepField;
  /** Ascending by value; none where the first was interrupted. */
  readonly points: readonly SweepPoint[];
}

/** One simulation of several. */
export interface SweepPoint {
  /** Shards, or the mean rate in records per second. */
  readonly value: number;
  readonly totals: Totals;
  /** Of the hottest shard. */
  readonly utilizationMax: number;
  readonly findings: readonly Finding[];
  readonly thresholds: readonly ThresholdRow[];
}

/** No rate is tried that takes more records, or is more times the scenario's own, whichever is higher: more takes minutes. */
export const SEARCH_CEILING = { records: 2_000_000, times: 4 } as const;

export interface MaxRateResult {
  readonly expression: string;
  readonly unit: ThresholdRow['unit'];
  /** The answer: the highest mean rate that was seen to hold, records per second; null where none was. */
  readonly holdsAtPerSec: number | null;
  /** The lowest that was seen to break, at most 1 % above; null where the search ended without one. */
  readonly breaksAtPerSec: number | null;
  /** True where the search ended because the value is the same at every rate, the lowest included, and holds at none. */
  readonly isFlat?: boolean;
  /** In the order in which they were asked; none where the first was interrupted. All start with empty buckets and draw the same random numbers. */
  readonly probes: readonly RateProbe[];
}

export interface RateProbe {
  readonly ratePerSec: number;
  /** False also where the producer dropped records and the threshold is not about that. */
  readonly ok: boolean;
  /** What the threshold is about, in `unit`. */
  readonly actual: number;
  readonly totals: Totals;
  readonly utilizationMax: number;
}
