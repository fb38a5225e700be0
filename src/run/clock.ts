/**
 * The one place that asks what time it is.
 */

/** Whole microseconds; what 0 means is the clock's. */
export type Clock = () => number;

/** Microseconds since 1970, never going back. */
export const epochClock: Clock = () => Math.floor((performance.timeOrigin + performance.now()) * 1000);

/** Microseconds since a moment of the epoch clock. */
export function clockFrom(startUs: number): Clock {
  return () => epochClock() - startUs;
}
