/**
 * The shards of a stream as its endpoint lists them.
 */
import { ListShardsCommand, type KinesisClient, type Shard as ListedShard } from '@aws-sdk/client-kinesis';
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
  for await (const listed of listedShards(client, streamName, afterShardId))
    shards.push(shardOf(listed, streamName));
  return shards;
}

async function* listedShards(
  client: KinesisClient,
  streamName: string,
  afterShardId?: string,
): AsyncGenerator<ListedShard> {
  const first = {
    ...referenceTo(streamName),
    ...(afterShardId !== undefined && { ExclusiveStartShardId: afterShardId }),
  };
  let token: string | undefined;
  do {
    const page = await client.send(new ListShardsCommand(token === undefined ? first : { NextToken: token }));
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
