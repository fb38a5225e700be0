/**
 * A consumer polls a shard: GetRecords at its own interval, from one iterator to the next, to the shard's end.
 */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ChildShard,
  type GetRecordsCommandOutput,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { LIMITS } from '../../model/limits.ts';
import { referenceTo } from '../aws/stream-reference.ts';
import { epochClock } from '../clock.ts';
import { readTroubleOf } from './read-error.ts';
import { pin, type Place, type Reading } from './reading.ts';

const SECOND_US = 1_000_000;
/** From one call on a shard to the next at least: a consumer alone does not ask for more than a shard answers. */
const LEAST_US = SECOND_US / LIMITS.getRecordsCallsPerSec.value;
/** After a call that failed. */
const AGAIN_US = SECOND_US;

export interface PollContext {
  readonly reading: Reading;
  readonly client: KinesisClient;
  /** Or its ARN. */
  readonly streamName: string;
}

/** An iterator for where the reader is to go on. */
export async function iteratorOf({ client, streamName }: PollContext, place: Place): Promise<string> {
  const { shard, reader } = place;
  const { from } = reader;
  const askedUs = epochClock();
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      ...referenceTo(streamName),
      ShardId: shard.shardId,
      ShardIteratorType: from.type,
      ...('sequenceNumber' in from && { StartingSequenceNumber: from.sequenceNumber }),
      ...('timestamp' in from && { Timestamp: from.timestamp }),
    }),
  );
  pin(place, askedUs);
  return ShardIterator ?? '';
}

/**
 * Polls until the shard's end, the end of draining, or the stop.
 * @param first the iterator where it begins, if there is one already
 * @returns the shard's children where its end was read
 */
export async function pollShard(
  context: PollContext,
  place: Place,
  first?: string,
): Promise<readonly ChildShard[] | undefined> {
  const { reading } = context;
  const { consumer, reader } = place;
  const { stream } = consumer;
  let iterator = first;
  let looks = 0;
  await reading.sleepUntil(place, Math.max(0, reading.nowUs()) + stream.offsetUs(reader));
  while (!reading.isStopped) {
    const nowUs = reading.nowUs();
    const backUs = stream.outUntilUs(nowUs);
    if (backUs > nowUs && !consumer.hurries) {
      reader.wasOut = true;
      await reading.sleepUntil(place, backUs + stream.offsetUs(reader));
      continue;
    }
    if (reader.wasOut) reading.heldUp(place, nowUs);
    reader.wasOut = false;
    const answer = await ask(context, place, iterator);
    iterator = answer.iterator;
    const { reply } = answer;
    if (reply !== undefined) {
      const behindUs = (reply.MillisBehindLatest ?? 0) * 1000;
      if (isEnd(reply)) return reply.ChildShards ?? [];
      looks = nowUs >= reading.drainUs && behindUs === 0 ? looks + 1 : 0;
      if (looks > 0 && reading.isComplete(place, looks)) {
        reader.isDrained = true;
        reader.drainedUs = nowUs;
        return undefined;
      }
    }
    await reading.sleepUntil(place, Math.max(nowUs + waitUs(place, answer.wantedUs), readyUs(place)));
  }
  return undefined;
}

function isEnd({ NextShardIterator }: GetRecordsCommandOutput): boolean {
  return NextShardIterator === undefined || (NextShardIterator as string | null) === null;
}

/** What is meant between two calls, or as little as may be once the run is over. */
function waitUs({ consumer }: Place, wantedUs: number): number {
  return consumer.hurries ? LEAST_US : Math.max(LEAST_US, wantedUs);
}

/** When its own code is free for more. */
function readyUs({ consumer, reader }: Place): number {
  return consumer.hurries ? 0 : reader.slots.freeUs;
}

interface Answer {
  readonly reply: GetRecordsCommandOutput | undefined;
  /** Undefined where a new one is needed. */
  readonly iterator: string | undefined;
  /** How long its consumer means to wait after such an answer. */
  readonly wantedUs: number;
}

/** One call, with a new iterator where there is none. */
async function ask(context: PollContext, place: Place, iterator: string | undefined): Promise<Answer> {
  const { reading, client } = context;
  const { consumer, shard, reader } = place;
  const { spec } = consumer.stream;
  const calledUs = reading.nowUs();
  try {
    const current = iterator ?? (await iteratorOf(context, place));
    reader.counts.calls++;
    const reference = referenceTo(context.streamName);
    const reply = await client.send(
      new GetRecordsCommand({
        ...{ ShardIterator: current, Limit: spec.limit },
        // By ARN a stream may be another account's; a name is no parameter of this call.
        ...('StreamARN' in reference && { StreamARN: reference.StreamARN }),
      }),
    );
    shard.answered(calledUs);
    const count = take(context, place, reply);
    return { reply, iterator: reply.NextShardIterator, wantedUs: count > 0 ? spec.everyUs : spec.idleUs };
  } catch (error) {
    return { reply: undefined, ...refused(reading, place, iterator, error, calledUs) };
  }
}

function take({ reading }: PollContext, place: Place, reply: GetRecordsCommandOutput): number {
  const { consumer, shard, reader } = place;
  const records = reply.Records ?? [];
  const nowUs = reading.nowUs();
  if (records.length === 0) reader.counts.emptyCalls++;
  reading.beforeRead(place, nowUs);
  consumer.take(reader, shard, records, reading.run, nowUs);
  reading.progress(place, (reply.MillisBehindLatest ?? 0) * 1000, nowUs);
  return records.length;
}

function refused(
  reading: Reading,
  place: Place,
  iterator: string | undefined,
  error: unknown,
  nowUs: number,
): Pick<Answer, 'iterator' | 'wantedUs'> {
  const { consumer, shard, reader } = place;
  const { kind, code, message } = readTroubleOf(error);
  if (kind === 'expired') return { iterator: undefined, wantedUs: 0 };
  if (kind !== 'throttled') {
    consumer.failed(code, message);
    return { iterator, wantedUs: AGAIN_US };
  }
  if (shard.isOutOfCalls(nowUs)) reader.counts.throttledByCalls++;
  else reader.counts.throttledByBytes++;
  reading.heldUp(place, nowUs);
  return { iterator, wantedUs: consumer.stream.spec.throttledUs };
}
