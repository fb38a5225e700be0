/**
 * A step of a recommendation as an order for the shards that are open now: found by its hash range, whatever they are
 * called.
 */
import type { Shard as AwsShard } from '@aws-sdk/client-kinesis';
import { parseHashKey } from '../../model/hash-key.ts';
import type { Shard } from '../../model/shard-map.ts';
import type { LayoutStep } from '../../results/layout-step.ts';
import type { ReshardOrder } from '../reshard/reshard-call.ts';

/** The open shards of a stream in ascending order of hash key. */
export function openShardsOf(listed: readonly AwsShard[]): Shard[] {
  return listed
    .filter(({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined)
    .map(({ ShardId = '', HashKeyRange }) => ({
      shardId: ShardId,
      range: {
        start: parseHashKey(HashKeyRange?.StartingHashKey ?? '') ?? -1n,
        end: parseHashKey(HashKeyRange?.EndingHashKey ?? '') ?? -1n,
      },
      open: true,
    }))
    .sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
}

/** @param open shards that the step can be taken on: the trail has said so */
export function orderOfStep(step: LayoutStep, open: readonly Shard[]): ReshardOrder {
  const at = open.findIndex(({ range }) => range.start === parseHashKey(step.startingHashKey));
  if (step.kind === 'split')
    return { kind: 'split', shard: open[at], newStart: parseHashKey(step.newStartingHashKey ?? '') };
  return { kind: 'merge', shards: [open[at], open[at + 1]] };
}

/** The step with the names that its shards have now. */
export function namedStep(step: LayoutStep, order: ReshardOrder): LayoutStep {
  if (order.kind === 'split') return { ...step, shardId: order.shard.shardId };
  if (order.kind === 'resize') return step;
  const [low, high] = order.shards;
  return { ...step, shardId: low.shardId, adjacentShardId: high.shardId };
}

/** Names of the open shards that lie within the step's hash range: its children, once it is done. */
export function childrenOf(step: LayoutStep, open: readonly Shard[]): string[] {
  const start = parseHashKey(step.startingHashKey) ?? 0n;
  const end = parseHashKey(step.endingHashKey) ?? -1n;
  return open.filter(({ range }) => range.start >= start && range.end <= end).map(({ shardId }) => shardId);
}
