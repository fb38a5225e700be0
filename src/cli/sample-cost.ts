/**
 * What a temporary fan-out consumer costs.
 */
import { builtInPrices } from '../model/price-tables.ts';
import type { SamplePlan } from '../results/evidence/sample-plan.ts';
import type { StreamEvidence } from '../results/evidence/stream-evidence.ts';
import type { FanOutCost } from './sample-plan-text.ts';

const GB = 2 ** 30;

/**
 * For an hour of a provisioned stream, of which AWS counts all shards, and the planned bytes; undefined where the
 * region's prices are not known, or the stream is on-demand, which counts bytes alone and costs a cent at most.
 */
export function fanOutCostOf({ stream, region }: StreamEvidence, plan: SamplePlan): FanOutCost | undefined {
  const usd = builtInPrices(region)?.usd.provisioned;
  const perShard = usd?.['fan-out-shard-hours']?.[0].usd;
  const perGb = usd?.['fan-out-data']?.[0].usd;
  if (stream.mode !== 'provisioned' || perShard === undefined || perGb === undefined) return undefined;
  const gb = plan.mostBytes / GB;
  return {
    usd: stream.shards * perShard + gb * perGb,
    formula: `${stream.shards} shards x 1 h x $${perShard} + ${gb.toFixed(3)} GB x $${perGb}`,
  };
}
