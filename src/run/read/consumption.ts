/**
 * A group of consumers at work: begun on every shard, carried on to the children of those that close, drained at the
 * end and cleaned up after.
 */
import type { ChildShard, Shard } from '@aws-sdk/client-kinesis';
import { worldFailure } from '../../model/refusal.ts';
import { epochClock } from '../clock.ts';
import { deregisterConsumer, registerConsumer } from './fan-out-consumer.ts';
import { followShard } from './fan-out.ts';
import type { LiveConsumer } from './live-consumer.ts';
import type { LiveShard } from './live-shard.ts';
import { iteratorOf, pollShard } from './polling.ts';
import { readClients, type ReadClients } from './read-target.ts';
import { beginning, Reading, type Place } from './reading.ts';
import type { ReaderSetup } from './reader-messages.ts';
import type { ShardReader } from './shard-reader.ts';
import { listShards, streamArnOf } from './shard-list.ts';

/** Shards of this many workers' parents are looked for so often. */
const LOOK_MS = 5_000;
/** How long the end of the load is read as the consumers would; what is left then is only counted. */
const GRACE_US = 10_000_000;
const READY_MS = 60_000;
const HOUR_MS = 3_600_000;
const AT_A_TIME = 32;

export class Consumption {
  readonly reading: Reading;
  readonly #setup: ReaderSetup;
  readonly #clients: ReadClients;
  readonly #arns = new Map<LiveConsumer, string>();
  /** Iterators that were asked for before the load. */
  readonly #firsts = new Map<ShardReader, string>();
  readonly #timers: NodeJS.Timeout[] = [];
  #running = 0;
  #idle: () => void = () => undefined;
  #giveUp: () => void = () => undefined;

  constructor(setup: ReaderSetup) {
    this.#setup = setup;
    this.#clients = readClients(setup.target);
    this.reading = new Reading(setup);
  }

  get #client(): ReadClients['calls'] {
    return this.#clients.calls;
  }

  /** Everything that can be done before the load: registering, and finding the place where each consumer begins. */
  async prepare(): Promise<void> {
    const { reading } = this;
    const { streamName } = this.#setup.target;
    for (const listed of await listShards(this.#client, streamName, 'AT_LATEST'))
      // Its parents are older than the run.
      reading.meet({ ShardId: listed.ShardId, HashKeyRange: listed.HashKeyRange });
    await this.#register();
    const starting = reading.live.filter(({ stream }) => stream.spec.joins === undefined);
    for (const { stream } of starting) stream.hasJoined = true;
    const places = starting.flatMap((consumer) =>
      reading.shards.map((shard) => reading.placeOf(shard, consumer)),
    );
    const polled = places.filter(({ consumer }) => consumer.stream.spec.kind === 'polling');
    for (const { reader } of places) {
      reader.from = beginning(this.#setup.part);
      reader.state = 'waiting';
    }
    const context = { reading, client: this.#client, streamName };
    await eachOf(
      polled,
      async (place) => void this.#firsts.set(place.reader, await iteratorOf(context, place)),
    );
    const pushed = places.filter(({ consumer }) => consumer.stream.spec.kind === 'efo');
    await within(READY_MS, Promise.all(pushed.map((place) => this.#subscribed(place))), () => {
      const failed = reading.live.find(({ firstError }) => firstError !== undefined);
      return `${failed?.firstError?.code ?? 'no answer'}: ${failed?.firstError?.message ?? 'SubscribeToShard'}`;
    });
  }

  /** The load begins at this time of the epoch clock. */
  begin(startUs: number): void {
    const { reading } = this;
    reading.begin(startUs);
    for (const consumer of reading.live) {
      const { spec, joinUs } = consumer.stream;
      if (spec.joins !== undefined) this.#at(joinUs, () => void this.#join(consumer));
      else if (spec.kind === 'polling')
        for (const shard of reading.shards) this.#start(reading.placeOf(shard, consumer));
    }
    this.#at(reading.startUs, () => reading.beginCounting(reading.nowUs()));
    this.#timers.push(setInterval(() => reading.sample(reading.nowUs()), reading.stepUs / 1000));
    if (this.#setup.part !== undefined) this.#timers.push(setInterval(() => void this.#look(), LOOK_MS));
  }

  /** Calls something when it is time, unless the run is over by then. */
  #at(timeUs: number, act: () => void): void {
    const { reading } = this;
    const again = (): void => {
      const leftMs = (timeUs - reading.nowUs()) / 1000;
      if (leftMs <= 0) act();
      else this.#timers.push(setTimeout(again, Math.min(leftMs, HOUR_MS)));
    };
    again();
  }

  /** Reads to the tip, for so long at most. */
  async drain(mostMs: number): Promise<void> {
    const { reading } = this;
    for (const timer of this.#timers) clearTimeout(timer);
    const nowUs = reading.nowUs();
    if (this.#setup.part !== undefined) await this.#look();
    reading.drainUs = nowUs;
    for (const consumer of reading.live) {
      const isOut = consumer.stream.outUntilUs(nowUs) > nowUs;
      consumer.hurries = isOut || mostMs * 1000 < GRACE_US;
    }
    reading.alarm.ring();
    const hurry = setTimeout(() => {
      for (const consumer of reading.live) consumer.hurries = true;
      reading.alarm.ring();
    }, GRACE_US / 1000);
    const givenUp = new Promise<void>((resolve) => (this.#giveUp = resolve));
    await Promise.race([
      this.#idleness(),
      givenUp,
      new Promise((resolve) => setTimeout(resolve, mostMs).unref()),
    ]);
    clearTimeout(hurry);
  }

  /** Ends draining before its time. */
  giveUp(): void {
    this.#giveUp();
  }

  /** Ends everything and leaves nothing behind. @returns what could not be cleaned up */
  async close(): Promise<string[]> {
    const { reading } = this;
    for (const timer of this.#timers) clearTimeout(timer);
    reading.isStopped = true;
    reading.alarm.ring();
    const left = await Promise.all(
      [...this.#arns.values()].map((arn) => deregisterConsumer(this.#client, arn)),
    );
    this.#clients.subscriptions.destroy();
    this.#clients.calls.destroy();
    return left.filter((trouble) => trouble !== undefined);
  }

  #idleness(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#idle = resolve));
  }

  async #register(): Promise<void> {
    const { target, runId, durationUs, warmupUs } = this.#setup;
    const pushed = this.reading.live.filter(({ stream }) => stream.spec.kind === 'efo');
    if (pushed.length === 0) return;
    const streamArn = await streamArnOf(this.#client, target.streamName);
    const id = Buffer.from(runId).toString('hex');
    const expiresUs = epochClock() + warmupUs + durationUs + HOUR_MS * 1000;
    for (const consumer of pushed) {
      const name = `shardwise-${id.slice(0, 12)}-${this.#setup.part?.index ?? 0}-${this.reading.live.indexOf(consumer)}`;
      const registration = { streamArn, name, runId: id, expiresUs };
      this.#arns.set(consumer, await registerConsumer(this.#client, registration, this.reading.alarm));
    }
  }

  /** Starts a subscription and waits until it stands. */
  #subscribed(place: Place): Promise<void> {
    return new Promise((resolve) => this.#start(place, resolve));
  }

  /** A consumer joins: at the newest records of the open shards, or at the oldest of all. */
  async #join(consumer: LiveConsumer): Promise<void> {
    const { reading } = this;
    const { streamName } = this.#setup.target;
    const isFromOldest = consumer.readsAll;
    const listed = await this.#list(streamName, isFromOldest ? 'FROM_TRIM_HORIZON' : 'AT_LATEST');
    for (const shard of listed) reading.meet(shard);
    const ids = new Set(listed.map(({ ShardId }) => ShardId));
    consumer.stream.hasJoined = true;
    // Of all machines together it is past what all of them were told of by now.
    if (reading.part !== undefined && !isFromOldest) consumer.stream.passed += reading.stored;
    for (const shard of reading.shards) {
      const { reader } = reading.placeOf(shard, consumer);
      if (!ids.has(shard.shardId)) {
        reader.state = 'done';
        continue;
      }
      reader.state = 'waiting';
      reader.from = { type: isFromOldest ? 'TRIM_HORIZON' : 'LATEST' };
      reader.tipUs = reading.nowUs();
      if (isFromOldest) continue;
      reader.position = shard.acknowledged;
      consumer.stream.passed += shard.acknowledged;
    }
    for (const shard of reading.shards) this.#startIfReady(reading.placeOf(shard, consumer));
  }

  async #list(streamName: string, filter: 'AT_LATEST' | 'FROM_TRIM_HORIZON'): Promise<Shard[]> {
    try {
      return await listShards(this.#client, streamName, filter);
    } catch (error) {
      for (const consumer of this.reading.live) consumer.failed('ListShards', String(error));
      return [];
    }
  }

  /** Shards whose parents another worker reads are found in the list. */
  async #look(): Promise<void> {
    for (const listed of await this.#list(this.#setup.target.streamName, 'AT_LATEST'))
      this.reading.meet(listed);
    this.#startAll();
  }

  #startAll(): void {
    const { reading } = this;
    for (const shard of reading.shards)
      for (const consumer of reading.live) this.#startIfReady(reading.placeOf(shard, consumer));
  }

  #startIfReady(place: Place): void {
    if (place.reader.state === 'waiting' && this.reading.isReady(place)) this.#start(place);
  }

  #start(place: Place, onFirst?: () => void): void {
    place.reader.state = 'reading';
    this.#running++;
    void this.#read(place, onFirst)
      .then((children) => this.#ended(place, children))
      .catch((error: unknown) => place.consumer.failed('Error', String(error)))
      .finally(() => {
        this.#running--;
        if (this.#running === 0) this.#idle();
      });
  }

  #read(place: Place, onFirst?: () => void): Promise<readonly ChildShard[] | undefined> {
    const { reading } = this;
    const { streamName } = this.#setup.target;
    const arn = this.#arns.get(place.consumer);
    if (arn === undefined)
      return pollShard({ reading, client: this.#client, streamName }, place, this.#firsts.get(place.reader));
    return followShard({ reading, client: this.#clients.subscriptions }, place, arn, onFirst);
  }

  /** A closed shard was read to its end: its children follow. */
  async #ended(
    { consumer, shard, reader }: Place,
    children: readonly ChildShard[] | undefined,
  ): Promise<void> {
    if (children === undefined) return;
    const { reading } = this;
    reader.state = 'done';
    reader.isDrained = true;
    reader.isEnded = true;
    reader.catchUp(reading.nowUs());
    for (const { ShardId, ParentShards = [], HashKeyRange } of children)
      reading.meet({
        ...{
          ShardId,
          ParentShardId: ParentShards[0],
          AdjacentParentShardId: ParentShards.at(1),
          HashKeyRange,
        },
      });
    if (children.length === 0) await this.#meetChildren(shard);
    for (const next of reading.shards)
      if (next.parents.includes(shard.shardId)) this.#startIfReady(reading.placeOf(next, consumer));
  }

  async #meetChildren({ shardId }: LiveShard): Promise<void> {
    const listed = await this.#list(this.#setup.target.streamName, 'FROM_TRIM_HORIZON');
    for (const child of listed)
      if (child.ParentShardId === shardId || child.AdjacentParentShardId === shardId)
        this.reading.meet(child);
  }
}

/** Some at a time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const work = async (): Promise<void> => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

async function within(ms: number, work: Promise<unknown>, why: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(worldFailure(`The consumers could not subscribe: ${why()}.`, 'Try again.')),
      ms,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
