/**
 * How often the producer sends, from the rate of the records alone.
 */
import { LIMITS } from '../model/limits.ts';
import type { ProducerSpec, Scenario, Source } from '../traffic/scenario.ts';

/** Microseconds from one request to the next at a steady rate: when it is full, or has lingered. */
export function requestPeriodUs(
  { batch, batchBytes, lingerUs }: ProducerSpec,
  recordsPerSec: number,
  meanBytes: number,
): number {
  const full = Math.max(
    1,
    Math.min(batch, Math.floor((batchBytes ?? LIMITS.bytesPerPutRecords.value) / meanBytes)),
  );
  if (recordsPerSec <= 0) return Infinity;
  const gapUs = 1_000_000 / recordsPerSec;
  return Math.min(full * gapUs, lingerUs + gapUs);
}

/** The fastest that a source ever gets, records per second. */
export function peakRateOf({ stages, arrivals }: Source): number {
  const fastest = stages.reduce((most, stage) => Math.max(most, stage.from, stage.to), 0);
  return arrivals.kind === 'bursts' ? (fastest * arrivals.everyUs) / arrivals.withinUs : fastest;
}

export function peakRateOfAll({ traffic }: Scenario): number {
  return traffic.reduce((sum, source) => sum + peakRateOf(source), 0);
}
