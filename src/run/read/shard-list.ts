/**
 * The shards of a stream as ListShards tells of them, and the stream's ARN.
 */
import {
  DescribeStreamSummaryCommand,
  ListShardsCommand,
  type KinesisClient,
  type Shard,
  type ShardFilterType,
} from '@aws-sdk/client-kinesis';
import { referenceTo } from '../aws/stream-reference.ts';

/** `AT_LATEST`: the open ones; `FROM_TRIM_HORIZON`: also the closed ones that may still hold records. */
export async function listShards(
  client: KinesisClient,
  streamName: string,
  filter: Extract<ShardFilterType, 'AT_LATEST' | 'FROM_TRIM_HORIZON'>,
): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  do {
    // A token comes without the name, which would contradict it.
    const page = await client.send(
      new ListShardsCommand(
        token === undefined
          ? { ...referenceTo(streamName), ShardFilter: { Type: filter } }
          : { NextToken: token },
      ),
    );
    shards.push(...(page.Shards ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return shards;
}

/** @param streamName or its ARN */
export async function streamArnOf(client: KinesisClient, streamName: string): Promise<string> {
  const { StreamDescriptionSummary } = await client.send(
    new DescribeStreamSummaryCommand(referenceTo(streamName)),
  );
  return StreamDescriptionSummary?.StreamARN ?? '';
}
