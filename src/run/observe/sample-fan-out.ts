/**
 * Reads slices of shards by enhanced fan-out, which has a budget of its own: other readers keep all of theirs.
 */
import {
  SubscribeToShardCommand,
  type KinesisClient,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
} from '@aws-sdk/client-kinesis';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '../../model/limits.ts';
import type { SampleSlice } from '../../results/evidence/record-sample.ts';
import type { RecordSampler } from '../../results/sample/record-sampler.ts';
import { isDenied } from '../aws/aws-trouble.ts';
import { epochClock } from '../clock.ts';
import { Alarm } from '../read/alarm.ts';
import { readTroubleOf } from '../read/read-error.ts';
import { addMissing, newResult, type SampleResult } from './sample-result.ts';
import { withTemporaryConsumer } from './temporary-consumer.ts';
import { byShard, SliceReading, type WantedSlice } from './wanted-slice.ts';

export interface FanOutRequest {
  /** Registers and deregisters. */
  readonly client: KinesisClient;
  /** For SubscribeToShard, which is HTTP/2 only. */
  readonly subscriptions: KinesisClient;
  readonly streamArn: string;
  readonly slices: readonly WantedSlice[];
  readonly trimmedMs: number;
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** A shard is not subscribed to again sooner. */
const AGAIN_MS = LIMITS.subscribeAgainSec.value * 1000;
const MOST_TRIES = 4;

type Events = AsyncIterator<SubscribeToShardEventStream>;
type End = 'end' | NonNullable<SampleSlice['cutBy']>;

/** Reads all shards at the same time, the slices of each one after the other. */
export async function sampleFanOut(request: FanOutRequest, sampler: RecordSampler): Promise<SampleResult> {
  const result = newResult();
  const { client, streamArn, signal } = request;
  await withTemporaryConsumer(client, streamArn, signal, result, async (consumerArn) => {
    const shards = byShard(request.slices);
    await Promise.all(
      shards.map((slices) => new ShardListening(request, consumerArn, result).read(slices, sampler)),
    );
  });
  return result;
}

const nowMs = (): number => epochClock() / 1000;

class ShardListening {
  readonly #request: FanOutRequest;
  readonly #consumerArn: string;
  readonly #result: SampleResult;
  #subscribedMs = -Infinity;

  constructor(request: FanOutRequest, consumerArn: string, result: SampleResult) {
    this.#request = request;
    this.#consumerArn = consumerArn;
    this.#result = result;
  }

  async read(slices: readonly WantedSlice[], sampler: RecordSampler): Promise<void> {
    for (const slice of slices) {
      const reading = new SliceReading(slice, sampler, nowMs());
      let ended: End | 'again' = 'again';
      for (let tries = 1; ended === 'again'; tries++) {
        ended = tries > MOST_TRIES ? 'throttled' : await this.#listen(reading);
      }
      const isOld = ended === 'end' && reading.fromMs < this.#request.trimmedMs;
      reading.close(isOld ? 'trimmed' : ended === 'end' ? undefined : ended);
    }
  }

  /** One subscription. */
  async #listen(reading: SliceReading): Promise<End | 'again'> {
    const { signal, untilMs } = this.#request;
    await sleep(Math.max(0, Math.min(this.#subscribedMs + AGAIN_MS, untilMs) - nowMs()), undefined, {
      signal,
    }).catch(() => undefined);
    if (signal.aborted) return 'interrupted';
    if (nowMs() >= untilMs) return 'time';
    this.#subscribedMs = nowMs();
    try {
      return await this.#follow(await this.#subscribe(reading), reading);
    } catch (error) {
      return this.#refused(error, reading);
    }
  }

  async #subscribe({ wanted: { shardId, fromMs } }: SliceReading): Promise<Events> {
    this.#result.calls++;
    const { EventStream } = await this.#request.subscriptions.send(
      new SubscribeToShardCommand({
        ConsumerARN: this.#consumerArn,
        ShardId: shardId,
        StartingPosition:
          fromMs === undefined ? { Type: 'LATEST' } : { Type: 'AT_TIMESTAMP', Timestamp: new Date(fromMs) },
      }),
      { abortSignal: this.#request.signal },
    );
    if (EventStream === undefined) throw new Error('SubscribeToShard gave no events');
    return EventStream[Symbol.asyncIterator]();
  }

  async #follow(events: Events, reading: SliceReading): Promise<End> {
    const { signal, untilMs } = this.#request;
    const alarm = new Alarm();
    const wake = (): void => alarm.ring();
    signal.addEventListener('abort', wake);
    try {
      for (;;) {
        const next = events.next();
        next.catch(() => undefined);
        const got = await alarm.within(next, untilMs - nowMs());
        if (got === undefined) return signal.aborted ? 'interrupted' : 'time';
        // After five minutes, or by the service's own will: what is read by then counts.
        if (got.done === true) return 'time';
        const event = got.value.SubscribeToShardEvent;
        const ended = event === undefined ? undefined : take(event, reading);
        if (ended !== undefined) return ended;
      }
    } finally {
      signal.removeEventListener('abort', wake);
      void events.return?.().catch(() => undefined);
    }
  }

  #refused(error: unknown, reading: SliceReading): End | 'again' {
    if (this.#request.signal.aborted) return 'interrupted';
    const { kind, code, message } = readTroubleOf(error);
    if (kind === 'throttled' || kind === 'inUse') {
      this.#result.throttledCalls++;
      // From the slice's beginning again, records would count twice.
      return reading.records === 0 ? 'again' : 'throttled';
    }
    if (isDenied(error)) {
      addMissing(this.#result, { what: 'records', why: 'denied', permission: 'kinesis:SubscribeToShard' });
    } else if (code === 'ResourceNotFoundException') {
      return 'trimmed';
    } else {
      addMissing(this.#result, { what: 'records', why: 'failed', detail: `${code}: ${message}` });
    }
    return 'error';
  }
}

function take(event: SubscribeToShardEvent, reading: SliceReading): End | undefined {
  const heardMs = nowMs();
  const ended = reading.take(event.Records ?? []);
  if (ended !== undefined) return ended;
  if (reading.bytes >= reading.wanted.mostBytes) return 'budget';
  // At the end of a shard the service gives no place to go on, though the type has one always.
  const continuation = event.ContinuationSequenceNumber as string | null | undefined;
  if (continuation === undefined || continuation === null || event.ChildShards !== undefined) return 'end';
  if (event.MillisBehindLatest !== 0) return undefined;
  reading.reached(heardMs - TIP_MS);
  return heardMs - TIP_MS >= reading.toMs ? 'end' : undefined;
}

/** How far an event at the tip may be behind what has arrived when it is heard: delivery takes a while. */
const TIP_MS = 1_000;
