/**
 * Everything that is counted about the records of a run, in memory that does not grow: totals per shard, the
 * heaviest keys, load in the busiest window, latencies, a time line.
 *
 * Offered is counted when a record falls due, an attempt when it is answered, an outcome when it is final; in the
 * end offered is the sum of the outcomes, exactly.
 */
import { ATTEMPT, type AttemptOutcome, type RecordOutcome } from '../model/outcome.ts';
import type { LayoutChange } from '../model/shard-map.ts';
import { Backlog } from './backlog.ts';
import { KeyStays } from './key-stays.ts';
import { KeySketch, LEAST_WEIGHT } from './key-sketch.ts';
import { LatencyHistogram } from './latency.ts';
import { LayoutPhases, type PhaseCounts } from './layout-phases.ts';
import { LoadMeter } from './load-meter.ts';
import { OutcomeCounts } from './outcome-counts.ts';
import type { RecordCounts } from './record-counts.ts';
import { TimeSeries } from './time-series.ts';

const US_PER_SEC = 1_000_000;
const LEAST_PLACES = 16_384;
const MOST_PLACES = 65_536;
/** Places per shard in the key sketch: one hundred resolve two percent of a mean shard's load. */
const PLACES_PER_SHARD = 100;

export interface TallyOptions {
  /** Shards at the start; records name them by number. */
  readonly shards: number;
  readonly durationUs: number;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  /** Places in the key sketch; default by the number of shards. */
  readonly keyPlaces?: number;
  /** Level of the stream's buckets at the start, 0…1, default 1; its largest record in bytes, default 1 MiB. */
  readonly initialFill?: number;
  readonly maxRecordBytes?: number;
  /** Whether records are packed into others: then the load of shards is that of the packed ones (`pack`). */
  readonly isPacked?: boolean;
  /** Whether the stream spreads records by itself, so that no key has a shard. */
  readonly ignoresKeys?: boolean;
}

/** Records that fall due, as columns. */
export interface OfferedRecords {
  readonly dueUs: Float64Array;
  readonly key: Uint32Array;
  readonly shard: Uint32Array;
  /** Data and key. */
  readonly bytes: Uint32Array;
  /** Written by the tally: the place of each record's key in the sketch. */
  readonly place: Uint32Array;
}

/** Records that were answered, all at once, as columns; the tally may change them. */
export interface EndedRecords {
  readonly length: number;
  readonly dueUs: Float64Array;
  readonly key: Uint32Array;
  readonly shard: Uint32Array;
  readonly bytes: Uint32Array;
  /** Where each record's key was in the sketch. */
  readonly place: Uint32Array;
  /** Of the only attempt, hence of the record. */
  readonly outcome: Uint8Array;
}

export class Tally implements RecordCounts {
  readonly shards: OutcomeCounts;
  readonly sketch: KeySketch;
  /** By place in the sketch. */
  readonly keys: OutcomeCounts;
  readonly shardOfKey: Uint32Array;
  readonly load: LoadMeter;
  readonly response = new LatencyHistogram();
  readonly service = new LatencyHistogram();
  readonly queue = new LatencyHistogram();
  readonly series: TimeSeries;
  /** Overload that the buckets do not cover, second by second. */
  readonly backlog: Backlog;
  readonly phases: LayoutPhases;
  requests = 0;
  /** Kinesis records sent, where records are packed into them; else every attempt is one. */
  kinesisRecords = 0;
  readonly isPacked: boolean;
  readonly ignoresKeys: boolean;
  /** Of keys under which the layout has changed. */
  stays: KeyStays | undefined;
  /** By number, of shards that were not open from the start to the end; microseconds of the counted duration. */
  readonly openedUs = new Map<number, number>();
  readonly closedUs = new Map<number, number>();
  /** Closed shards that were offered something while they were open, wherever it was decided in the end. */
  readonly usedClosed = new Set<number>();
  #openShards: number;
  readonly #freed: (place: number) => void;

  constructor(options: TallyOptions) {
    const places =
      options.keyPlaces ?? Math.min(MOST_PLACES, Math.max(LEAST_PLACES, options.shards * PLACES_PER_SHARD));
    this.shards = new OutcomeCounts(options.shards);
    this.sketch = new KeySketch(places);
    this.keys = new OutcomeCounts(places);
    this.shardOfKey = new Uint32Array(places);
    this.load = new LoadMeter(
      options.shards,
      this.sketch,
      this.shardOfKey,
      options.durationUs / 1_000_000,
      options.z,
    );
    this.series = new TimeSeries(options.durationUs, options.shards);
    this.isPacked = options.isPacked ?? false;
    this.ignoresKeys = options.ignoresKeys ?? false;
    this.backlog = new Backlog(options.shards, options.initialFill, options.maxRecordBytes);
    this.phases = new LayoutPhases(options.shards);
    this.#openShards = options.shards;
    this.load.onSecond = (second, shards) => {
      const backlogSec = this.backlog.add(second, shards);
      this.series.backlog(second, backlogSec);
      return backlogSec > 0;
    };
    this.#freed = (place) => {
      this.load.forget(place, this.keys.count(place, 'offered'));
      this.keys.reset(place);
      this.stays?.forget(place);
    };
  }

  /**
   * The layout of the stream changes: shards are closed and opened, keys are on other shards from now on.
   * @param timeUs from the start of the counted duration, in order with the offered records; below 0 in the warm-up
   * @param shardOf number of the shard that a key goes to then
   * @param told counted up to then; left out: everything so far
   */
  relayout(
    { map, steps }: LayoutChange,
    timeUs: number,
    shardOf: (key: number) => number,
    told: PhaseCounts = this.series.counts,
  ): void {
    const rows = map.all.length;
    const places = this.ignoresKeys ? new Uint32Array(0) : this.sketch.held();
    if (places.length > 0) {
      this.stays ??= new KeyStays(this.sketch.capacity);
      this.stays.note(rows, places, this.shardOfKey, this.keys);
    }
    const startUs = Math.max(0, timeUs);
    const touched = steps.flatMap(({ parents, children }) => [...parents, ...children]);
    this.load.relayout(startUs, rows, map.open.length, touched);
    // Not before: the seconds up to now are judged with the keys where they were.
    const isClosed = new Uint8Array(rows);
    for (const { parents } of steps) for (const parent of parents) isClosed[parent] = 1;
    for (let i = 0; i < places.length; i++) {
      const place = places[i];
      if (isClosed[this.shardOfKey[place]] === 1) this.shardOfKey[place] = shardOf(this.sketch.keys[place]);
    }
    this.shards.grow(rows);
    this.series.grow(rows);
    this.series.layout(startUs, map.open.length, this.#openShards);
    this.phases.change(timeUs, map.open.length, told, this.load.endedUtilization);
    this.#openShards = map.open.length;
    const second = Math.floor(startUs / US_PER_SEC);
    this.backlog.reshard(steps, rows, second, startUs / US_PER_SEC - second, this.load.shards);
    for (const { parents, children } of steps) {
      for (const parent of parents) {
        this.closedUs.set(parent, timeUs);
        if (this.shards.count(parent, 'offered') > 0) this.usedClosed.add(parent);
      }
      for (const child of children) this.openedUs.set(child, timeUs);
    }
  }

  /** Every put fails from one time to another, in microseconds from the start of the counted duration. */
  outage(fromUs: number, toUs: number): void {
    this.backlog.outage(fromUs / US_PER_SEC, toUs / US_PER_SEC);
  }

  /** A record that was offered to one shard is tried on another: it counts there, with all its attempts. */
  move(from: number, to: number, bytes: number): void {
    this.shards.move(from, to, bytes);
  }

  /**
   * A record falls due. `dueUs` from the start of the counted duration, in order.
   * @returns the place of its key in the sketch
   */
  offer(dueUs: number, key: number, shard: number, bytes: number): number {
    const place = this.sketch.add(key, bytes > LEAST_WEIGHT ? bytes : LEAST_WEIGHT, this.#freed);
    this.shardOfKey[place] = shard;
    this.shards.offer(shard, bytes);
    this.keys.offer(place, bytes);
    if (!this.isPacked) this.load.offer(dueUs, shard, this.ignoresKeys ? -1 : place, bytes);
    this.series.offer(dueUs, shard, bytes);
    return place;
  }

  /**
   * The place of a key to which weight is added, for who counts its records by place.
   * @param weight of its records, of each at least `LEAST_WEIGHT`
   */
  weigh(key: number, weight: number, shard: number): number {
    const place = this.sketch.add(key, weight, this.#freed);
    this.shardOfKey[place] = shard;
    return place;
  }

  /**
   * Records `from` … `to - 1` of some columns fall due, in order: what `offer` does to each, count by count.
   * @param startUs when the counted duration starts, on the clock of the due times
   */
  offerRun(records: OfferedRecords, from: number, to: number, startUs: number): void {
    const { dueUs, key, shard, bytes, place } = records;
    for (let at = from; at < to;) {
      const firstUs = dueUs[at] - startUs;
      if (!this.isPacked && !this.load.hasReached(firstUs)) {
        place[at] = this.offer(firstUs, key[at], shard[at], bytes[at]);
        at++;
        continue;
      }
      const end = endOfSecond(dueUs, at, to, startUs);
      const next = this.sketch.addRun(key, bytes, place, at, end, this.#freed);
      for (let i = at; i < next; i++) this.shardOfKey[place[i]] = shard[i];
      this.shards.offerRun(shard, bytes, at, next);
      this.keys.offerRun(place, bytes, at, next);
      if (!this.isPacked) this.load.offerRun(shard, this.ignoresKeys ? undefined : place, bytes, at, next);
      this.series.offerRun(firstUs, shard, bytes, at, next);
      at = next;
    }
  }

  /**
   * A record was packed for the first time.
   * @param part of a Kinesis record that it is, 0…1
   * @param bytes of that Kinesis record that it is
   */
  pack(timeUs: number, key: number, shard: number, part: number, bytes: number): void {
    this.load.offer(timeUs, shard, this.sketch.find(key), bytes, part);
  }

  /** An attempt was answered, or given up as lost. */
  attempt(timeUs: number, shard: number, outcome: AttemptOutcome): void {
    if (outcome === ATTEMPT.accepted) this.series.accept(timeUs);
    else if (outcome === ATTEMPT.throttled) this.series.throttle(timeUs, shard);
    else this.series.fail(timeUs);
  }

  /** The place of a key in the sketch, which is `guess` as a rule; negative where it has none. */
  placeOf(key: number, guess: number): number {
    return this.sketch.keys[guess] === key ? guess : this.sketch.find(key);
  }

  /** A record's end, with all the attempts that it took. @param place of its key; negative where it has none */
  finish(
    place: number,
    shard: number,
    bytes: number,
    outcome: RecordOutcome,
    attempts: number,
    throttledAttempts: number,
    failedAttempts: number,
  ): void {
    this.shards.finish(shard, outcome, bytes, attempts, throttledAttempts, failedAttempts);
    if (place >= 0) this.keys.finish(place, outcome, bytes, attempts, throttledAttempts, failedAttempts);
  }

  /**
   * Records end, each after one attempt: what `attempt`, `finish` and `response` are told of each.
   * @param nowUs from the start of the counted duration, as their due times
   * @returns how many were accepted
   */
  end({ length, dueUs, key, shard, bytes, place, outcome }: EndedRecords, nowUs: number): number {
    this.series.answerRun(nowUs, shard, outcome, length);
    this.shards.finishRun(shard, bytes, outcome, length);
    const { keys } = this.sketch;
    // Where the sketch has no place for the key, -1 becomes `NO_ROW` in the column.
    for (let i = 0; i < length; i++) if (keys[place[i]] !== key[i]) place[i] = this.sketch.find(key[i]);
    this.keys.finishRun(place, bytes, outcome, length);
    let accepted = 0;
    for (let i = 0; i < length; i++) {
      dueUs[accepted] = dueUs[i];
      if (outcome[i] === ATTEMPT.accepted) accepted++;
    }
    this.response.recordSince(dueUs, 0, accepted, nowUs);
    return accepted;
  }
}

/** The first of the records from `from` on that does not fall due in the second of the first. */
export function endOfSecond(dueUs: Float64Array, from: number, to: number, startUs: number): number {
  const endUs = startUs + (Math.floor((dueUs[from] - startUs) / US_PER_SEC) + 1) * US_PER_SEC;
  if (dueUs[to - 1] < endUs) return to;
  let end = from + 1;
  while (dueUs[end] < endUs) end++;
  return end;
}
