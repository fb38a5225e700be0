/** The operations that the local endpoint knows, by the name in X-Amz-Target. */
import { CREATE_STREAM, DELETE_STREAM } from './create-stream.ts';
import { DESCRIBE_STREAM, DESCRIBE_STREAM_SUMMARY } from './describe-stream.ts';
import { GET_RECORDS } from './get-records.ts';
import { GET_SHARD_ITERATOR } from './get-shard-iterator.ts';
import { LIST_SHARDS } from './list-shards.ts';
import { LIST_STREAMS } from './list-streams.ts';
import type { Operation } from './operation.ts';
import { PUT_RECORD } from './put-record.ts';
import { PUT_RECORDS } from './put-records.ts';
import { MERGE_SHARDS, SPLIT_SHARD } from './reshard.ts';
import { UPDATE_SHARD_COUNT } from './update-shard-count.ts';

/** Service and version, as X-Amz-Target begins. */
export const TARGET_PREFIX = 'Kinesis_20131202.';

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateStream', CREATE_STREAM],
  ['DeleteStream', DELETE_STREAM],
  ['DescribeStream', DESCRIBE_STREAM],
  ['DescribeStreamSummary', DESCRIBE_STREAM_SUMMARY],
  ['GetRecords', GET_RECORDS],
  ['GetShardIterator', GET_SHARD_ITERATOR],
  ['ListShards', LIST_SHARDS],
  ['ListStreams', LIST_STREAMS],
  ['MergeShards', MERGE_SHARDS],
  ['PutRecord', PUT_RECORD],
  ['PutRecords', PUT_RECORDS],
  ['SplitShard', SPLIT_SHARD],
  ['UpdateShardCount', UPDATE_SHARD_COUNT],
]);
