/**
 * The most records that each source sends within some short time: what a shard's full buckets have to cover.
 */
import type { Arrivals, Scenario } from '../../traffic/scenario.ts';

export interface BurstWindow {
  readonly kind: 'bursts' | 'chance';
  /** Seconds, above 0. */
  readonly lengthSec: number;
  /** Seconds from one burst to the next; undefined where it comes once in a while. */
  readonly everySec: number | undefined;
  /** The most that each source sends within any time of that length, in seconds of its peak rate. */
  readonly peakSeconds: readonly number[];
}

/** So many standard deviations of a Poisson count are passed in one second out of a million. */
const DEVIATIONS = 4.75;

/**
 * One window for each length of burst; of a scenario without, one second where some
 * source comes by chance.
 * @param ratesPerSec of each source, at its peak
 */
export function windowsOf({ traffic }: Scenario, ratesPerSec: readonly number[]): BurstWindow[] {
  const windowOf = (kind: BurstWindow['kind'], lengthUs: number, everySec?: number): BurstWindow => ({
    kind,
    lengthSec: lengthUs / 1e6,
    everySec,
    peakSeconds: traffic.map(({ arrivals }, i) => mostWithin(arrivals, ratesPerSec[i], lengthUs / 1e6)),
  });
  // Sources whose bursts are as long as each other share a window.
  const periods = new Map<number, number>();
  for (const { arrivals } of traffic) {
    if (arrivals.kind !== 'bursts') continue;
    const { withinUs, everyUs } = arrivals;
    periods.set(withinUs, Math.min(everyUs, periods.get(withinUs) ?? Infinity));
  }
  if (periods.size > 0)
    return [...periods].map(([withinUs, everyUs]) => windowOf('bursts', withinUs, everyUs / 1e6));
  return traffic.some(({ arrivals }) => arrivals.kind === 'poisson') ? [windowOf('chance', 1e6)] : [];
}

/** Bursts as they are; even arrivals by their rate; of chance what is passed once in a million. In seconds of the rate. */
function mostWithin(arrivals: Arrivals, ratePerSec: number, sec: number): number {
  switch (arrivals.kind) {
    case 'even':
      return sec;
    case 'poisson':
      return ratePerSec === 0 ? sec : sec + DEVIATIONS * Math.sqrt(sec / ratePerSec);
    case 'bursts': {
      const everySec = arrivals.everyUs / 1e6;
      const withinSec = arrivals.withinUs / 1e6;
      const whole = Math.floor(sec / everySec);
      const part = Math.min(1, (sec - whole * everySec) / withinSec);
      return everySec * (whole + part);
    }
  }
}
