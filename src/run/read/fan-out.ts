/**
 * A consumer is pushed to: one subscription to a shard after the other, each from where the last one came, to the
 * shard's end.
 */
import {
  SubscribeToShardCommand,
  type ChildShard,
  type KinesisClient,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
} from '@aws-sdk/client-kinesis';
import { LIMITS } from '../../model/limits.ts';
import { epochClock } from '../clock.ts';
import { readTroubleOf } from './read-error.ts';
import { pin, type Place, type Reading } from './reading.ts';

const SECOND_US = 1_000_000;
const CALL_US = SECOND_US / LIMITS.subscribeCallsPerSec.value;
/** A subscription that has said nothing for so long is dead: others say every few seconds that there is nothing. */
const SILENCE_US = 4 * LIMITS.subscriptionQuietSec.value * SECOND_US;
/** How often a subscription that says nothing is left is looked at while draining. */
const LOOK_MS = 100;

export interface FanOutContext {
  readonly reading: Reading;
  readonly client: KinesisClient;
}

/** What a subscription came to. */
type Ended =
  | { readonly kind: 'shardEnd'; readonly children: readonly ChildShard[] }
  | { readonly kind: 'over' | 'out' | 'drained' | 'silent' };

type Events = AsyncIterator<SubscribeToShardEventStream>;

/**
 * Subscribes until the shard's end, the end of draining, or the stop.
 * @param onFirst called when the first subscription stands
 * @returns the shard's children where its end was read
 */
export async function followShard(
  context: FanOutContext,
  place: Place,
  consumerArn: string,
  onFirst?: () => void,
): Promise<readonly ChildShard[] | undefined> {
  const { reading } = context;
  const { consumer, reader } = place;
  let nextUs = -Infinity;
  while (!reading.isStopped) {
    const nowUs = reading.nowUs();
    const backUs = consumer.stream.outUntilUs(nowUs);
    const isOut = backUs > nowUs && !consumer.hurries;
    if (isOut || nextUs > nowUs) {
      reader.wasOut ||= isOut;
      await pause(reading, isOut ? backUs : nextUs);
      continue;
    }
    if (reader.wasOut) reading.heldUp(place, nowUs);
    reader.wasOut = false;
    nextUs = nowUs + CALL_US;
    try {
      const events = await subscribe(context.client, place, consumerArn);
      onFirst?.();
      const ended = await follow(reading, place, events);
      if (ended.kind === 'shardEnd') return ended.children;
      if (ended.kind === 'drained') return undefined;
    } catch (error) {
      nextUs = Math.max(nextUs, againUs(reading, place, error, nowUs));
    }
  }
  return undefined;
}

/** A wait that stays as long as the service asks for it, though everybody is woken meanwhile. */
async function pause(reading: Reading, atUs: number): Promise<void> {
  const leftMs = (atUs - reading.nowUs()) / 1000;
  await reading.alarm.sleep(reading.isDraining ? Math.min(leftMs, LOOK_MS) : leftMs);
}

async function subscribe(client: KinesisClient, place: Place, consumerArn: string): Promise<Events> {
  const { shard, reader } = place;
  const { from } = reader;
  const askedUs = epochClock();
  const { EventStream } = await client.send(
    new SubscribeToShardCommand({
      ConsumerARN: consumerArn,
      ShardId: shard.shardId,
      StartingPosition: {
        Type: from.type,
        ...('sequenceNumber' in from && { SequenceNumber: from.sequenceNumber }),
        ...('timestamp' in from && { Timestamp: from.timestamp }),
      },
    }),
  );
  pin(place, askedUs);
  if (EventStream === undefined) throw new Error('SubscribeToShard gave no events');
  return EventStream[Symbol.asyncIterator]();
}

/** When to try again after a call or a subscription that failed. */
function againUs(reading: Reading, place: Place, error: unknown, nowUs: number): number {
  const { consumer } = place;
  const { kind, code, message } = readTroubleOf(error);
  // A subscription of ours that is not five seconds old cannot be taken over yet.
  if (kind === 'throttled' || kind === 'inUse') reading.heldUp(place, nowUs);
  else consumer.failed(code, message);
  return nowUs + CALL_US;
}

/** One subscription, event by event. An event is taken when the consumer's code is free: HTTP/2 holds back the rest. */
async function follow(reading: Reading, place: Place, events: Events): Promise<Ended> {
  const { consumer, reader } = place;
  let looks = 0;
  let heardUs = epochClock();
  let next = events.next();
  // It is looked at below; if we leave before that, what it fails with is nobody's business.
  next.catch(() => undefined);
  const leave = (): void => void events.return?.().catch(() => undefined);
  while (!reading.isStopped) {
    const nowUs = reading.nowUs();
    if (consumer.stream.outUntilUs(nowUs) > nowUs && !consumer.hurries) {
      leave();
      return { kind: 'out' };
    }
    const isPrompt = reading.isDraining && reading.isComplete(place, 0);
    if (isPrompt || (looks > 0 && reading.isComplete(place, looks))) {
      reader.isDrained = true;
      reader.drainedUs = reader.tipUs;
      leave();
      return { kind: 'drained' };
    }
    const got = await reading.alarm.within(next, waitMs(reading, place));
    if (got === undefined) {
      if (epochClock() - heardUs < SILENCE_US) continue;
      leave();
      return { kind: 'silent' };
    }
    if (got.done === true) return { kind: 'over' };
    const event = got.value.SubscribeToShardEvent;
    if (event !== undefined) {
      const ended = take(reading, place, event);
      if (ended !== undefined) return ended;
      looks = event.MillisBehindLatest === 0 ? looks + looksOf(reading, event) : 0;
      heardUs = epochClock();
      if (!consumer.hurries) await reading.sleepUntil(place, reader.slots.freeUs);
    }
    next = events.next();
    next.catch(() => undefined);
  }
  leave();
  return { kind: 'over' };
}

/** How much an event at the tip counts: an empty one twice, unless it may have been on its way when the load ended. */
function looksOf(reading: Reading, { Records = [] }: SubscribeToShardEvent): number {
  if (reading.nowUs() < reading.drainUs + SECOND_US) return 0;
  return Records.length === 0 ? 2 : 1;
}

/** Until the consumer is out next, or silence is to be noticed, or while draining, until the next look. */
function waitMs(reading: Reading, { consumer }: Place): number {
  if (reading.isDraining) return LOOK_MS;
  const nowUs = reading.nowUs();
  return Math.min(consumer.stream.nextOutUs(nowUs) - nowUs, SILENCE_US) / 1000;
}

function take(reading: Reading, place: Place, event: SubscribeToShardEvent): Ended | undefined {
  const { consumer, shard, reader } = place;
  const records = event.Records ?? [];
  const nowUs = reading.nowUs();
  if (records.length > 0) reader.counts.calls++;
  reading.beforeRead(place, nowUs);
  consumer.take(reader, shard, records, reading.run, nowUs);
  reading.progress(place, (event.MillisBehindLatest ?? 0) * 1000, nowUs);
  // The type has it always; at the end of a shard the service gives none.
  const continuation = event.ContinuationSequenceNumber as string | null | undefined;
  if (continuation === undefined || continuation === null || event.ChildShards !== undefined)
    return { kind: 'shardEnd', children: event.ChildShards ?? [] };
  reader.from = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: continuation };
  return undefined;
}
