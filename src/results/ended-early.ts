/**
 * Why a load ended before its time although nobody interrupted it: nothing of it would have been let through any more.
 */
export const DEAD_END_KINDS = [
  'stream-gone',
  'not-allowed',
  'credentials-expired',
  'credentials-refused',
  'key-refused',
] as const;
export type DeadEndKind = (typeof DEAD_END_KINDS)[number];

export interface EndedEarly {
  readonly kind: DeadEndKind;
  /** When the first request was sent that was answered so, milliseconds from the start of the counted duration. */
  readonly sinceMs: number;
  /** The answer, by name and in words. */
  readonly code: string;
  readonly message: string;
}
