/**
 * What a merged report says of the machines that it adds up.
 */
import type { EndedEarly } from './ended-early.ts';
import type { Partiality } from './report-document.ts';

export interface MergedInfo {
  /** Machines that the load was split over. */
  readonly of: number;
  /** Those of whom there is no report. */
  readonly missing: readonly number[];
  /** From the first machine's start to the last one's. */
  readonly startSpreadMs: number;
  /** Length of the steps in which load was known; windows are made of them. */
  readonly stepSec: number;
  /** Bytes in a step that a key may have had without being judged by itself; 0: every key was judged. */
  readonly keyFloor: number;
  /** With consumers: why what they saw was not held against what was acknowledged. */
  readonly undecided?: string;
  readonly workers: readonly MergedWorker[];
}

export interface MergedWorker {
  readonly index: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly partial: Partiality;
  /** Of one that nothing was let through of any more. */
  readonly ended?: EndedEarly;
  readonly offered: number;
  readonly accepted: number;
  /** Absent where the report ends before the run did. */
  readonly valid?: boolean | null;
  readonly lagP99Ms: number;
  readonly dispatched?: number;
  readonly cpu?: number;
  readonly eventLoopUtilization?: number;
}

/** Starts this far apart, in milliseconds, are no common start: what meets in a second of the sum did not on the stream. */
const FAR_APART_MS = 1000;

/** Whether the machines began so far apart that the stream was never offered the sum of what they sent. */
export function isFarApart({ startSpreadMs }: Pick<MergedInfo, 'startSpreadMs'>): boolean {
  return startSpreadMs >= FAR_APART_MS;
}
