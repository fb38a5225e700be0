/**
 * One look at a stream under load: its status, and the shards that it has more than we know of.
 */
import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { growthOf, lastShardId, type LayoutGrowth } from '../../model/layout-growth.ts';
import type { ShardMap } from '../../model/shard-map.ts';
import type { TimelineRow } from '../../results/report-document.ts';
import { referenceTo } from '../aws/stream-reference.ts';
import { readBornShards } from '../send/stream-layout.ts';

export interface StreamLook {
  readonly status: string | undefined;
  /** Undefined where there are no shards that were not known. */
  readonly growth: LayoutGrowth | undefined;
}

/** @returns undefined where nobody says: throttled, or out of reach for a moment; the next look tells */
export async function lookAt(
  client: KinesisClient,
  stream: string,
  known: ShardMap,
): Promise<StreamLook | undefined> {
  try {
    const summary = await client.send(new DescribeStreamSummaryCommand(referenceTo(stream)));
    const born = await readBornShards(client, stream, lastShardId(known));
    return { status: summary.StreamDescriptionSummary?.StreamStatus, growth: growthOf(known, born) };
  } catch {
    return undefined;
  }
}

/** Shards of one layout that are closed in another, and those that are new and open there. */
export function changeOf(before: ShardMap, after: ShardMap): Pick<TimelineRow, 'shardIds' | 'children'> {
  const idsOf = (map: ShardMap): string[] => map.open.map(({ shardId }) => shardId);
  const [was, is] = [new Set(idsOf(before)), new Set(idsOf(after))];
  return { shardIds: [...was].filter((id) => !is.has(id)), children: [...is].filter((id) => !was.has(id)) };
}
