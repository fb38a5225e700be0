/**
 * What a simulation's report says of the capacity mode of an on-demand stream.
 */
import { AUTO_ASSUMPTIONS, onDemandAssumptions } from '../model/on-demand-assumptions.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { CapacityInfo } from '../results/report-document.ts';
import type { Tally } from '../results/tally.ts';
import type { Scenario } from '../traffic/scenario.ts';

/**
 * Undefined where the stream is provisioned.
 * @param map at the end; every shard beyond the first ones is one of two children of a split
 */
export function capacityInfoOf(
  { stream, durationUs }: Scenario,
  { phases, series, load }: Pick<Tally, 'phases' | 'series' | 'load'>,
  map: ShardMap,
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
    phases: phases.until(durationUs, series.counts, load.endedUtilization),
    assumptions: [...onDemandAssumptions(rules), ...(recordDistribution === 'auto' ? AUTO_ASSUMPTIONS : [])],
  };
}
