/** RegisterStreamConsumer, DescribeStreamConsumer, ListStreamConsumers and DeregisterStreamConsumer. */
import { LIMITS } from '../model/limits.ts';
import type { Account } from './account.ts';
import { Consumer } from './consumer-registry.ts';
import { requireFresh } from './list-streams.ts';
import { requireCreatedAt } from './list-shards.ts';
import { operation, timestampOf, type OperationResult } from './operation.ts';
import { decodeToken, encodeToken } from './page-token.ts';
import { findResource } from './resource.ts';
import { consumerNotFound, inUse, invalidArgument, limitExceeded, notActive } from './service-error.ts';
import { NEXT_TOKEN, STREAM_ARN, STREAM_NAME, type InputOf } from './shape.ts';
import type { Stream } from './stream.ts';
import { checkTags, TagSet, TAGS } from './tag-set.ts';

/** Default page (source: API reference). */
const PAGE = 100;

/** The consumer's own ARN names the stream too. */
export const CONSUMER_ARN = {
  type: 'String',
  pattern: 'arn:aws[^:]*:kinesis:[^:]*:\\d{12}:[^:/]*stream/[a-zA-Z0-9_.-]+/consumer/[a-zA-Z0-9_.-]+:[0-9]+',
  shownPattern:
    '^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+',
  min: 1,
  max: 2048,
} as const;

const REFERENCE = { StreamARN: STREAM_ARN, ConsumerName: STREAM_NAME, ConsumerARN: CONSUMER_ARN } as const;
const REGISTER_FIELDS = {
  StreamARN: { ...STREAM_ARN, required: true },
  ConsumerName: { ...STREAM_NAME, required: true },
  Tags: TAGS,
} as const;
const LIST_FIELDS = {
  StreamARN: { ...STREAM_ARN, required: true },
  NextToken: NEXT_TOKEN,
  MaxResults: { type: 'Integer', min: 1, max: 10_000 },
  StreamCreationTimestamp: { type: 'Timestamp' },
} as const;

export const REGISTER_STREAM_CONSUMER = operation(REGISTER_FIELDS, register);
export const LIST_STREAM_CONSUMERS = operation(LIST_FIELDS, list);

export const DESCRIBE_STREAM_CONSUMER = operation(REFERENCE, (account, input, nowUs) => {
  const { stream, consumer } = find(account, input, nowUs);
  return { ConsumerDescription: { ...descriptionOf(consumer, nowUs), StreamARN: stream.arn } };
});

export const DEREGISTER_STREAM_CONSUMER = operation(REFERENCE, (account, input, nowUs) => {
  find(account, input, nowUs).consumer.delete(nowUs, account.deleteUs);
  return undefined;
});

function register(account: Account, input: InputOf<typeof REGISTER_FIELDS>, nowUs: number): OperationResult {
  const stream = account.find(input, nowUs);
  const name = input.ConsumerName;
  if (!stream.state.isOpen(nowUs)) throw notActive(stream.name, account.id, stream.statusAt(nowUs));
  if (stream.consumers.named(name, nowUs) !== undefined) {
    throw inUse(`Consumer ${name} under stream ${stream.arn} already exists for account ${account.id}.`);
  }
  const tags = input.Tags ?? {};
  checkTags(new TagSet(), tags, `add tags to consumer ${name}`);
  requireRoom(account, stream, nowUs);
  const consumer = new Consumer(name, stream.arn, nowUs, account.createUs);
  consumer.tags.add(tags);
  stream.consumers.add(consumer);
  return { Consumer: descriptionOf(consumer, nowUs) };
}

/** 20 consumers to a stream, 50 to an on-demand one of an account with the commitment; 5 of them CREATING. */
function requireRoom(account: Account, stream: Stream, nowUs: number): void {
  const consumers = stream.consumers.list(nowUs);
  const advantage = stream.settings.mode === 'ON_DEMAND' && account.commitment.isOn(nowUs);
  const most = (advantage ? LIMITS.consumersPerAdvantageStream : LIMITS.fanOutConsumers).value;
  const at = `Stream ${stream.arn} under account ${account.id}`;
  if (consumers.length >= most) {
    throw limitExceeded(`${at} has reached its limit of ${most} registered consumers.`);
  }
  const creating = consumers.filter((consumer) => consumer.statusAt(nowUs) === 'CREATING').length;
  const mostCreating = LIMITS.consumersCreating.value;
  if (account.limits.control && creating >= mostCreating) {
    throw limitExceeded(`${at} has reached its limit of ${mostCreating} consumers in state CREATING.`);
  }
}

function list(account: Account, input: InputOf<typeof LIST_FIELDS>, nowUs: number): OperationResult {
  const stream = account.find(input, nowUs);
  requireCreatedAt(stream, input.StreamCreationTimestamp);
  const after = input.NextToken === undefined ? '' : readToken(stream, input.NextToken, nowUs);
  const rest = stream.consumers.list(nowUs).filter(({ name }) => name > after);
  const page = rest.slice(0, input.MaxResults ?? PAGE);
  const last = page.at(-1)?.name ?? '';
  return {
    Consumers: page.map((consumer) => descriptionOf(consumer, nowUs)),
    ...(rest.length > page.length
      ? { NextToken: encodeToken('consumers', [stream.name, stream.createdUs, last, nowUs]) }
      : {}),
  };
}

function readToken(stream: Stream, token: string, nowUs: number): string {
  const fields = decodeToken('consumers', ['string', 'number', 'string', 'number'], token);
  if (fields?.[0] !== stream.name || fields[1] !== stream.createdUs)
    throw invalidArgument('Invalid NextToken.');
  requireFresh(fields[3], nowUs);
  return fields[2];
}

function find(
  account: Account,
  input: InputOf<typeof REFERENCE>,
  nowUs: number,
): { stream: Stream; consumer: Consumer } {
  const { StreamARN, ConsumerName, ConsumerARN } = input;
  if (ConsumerARN !== undefined) {
    const { stream, consumer } = findResource(account, ConsumerARN, nowUs);
    const agrees =
      (StreamARN ?? stream.arn) === stream.arn && (ConsumerName ?? consumer?.name) === consumer?.name;
    if (consumer === undefined || !agrees) {
      throw invalidArgument('StreamARN, ConsumerName and ConsumerARN do not name the same consumer.');
    }
    return { stream, consumer };
  }
  if (StreamARN === undefined || ConsumerName === undefined) {
    throw invalidArgument('Either ConsumerARN, or both StreamARN and ConsumerName must be provided.');
  }
  const stream = account.find({ StreamARN }, nowUs);
  const consumer = stream.consumers.named(ConsumerName, nowUs);
  if (consumer === undefined) throw consumerNotFound(ConsumerName, account.id);
  return { stream, consumer };
}

function descriptionOf(consumer: Consumer, nowUs: number): object {
  return {
    ConsumerName: consumer.name,
    ConsumerARN: consumer.arn,
    ConsumerStatus: consumer.statusAt(nowUs),
    ConsumerCreationTimestamp: timestampOf(consumer.createdUs),
  };
}
