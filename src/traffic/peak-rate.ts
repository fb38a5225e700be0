/**
 * The highest rate that a scenario asks for at any moment: at the end of a ramp, or while a burst lasts.
 */
import type { Arrivals, Scenario, Source } from './scenario.ts';

/** How much faster than their mean rate records arrive while they arrive: above 1 for bursts only. */
export function burstFactor(arrivals: Arrivals): number {
  return arrivals.kind === 'bursts' ? arrivals.everyUs / arrivals.withinUs : 1;
}

/**
 * Highest rate of the counted duration in records per second, the bursts of all sources taken to begin together, as
 * they do at its start.
 */
export function peakRatePerSec({ traffic }: Scenario): number {
  // Between the ends of stages every rate is linear, so the highest sum stands right before or after one.
  const edges = new Set(traffic.flatMap((source) => endsOf(source)));
  let peak = 0;
  for (const edge of [0, ...edges]) {
    const before = traffic.reduce((sum, source) => sum + rateAt(source, edge, 'before'), 0);
    const after = traffic.reduce((sum, source) => sum + rateAt(source, edge, 'after'), 0);
    peak = Math.max(peak, before, after);
  }
  return peak;
}

function endsOf({ stages }: Source): number[] {
  let endUs = 0;
  return stages.map((stage) => (endUs += stage.durationUs));
}

/** The rate just before or after a time, bursts going on; 0 outside the stages. */
function rateAt({ stages, arrivals }: Source, timeUs: number, side: 'before' | 'after'): number {
  let startUs = 0;
  for (const { durationUs, from, to } of stages) {
    const endUs = startUs + durationUs;
    const inside =
      side === 'before' ? startUs < timeUs && timeUs <= endUs : startUs <= timeUs && timeUs < endUs;
    if (inside) return (from + ((to - from) * (timeUs - startUs)) / durationUs) * burstFactor(arrivals);
    startUs = endUs;
  }
  return 0;
}
