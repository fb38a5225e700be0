/**
 * What reading single records from a stream came to, beside the records.
 */
import type { MissingEvidence } from '../../results/evidence/missing-evidence.ts';

export interface SampleResult {
  /** Calls of GetRecords, or subscriptions. */
  calls: number;
  /** Of them those that were throttled: the stream's readers need its budget. */
  throttledCalls: number;
  /** What kept records from being read. */
  missing: MissingEvidence[];
  /** What is left behind: sentences for the user. */
  left: string[];
}

export function newResult(): SampleResult {
  return { calls: 0, throttledCalls: 0, missing: [], left: [] };
}

/** A call that was refused for good: once for each reason. */
export function addMissing(result: SampleResult, missing: MissingEvidence): void {
  const isSame = (other: MissingEvidence): boolean =>
    other.why === missing.why && other.permission === missing.permission && other.detail === missing.detail;
  if (!result.missing.some(isSame)) result.missing.push(missing);
}
