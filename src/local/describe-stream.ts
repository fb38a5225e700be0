/** DescribeStream and DescribeStreamSummary. */
import type { Shard } from '../model/shard-map.ts';
import { shardNumberOf } from '../model/shard-map.ts';
import { operation, timestampOf } from './operation.ts';
import { SHARD_ID, STREAM_REFERENCE } from './shape.ts';
import type { Stream } from './stream.ts';

/** Shards per DescribeStream reply (source: developer guide, Quotas and limits). */
const PAGE = 100;

export const DESCRIBE_STREAM = operation(
  { Limit: { type: 'Integer', min: 1, max: 10_000 }, ExclusiveStartShardId: SHARD_ID, ...STREAM_REFERENCE },
  (account, input, nowUs) => {
    const stream = account.find(input, nowUs);
    const rest = shardsAfter(stream, nowUs, input.ExclusiveStartShardId);
    const page = rest.slice(0, Math.min(input.Limit ?? PAGE, PAGE));
    return {
      StreamDescription: {
        ...descriptionOf(stream, nowUs),
        Shards: page.map((shard) => shardDescriptionOf(stream, shard)),
        HasMoreShards: rest.length > page.length,
      },
    };
  },
);

export const DESCRIBE_STREAM_SUMMARY = operation(STREAM_REFERENCE, (account, input, nowUs) => {
  const stream = account.find(input, nowUs);
  return {
    StreamDescriptionSummary: {
      ...descriptionOf(stream, nowUs),
      OpenShardCount: stream.statusAt(nowUs) === 'ACTIVE' ? stream.shardMap.open.length : 0,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: stream.maxRecordKiB,
    },
  };
});

/** The shards behind a given one, in order of their numbers. A stream that is not ACTIVE shows none. */
export function shardsAfter(stream: Stream, nowUs: number, shardId?: string): readonly Shard[] {
  if (stream.statusAt(nowUs) !== 'ACTIVE') return [];
  if (shardId === undefined) return stream.shardMap.all;
  return stream.shardMap.all.filter((shard) => shard.shardId > shardId);
}

/** A shard as DescribeStream and ListShards show it. Only a closed one has an ending sequence number. */
export function shardDescriptionOf(stream: Stream, shard: Shard): object {
  return {
    ShardId: shard.shardId,
    ...(shard.parentShardId === undefined ? {} : { ParentShardId: shard.parentShardId }),
    ...(shard.adjacentParentShardId === undefined
      ? {}
      : { AdjacentParentShardId: shard.adjacentParentShardId }),
    HashKeyRange: {
      StartingHashKey: shard.range.start.toString(),
      EndingHashKey: shard.range.end.toString(),
    },
    SequenceNumberRange: { StartingSequenceNumber: stream.sequenceNumber(shardNumberOf(shard.shardId), 0) },
  };
}

function descriptionOf(stream: Stream, nowUs: number): object {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: stream.statusAt(nowUs),
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: timestampOf(stream.createdUs),
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  };
}
