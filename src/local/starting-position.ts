/** Where a reader of a shard begins: the five positions that GetShardIterator and SubscribeToShard know. */
import { shardIdOf } from '../model/shard-map.ts';
import { parseSequenceNumber } from './sequence-number.ts';
import { invalidArgument } from './service-error.ts';
import type { Stream } from './stream.ts';

export const POSITION_TYPES = [
  'AFTER_SEQUENCE_NUMBER',
  'LATEST',
  'AT_TIMESTAMP',
  'AT_SEQUENCE_NUMBER',
  'TRIM_HORIZON',
] as const;

export const SEQUENCE_NUMBER = { type: 'String', pattern: '0|([1-9]\\d{0,128})' } as const;

export interface StartingPosition {
  readonly type: string;
  readonly sequenceNumber: string | undefined;
  /** Seconds since the epoch. */
  readonly timestamp: number | undefined;
  /** Name of the operation that asks, for its errors. */
  readonly operation: string;
}

/**
 * Number in the shard of the first record to read; 0 for the oldest one there is.
 * @throws ServiceError where the position lacks what it needs, or has what it may not have
 */
export function startingCounter(
  stream: Stream,
  shard: number,
  position: StartingPosition,
  nowUs: number,
): number {
  const { log } = stream;
  switch (position.type) {
    case 'AT_TIMESTAMP':
      return log.firstSince(shard, startingMs(position, nowUs));
    case 'TRIM_HORIZON':
      refuseSequenceNumber(position);
      return 0;
    case 'LATEST':
      refuseSequenceNumber(position);
      return log.next(shard);
    default:
      return Math.min(sequenceCounter(stream, shard, position), log.next(shard));
  }
}

function startingMs({ timestamp }: StartingPosition, nowUs: number): number {
  if (timestamp === undefined) {
    throw invalidArgument(
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
    );
  }
  const wantedMs = Math.round(timestamp * 1000);
  const nowMs = Math.floor(nowUs / 1000);
  if (wantedMs > nowMs) {
    throw invalidArgument(
      'The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. ' +
        `timestampInMillis: ${wantedMs}, currentTimestampInMillis: ${nowMs}`,
    );
  }
  return wantedMs;
}

function sequenceCounter(stream: Stream, shard: number, position: StartingPosition): number {
  const text = position.sequenceNumber;
  if (text === undefined) throw wrongCombination(position, 'no StartingSequenceNumber');
  const shardId = shardIdOf(shard);
  const used =
    `StartingSequenceNumber ${text} used in ${position.operation} on shard ${shardId} ` +
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
  // A moment behind a record is behind it either way, so that a subscription's place may be continued by both types.
  const isBehind = position.type === 'AFTER_SEQUENCE_NUMBER' || parsed.moment > 0;
  return isBehind ? parsed.counter + 1 : parsed.counter;
}

function refuseSequenceNumber(position: StartingPosition): void {
  if (position.sequenceNumber !== undefined)
    throw wrongCombination(position, 'also a StartingSequenceNumber');
}

function wrongCombination({ type }: StartingPosition, found: string): Error {
  return invalidArgument(
    'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or ' +
      `(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${found}.`,
  );
}
