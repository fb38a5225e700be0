/**
 * Everybody who reads a simulated stream, in virtual time: consumers poll its shards or are pushed to, within the
 * limits of the model, and nothing of what they do reaches back to those who write.
 *
 * They are followed lazily: what is due before a record is stored happens when it is stored. Of one microsecond,
 * writes come before reads.
 */
import { FanOutThrottle } from '../model/read-throttle.ts';
import { stepUsOf } from '../results/time-series.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { TimedHeap } from '../traffic/timed-heap.ts';
import { BatchSlots } from './batch-slots.ts';
import { Reader } from './reader.ts';
import { ReadShard } from './read-shard.ts';
import { PROPAGATION_US, ShardReads, type ReadingOptions } from './shard-reads.ts';
import { POLL_JITTER, StreamConsumer } from './stream-consumer.ts';

/** Unread records that are kept one by one, 48 bytes each: every shard has its part of them, and at least a few. */
const MOST_EXACT = 1_000_000;
const LEAST_EXACT = 512;
const HOUR_US = 3_600_000_000;

export interface ReadersOptions extends ReadingOptions {
  /** Unread records of a shard that are kept one by one, at least 64. */
  readonly mostExact?: number;
  /** Part of a wait between two calls by which it is longer at most, 0 to below 1. */
  readonly jitter?: number;
}

export class Readers {
  readonly consumers: readonly StreamConsumer[];
  readonly shards: ReadShard[] = [];
  readonly startUs: number;
  /** Of the counted duration, or of what was played of it. */
  endUs: number;
  readonly stepUs: number;
  /** Records stored up to the end, and after it: those nobody reads here. */
  stored = 0;
  storedLate = 0;
  readonly #heap = new TimedHeap();
  readonly #reads: ShardReads;
  readonly #retentionUs: number;
  readonly #maxRecordBytes: number;
  readonly #mostExact: number;
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
    this.#reads = new ShardReads(options, warmupUs);
    this.#retentionUs = stream.retentionHours * HOUR_US;
    this.#maxRecordBytes = stream.maxRecordBytes;
    const part = Math.floor(MOST_EXACT / stream.shards);
    this.#mostExact = options.mostExact ?? Math.max(LEAST_EXACT, part);
    const steps = Math.ceil(durationUs / this.stepUs);
    const jitter = options.jitter ?? POLL_JITTER;
    const counted = { startUs: warmupUs, stepUs: this.stepUs, steps };
    this.consumers = consumers.map((spec, i) => new StreamConsumer(spec, i, seed, counted, jitter));
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

  /**
   * The end of the scenario: nothing is read any more.
   * @param endedUs where it was ended early, when
   */
  finish(endedUs = Infinity): void {
    this.endUs = Math.min(this.endUs, Math.max(this.startUs, endedUs));
    this.advance(this.endUs);
    if (this.#nextUs === Infinity) return;
    for (const shard of this.shards) this.#expire(shard, this.endUs);
    this.#sample(this.endUs);
    this.#nextUs = Infinity;
  }

  /** Age of the oldest record that a reader has not read; 0 where it has read all. */
  oldestUs(reader: Reader, nowUs: number): number {
    return this.shards[reader.shard].oldestUs(reader, nowUs);
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
    this.shards.push(new ReadShard(this.consumers, readers, parents, this.#mostExact));
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
  #join(consumer: StreamConsumer, nowUs: number): void {
    const index = this.consumers.indexOf(consumer);
    for (const shard of this.shards) {
      this.#expire(shard, nowUs);
      const { log, horizon } = shard;
      const reader = shard.readers[index];
      reader.position = consumer.startOf(log.end, horizon);
      consumer.passed += reader.position;
      reader.state = log.isClosed && reader.position === log.end ? 'done' : 'waiting';
    }
    consumer.hasJoined = true;
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
    if (reader.throttle === undefined)
      this.#schedule(reader, atUs + this.consumers[reader.consumer].offsetUs(reader));
    else {
      reader.readyUs = atUs;
      const { log } = this.shards[reader.shard];
      if (reader.position < log.end || log.isClosed) this.#schedule(reader, atUs);
    }
  }

  #wake(reader: Reader, nowUs: number): void {
    if (!reader.isScheduled) this.#schedule(reader, Math.max(nowUs + PROPAGATION_US, reader.readyUs));
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
    const backUs = consumer.outUntilUs(nowUs);
    if (backUs > nowUs) {
      reader.wasOut = true;
      this.#schedule(reader, backUs + consumer.offsetUs(reader));
      return;
    }
    const shard = this.shards[reader.shard];
    this.#expire(shard, nowUs);
    if (reader.wasOut) consumer.meter.age(nowUs, this.oldestUs(reader, nowUs));
    reader.wasOut = false;
    const { throttle } = reader;
    const nextUs =
      throttle === undefined
        ? this.#reads.poll(reader, shard, consumer, this.stored, nowUs)
        : this.#reads.push(reader, throttle, shard, consumer, this.stored, nowUs);
    if (nextUs < Infinity) this.#schedule(reader, nextUs);
    else if (shard.log.isClosed) this.#end(reader, nowUs);
  }

  /** A closed shard was read to its end. */
  #end(reader: Reader, nowUs: number): void {
    reader.state = 'done';
    for (const child of this.shards[reader.shard].children)
      this.#startIfReady(this.shards[child].readers[reader.consumer], nowUs);
  }

  #expire(shard: ReadShard, nowUs: number): void {
    shard.expire(nowUs - this.#retentionUs, nowUs);
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
      const isOut = consumer.outUntilUs(nowUs) > nowUs;
      for (const { readers } of this.shards) {
        const reader = readers[i];
        if (isOut || reader.isBehind) consumer.meter.age(nowUs - 1, this.oldestUs(reader, nowUs));
      }
    });
  }
}
