/**
 * A load of which only the ends are known: what was accepted at least, and with what was throttled at most, for throttled
 * attempts count retries again (math.md 8 and 9).
 */
export interface LoadInterval {
  /** Unique offered records or bytes per second, at least and at most. */
  readonly lower: number;
  readonly upper: number;
}
