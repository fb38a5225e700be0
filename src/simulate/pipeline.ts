/**
 * From records falling due to requests, and from replies to counts: everything of a load test but the clock and
 * the wire. The simulator drives it in virtual time, the live run in real time.
 */
import type { AttemptOutcome } from '../model/outcome.ts';
import type { LayoutChange, ShardMap } from '../model/shard-map.ts';
import { LatencyHistogram } from '../results/latency.ts';
import type { RecordCounts } from '../results/record-counts.ts';
import { Tally, type TallyOptions } from '../results/tally.ts';
import { ClosedLoop } from '../traffic/closed-loop.ts';
import { KeyDictionary } from '../traffic/key-dictionary.ts';
import { KeyRouter } from '../traffic/key-router.ts';
import { Offer, OfferColumns } from '../traffic/offer.ts';
import { isKpl, openProducer } from '../traffic/open-producer.ts';
import { Producer, type Batch, type RecordProducer } from '../traffic/producer.ts';
import { AutoDistribution } from '../traffic/record-distribution.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { WHOLE, type Split } from '../traffic/split.ts';
import { RecentLoad } from './recent-load.ts';
import { TallySink } from './tally-sink.ts';

/** One of several pipelines that share a scenario. */
export interface PipelinePart<T extends RecordCounts> {
  /** What of the offer is its own. */
  readonly split: Split;
  /** Who counts. */
  readonly countsOf: (options: TallyOptions) => T;
}

export class Pipeline<T extends RecordCounts = Tally> {
  readonly dictionary: KeyDictionary;
  readonly tally: T;
  readonly producer: RecordProducer;
  /** From a record's due time to its entering the producer. */
  readonly lag = new LatencyHistogram();
  readonly #scenario: Scenario;
  readonly offer: Offer;
  readonly #router: KeyRouter;
  /** Where the stream ignores keys. */
  readonly #auto: AutoDistribution | undefined;
  readonly #columns = new OfferColumns();
  readonly #sink: TallySink;
  readonly #recent: RecentLoad;
  /** Where replies, and not the offer, say when records fall due. */
  readonly #loop: ClosedLoop | undefined;
  /** When the layout changed last. */
  #changedUs = -Infinity;

  /**
   * @param z standard deviations that a finding must stand above counting noise
   * @param recent is told of the load too, from the time on that it asks for
   * @param part left out: the whole scenario, counted by a tally
   */
  constructor(
    scenario: Scenario,
    map: ShardMap,
    z: number,
    recent = new RecentLoad(),
    part?: PipelinePart<T>,
  ) {
    this.#scenario = scenario;
    this.#recent = recent;
    const sources = scenario.traffic.length;
    this.dictionary = dictionaryOf(scenario);
    this.offer = new Offer(scenario, this.dictionary, part?.split ?? WHOLE);
    this.#router = new KeyRouter(this.dictionary, map);
    const options = tallyOptionsOf(scenario, map, z);
    this.#auto = options.ignoresKeys ? new AutoDistribution(scenario.seed, sources, map) : undefined;
    // Without a part, T is what it is by default.
    this.tally = part === undefined ? (new Tally(options) as RecordCounts as T) : part.countsOf(options);
    this.#sink = new TallySink(this.tally, scenario.warmupUs, recent);
    this.producer = openProducer(scenario.producer, this.#sink, scenario.seed, sources);
    this.#sink.attach(this.producer.records);
    this.#loop = closedLoopOf(scenario, this.offer, this.producer);
  }

  /** When the next record falls due by itself; Infinity after the last, and in a closed loop. */
  get nextDueUs(): number {
    return this.#loop === undefined ? this.offer.nextDueUs : Infinity;
  }

  /** What makes the same offer checkable; a closed loop has none that another run could have. */
  get offeredDigest(): string | undefined {
    return this.#loop === undefined ? this.offer.digest : undefined;
  }

  /** A closed loop comes to its end; an open one ends with its offer. */
  endLoop(): void {
    this.#loop?.end();
  }

  /**
   * The stream has another layout from now on. Records that the producer holds are moved when they are sent: see
   * `reroute`.
   */
  relayout(change: LayoutChange, nowUs: number): void {
    this.#changedUs = nowUs;
    this.#router.relayout(change);
    this.#auto?.relayout(change.map);
    this.tally.relayout(change, nowUs - this.#scenario.warmupUs, (key) => this.#router.shardOf(key));
    const shardOf = (slot: number): number => this.#router.shardOf(this.producer.records.key[slot]);
    this.#sink.shardOf = shardOf;
    this.producer.layoutChanged(nowUs, { shardOf, move: (slot, shard) => this.#sink.move(slot, shard) });
  }

  /**
   * A request goes out: its records that fell due before the layout changed go where their keys go now, those of a
   * packed Kinesis record all with the first of them.
   */
  reroute({ slots, parcels }: Batch): void {
    if (this.#auto !== undefined) {
      this.#redistribute(this.#auto, slots);
      return;
    }
    if (this.#changedUs === -Infinity) return;
    const { records } = this.producer;
    for (let i = 0, parcel = 0, shard = -1; i < slots.length; i++) {
      const isFirst = parcels === undefined || i === 0 || i === parcels.ends[parcel];
      if (parcels !== undefined && i === parcels.ends[parcel]) parcel++;
      if (records.dueUs[slots[i]] > this.#changedUs) {
        shard = records.shard[slots[i]];
        continue;
      }
      if (isFirst) shard = this.#router.shardOf(records.key[slots[i]]);
      this.#sink.move(slots[i], shard);
    }
  }

  /** Every attempt goes to a shard of its own, among those that are open when it is sent. */
  #redistribute(auto: AutoDistribution, slots: Uint32Array): void {
    const { records } = this.producer;
    for (const slot of slots) {
      const isAsEntered = records.attempts[slot] === 0 && records.dueUs[slot] > this.#changedUs;
      if (isAsEntered) continue;
      this.#sink.move(slot, auto.shardOf(records.source[slot], records.k[slot], records.attempts[slot]));
    }
  }

  /**
   * Hands the records due by now to the producer.
   * @param most about how many at a time, so that a caller far behind can look around between
   * @returns whether that was all of them
   */
  enterDue(nowUs: number, most = Infinity): boolean {
    if (this.#loop !== undefined) return true;
    for (let entered = 0; entered < most; entered += this.#columns.length) {
      if (this.offer.take(nowUs, this.#columns) === 0) return true;
      this.enter(this.#columns, 0, this.#columns.length, nowUs);
    }
    return false;
  }

  /** The next request, where one is ready. */
  nextBatch(nowUs: number): Batch | undefined {
    this.#loop?.fill(nowUs, this.#enterNow);
    const batch = this.producer.nextBatch(nowUs);
    if (batch !== undefined && this.#sink.isCounted(batch.slots[0])) {
      this.tally.requests++;
      this.tally.queue.record(batch.queueUs, batch.slots.length);
    }
    return batch;
  }

  /**
   * A reply: one outcome for each Kinesis record of the request, in order.
   * @param retryable whether another try can end differently
   * @param isWhole whether the request failed as a whole
   */
  settle(
    batch: Batch,
    outcomes: ArrayLike<AttemptOutcome>,
    nowUs: number,
    retryable = true,
    isWhole = false,
  ): void {
    this.#sink.accepted = 0;
    if (batch.parcels !== undefined) this.#sink.countParcels(batch.slots, batch.parcels);
    this.producer.settle(batch, outcomes, nowUs, retryable, isWhole);
    // All of a request's records were sent and acknowledged together.
    if (this.#sink.accepted > 0) this.tally.service.record(nowUs - batch.sentUs, this.#sink.accepted);
  }

  /**
   * Hands records `from` … `to - 1` of some columns to the producer, which has nothing to send before the last of them.
   * @param nowUs when they enter, all at once; left out, each enters when it is due
   */
  enter(columns: OfferColumns, from: number, to: number, nowUs?: number): void {
    const { producer } = this;
    if (this.#auto === undefined) this.#router.route(columns.key, from, to, columns.shard);
    else this.#auto.route(columns, from, to, columns.shard);
    const counted = this.#firstCounted(columns.dueUs, from, to);
    this.tally.offerRun(columns, counted, to, this.#scenario.warmupUs);
    if (nowUs === undefined) this.lag.record(0, to - counted);
    else this.lag.recordSince(columns.dueUs, counted, to, nowUs);
    if (this.#recent.fromUs < Infinity && !this.tally.isPacked) this.#countRecent(columns, from, to);
    producer.records.takeRun(columns, from, to);
    this.#sink.offered(columns.slot, columns.place, counted, to);
    producer.enterRun(columns, from, to, nowUs);
  }

  readonly #enterNow = (columns: OfferColumns, from: number, to: number, nowUs: number): void =>
    this.enter(columns, from, to, nowUs);

  #countRecent({ dueUs, shard, bytes }: OfferColumns, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (dueUs[i] >= this.#recent.fromUs) this.#recent.add(shard[i], bytes[i]);
    }
  }

  /** The first record that is due in the counted duration. */
  #firstCounted(dueUs: Float64Array, from: number, to: number): number {
    let i = from;
    while (i < to && dueUs[i] < this.#scenario.warmupUs) i++;
    return i;
  }
}

function closedLoopOf(scenario: Scenario, offer: Offer, producer: RecordProducer): ClosedLoop | undefined {
  if (scenario.producer.loop !== 'closed') return undefined;
  if (!(producer instanceof Producer)) throw new Error('the producer of the KPL is no closed loop');
  return new ClosedLoop(offer, producer, scenario.warmupUs + scenario.durationUs);
}

export function dictionaryOf({ traffic, placementSeed }: Scenario): KeyDictionary {
  return new KeyDictionary(
    traffic.map((source) => source.keys),
    placementSeed,
  );
}

/** The tally that a scenario needs on a stream. @param z as for a pipeline */
export function tallyOptionsOf({ stream, durationUs, producer }: Scenario, map: ShardMap, z: number) {
  return {
    shards: map.open.length,
    durationUs,
    z,
    initialFill: stream.initialFill,
    maxRecordBytes: stream.maxRecordBytes,
    isPacked: isKpl(producer),
    ignoresKeys: stream.onDemand?.recordDistribution === 'auto',
  } satisfies TallyOptions;
}
