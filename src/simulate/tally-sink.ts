/**
 * From the producer's slots to the tally: what happened to each record of the counted duration, and nothing of the
 * warm-up.
 */
import { OUTCOME, type AttemptOutcome, type RecordOutcome } from '../model/outcome.ts';
import type { RecordCounts } from '../results/record-counts.ts';
import type { Parcels, ProducerSink } from '../traffic/producer.ts';
import type { RecordSlab } from '../traffic/record-slab.ts';
import { EndedColumns } from './ended-columns.ts';
import type { RecentLoad } from './recent-load.ts';

export class TallySink implements ProducerSink {
  /** Counted records that were accepted since somebody set this to 0. */
  accepted = 0;
  /** Once the stream's layout has changed: the shard that a record would go to now. */
  shardOf: ((slot: number) => number) | undefined;
  readonly #tally: RecordCounts;
  readonly #warmupUs: number;
  readonly #recent: RecentLoad;
  #records: RecordSlab | undefined;
  /** By slot, the place that the record's key had when it was offered. */
  #place = new Uint32Array(0);
  #ended = new EndedColumns(0);

  /** @param recent is told of packed load */
  constructor(tally: RecordCounts, warmupUs: number, recent: RecentLoad) {
    this.#recent = recent;
    this.#tally = tally;
    this.#warmupUs = warmupUs;
  }

  /** The slab whose slots are meant; the producer, which owns it, is made after its sink. */
  attach(records: RecordSlab): void {
    this.#records = records;
  }

  isCounted(slot: number): boolean {
    return this.#slab.dueUs[slot] >= this.#warmupUs;
  }

  attempted(slot: number, outcome: AttemptOutcome, nowUs: number): void {
    if (!this.isCounted(slot)) return;
    const timeUs = nowUs - this.#warmupUs;
    this.#tally.attempt(timeUs, this.#slab.shard[slot], outcome);
    if (this.#slab.attempts[slot] > 1) this.#tally.series.retry(timeUs);
  }

  packed(slot: number, part: number, bytes: number, nowUs: number): void {
    const { shard, key } = this.#slab;
    if (nowUs >= this.#recent.fromUs) this.#recent.add(shard[slot], bytes, part);
    if (!this.isCounted(slot)) return;
    this.#tally.pack(nowUs - this.#warmupUs, key[slot], shard[slot], part, bytes);
  }

  /** A Kinesis record is counted where its first record is. */
  countParcels(slots: Uint32Array, { ends }: Parcels): void {
    for (let i = 0; i < ends.length; i++) {
      if (this.isCounted(slots[i === 0 ? 0 : ends[i - 1]])) this.#tally.kinesisRecords++;
    }
  }

  /** Puts a record on another shard, and counts it there. */
  move(slot: number, shard: number): void {
    const slab = this.#slab;
    const before = slab.shard[slot];
    if (before === shard) return;
    slab.shard[slot] = shard;
    if (this.isCounted(slot)) this.#tally.move(before, shard, slab.dataBytes[slot] + slab.keyBytes[slot]);
  }

  /** Slots `from` … `to - 1` of a column were filled with counted records, whose keys have these places in the sketch. */
  offered(slots: Uint32Array, places: Uint32Array, from: number, to: number): void {
    if (this.#place.length < this.#slab.dueUs.length) this.#growPlaces();
    for (let i = from; i < to; i++) this.#place[slots[i]] = places[i];
  }

  finished(slot: number, outcome: RecordOutcome, nowUs: number): void {
    if (!this.isCounted(slot)) return;
    const slab = this.#slab;
    if (outcome === OUTCOME.dropped && this.shardOf) this.move(slot, this.shardOf(slot));
    this.#tally.finish(
      this.#tally.placeOf(slab.key[slot], this.#place[slot], slab.shard[slot]),
      slab.shard[slot],
      slab.dataBytes[slot] + slab.keyBytes[slot],
      outcome,
      slab.attempts[slot],
      slab.throttledAttempts[slot],
      slab.failedAttempts[slot],
    );
    if (outcome !== OUTCOME.accepted) return;
    this.accepted++;
    this.#tally.response.record(nowUs - slab.dueUs[slot]);
  }

  ended(slots: Uint32Array, outcomes: ArrayLike<AttemptOutcome>, nowUs: number): void {
    if (this.#ended.capacity < slots.length) this.#ended = new EndedColumns(slots.length);
    const ended = this.#ended;
    ended.gather(this.#slab, this.#place, slots, outcomes, this.#warmupUs);
    this.accepted += this.#tally.end(ended, nowUs - this.#warmupUs);
  }

  #growPlaces(): void {
    const larger = new Uint32Array(this.#slab.dueUs.length);
    larger.set(this.#place);
    this.#place = larger;
  }

  get #slab(): RecordSlab {
    if (this.#records === undefined) throw new Error('the sink has no slab');
    return this.#records;
  }
}
