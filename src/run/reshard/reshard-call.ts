/**
 * One event of a timeline as a call of the control plane, and what its refusal means.
 */
import {
  MergeShardsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { formatHashKey } from '../../model/hash-key.ts';
import { midpointOf } from '../../model/hash-range.ts';
import type { Shard } from '../../model/shard-map.ts';
import { errorName, type SdkError } from '../aws/aws-trouble.ts';
import { referenceTo } from '../aws/stream-reference.ts';

/** What is to be done, to shards that are open. */
export type ReshardOrder =
  | { readonly kind: 'split'; readonly shard: Shard; readonly newStart: bigint | undefined }
  | { readonly kind: 'merge'; readonly shards: readonly [Shard, Shard] }
  | { readonly kind: 'resize'; readonly count: number };

/** Rejects as the SDK does. */
export async function callReshard(
  client: KinesisClient,
  streamName: string,
  order: ReshardOrder,
): Promise<void> {
  const stream = referenceTo(streamName);
  switch (order.kind) {
    case 'split': {
      const { shard, newStart = midpointOf(shard.range) } = order;
      const NewStartingHashKey = formatHashKey(newStart);
      await client.send(
        new SplitShardCommand({ ...stream, ShardToSplit: shard.shardId, NewStartingHashKey }),
      );
      return;
    }
    case 'merge': {
      // The lower range comes first: the service was seen to refuse the other order.
      const [low, high] = order.shards.toSorted((a, b) => (a.range.start < b.range.start ? -1 : 1));
      const merge = { ShardToMerge: low.shardId, AdjacentShardToMerge: high.shardId };
      await client.send(new MergeShardsCommand({ ...stream, ...merge }));
      return;
    }
    case 'resize':
      await client.send(
        new UpdateShardCountCommand({
          ...stream,
          TargetShardCount: order.count,
          ScalingType: 'UNIFORM_SCALING',
        }),
      );
  }
}

/** The stream is being changed, or too much was asked of the control plane. */
const TEMPORARY = new Set([
  'ResourceInUseException',
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'ServiceUnavailable',
  'InternalFailure',
]);

export interface ReshardTrouble {
  readonly code: string;
  readonly message: string;
  /** `wait`: another try may do; `unknown`: nobody answered, and it may have been carried out. */
  readonly kind: 'wait' | 'unknown' | 'refused';
}

/** Too many calls and too many shards have the same code; of the second, no patience rids. */
function isQuotaTrouble(code: string, message: string): boolean {
  return code === 'LimitExceededException' && /exceed the shard limit/i.test(message);
}

/** Reads an error that the AWS SDK has thrown. */
export function reshardTroubleOf(thrown: unknown): ReshardTrouble {
  const code = errorName(thrown);
  const { message = code, $metadata } = thrown as SdkError;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return { code, message, kind: 'unknown' };
  if (isQuotaTrouble(code, message)) return { code, message, kind: 'refused' };
  return { code, message, kind: TEMPORARY.has(code) || status >= 500 ? 'wait' : 'refused' };
}
