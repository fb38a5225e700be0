/**
 * What a scenario says of its traffic over time, as far as an on-demand stream's growth depends on it.
 */
import { burstFactor } from '../../traffic/peak-rate.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import type { TrafficShape } from './on-demand-risk.ts';

/** The stages of every source, the shards of an on-demand stream, and the highest burst. */
export function trafficShapeOf({ traffic, stream }: Scenario): TrafficShape {
  return {
    stages: traffic.map(({ stages }) => stages),
    openShards: stream.onDemand === undefined ? undefined : stream.shards,
    burstFactor: traffic.reduce((most, { arrivals }) => Math.max(most, burstFactor(arrivals)), 1),
  };
}
