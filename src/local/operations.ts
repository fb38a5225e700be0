/** The operations that the local endpoint knows, by the name in X-Amz-Target. */
import { DESCRIBE_ACCOUNT_SETTINGS, DESCRIBE_LIMITS, UPDATE_ACCOUNT_SETTINGS } from './account-settings.ts';
import {
  DEREGISTER_STREAM_CONSUMER,
  DESCRIBE_STREAM_CONSUMER,
  LIST_STREAM_CONSUMERS,
  REGISTER_STREAM_CONSUMER,
} from './consumers.ts';
import { CREATE_STREAM, DELETE_STREAM } from './create-stream.ts';
import { DESCRIBE_STREAM, DESCRIBE_STREAM_SUMMARY } from './describe-stream.ts';
import { DISABLE_ENHANCED_MONITORING, ENABLE_ENHANCED_MONITORING } from './enhanced-monitoring.ts';
import { GET_RECORDS } from './get-records.ts';
import { GET_SHARD_ITERATOR } from './get-shard-iterator.ts';
import { LIST_SHARDS } from './list-shards.ts';
import { LIST_STREAMS } from './list-streams.ts';
import { UPDATE_MAX_RECORD_SIZE } from './max-record-size.ts';
import type { Operation } from './operation.ts';
import { PUT_RECORD } from './put-record.ts';
import { PUT_RECORDS } from './put-records.ts';
import { MERGE_SHARDS, SPLIT_SHARD } from './reshard.ts';
import { DELETE_RESOURCE_POLICY, GET_RESOURCE_POLICY, PUT_RESOURCE_POLICY } from './resource-policy.ts';
import { DECREASE_RETENTION, INCREASE_RETENTION } from './retention-period.ts';
import { START_STREAM_ENCRYPTION, STOP_STREAM_ENCRYPTION } from './stream-encryption.ts';
import { UPDATE_DISTRIBUTION_STRATEGY, UPDATE_STREAM_MODE, UPDATE_WARM_THROUGHPUT } from './stream-mode.ts';
import { SUBSCRIBE_TO_SHARD } from './subscribe-to-shard.ts';
import {
  ADD_TAGS_TO_STREAM,
  LIST_TAGS_FOR_RESOURCE,
  LIST_TAGS_FOR_STREAM,
  REMOVE_TAGS_FROM_STREAM,
  TAG_RESOURCE,
  UNTAG_RESOURCE,
} from './tags.ts';
import { UPDATE_SHARD_COUNT } from './update-shard-count.ts';

/** Service and version, as X-Amz-Target begins. */
export const TARGET_PREFIX = 'Kinesis_20131202.';

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['AddTagsToStream', ADD_TAGS_TO_STREAM],
  ['CreateStream', CREATE_STREAM],
  ['DecreaseStreamRetentionPeriod', DECREASE_RETENTION],
  ['DeleteResourcePolicy', DELETE_RESOURCE_POLICY],
  ['DeleteStream', DELETE_STREAM],
  ['DeregisterStreamConsumer', DEREGISTER_STREAM_CONSUMER],
  ['DescribeAccountSettings', DESCRIBE_ACCOUNT_SETTINGS],
  ['DescribeLimits', DESCRIBE_LIMITS],
  ['DescribeStream', DESCRIBE_STREAM],
  ['DescribeStreamConsumer', DESCRIBE_STREAM_CONSUMER],
  ['DescribeStreamSummary', DESCRIBE_STREAM_SUMMARY],
  ['DisableEnhancedMonitoring', DISABLE_ENHANCED_MONITORING],
  ['EnableEnhancedMonitoring', ENABLE_ENHANCED_MONITORING],
  ['GetRecords', GET_RECORDS],
  ['GetResourcePolicy', GET_RESOURCE_POLICY],
  ['GetShardIterator', GET_SHARD_ITERATOR],
  ['IncreaseStreamRetentionPeriod', INCREASE_RETENTION],
  ['ListShards', LIST_SHARDS],
  ['ListStreamConsumers', LIST_STREAM_CONSUMERS],
  ['ListStreams', LIST_STREAMS],
  ['ListTagsForResource', LIST_TAGS_FOR_RESOURCE],
  ['ListTagsForStream', LIST_TAGS_FOR_STREAM],
  ['MergeShards', MERGE_SHARDS],
  ['PutRecord', PUT_RECORD],
  ['PutRecords', PUT_RECORDS],
  ['PutResourcePolicy', PUT_RESOURCE_POLICY],
  ['RegisterStreamConsumer', REGISTER_STREAM_CONSUMER],
  ['RemoveTagsFromStream', REMOVE_TAGS_FROM_STREAM],
  ['SplitShard', SPLIT_SHARD],
  ['StartStreamEncryption', START_STREAM_ENCRYPTION],
  ['StopStreamEncryption', STOP_STREAM_ENCRYPTION],
  ['SubscribeToShard', SUBSCRIBE_TO_SHARD],
  ['TagResource', TAG_RESOURCE],
  ['UntagResource', UNTAG_RESOURCE],
  ['UpdateAccountSettings', UPDATE_ACCOUNT_SETTINGS],
  ['UpdateMaxRecordSize', UPDATE_MAX_RECORD_SIZE],
  ['UpdateShardCount', UPDATE_SHARD_COUNT],
  ['UpdateStreamMode', UPDATE_STREAM_MODE],
  ['UpdateStreamRecordDistributionStrategy', UPDATE_DISTRIBUTION_STRATEGY],
  ['UpdateStreamWarmThroughput', UPDATE_WARM_THROUGHPUT],
]);
