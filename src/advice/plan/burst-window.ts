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
 * One window for each source that comes in bursts, as long as they are; of a scenario without, one second where some
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
  const bursts = traffic.flatMap(({ arrivals }) =>
    arrivals.kind === 'bursts' ? [windowOf('bursts', arrivals.withinUs, arrivals.everyUs / 1e6)] : [],
  );
  if (bursts.length > 0) return bursts;
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
