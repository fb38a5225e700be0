/**
 * How one attempt at writing a record ended, and how the record ended in the end.
 */

/** One try at one record. `lost` means that no reply came and that the record may be stored. */
export const ATTEMPT = { accepted: 0, throttled: 1, failed: 2, lost: 3 } as const;
export type AttemptOutcome = (typeof ATTEMPT)[keyof typeof ATTEMPT];

/** The final outcome of an offered record; exactly one of them. `unknown` is a sub-count of `failed`. */
export const OUTCOME = { accepted: 0, throttled: 1, failed: 2, unknown: 3, dropped: 4 } as const;
export type RecordOutcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/** What a record is in the end when this attempt was its last. */
export function finalOutcome(last: AttemptOutcome): RecordOutcome {
  return last;
}
