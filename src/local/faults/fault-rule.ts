/**
 * What may be made to go wrong, and when: the rules that `--faults FILE` and the control path hand over.
 */

/** Errors that AWS Fault Injection Service injects into Kinesis, and three more that clients must cope with. */
export const FAULT_ERRORS = [
  'ThrottlingException',
  'InternalFailure',
  'ServiceUnavailable',
  'ProvisionedThroughputExceededException',
  'ExpiredIteratorException',
  'KMSThrottlingException',
  'LimitExceededException',
] as const;
export type FaultError = (typeof FAULT_ERRORS)[number];

/** Errors that one record of PutRecords can have while the others are stored. */
export const RECORD_ERRORS = ['InternalFailure', 'ProvisionedThroughputExceededException'] as const;
export type RecordError = (typeof RECORD_ERRORS)[number];

/** A delay in microseconds. */
export type Latency =
  | { readonly kind: 'fixed'; readonly us: number }
  | { readonly kind: 'uniform'; readonly minUs: number; readonly maxUs: number }
  | { readonly kind: 'lognormal'; readonly p50Us: number; readonly p99Us: number };

export type FaultEffect =
  /** The call fails as a whole and is not carried out. */
  | { readonly kind: 'error'; readonly error: FaultError }
  /** Records fail one by one, and are not stored; of PutRecord the call. */
  | { readonly kind: 'recordError'; readonly error: RecordError }
  /** The call is carried out at once and answered later. */
  | { readonly kind: 'latency'; readonly latency: Latency }
  /** The connection is cut instead of an answer, before or after the call was carried out. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** For the last `forUs` of every `everyUs`, calls are carried out and wait for its end to be answered. */
  | { readonly kind: 'stall'; readonly everyUs: number; readonly forUs: number };

export interface FaultRule {
  /** Undefined: every operation. */
  readonly operations?: readonly string[] | undefined;
  /** Name of a stream; undefined: every call, of a stream or not. */
  readonly stream?: string | undefined;
  /** Number of the one shard whose records and reads are meant. */
  readonly shard?: number | undefined;
  /** Part of the calls, or of the records, that it strikes; 0…1. */
  readonly percentage: number;
  /** When it begins and how long it lasts, counted from the first call; undefined: to the end. */
  readonly afterUs: number;
  readonly durationUs?: number | undefined;
  readonly effect: FaultEffect;
}

export interface FaultPlan {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
  /** The rules as they were written, to show them again. */
  readonly document: object;
}

export const NO_FAULTS: FaultPlan = { seed: 1, rules: [], document: { seed: 1, faults: [] } };
