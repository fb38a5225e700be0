/**
 * A consumer's subscription to a shard: decides at any time which event is to be sent, and when to look again. It
 * reads a record only when it is about to be sent, so a client that is slow costs no memory.
 */
import { LIMITS, MIB } from '../model/limits.ts';
import type { Account } from './account.ts';
import type { Consumer } from './consumer-registry.ts';
import { childShardsOf, readPage, type Page } from './get-records.ts';
import { LAST_MOMENT } from './sequence-number.ts';
import { consumerNotFound, inUse, streamNotFound, type ServiceError } from './service-error.ts';
import type { Wake } from './shard-watch.ts';
import type { Stream } from './stream.ts';

const LIFE_US = LIMITS.subscriptionLifeSec.value * 1_000_000;
const QUIET_US = LIMITS.subscriptionQuietSec.value * 1_000_000;
const MOST_RECORDS = LIMITS.recordsPerGetRecords.value;
/** Data and keys that one event carries, unless a single record is larger: small, as a slow client's event waits in memory. */
const EVENT_BYTES = MIB / 4;
/** What is waited for where the bandwidth is used up: without it, every event would be of a single record. */
const HELPING_BYTES = 128 * 1024;

/** What a subscription has to say at a time. */
export interface SubscriptionStep {
  /** Content of a SubscribeToShardEvent, or the error that ends the subscription. */
  readonly event: object | ServiceError | undefined;
  /** Nothing more will come before this time, unless it is woken. */
  readonly againUs: number;
  /** Whether this was the last one. */
  readonly isOver: boolean;
}

export interface SubscriptionPlace {
  readonly account: Account;
  readonly stream: Stream;
  readonly consumer: Consumer;
  readonly shard: number;
  /** Number in the shard of the first record to send. */
  readonly counter: number;
}

const NOTHING: Page = { records: [], bytes: 0, isCut: false, next: 0, arrivalMs: 0 };

export class Subscription {
  readonly shard: number;
  /** When it ends by itself. */
  readonly endsUs: number;
  readonly #place: SubscriptionPlace;
  #counter: number;
  #eventUs = -Infinity;
  /** Until when the bandwidth has no room. */
  #shutUs = -Infinity;
  #isTakenOver = false;
  #isOver = false;
  #wake: Wake = () => undefined;
  readonly #unwatch: () => void;

  constructor(place: SubscriptionPlace, nowUs: number) {
    this.#place = place;
    this.shard = place.shard;
    this.#counter = place.counter;
    this.endsUs = nowUs + LIFE_US;
    this.#unwatch = place.stream.watch.add(place.shard, () => this.wake());
  }

  /** Who is to hear that `next` may have something before the time it gave; must not ask within the call. */
  listen(wake: Wake): void {
    this.#wake = wake;
  }

  wake(): void {
    this.#wake();
  }

  /** Another subscription of the same consumer has the shard now. */
  takeOver(): void {
    this.#isTakenOver = true;
    this.wake();
  }

  /** Forgets it: it is over, or its client has gone. */
  close(): void {
    this.#isOver = true;
    this.#unwatch();
    this.#place.consumer.fanOut.end(this);
  }

  next(nowUs: number): SubscriptionStep {
    if (this.#isOver || nowUs >= this.endsUs) return this.#end(undefined);
    const trouble = this.#troubleAt(nowUs);
    return trouble ? this.#end(trouble) : this.#read(nowUs);
  }

  /** Why the subscription cannot go on, if it cannot. Applies what is due in the stream by now. */
  #troubleAt(nowUs: number): ServiceError | undefined {
    const { account, stream, consumer, shard } = this.#place;
    if (this.#isTakenOver) return otherSubscription(account, stream, consumer, shard);
    const isThere = account.named(stream.name, nowUs) === stream && stream.state.isOpen(nowUs);
    if (!isThere) return streamNotFound(stream.name, account.id);
    return consumer.statusAt(nowUs) === 'ACTIVE' ? undefined : consumerNotFound(consumer.name, account.id);
  }

  #read(nowUs: number): SubscriptionStep {
    const { stream, shard } = this.#place;
    stream.log.expire(Math.floor(nowUs / 1000));
    this.#counter = Math.max(this.#counter, stream.log.first(shard));
    const page = nowUs < this.#shutUs ? NOTHING : this.#take(nowUs);
    if (page.records.length > 0) this.#counter = page.next;
    const isAtEnd = this.#counter >= stream.log.next(shard);
    const isOver = isAtEnd && stream.layout.isClosed(shard);
    if (page.records.length === 0 && !isOver && nowUs < this.#eventUs + QUIET_US) {
      return { event: undefined, againUs: this.#againUs(isAtEnd), isOver: false };
    }
    this.#eventUs = nowUs;
    const behindMs = this.#behindMs(page, isAtEnd, nowUs);
    const event = this.#eventOf(page, behindMs, isOver, nowUs);
    const sample = { shard, records: page.records.length, bytes: page.bytes, ageMs: behindMs };
    stream.metrics.delivered(this.#place.consumer.name, sample, nowUs);
    return isOver ? this.#end(event) : { event, againUs: this.#againUs(isAtEnd), isOver: false };
  }

  #eventOf(page: Page, behindMs: number, isOver: boolean, nowUs: number): object {
    // Consumer libraries take a shard for ended where there is no place to go on from, and children instead.
    const continuation = isOver ? null : this.#continuationAt(nowUs);
    return {
      Records: page.records,
      ContinuationSequenceNumber: continuation,
      MillisBehindLatest: behindMs,
      ...(isOver ? { ChildShards: childShardsOf(this.#place.stream, this.shard) } : {}),
    };
  }

  /** A moment behind the last record, counted by the time that has passed since: it grows with every event. */
  #continuationAt(nowUs: number): string {
    const { stream, shard } = this.#place;
    const last = this.#counter - 1;
    const isKept = last >= stream.log.first(shard);
    const sinceUs = isKept ? stream.log.arrivalMs(shard, last) * 1000 : stream.layout.openedUs(shard);
    const moment = Math.min(LAST_MOMENT, 1 + Math.floor(Math.max(0, nowUs - sinceUs) / QUIET_US));
    return stream.sequenceNumber(shard, last, moment);
  }

  /** Age of the last record of a page, or of the next one where there is none; 0 at the shard's end. */
  #behindMs(page: Page, isAtEnd: boolean, nowUs: number): number {
    if (isAtEnd) return 0;
    const { log } = this.#place.stream;
    const arrivalMs = page.records.length > 0 ? page.arrivalMs : log.arrivalMs(this.shard, this.#counter);
    return Math.floor(nowUs / 1000) - arrivalMs;
  }

  /** When there may be something to do without being woken. */
  #againUs(isAtEnd: boolean): number {
    const recordsUs = isAtEnd ? Infinity : this.#shutUs;
    return Math.min(recordsUs, this.#eventUs + QUIET_US, this.endsUs, this.#place.stream.changeUs);
  }

  /** The records for the next event, paid for; none where the bandwidth has no room for the next one. */
  #take(nowUs: number): Page {
    const { account, stream, consumer, shard } = this.#place;
    const { log } = stream;
    const position = { shard, counter: this.#counter };
    const throttle = account.limits.read
      ? consumer.fanOut.throttle(shard, nowUs, stream.settings.maxRecordBytes)
      : undefined;
    const room = throttle?.room(nowUs) ?? Infinity;
    let page = readPage(stream, position, MOST_RECORDS, Math.min(EVENT_BYTES, room));
    if (page.records.length === 0 && page.isCut) {
      const { bytes } = log.read(shard, this.#counter);
      // A record that was stored under a larger maximum than today's needs no more than a full bucket.
      if (throttle && room < Math.min(bytes, throttle.burst)) {
        const wanted = Math.min(throttle.burst, Math.max(bytes, HELPING_BYTES));
        this.#shutUs = throttle.whenUs(wanted, nowUs);
        return page;
      }
      page = readPage(stream, position, 1, bytes);
    }
    throttle?.take(page.bytes);
    return page;
  }

  #end(event: object | ServiceError | undefined): SubscriptionStep {
    this.close();
    return { event, againUs: Infinity, isOver: true };
  }
}

/** What both a call that comes too soon and a subscription that is taken over are told. */
export function otherSubscription(
  account: Account,
  stream: Stream,
  consumer: Consumer,
  shard: number,
): ServiceError {
  const names = [account.id, stream.name, stream.layout.map.all[shard].shardId, consumer.name];
  return inUse(`Another active subscription exists for this consumer: ${names.join(':')}`);
}
