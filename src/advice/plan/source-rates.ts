/**
 * The rates of a source whose stages come one after the other: its highest and its mean.
 */
import type { Source } from '../../traffic/scenario.ts';

/** Rates change linearly, so the highest stands at the start or the end of a stage. */
export function peakOf(source: Source): number {
  return source.stages.reduce((peak, stage) => Math.max(peak, stage.from, stage.to), 0);
}

/** Rates change linearly, so the mean of a stage stands in its middle. */
export function meanRateOf({ stages }: Source): number {
  let records = 0;
  let durationUs = 0;
  for (const stage of stages) {
    records += ((stage.from + stage.to) / 2) * stage.durationUs;
    durationUs += stage.durationUs;
  }
  return records / durationUs;
}
