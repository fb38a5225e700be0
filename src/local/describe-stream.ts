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
      OpenShardCount: stream.state.isOpen(nowUs) ? stream.layout.map.open.length : 0,
      ConsumerCount: stream.consumers.list(nowUs).length,
      ...(stream.settings.warm === undefined ? {} : { WarmThroughput: stream.settings.warm }),
      MaxRecordSizeInKiB: stream.settings.maxRecordKiB,
      RecordDistributionStrategy: stream.settings.spread ? 'AUTO' : 'USER_PARTITION_KEY',
    },
  };
});

/** The shards behind a given one, in order of their numbers. A stream being created or deleted shows none. */
export function shardsAfter(stream: Stream, nowUs: number, shardId?: string): readonly Shard[] {
  if (!stream.state.isOpen(nowUs)) return [];
  return stream.layout.shardsAfter(stream.retention.horizonUs(nowUs), shardId);
}

/** A shard as DescribeStream and ListShards show it. Only a closed one has an ending sequence number. */
export function shardDescriptionOf(stream: Stream, shard: Shard): object {
  const number = shardNumberOf(shard.shardId);
  const end = stream.layout.isClosed(number) ? stream.log.next(number) : undefined;
  return {
    ShardId: shard.shardId,
    ...(shard.parentShardId === undefined ? {} : { ParentShardId: shard.parentShardId }),
    ...(shard.adjacentParentShardId === undefined
      ? {}
      : { AdjacentParentShardId: shard.adjacentParentShardId }),
    HashKeyRange: hashKeyRangeOf(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: stream.sequenceNumber(number, 0),
      ...(end === undefined ? {} : { EndingSequenceNumber: stream.sequenceNumber(number, end) }),
    },
  };
}

/** A shard's range as replies carry it. */
export function hashKeyRangeOf({ range }: Shard): { StartingHashKey: string; EndingHashKey: string } {
  return { StartingHashKey: range.start.toString(), EndingHashKey: range.end.toString() };
}

function descriptionOf(stream: Stream, nowUs: number): object {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: stream.statusAt(nowUs),
    StreamModeDetails: { StreamMode: stream.settings.mode },
    RetentionPeriodHours: stream.retention.hours,
    StreamCreationTimestamp: timestampOf(stream.createdUs),
    EnhancedMonitoring: [{ ShardLevelMetrics: stream.settings.metrics }],
    ...stream.settings.encryption.shown,
  };
}
