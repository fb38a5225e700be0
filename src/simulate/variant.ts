/**
 * A scenario with one thing changed and everything else, its random numbers included, as it was.
 */
import { meanRatePerSec } from '../traffic/offer.ts';
import type { Scenario } from '../traffic/scenario.ts';

/** So many shards at the start; of an on-demand stream whatever warm throughput it was made with. */
export function atShards(scenario: Scenario, shards: number): Scenario {
  const { onDemand, ...stream } = scenario.stream;
  if (onDemand === undefined) return { ...scenario, stream: { ...stream, shards } };
  const { rules, recordDistribution } = onDemand;
  return { ...scenario, stream: { ...stream, shards, onDemand: { rules, recordDistribution } } };
}

/**
 * The scenario at another mean rate over its counted duration, in records per second: the rates of all sources and
 * stages are multiplied by the same factor.
 */
export function atRate(scenario: Scenario, ratePerSec: number): Scenario {
  const mean = meanRatePerSec(scenario);
  // Exactly what a user would have written, where there is only one rate.
  const scaled = (rate: number): number => (rate === mean ? ratePerSec : (rate * ratePerSec) / mean);
  return {
    ...scenario,
    traffic: scenario.traffic.map((source) => ({
      ...source,
      stages: source.stages.map((stage) => ({ ...stage, from: scaled(stage.from), to: scaled(stage.to) })),
    })),
  };
}

/** The scenario with all its buckets empty at the start: its steady state from the first second on. */
export function withEmptyBuckets(scenario: Scenario): Scenario {
  return { ...scenario, stream: { ...scenario.stream, initialFill: 0 } };
}

/** How many times its mean rate a scenario's highest rate is; sources are taken at their own peaks together. */
export function peakOverMean(scenario: Scenario): number {
  const peaks = scenario.traffic.map((source) =>
    source.stages.reduce((most, stage) => Math.max(most, stage.from, stage.to), 0),
  );
  return peaks.reduce((sum, peak) => sum + peak, 0) / meanRatePerSec(scenario);
}
