/**
 * The shards of a stream as its endpoint lists them.
 */
import {
  ListShardsCommand,
  type KinesisClient,
  type Shard as ListedShard,
  type ShardFilter,
} from '@aws-sdk/client-kinesis';
import { parseHashKey } from '../../model/hash-key.ts';
import type { Shard, ShardMap } from '../../model/shard-map.ts';
import { worldFailure } from '../../model/refusal.ts';
import { referenceTo } from '../aws/stream-reference.ts';

/** Reads the open shards, in order of hash key, of a stream by its name or ARN. */
export async function readLayout(client: KinesisClient, streamName: string): Promise<ShardMap> {
  const shards: Shard[] = [];
  for await (const listed of listedShards(client, streamName)) {
    if (listed.SequenceNumberRange?.EndingSequenceNumber !== undefined) continue;
    const { shardId, range } = shardOf(listed, streamName);
    shards.push({ shardId, range, open: true });
  }
  const open = shards.sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
  return { all: open, open };
}

/** Shards of higher numbers than a given one, open and closed, with their parents. */
export async function readBornShards(
  client: KinesisClient,
  streamName: string,
  afterShardId: string,
): Promise<Shard[]> {
  const shards: Shard[] = [];
  for await (const listed of listedShards(client, streamName, {
    ExclusiveStartShardId: afterShardId,
  }))
    shards.push(shardOf(listed, streamName));
  return shards;
}

/**
 * The shards that a filter means, open and closed, with their parents; by default all that are remembered.
 * @param stream name or ARN
 */
export async function readShards(
  client: KinesisClient,
  stream: string,
  filter?: ShardFilter,
  abortSignal?: AbortSignal,
): Promise<Shard[]> {
  const shards: Shard[] = [];
  for await (const listed of listedShards(client, stream, filter && { ShardFilter: filter }, abortSignal)) {
    const isOpen = listed.SequenceNumberRange?.EndingSequenceNumber === undefined;
    shards.push({ ...shardOf(listed, stream), open: isOpen });
  }
  return shards;
}

async function* listedShards(
  client: KinesisClient,
  streamName: string,
  which?: { readonly ExclusiveStartShardId: string } | { readonly ShardFilter: ShardFilter },
  abortSignal?: AbortSignal,
): AsyncGenerator<ListedShard> {
  const first = { ...referenceTo(streamName), ...which };
  const how = abortSignal === undefined ? {} : { abortSignal };
  let token: string | undefined;
  do {
    const command = new ListShardsCommand(token === undefined ? first : { NextToken: token });
    const page = await client.send(command, how);
    yield* page.Shards ?? [];
    token = page.NextToken;
  } while (token !== undefined);
}

function shardOf(listed: ListedShard, streamName: string): Shard {
  const start = parseHashKey(listed.HashKeyRange?.StartingHashKey ?? '');
  const end = parseHashKey(listed.HashKeyRange?.EndingHashKey ?? '');
  const { ShardId, ParentShardId, AdjacentParentShardId } = listed;
  if (ShardId === undefined || start === undefined || end === undefined) {
    throw worldFailure(`ListShards of ${streamName} gave a shard without a range.`, 'Check the endpoint.');
  }
  return {
    ...{ shardId: ShardId, range: { start, end }, open: true },
    ...(ParentShardId !== undefined && { parentShardId: ParentShardId }),
    ...(AdjacentParentShardId !== undefined && { adjacentParentShardId: AdjacentParentShardId }),
  };
}
