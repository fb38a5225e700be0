/** SubscribeToShard. */
import { shardIdOf } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { CONSUMER_ARN } from './consumers.ts';
import type { Consumer } from './consumer-registry.ts';
import { operation } from './operation.ts';
import { findResource } from './resource.ts';
import {
  consumerNotFound,
  inUse,
  limitExceeded,
  rateExceeded,
  refuseDryRun,
  shardNotFound,
} from './service-error.ts';
import { DRY_RUN, SHARD_ID, type InputOf } from './shape.ts';
import { readShardId } from './shard-id.ts';
import { POSITION_TYPES, SEQUENCE_NUMBER, startingCounter } from './starting-position.ts';
import type { Stream } from './stream.ts';
import { otherSubscription, Subscription } from './subscription.ts';

const FIELDS = {
  ConsumerARN: { ...CONSUMER_ARN, required: true },
  ShardId: { ...SHARD_ID, required: true },
  StartingPosition: {
    type: 'Structure',
    fields: {
      Type: { type: 'String', values: POSITION_TYPES, required: true },
      SequenceNumber: SEQUENCE_NUMBER,
      Timestamp: { type: 'Timestamp' },
    },
    required: true,
  },
  DryRun: DRY_RUN,
} as const;

export const SUBSCRIBE_TO_SHARD = operation(FIELDS, subscribe);

function subscribe(account: Account, input: InputOf<typeof FIELDS>, nowUs: number): Subscription {
  const { stream, consumer } = find(account, input.ConsumerARN, nowUs);
  const shard = readShardId(input.ShardId, stream.name, account.id);
  if (!stream.hasShard(shard, nowUs)) throw shardNotFound(shardIdOf(shard), stream.name, account.id);
  const { Type: type, SequenceNumber: sequenceNumber, Timestamp: timestamp } = input.StartingPosition;
  const position = { type, sequenceNumber, timestamp, operation: 'SubscribeToShard' };
  const counter = Math.max(startingCounter(stream, shard, position, nowUs), stream.log.first(shard));
  refuseDryRun(input.DryRun);
  if (account.limits.read) requireTurn(account, stream, consumer, shard, nowUs);
  stream.metrics.subscribed(consumer.name, false, nowUs);
  const subscription = new Subscription({ account, stream, consumer, shard, counter }, nowUs);
  consumer.fanOut.begin(subscription, nowUs);
  return subscription;
}

/** An ACTIVE consumer of a stream that can be read. */
function find(account: Account, arn: string, nowUs: number): { stream: Stream; consumer: Consumer } {
  const { stream, consumer } = findResource(account, arn, nowUs);
  if (consumer === undefined) throw consumerNotFound(arn, account.id);
  const state = stream.state.isOpen(nowUs) ? consumer.statusAt(nowUs) : stream.statusAt(nowUs);
  if (state === 'ACTIVE') return { stream, consumer };
  const what = stream.state.isOpen(nowUs) ? `Consumer ${consumer.name}` : `Stream ${stream.name}`;
  throw inUse(`${what} under account ${account.id} not ACTIVE, instead in state ${state}`);
}

/** One call a second between a consumer and a shard, and a subscription lasts 5 s at least. */
function requireTurn(
  account: Account,
  stream: Stream,
  consumer: Consumer,
  shard: number,
  nowUs: number,
): void {
  if (!consumer.fanOut.takeCall(shard, nowUs)) {
    stream.metrics.subscribed(consumer.name, true, nowUs);
    throw limitExceeded(rateExceeded(shardIdOf(shard), stream.name, account.id));
  }
  if (consumer.fanOut.isTooSoon(shard, nowUs)) throw otherSubscription(account, stream, consumer, shard);
}
