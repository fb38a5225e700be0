/**
 * The open shards of a stream as its endpoint lists them.
 */
import { ListShardsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { parseHashKey } from '../../model/hash-key.ts';
import type { Shard, ShardMap } from '../../model/shard-map.ts';
import { worldFailure } from '../../model/refusal.ts';
import { referenceTo } from '../aws/stream-reference.ts';

/** Reads the open shards, in order of hash key, of a stream by its name or ARN. */
export async function readLayout(client: KinesisClient, streamName: string): Promise<ShardMap> {
  const shards: Shard[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListShardsCommand(token === undefined ? referenceTo(streamName) : { NextToken: token }),
    );
    for (const shard of page.Shards ?? []) {
      if (shard.SequenceNumberRange?.EndingSequenceNumber !== undefined) continue;
      const start = parseHashKey(shard.HashKeyRange?.StartingHashKey ?? '');
      const end = parseHashKey(shard.HashKeyRange?.EndingHashKey ?? '');
      if (shard.ShardId === undefined || start === undefined || end === undefined) {
        throw worldFailure(
          `ListShards of ${streamName} gave a shard without a range.`,
          'Check the endpoint.',
        );
      }
      shards.push({ shardId: shard.ShardId, range: { start, end }, open: true });
    }
    token = page.NextToken;
  } while (token !== undefined);
  const open = shards.sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
  return { all: open, open };
}
