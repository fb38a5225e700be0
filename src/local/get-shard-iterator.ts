/** GetShardIterator. */
import { shardIdOf } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { parseSequenceNumber } from './sequence-number.ts';
import { invalidArgument, refuseDryRun, shardNotFound, throttled } from './service-error.ts';
import { DRY_RUN, SHARD_ID, STREAM_REFERENCE, type InputOf } from './shape.ts';
import { readShardId } from './shard-id.ts';
import { encodeIterator } from './shard-iterator.ts';
import type { Stream } from './stream.ts';

const FIELDS = {
  ShardId: { ...SHARD_ID, required: true },
  ShardIteratorType: {
    type: 'String',
    values: ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_TIMESTAMP', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'],
    required: true,
  },
  StartingSequenceNumber: { type: 'String', pattern: '0|([1-9]\\d{0,128})' },
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
  const counter = startingCounter(stream, shard, input, nowUs);
  refuseDryRun(input.DryRun);
  if (account.limits.read && !stream.readLimits.takeIterator(shard, nowUs)) {
    throw throttled(shardIdOf(shard), name, account.id);
  }
  const { createdUs } = stream;
  return { ShardIterator: encodeIterator({ stream: name, createdUs, shard, counter, issuedUs: nowUs }) };
}

function startingCounter(stream: Stream, shard: number, input: Input, nowUs: number): number {
  const { log } = stream;
  switch (input.ShardIteratorType) {
    case 'AT_TIMESTAMP':
      return log.firstSince(shard, startingMs(input, nowUs));
    case 'TRIM_HORIZON':
      refuseSequenceNumber(input);
      return 0;
    case 'LATEST':
      refuseSequenceNumber(input);
      return log.next(shard);
    default: {
      const counter = sequenceCounter(stream, shard, input);
      const after = input.ShardIteratorType === 'AFTER_SEQUENCE_NUMBER' ? counter + 1 : counter;
      return Math.min(after, log.next(shard));
    }
  }
}

function startingMs(input: Input, nowUs: number): number {
  if (input.Timestamp === undefined) {
    throw invalidArgument(
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
    );
  }
  const wantedMs = Math.round(input.Timestamp * 1000);
  const nowMs = Math.floor(nowUs / 1000);
  if (wantedMs > nowMs) {
    throw invalidArgument(
      'The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. ' +
        `timestampInMillis: ${wantedMs}, currentTimestampInMillis: ${nowMs}`,
    );
  }
  return wantedMs;
}

function sequenceCounter(stream: Stream, shard: number, input: Input): number {
  const text = input.StartingSequenceNumber;
  if (text === undefined) throw wrongCombination(input, 'no StartingSequenceNumber');
  const shardId = shardIdOf(shard);
  const used =
    `StartingSequenceNumber ${text} used in GetShardIterator on shard ${shardId} ` +
    `in stream ${stream.name} under account ${stream.accountId} is invalid`;
  const parsed = parseSequenceNumber(text);
  if (!parsed) throw invalidArgument(`${used}.`);
  if (parsed.shard !== shard) {
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${shardIdOf(parsed.shard)}, ` +
        `while it was used in a call to a shard with ${shardId}`,
    );
  }
  if (parsed.createdUs !== stream.createdUs) {
    throw invalidArgument(`${used} because it did not come from this stream.`);
  }
  return parsed.counter;
}

function refuseSequenceNumber(input: Input): void {
  if (input.StartingSequenceNumber !== undefined)
    throw wrongCombination(input, 'also a StartingSequenceNumber');
}

function wrongCombination(input: Input, found: string): Error {
  return invalidArgument(
    'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or ' +
      '(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. ' +
      `Request specified ${input.ShardIteratorType} and ${found}.`,
  );
}
