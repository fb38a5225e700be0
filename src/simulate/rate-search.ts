/**
 * The largest rate at which something still holds, to one per cent, by probing: doubling or halving until it is
 * between two probes, then cutting the bracket.
 *
 * It takes for granted that what breaks at one rate breaks at every higher one.
 */

export interface RateBracket {
  /** The highest probe that held, records per second; null where none did. */
  readonly holdsAtPerSec: number | null;
  /** The lowest probe that broke; null where none did up to the end of the range. */
  readonly breaksAtPerSec: number | null;
}

export interface RateRange {
  /** Where to begin, and between which rates to stay; records per second. */
  readonly startPerSec: number;
  readonly leastPerSec: number;
  readonly mostPerSec: number;
}

/** How near the two ends of the bracket come. */
const PRECISION = 1.01;

export function searchRate(range: RateRange, holds: (ratePerSec: number) => boolean): RateBracket {
  let { holdsAtPerSec, breaksAtPerSec } = bracket(range, holds);
  if (holdsAtPerSec === null || breaksAtPerSec === null) return { holdsAtPerSec, breaksAtPerSec };
  while (breaksAtPerSec > holdsAtPerSec * PRECISION) {
    const middle = fourDigits(Math.sqrt(holdsAtPerSec * breaksAtPerSec));
    if (holds(middle)) holdsAtPerSec = middle;
    else breaksAtPerSec = middle;
  }
  return { holdsAtPerSec, breaksAtPerSec };
}

/** Two probes a factor of two apart, or nearer at the ends of the range. */
function bracket(range: RateRange, holds: (ratePerSec: number) => boolean): RateBracket {
  const { startPerSec, leastPerSec, mostPerSec } = range;
  let rate = startPerSec;
  if (holds(rate)) {
    while (rate < mostPerSec) {
      const next = Math.min(rate * 2, mostPerSec);
      if (!holds(next)) return { holdsAtPerSec: rate, breaksAtPerSec: next };
      rate = next;
    }
    return { holdsAtPerSec: rate, breaksAtPerSec: null };
  }
  while (rate > leastPerSec) {
    const next = Math.max(rate / 2, leastPerSec);
    if (holds(next)) return { holdsAtPerSec: next, breaksAtPerSec: rate };
    rate = next;
  }
  return { holdsAtPerSec: null, breaksAtPerSec: rate };
}

/** Rounded to four digits, which is well within the precision and short to read. */
function fourDigits(rate: number): number {
  let unit = 1;
  while (rate / unit >= 10_000) unit *= 10;
  let parts = 1;
  while (rate * parts < 1000 && parts < 1e9) parts *= 10;
  return unit > 1 ? Math.round(rate / unit) * unit : Math.round(rate * parts) / parts;
}
