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
  const curves = traffic.map((source) => ({ source, endsUs: endsOf(source) }));
  const edges = new Set(curves.flatMap(({ endsUs }) => Array.from(endsUs)));
  let peak = 0;
  for (const edge of [0, ...edges]) {
    const before = curves.reduce(
      (sum, { source, endsUs }) => sum + rateAt(source, endsUs, edge, 'before'),
      0,
    );
    const after = curves.reduce((sum, { source, endsUs }) => sum + rateAt(source, endsUs, edge, 'after'), 0);
    peak = Math.max(peak, before, after);
  }
  return peak;
}

function endsOf({ stages }: Source): Float64Array {
  let endUs = 0;
  return Float64Array.from(stages, (stage) => (endUs += stage.durationUs));
}

/** The rate just before or after a time, bursts going on; 0 outside the stages. */
function rateAt(
  { stages, arrivals }: Source,
  endsUs: Float64Array,
  timeUs: number,
  side: 'before' | 'after',
): number {
  // The first stage that ends at or behind the time; behind it for the rate after.
  let low = 0;
  let high = stages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endsUs[middle] < timeUs || (side === 'after' && endsUs[middle] === timeUs)) low = middle + 1;
    else high = middle;
  }
  const startUs = low === 0 ? 0 : endsUs[low - 1];
  if (low === stages.length || (side === 'before' && timeUs <= startUs)) return 0;
  const { durationUs, from, to } = stages[low];
  return (from + ((to - from) * (timeUs - startUs)) / durationUs) * burstFactor(arrivals);
}
