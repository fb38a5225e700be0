/**
 * Everything that reads in a run: the consumers, the shards they know, and what is common to all of them.
 *
 * Shards are shared out among machines by their ranges, each to exactly one. A closed shard is read to its end before its
 * children are begun.
 */
import type { Shard as ListedShard } from '@aws-sdk/client-kinesis';
import { partOfRange } from '../../model/range-part.ts';
import { shardNumberOf } from '../../model/shard-map.ts';
import { FanOutThrottle } from '../../model/read-throttle.ts';
import { SequenceLedger } from '../../results/sequence-ledger.ts';
import { stepUsOf } from '../../results/time-series.ts';
import { BatchSlots } from '../../simulate/batch-slots.ts';
import { ConsumerMeter } from '../../simulate/consumer-meter.ts';
import type { ReadStream } from '../../simulate/consumer-rows.ts';
import type { Reader } from '../../simulate/reader.ts';
import { StreamConsumer } from '../../simulate/stream-consumer.ts';
import type { ConsumerSpec } from '../../traffic/scenario.ts';
import type { Split } from '../../traffic/split.ts';
import { epochClock } from '../clock.ts';
import { eachAcknowledged } from './ack-feed.ts';
import { Alarm } from './alarm.ts';
import { LiveConsumer, type CountedRun } from './live-consumer.ts';
import { LiveShard } from './live-shard.ts';
import { ShardReader, type Position } from './shard-reader.ts';

export interface ReadingOptions {
  readonly consumers: readonly ConsumerSpec[];
  readonly seed: number;
  readonly warmupUs: number;
  readonly durationUs: number;
  readonly runId: Uint8Array;
  readonly lacksHeaders: boolean;
  /** Where several machines read, each its shards. */
  readonly part?: ReadPart | undefined;
}

/** One of several machines that send one load, and read it together. */
export interface ReadPart extends Split {
  /** When all of them were to start, microseconds since 1970. */
  readonly baseUs: number;
}

/**
 * How long after the common end, and after the last record that came, nothing more must come: others may still be sending
 * what was queued. Whether that was long enough, `merge` knows.
 */
const QUIET_US = 5_000_000;
/** How often it must be said that nothing is left, where acknowledged records are missing. */
const TIP_LOOKS = 2;

const BEFORE_US = 3_600_000_000;

/** One consumer on one shard, with what its loop needs. */
export interface Place {
  readonly consumer: LiveConsumer;
  readonly shard: LiveShard;
  readonly reader: ShardReader;
}

export class Reading implements ReadStream {
  readonly live: readonly LiveConsumer[];
  readonly shards: LiveShard[] = [];
  readonly acknowledged = new SequenceLedger();
  readonly startUs: number;
  endUs: number;
  readonly stepUs: number;
  /** Kinesis records acknowledged, as far as the senders of this machine were told. */
  stored = 0;
  /** Of one machine of several: the same, and what each consumer was past, at the end of each step. */
  readonly told: number[] = [];
  readonly passed: number[][];
  /** The same: for how long those who were throttled or out had not been at a shard's tip, by consumer. */
  readonly held: readonly ConsumerMeter[];
  readonly storedLate = 0;
  readonly run: { -readonly [F in keyof CountedRun]: CountedRun[F] };
  readonly alarm = new Alarm();
  /** When draining began; Infinity before. */
  drainUs = Infinity;
  isStopped = false;
  readonly #options: ReadingOptions;
  readonly #byId = new Map<string, LiveShard>();
  readonly #byNumber = new Map<number, LiveShard>();
  /** Acknowledged on shards that are not known here yet. */
  readonly #early = new Map<number, number>();

  constructor(options: ReadingOptions) {
    const { consumers, seed, warmupUs, durationUs, runId, lacksHeaders, part } = options;
    this.#options = options;
    this.startUs = warmupUs;
    this.endUs = warmupUs + durationUs;
    this.stepUs = stepUsOf(durationUs);
    this.run = { runId, lacksHeaders, startUs: epochClock() + BEFORE_US, warmupUs, baseUs: part?.baseUs };
    this.passed = consumers.map(() => []);
    const counted = { startUs: warmupUs, stepUs: this.stepUs, steps: Math.ceil(durationUs / this.stepUs) };
    this.held = consumers.map(
      () => new ConsumerMeter(warmupUs, this.stepUs, part === undefined ? 0 : counted.steps),
    );
    this.live = consumers.map((spec, i) => new LiveConsumer(new StreamConsumer(spec, i, seed, counted, 0)));
  }

  get consumers(): readonly StreamConsumer[] {
    return this.live.map(({ stream }) => stream);
  }

  /** The schedule begins at this time of the epoch clock; until it is known, every moment is long before it. */
  begin(startUs: number): void {
    this.run.startUs = startUs;
    for (const { readers } of this.shards) for (const reader of readers) reader.tipUs = 0;
    // Whoever sleeps until a time of the schedule looks at the clock anew.
    this.alarm.ring();
  }

  /** Microseconds from the start of the schedule. */
  nowUs(): number {
    return epochClock() - this.run.startUs;
  }

  get isDraining(): boolean {
    return this.drainUs < Infinity;
  }

  /** Of one machine of several: what is acknowledged on its shards, it does not know. */
  get part(): ReadPart | undefined {
    return this.#options.part;
  }

  #owns({ HashKeyRange: range }: Partial<Pick<ListedShard, 'HashKeyRange'>>): boolean {
    const { part } = this.#options;
    if (part === undefined) return true;
    const [start = '0', end = start] = [range?.StartingHashKey, range?.EndingHashKey];
    return partOfRange({ start: BigInt(start), end: BigInt(end) }, part.count) === part.index;
  }

  /** A shard as ListShards or the end of its parent tells of it. @returns undefined where another worker reads it */
  meet(
    listed: Pick<ListedShard, 'ShardId' | 'ParentShardId' | 'AdjacentParentShardId'> &
      Partial<Pick<ListedShard, 'HashKeyRange'>>,
  ): LiveShard | undefined {
    const shardId = listed.ShardId ?? '';
    const known = this.#byId.get(shardId);
    if (known !== undefined) return known;
    const number = shardNumberOf(shardId);
    if (!this.#owns(listed)) return undefined;
    const parents = [listed.ParentShardId, listed.AdjacentParentShardId].filter((id) => id !== undefined);
    const shard = new LiveShard(shardId, number, parents);
    shard.acknowledged = this.#early.get(number) ?? 0;
    const index = this.shards.push(shard) - 1;
    for (const [i, { stream }] of this.live.entries()) {
      const throttle = stream.spec.kind === 'efo' ? new FanOutThrottle(0, 0) : undefined;
      const reader = new ShardReader(index, i, new BatchSlots(stream.spec), throttle);
      if (stream.hasJoined) reader.state = 'waiting';
      shard.readers.push(reader);
    }
    this.#byId.set(shardId, shard);
    this.#byNumber.set(number, shard);
    return shard;
  }

  placeOf(shard: LiveShard, consumer: LiveConsumer): Place {
    return { consumer, shard, reader: shard.readers[this.live.indexOf(consumer)] };
  }

  /** Whether a consumer has read a shard's parents to their end, as far as it is for this worker to know. */
  isReady({ shard, reader }: Place): boolean {
    return shard.parents.every((id) => {
      const parent = this.#byId.get(id)?.readers[reader.consumer];
      return parent === undefined || parent.state === 'done' || parent.state === 'absent';
    });
  }

  /**
   * Whether a reader that had everything there was has had all: nothing that was acknowledged is missing, or it has looked
   * so often that it will not come.
   */
  isComplete({ consumer, shard }: Place, looks: number): boolean {
    if (!consumer.readsAll) return true;
    if (this.part !== undefined) return looks >= TIP_LOOKS && this.#isQuiet;
    return looks >= TIP_LOOKS || (consumer.open.waiting(shard.number) === 0 && consumer.open.isWhole);
  }

  get #isQuiet(): boolean {
    const lastUs = Math.max(
      this.startUs + this.#options.durationUs,
      ...this.live.map(({ lastUs }) => lastUs),
    );
    return this.nowUs() >= lastUs + QUIET_US;
  }

  /** A packet of acknowledged records. */
  take(words: Uint32Array): void {
    eachAcknowledged(words, (number, dueSec, low, high) => {
      this.acknowledged.add(number, dueSec, low, high);
      if (this.part !== undefined) {
        this.stored++;
        return;
      }
      const shard = this.#byNumber.get(number);
      if (shard === undefined) this.#early.set(number, (this.#early.get(number) ?? 0) + 1);
      else shard.acknowledged++;
      this.stored++;
      for (const { readsAll, open } of this.live) if (readsAll) open.acknowledged(number, dueSec, low, high);
    });
  }

  /** A backlog is largest just before it is read. */
  beforeRead({ consumer: { stream } }: Place, nowUs: number): void {
    if (nowUs <= this.endUs) stream.meter.backlog(nowUs, this.stored - stream.passed);
  }

  /** The reader has read so far; `behindUs` is the age of the last record where there is more behind it. */
  progress({ consumer, shard, reader }: Place, behindUs: number, nowUs: number): void {
    const { meter } = consumer.stream;
    if (behindUs === 0) {
      reader.tipUs = nowUs;
      reader.catchUp(nowUs);
    } else reader.fallBehind(nowUs, shard.end);
    if (nowUs <= this.endUs) meter.age(nowUs, behindUs);
  }

  /** Its call was throttled, or it was out: what it has not read grows older. */
  heldUp({ consumer, shard, reader }: Place, nowUs: number): void {
    if (reader.position < shard.end) reader.fallBehind(nowUs, shard.end);
    if (nowUs > this.endUs) return;
    consumer.stream.meter.age(nowUs, this.oldestUs(reader, nowUs));
    this.held[reader.consumer].age(nowUs, nowUs - reader.tipUs);
  }

  /** For how long a consumer that is out in the end, or has not read since, had not been at a tip; else 0. */
  heldAtEndUs(consumer: number): number {
    const { endUs } = this;
    const isOut = this.live[consumer].stream.outUntilUs(endUs) > endUs;
    const held = this.shards.map(({ readers }) => readers[consumer]).filter(({ wasOut }) => isOut || wasOut);
    return held.reduce((most, { tipUs }) => Math.max(most, endUs - tipUs), 0);
  }

  /** At most the time since the reader was last at the tip: what it has not read came after that. */
  oldestUs(reader: Reader, nowUs: number): number {
    const shard = this.shards[reader.shard];
    const { tipUs, position } = shard.readers[reader.consumer];
    return position < shard.end ? nowUs - tipUs : 0;
  }

  /** Backlogs, and ages of those who are out, as they are now. */
  sample(nowUs: number): void {
    if (nowUs < this.startUs || nowUs > this.endUs) return;
    if (this.part !== undefined) this.#note(nowUs);
    for (const [i, { stream }] of this.live.entries()) {
      if (!stream.hasJoined) continue;
      stream.meter.backlog(nowUs - 1, this.stored - stream.passed);
      const isOut = stream.outUntilUs(nowUs) > nowUs;
      for (const { readers } of this.shards) {
        if (isOut || readers[i].isBehind) stream.meter.age(nowUs - 1, this.oldestUs(readers[i], nowUs));
        if (isOut) this.held[i].age(nowUs - 1, nowUs - readers[i].tipUs);
      }
    }
  }

  /** What is known here of backlogs: others have sent, and read, as well. */
  #note(nowUs: number): void {
    const step = Math.max(0, Math.ceil((nowUs - this.startUs) / this.stepUs) - 1);
    this.told[step] = this.stored;
    for (const [i, { stream }] of this.live.entries())
      this.passed[i][step] = stream.hasJoined ? stream.passed : this.stored;
  }

  /** The counted duration begins. */
  beginCounting(nowUs: number): void {
    for (const shard of this.shards) for (const reader of shard.readers) reader.begin(nowUs, shard.end);
  }

  /** Sleeps until a time of the schedule, unless its consumer is told to hurry meanwhile. */
  async sleepUntil({ consumer }: Place, atUs: number): Promise<void> {
    const hurried = consumer.hurries;
    while (!this.isStopped && consumer.hurries === hurried) {
      const leftUs = atUs - this.nowUs();
      if (leftUs <= 0) return;
      await this.alarm.sleep(leftUs / 1000);
    }
  }
}

/** What clocks may differ by: of those who read everything, what is older is not of the run. */
const SKEW_US = 60_000_000;

/**
 * Where readers begin. One of several machines that is late begins where the others' load did: all that is not of the
 * load is passed over.
 */
export function beginning(part: ReadPart | undefined): Position {
  const fromUs = (part?.baseUs ?? Infinity) - SKEW_US;
  if (epochClock() < fromUs) return { type: 'LATEST' };
  return { type: 'AT_TIMESTAMP', timestamp: new Date(fromUs / 1000) };
}

/**
 * LATEST means another place every time that it is asked for: where a reader has to ask again before it has seen a
 * record, it goes on at the time of the first asking.
 * @param askedUs microseconds since 1970
 */
export function pin({ consumer, reader }: Place, askedUs: number): void {
  if (reader.from.type !== 'LATEST') return;
  const atUs = consumer.readsAll ? askedUs - SKEW_US : askedUs;
  reader.from = { type: 'AT_TIMESTAMP', timestamp: new Date(atUs / 1000) };
}
