/**
 * The one place that asks what time it is.
 */

/** Whole microseconds; what 0 means is the clock's. */
export type Clock = () => number;

/** Microseconds since 1970, never going back. */
export const epochClock: Clock = () => Math.floor((performance.timeOrigin + performance.now()) * 1000);

/** Microseconds since a moment of a clock. */
export function clockFrom(startUs: number, clock = epochClock): Clock {
  return () => clock() - startUs;
}

/**
 * What must be added to the process's monotonic time to get the epoch clock. Every thread has a time origin of its own,
 * read from the system's clock when it starts; by one offset all of them have one clock.
 */
export function epochOffsetUs(): number {
  return epochClock() - monotonicUs();
}

/** The epoch clock of the thread that an offset comes from. */
export function clockWithOffset(offsetUs: number): Clock {
  // `performance.now` is the same time from another origin, and faster to ask.
  const originUs = offsetUs + monotonicUs() - performance.now() * 1000;
  return () => Math.floor(originUs + performance.now() * 1000);
}

function monotonicUs(): number {
  return Number(process.hrtime.bigint()) / 1000;
}
