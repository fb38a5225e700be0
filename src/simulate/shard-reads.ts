/**
 * What happens at the moment when a consumer reads a shard, by a GetRecords call or by being pushed to.
 */
import { LIMITS } from '../model/limits.ts';
import { type FanOutThrottle, ReadThrottle, THROTTLED_BY_CALLS } from '../model/read-throttle.ts';
import type { ReadShard } from './read-shard.ts';
import type { Reader } from './reader.ts';
import type { Page } from './shard-log.ts';
import type { StreamConsumer } from './stream-consumer.ts';

/** Records of one shard that one consumer reads at one time. */
export interface Reading {
  readonly consumer: number;
  readonly shard: number;
  /** Number of the first record on its shard. */
  readonly from: number;
  readonly count: number;
  readonly nowUs: number;
}

/** A GetRecords call and what it is answered. */
export interface PollCall {
  readonly consumer: number;
  readonly shard: number;
  readonly nowUs: number;
  /** Undefined where it is throttled. */
  readonly reply: PollReply | undefined;
}

export interface PollReply {
  readonly records: number;
  /** Data and keys. */
  readonly bytes: number;
  /** Age of the last record; 0 where there is none behind it. */
  readonly ageUs: number;
  /** Whether it reaches the end of a closed shard. */
  readonly isEnd: boolean;
}

export interface ReadingOptions {
  /** From a GetRecords call to its reply, microseconds. */
  readonly serviceUs: number;
  /** Shown every reply and push that brings records; for tests. */
  readonly onRead?: (reading: Reading) => void;
  /** Shown every GetRecords call; for tests. */
  readonly onCall?: (call: PollCall) => void;
}

/** From a record being stored to its being pushed. */
export const PROPAGATION_US = LIMITS.fanOutPropagationMs.value * 1000;

export class ShardReads {
  readonly #options: ReadingOptions;
  /** Latencies are of records due from here on. */
  readonly #countedFromUs: number;
  readonly #throttle = new ReadThrottle();

  constructor(options: ReadingOptions, countedFromUs: number) {
    this.#options = options;
    this.#countedFromUs = countedFromUs;
  }

  /**
   * One GetRecords call.
   * @param stored records of the whole stream so far
   * @returns when the next one is due; Infinity where the end of a closed shard was read
   */
  poll(reader: Reader, shard: ReadShard, consumer: StreamConsumer, stored: number, nowUs: number): number {
    const { spec } = consumer;
    const { log } = shard;
    const replyUs = nowUs + this.#options.serviceUs;
    reader.counts.calls++;
    const allowed = this.#throttle.call(reader.shard, nowUs);
    if (allowed < 0) return this.#throttled(reader, shard, consumer, nowUs, allowed === THROTTLED_BY_CALLS);
    const page = log.page(reader.position, spec.limit, allowed, Infinity);
    if (!this.#throttle.reply(reader.shard, nowUs, page.bytes, page.stop === 'bytes', allowed))
      return this.#throttled(reader, shard, consumer, nowUs, false);
    if (page.count === 0) {
      reader.counts.emptyCalls++;
      reader.catchUp(nowUs);
      this.#show(reader, nowUs, { records: 0, bytes: 0, ageUs: 0, isEnd: log.isClosed });
      return log.isClosed ? Infinity : Math.max(nowUs + consumer.waitUs(reader, spec.idleUs), replyUs);
    }
    consumer.meter.backlog(nowUs, stored - consumer.passed);
    const isTip = reader.position + page.count === log.end;
    const ageUs = this.#take(reader, shard, consumer, page, isTip, nowUs, replyUs);
    shard.forget();
    const isEnd = isTip && log.isClosed;
    this.#show(reader, nowUs, { records: page.count, bytes: page.bytes, ageUs, isEnd });
    if (isEnd) return Infinity;
    return Math.max(nowUs + consumer.waitUs(reader, spec.everyUs), replyUs, reader.slots.freeUs);
  }

  /**
   * What has been stored for long enough is pushed, as far as the consumer's own bandwidth and code allow.
   * @returns when there is more to push; Infinity while nothing else is stored
   */
  push(
    reader: Reader,
    throttle: FanOutThrottle,
    shard: ReadShard,
    consumer: StreamConsumer,
    stored: number,
    nowUs: number,
  ): number {
    const { log } = shard;
    const page = log.page(reader.position, consumer.spec.limit, throttle.room(nowUs), nowUs - PROPAGATION_US);
    throttle.take(page.bytes);
    const isTip = page.stop === 'end' || page.stop === 'time';
    if (page.count > 0) {
      reader.counts.calls++;
      consumer.meter.backlog(nowUs, stored - consumer.passed);
      this.#take(reader, shard, consumer, page, isTip, nowUs, nowUs);
    } else if (!isTip) {
      reader.fallBehind(nowUs, log.end);
      consumer.meter.age(nowUs, shard.oldestUs(reader, nowUs));
    }
    reader.readyUs = Math.max(nowUs, reader.slots.freeUs);
    const nextUs = this.#nextPushUs(reader, throttle, shard, page, nowUs);
    shard.forget();
    return nextUs;
  }

  #nextPushUs(
    { position, readyUs }: Reader,
    throttle: FanOutThrottle,
    { log }: ReadShard,
    { stop }: Page,
    nowUs: number,
  ): number {
    switch (stop) {
      case 'end':
        return Infinity;
      case 'limit':
        return readyUs;
      case 'bytes':
        return Math.max(readyUs, throttle.whenUs(log.bytesOf(position), nowUs));
      case 'time':
        return Math.max(readyUs, log.storedUs(position) + PROPAGATION_US);
    }
  }

  #throttled(
    reader: Reader,
    shard: ReadShard,
    consumer: StreamConsumer,
    nowUs: number,
    byCalls: boolean,
  ): number {
    const { spec, meter } = consumer;
    if (byCalls) reader.counts.throttledByCalls++;
    else reader.counts.throttledByBytes++;
    if (reader.position < shard.log.end) reader.fallBehind(nowUs, shard.log.end);
    meter.age(nowUs, shard.oldestUs(reader, nowUs));
    this.#show(reader, nowUs, undefined);
    return nowUs + Math.max(consumer.waitUs(reader, spec.throttledUs), this.#options.serviceUs);
  }

  #show({ consumer, shard }: Reader, nowUs: number, reply: PollReply | undefined): void {
    this.#options.onCall?.({ consumer, shard, nowUs, reply });
  }

  /** Records arrive at the consumer, and its code sets to work. @returns the age of the last, 0 at the tip */
  #take(
    reader: Reader,
    shard: ReadShard,
    consumer: StreamConsumer,
    page: Page,
    isTip: boolean,
    nowUs: number,
    arrivedUs: number,
  ): number {
    const { log } = shard;
    const { meter } = consumer;
    const { position, counts, slots } = reader;
    const { count } = page;
    this.#options.onRead?.({ consumer: reader.consumer, shard: reader.shard, from: position, count, nowUs });
    meter.coarse(log.spanUs(position, count), shard.coarsenedBy);
    slots.arrive(count);
    log.eachDue(position, count, (dueUs) => {
      const doneUs = slots.next(arrivedUs);
      if (dueUs >= this.#countedFromUs) meter.endToEnd.record(doneUs - dueUs);
    });
    const ageUs = isTip ? 0 : nowUs - log.storedUs(position + count - 1);
    meter.age(nowUs, ageUs);
    reader.position += count;
    consumer.passed += count;
    counts.records += count;
    counts.bytes += page.bytes;
    if (isTip) reader.catchUp(nowUs);
    else reader.fallBehind(nowUs, log.end);
    return ageUs;
  }
}
