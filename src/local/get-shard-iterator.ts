/** GetShardIterator. */
import { shardIdOf } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { refuseDryRun, shardNotFound, throttled } from './service-error.ts';
import { DRY_RUN, SHARD_ID, STREAM_REFERENCE, type InputOf } from './shape.ts';
import { readShardId } from './shard-id.ts';
import { encodeIterator } from './shard-iterator.ts';
import { POSITION_TYPES, SEQUENCE_NUMBER, startingCounter } from './starting-position.ts';

const FIELDS = {
  ShardId: { ...SHARD_ID, required: true },
  ShardIteratorType: { type: 'String', values: POSITION_TYPES, required: true },
  StartingSequenceNumber: SEQUENCE_NUMBER,
  Timestamp: { type: 'Timestamp' },
  DryRun: DRY_RUN,
  ...STREAM_REFERENCE,
} as const;

type Input = InputOf<typeof FIELDS>;

export const GET_SHARD_ITERATOR = operation(FIELDS, getShardIterator);

function getShardIterator(account: Account, input: Input, nowUs: number): OperationResult {
  const name = account.nameOf(input);
  const shard = readShardId(input.ShardId, name, account.id);
  const stream = account.find(input, nowUs);
  if (!stream.state.isOpen(nowUs) || !stream.hasShard(shard, nowUs)) {
    throw shardNotFound(shardIdOf(shard), name, account.id);
  }
  const position = {
    type: input.ShardIteratorType,
    sequenceNumber: input.StartingSequenceNumber,
    timestamp: input.Timestamp,
    operation: 'GetShardIterator',
  };
  const counter = startingCounter(stream, shard, position, nowUs);
  refuseDryRun(input.DryRun);
  if (account.limits.read && !stream.readLimits.takeIterator(shard, nowUs)) {
    throw throttled(shardIdOf(shard), name, account.id);
  }
  const { createdUs } = stream;
  return { ShardIterator: encodeIterator({ stream: name, createdUs, shard, counter, issuedUs: nowUs }) };
}
