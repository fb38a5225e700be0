/**
 * What a scenario says of its traffic over time, as far as an on-demand stream's growth depends on it.
 */
import type { Scenario } from '../../traffic/scenario.ts';
import type { TrafficShape } from './on-demand-risk.ts';

/** The stages of every source, and the shards of an on-demand stream. */
export function trafficShapeOf({ traffic, stream }: Scenario): TrafficShape {
  return {
    stages: traffic.map(({ stages }) => stages),
    openShards: stream.onDemand === undefined ? undefined : stream.shards,
  };
}
