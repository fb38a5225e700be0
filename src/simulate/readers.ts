/**
 * Everybody who reads a simulated stream, in virtual time: consumers poll its shards or are pushed to, within the
 * limits of the model, and nothing of what they do reaches back to those who write.
 *
 * They are followed lazily: what is due before a record is stored happens when it is stored. Of one microsecond,
 * writes come before reads.
 */
import { LIMITS } from '../model/limits.ts';
import { FanOutThrottle, ReadThrottle, THROTTLED_BY_CALLS } from '../model/read-throttle.ts';
import { stepUsOf } from '../results/time-series.ts';
import type { ConsumerSpec, Scenario } from '../traffic/scenario.ts';
import { Draws, PURPOSE } from '../traffic/threefry.ts';
import { TimedHeap } from '../traffic/timed-heap.ts';
import { BatchSlots } from './batch-slots.ts';
import { ConsumerMeter } from './consumer-meter.ts';
import { Reader } from './reader.ts';
import { ShardLog, type Page } from './shard-log.ts';

/** Unread records that are kept one by one in all, 48 bytes each; every shard has its part, and at least a few. */
const MOST_EXACT = 1_000_000;
const LEAST_EXACT = 512;
const HOUR_US = 3_600_000_000;
/** Draws of one shard and consumer that are told apart. */
const DRAWS = 2048;

export interface ReadersOptions {
  /** From a GetRecords call to its reply, microseconds. */
  readonly serviceUs: number;
  /** Unread records of a shard that are kept one by one, at least 64. */
  readonly mostExact?: number;
  /** Shown every reply and push that brings records; for tests. */
  readonly onRead?: (reading: Reading) => void;
}

/** Records of one shard that one consumer reads at one time. */
export interface Reading {
  readonly consumer: number;
  readonly shard: number;
  /** Number of the first record on its shard. */
  readonly from: number;
  readonly count: number;
  readonly nowUs: number;
}

/** One consumer of the scenario, over all shards. */
export interface Consumer {
  readonly spec: ConsumerSpec;
  readonly meter: ConsumerMeter;
  readonly draws: Draws;
  readonly joinUs: number;
  hasJoined: boolean;
  /** Records that it is past: read, lost, or stored before it came. */
  passed: number;
}

interface ReadShard {
  readonly log: ShardLog;
  readonly readers: readonly Reader[];
  /** Those that are pushed to. */
  readonly pushed: readonly Reader[];
  readonly parents: readonly number[];
  children: readonly number[];
  /** Number of the oldest record that retention has left. */
  horizon: number;
}

export class Readers {
  readonly consumers: readonly Consumer[];
  readonly shards: ReadShard[] = [];
  readonly startUs: number;
  readonly endUs: number;
  readonly stepUs: number;
  /** Records stored before the end, and after it: those nobody reads here. */
  stored = 0;
  storedLate = 0;
  readonly #heap = new TimedHeap();
  readonly #throttle = new ReadThrottle();
  readonly #serviceUs: number;
  readonly #retentionUs: number;
  readonly #maxRecordBytes: number;
  readonly #mostExact: number;
  readonly #onRead: ((reading: Reading) => void) | undefined;
  readonly #propagationUs = LIMITS.fanOutPropagationMs.value * 1000;
  /** When the counted duration begins, then the end of each of its steps. */
  #markUs: number;
  /** When the next consumer joins. */
  #joinUs = Infinity;
  #nextUs = 0;

  constructor(scenario: Scenario, options: ReadersOptions) {
    const { stream, warmupUs, durationUs, consumers, seed } = scenario;
    this.startUs = this.#markUs = warmupUs;
    this.endUs = warmupUs + durationUs;
    this.stepUs = stepUsOf(durationUs);
    this.#serviceUs = options.serviceUs;
    this.#retentionUs = stream.retentionHours * HOUR_US;
    this.#maxRecordBytes = stream.maxRecordBytes;
    this.#onRead = options.onRead;
    const part = Math.floor(MOST_EXACT / stream.shards);
    this.#mostExact = options.mostExact ?? Math.max(LEAST_EXACT, part);
    const steps = Math.ceil(durationUs / this.stepUs);
    this.consumers = consumers.map((spec, i) => ({
      spec,
      meter: new ConsumerMeter(warmupUs, this.stepUs, steps),
      draws: new Draws(seed, PURPOSE.poll, i),
      joinUs: spec.joins === undefined ? 0 : warmupUs + spec.joins.atUs,
      hasJoined: false,
      passed: 0,
    }));
    for (let shard = 0; shard < stream.shards; shard++) this.#open(shard, []);
    for (const consumer of this.consumers) if (consumer.spec.joins === undefined) this.#join(consumer, 0);
    this.#joinAll(-1);
    this.#look();
  }

  /** When something happens next, Infinity where nothing does any more. */
  get nextUs(): number {
    return this.#nextUs;
  }

  /**
   * A shard stores a Kinesis record.
   * @param dueUs when it was due; of an aggregate, its first user record
   */
  accept(shard: number, bytes: number, dueUs: number, nowUs: number): void {
    if (this.#nextUs < nowUs) this.advance(nowUs);
    if (nowUs > this.endUs) {
      this.storedLate++;
      return;
    }
    const { log, pushed } = this.shards[shard];
    log.append(bytes, dueUs, nowUs);
    this.stored++;
    for (const reader of pushed) if (reader.state === 'reading') this.#wake(reader, nowUs);
  }

  /**
   * Shards close and others open in their place. Their numbers go on from those there are; a consumer reads a closed
   * shard to its end before its children.
   */
  reshard(parents: readonly number[], children: readonly number[], nowUs: number): void {
    this.advance(nowUs);
    for (const child of children) this.#open(child, parents);
    for (const parent of parents) {
      const shard = this.shards[parent];
      shard.log.isClosed = true;
      shard.children = children;
      for (const reader of shard.pushed) if (reader.state === 'reading') this.#wake(reader, nowUs);
    }
    this.#look();
  }

  /** Lets everything happen that is due before a time, up to the end of the scenario. */
  advance(nowUs: number): void {
    const untilUs = Math.min(nowUs, this.endUs);
    while (this.#nextUs < untilUs) {
      const atUs = this.#nextUs;
      if (this.#markUs === atUs) this.#mark(atUs);
      else if (this.#joinUs === atUs) this.#joinAll(atUs);
      else this.#read(this.#readerOf(this.#heap.shift()), atUs);
      this.#look();
    }
  }

  /** The end of the scenario: nothing is read any more. */
  finish(): void {
    this.advance(this.endUs);
    if (this.#nextUs === Infinity) return;
    for (const shard of this.shards) this.#expire(shard, this.endUs);
    this.#sample(this.endUs);
    this.#nextUs = Infinity;
  }

  /** Age of the oldest record that a reader has not read; 0 where it has read all. */
  oldestUs(reader: Reader, nowUs: number): number {
    const { log } = this.shards[reader.shard];
    return reader.position < log.end ? nowUs - log.storedUs(reader.position) : 0;
  }

  /** Until when a consumer does not read, or a time before now. */
  outUntilUs({ spec }: Consumer, nowUs: number): number {
    const outage = spec.outages.findLast(({ atUs }) => this.startUs + atUs <= nowUs);
    return outage === undefined ? -Infinity : this.startUs + outage.atUs + outage.forUs;
  }

  #look(): void {
    this.#nextUs = Math.min(this.#heap.nextUs, this.#markUs, this.#joinUs);
  }

  #open(number: number, parents: readonly number[]): void {
    if (number !== this.shards.length) throw new RangeError(`shard ${number} is not the next one`);
    const readers = this.consumers.map(({ spec, hasJoined }, i) => {
      const throttle = spec.kind === 'efo' ? new FanOutThrottle(0, this.#maxRecordBytes) : undefined;
      const reader = new Reader(number, i, new BatchSlots(spec), throttle);
      if (hasJoined) reader.state = 'waiting';
      return reader;
    });
    const pushed = readers.filter(({ throttle }) => throttle !== undefined);
    this.shards.push({
      log: new ShardLog(this.#mostExact),
      readers,
      pushed,
      parents,
      children: [],
      horizon: 0,
    });
  }

  /** Lets those join whose time it is, and looks for the next. */
  #joinAll(nowUs: number): void {
    this.#joinUs = Infinity;
    for (const consumer of this.consumers) {
      if (consumer.hasJoined) continue;
      if (consumer.joinUs === nowUs) this.#join(consumer, nowUs);
      else this.#joinUs = Math.min(this.#joinUs, consumer.joinUs);
    }
  }

  /** A consumer comes to all shards at once. */
  #join(consumer: Consumer, nowUs: number): void {
    consumer.hasJoined = true;
    const index = this.consumers.indexOf(consumer);
    for (const shard of this.shards) {
      this.#expire(shard, nowUs);
      const { log, horizon } = shard;
      const reader = shard.readers[index];
      reader.position = consumer.spec.joins?.from === 'latest' ? log.end : horizon;
      consumer.passed += reader.position;
      reader.state = log.isClosed && reader.position === log.end ? 'done' : 'waiting';
    }
    for (const { readers } of this.shards) this.#startIfReady(readers[index], nowUs);
  }

  /** A reader begins where the parents of its shard were read to their end. */
  #startIfReady(reader: Reader, nowUs: number): void {
    if (reader.state !== 'waiting') return;
    const { parents } = this.shards[reader.shard];
    const before = parents.map((parent) => this.shards[parent].readers[reader.consumer]);
    if (before.some(({ state }) => state !== 'done')) return;
    reader.state = 'reading';
    const atUs = before.reduce((latest, { slots }) => Math.max(latest, slots.doneUs), nowUs);
    if (reader.throttle === undefined) this.#schedule(reader, atUs + this.#offsetUs(reader));
    else {
      reader.readyUs = atUs;
      const { log } = this.shards[reader.shard];
      if (reader.position < log.end || log.isClosed) this.#schedule(reader, atUs);
    }
  }

  /** Polls of different shards and consumers begin at different times, spread over the period by chance. */
  #offsetUs(reader: Reader): number {
    const { draws, spec } = this.consumers[reader.consumer];
    const periodUs = spec.everyUs > 0 ? spec.everyUs : spec.idleUs;
    return Math.floor(draws.uniform(reader.shard, reader.starts++ % DRAWS) * periodUs);
  }

  #wake(reader: Reader, nowUs: number): void {
    if (!reader.isScheduled) this.#schedule(reader, Math.max(nowUs + this.#propagationUs, reader.readyUs));
  }

  #schedule(reader: Reader, atUs: number): void {
    reader.isScheduled = true;
    this.#heap.add(atUs, reader.shard * this.consumers.length + reader.consumer);
    if (atUs < this.#nextUs) this.#nextUs = atUs;
  }

  #readerOf(event: number): Reader {
    const consumers = this.consumers.length;
    const reader = this.shards[Math.floor(event / consumers)].readers[event % consumers];
    reader.isScheduled = false;
    return reader;
  }

  #read(reader: Reader, nowUs: number): void {
    const consumer = this.consumers[reader.consumer];
    const backUs = this.outUntilUs(consumer, nowUs);
    if (backUs > nowUs) {
      reader.wasOut = true;
      const offsetUs = reader.throttle === undefined ? this.#offsetUs(reader) : 0;
      this.#schedule(reader, backUs + offsetUs);
      return;
    }
    this.#expire(this.shards[reader.shard], nowUs);
    if (reader.wasOut) consumer.meter.age(nowUs, this.oldestUs(reader, nowUs));
    reader.wasOut = false;
    if (reader.throttle === undefined) this.#poll(reader, nowUs);
    else this.#push(reader, reader.throttle, nowUs);
  }

  /** One GetRecords call. */
  #poll(reader: Reader, nowUs: number): void {
    const { spec } = this.consumers[reader.consumer];
    const { log } = this.shards[reader.shard];
    const replyUs = nowUs + this.#serviceUs;
    reader.counts.calls++;
    const allowed = this.#throttle.call(reader.shard, nowUs);
    if (allowed < 0) {
      this.#throttled(reader, nowUs, allowed === THROTTLED_BY_CALLS);
      return;
    }
    const page = log.page(reader.position, spec.limit, allowed, Infinity);
    if (!this.#throttle.reply(reader.shard, nowUs, page.bytes, page.stop === 'bytes', allowed)) {
      this.#throttled(reader, nowUs, false);
      return;
    }
    const isTip = reader.position + page.count === log.end;
    if (page.count === 0) {
      reader.counts.emptyCalls++;
      reader.catchUp(nowUs);
    } else this.#take(reader, page, isTip, nowUs, replyUs);
    if (isTip && log.isClosed) this.#end(reader, replyUs);
    else if (page.count === 0) this.#schedule(reader, Math.max(nowUs + spec.idleUs, replyUs));
    else this.#schedule(reader, Math.max(nowUs + spec.everyUs, replyUs, reader.slots.freeUs));
  }

  #throttled(reader: Reader, nowUs: number, byCalls: boolean): void {
    const { spec, meter } = this.consumers[reader.consumer];
    const { log } = this.shards[reader.shard];
    if (byCalls) reader.counts.throttledByCalls++;
    else reader.counts.throttledByBytes++;
    if (reader.position < log.end) reader.fallBehind(nowUs, log.end);
    meter.age(nowUs, this.oldestUs(reader, nowUs));
    this.#schedule(reader, Math.max(nowUs + spec.throttledUs, nowUs + this.#serviceUs));
  }

  /** What has been stored for long enough is pushed, as far as the consumer's own bandwidth and code allow. */
  #push(reader: Reader, throttle: FanOutThrottle, nowUs: number): void {
    const { spec, meter } = this.consumers[reader.consumer];
    const { log } = this.shards[reader.shard];
    const untilUs = nowUs - this.#propagationUs;
    const page = log.page(reader.position, spec.limit, throttle.room(nowUs), untilUs);
    throttle.take(page.bytes);
    const isTip = page.stop === 'end' || page.stop === 'time';
    if (page.count > 0) {
      reader.counts.calls++;
      this.#take(reader, page, isTip, nowUs, nowUs);
    } else if (!isTip) {
      reader.fallBehind(nowUs, log.end);
      meter.age(nowUs, this.oldestUs(reader, nowUs));
    }
    reader.readyUs = Math.max(nowUs, reader.slots.freeUs);
    if (page.stop !== 'end') {
      const roomUs =
        page.stop === 'bytes' ? throttle.whenUs(log.bytesOf(reader.position), nowUs) : reader.readyUs;
      const oldUs = page.stop === 'time' ? log.storedUs(reader.position) + this.#propagationUs : nowUs;
      this.#schedule(reader, Math.max(reader.readyUs, roomUs, oldUs));
    } else if (log.isClosed) this.#end(reader, nowUs);
  }

  /** Records arrive at the consumer, and its code sets to work. */
  #take(reader: Reader, page: Page, isTip: boolean, nowUs: number, arrivedUs: number): void {
    const consumer = this.consumers[reader.consumer];
    const { meter } = consumer;
    const { log } = this.shards[reader.shard];
    const { position, counts, slots } = reader;
    meter.backlog(nowUs, this.stored - consumer.passed);
    meter.coarsestUs = Math.max(meter.coarsestUs, log.spanUs(position, page.count));
    this.#onRead?.({
      consumer: reader.consumer,
      shard: reader.shard,
      from: position,
      count: page.count,
      nowUs,
    });
    slots.arrive(page.count);
    log.eachDue(position, page.count, (dueUs) => {
      const doneUs = slots.next(arrivedUs);
      if (dueUs >= this.startUs) meter.endToEnd.record(doneUs - dueUs);
    });
    const ageUs = isTip ? 0 : nowUs - log.storedUs(position + page.count - 1);
    meter.age(nowUs, ageUs);
    reader.position += page.count;
    consumer.passed += page.count;
    counts.records += page.count;
    counts.bytes += page.bytes;
    if (isTip) reader.catchUp(nowUs);
    else reader.fallBehind(nowUs, log.end);
    this.#forget(this.shards[reader.shard]);
  }

  /** A closed shard was read to its end. */
  #end(reader: Reader, nowUs: number): void {
    reader.state = 'done';
    for (const child of this.shards[reader.shard].children)
      this.#startIfReady(this.shards[child].readers[reader.consumer], nowUs);
  }

  /** Records that are too old leave the stream, read or not. */
  #expire(shard: ReadShard, nowUs: number): void {
    const { log, readers } = shard;
    const horizon = log.firstSince(nowUs - this.#retentionUs);
    if (horizon <= shard.horizon) return;
    shard.horizon = horizon;
    for (const reader of readers) {
      const lost = horizon - reader.position;
      if (lost <= 0 || reader.state === 'absent') continue;
      reader.counts.lost += lost;
      reader.counts.lostUs = Math.min(reader.counts.lostUs, nowUs);
      reader.position = horizon;
      this.consumers[reader.consumer].passed += lost;
    }
    this.#forget(shard);
  }

  /** Records that nobody will read any more are forgotten. */
  #forget({ log, readers, horizon }: ReadShard): void {
    let least = log.end;
    for (const { state, position, consumer } of readers) {
      const holds = state !== 'absent' ? position : this.#joinsAtHorizon(consumer) ? horizon : Infinity;
      if (holds < least) least = holds;
    }
    log.forget(least);
  }

  #joinsAtHorizon(consumer: number): boolean {
    return this.consumers[consumer].spec.joins?.from === 'trimHorizon';
  }

  /** The counted duration begins, or a step of it ends. */
  #mark(nowUs: number): void {
    for (const shard of this.shards) this.#expire(shard, nowUs);
    if (nowUs > this.startUs) this.#sample(nowUs);
    else
      for (const { log, readers } of this.shards) for (const reader of readers) reader.begin(nowUs, log.end);
    this.#markUs += this.stepUs;
  }

  /** What would not be seen between replies: the backlog, and the age of what is not read. */
  #sample(nowUs: number): void {
    this.consumers.forEach((consumer, i) => {
      if (!consumer.hasJoined) return;
      consumer.meter.backlog(nowUs - 1, this.stored - consumer.passed);
      const isOut = this.outUntilUs(consumer, nowUs) > nowUs;
      for (const { readers } of this.shards) {
        const reader = readers[i];
        if (isOut || reader.isBehind) consumer.meter.age(nowUs - 1, this.oldestUs(reader, nowUs));
      }
    });
  }
}
