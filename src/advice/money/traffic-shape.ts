/**
 * What a scenario or a profile says of its traffic over time, as far as an on-demand stream's growth depends on it.
 */
import type { RateProfile } from '../../traffic/rate-profile.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import type { TrafficShape } from './on-demand-risk.ts';

/** The stages of every source, and the shards of an on-demand stream. */
export function trafficShapeOf({ traffic, stream }: Scenario): TrafficShape {
  return {
    stages: traffic.map(({ stages }) => stages),
    openShards: stream.onDemand === undefined ? undefined : stream.shards,
  };
}

const HOUR_US = 3_600_000_000;

/** The hours of a profile, which repeats, in place of a scenario's stages; what it counts by does not matter. */
export function profileShapeOf({ rates }: RateProfile, scenario: Scenario | undefined): TrafficShape {
  const stages = rates.map((rate) => ({ durationUs: HOUR_US, from: rate, to: rate }));
  return {
    stages: [stages],
    openShards: scenario === undefined ? undefined : trafficShapeOf(scenario).openShards,
    repeats: true,
  };
}
