/**
 * What a report says of the capacity mode of an on-demand stream.
 */
import { AUTO_ASSUMPTIONS, onDemandAssumptions } from '../model/on-demand-assumptions.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { CapacityInfo, CapacityPhase } from '../results/report-document.ts';
import type { Scenario } from '../traffic/scenario.ts';

/**
 * Undefined where the stream is provisioned.
 * @param map at the end; every shard beyond the first ones is one of two children of a split
 * @param isReal whether it is a stream of AWS's, whose splits rest on no assumption of ours
 */
export function capacityInfoOf(
  { stream }: Scenario,
  phases: readonly CapacityPhase[],
  map: ShardMap,
  isReal = false,
): CapacityInfo | undefined {
  const { onDemand, shards } = stream;
  if (onDemand === undefined) return undefined;
  const { rules, warmBytesPerSec, recordDistribution } = onDemand;
  return {
    mode: 'on-demand',
    recordDistribution,
    shardsAtStart: shards,
    shardsAtEnd: map.open.length,
    splits: (map.all.length - shards) / 2,
    rules: {
      splitAboveBytesPerSec: rules.splitAboveBytesPerSec,
      splitAboveRecordsPerSec: rules.splitAboveRecordsPerSec,
      withinMs: rules.withinUs / 1000,
      mostShards: rules.mostShards,
      ...(warmBytesPerSec === undefined ? {} : { warmThroughputBytesPerSec: warmBytesPerSec }),
    },
    phases,
    assumptions: isReal
      ? []
      : [...onDemandAssumptions(rules), ...(recordDistribution === 'auto' ? AUTO_ASSUMPTIONS : [])],
  };
}
