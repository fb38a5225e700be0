/**
 * The stream of a simulation: its layout, its limits on writing, and what it answers to a request.
 */
import { OnDemandMinutes } from '../model/on-demand-minutes.ts';
import { ATTEMPT, type AttemptOutcome } from '../model/outcome.ts';
import { openNumbersAfter, openNumbersOf, type LayoutChange, type ShardMap } from '../model/shard-map.ts';
import { ACCEPTED, Throttle } from '../model/throttle.ts';
import type { Batch, Parcels } from '../traffic/producer.ts';
import type { TimelineRow } from '../results/report-document.ts';
import { initialMapOf } from '../traffic/initial-layout.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { Pipeline } from './pipeline.ts';
import { Readers } from './readers.ts';
import { RecentLoad } from './recent-load.ts';
import type { ReadingOptions } from './shard-reads.ts';

/** What the stream says to a request. */
export interface Answer {
  /** By Kinesis record, in order. */
  readonly outcomes: ArrayLike<AttemptOutcome>;
  /** Whether the request failed as a whole. */
  readonly isWhole: boolean;
}

/** Why and how a layout changes. */
export interface ChangeReason {
  readonly kind: 'split' | 'merge' | 'resize';
  readonly cause: TimelineRow['cause'];
  /** How messages name it, completing "it was closed by …". */
  readonly name: string;
}

export class SimulatedStream {
  map: ShardMap;
  /** Numbers of its open shards, in order of hash key. */
  openNumbers: Uint32Array;
  /** When the layout changed last, in microseconds from the start of the warm-up. */
  changedUs = 0;
  /** What closed each shard that is not open any more, by number. */
  readonly closedBy = new Map<number, string>();
  /** Everything that has happened. */
  readonly history: TimelineRow[] = [];
  readonly recent = new RecentLoad();
  /** Where the scenario has consumers. */
  readonly readers: Readers | undefined;
  readonly #warmupUs: number;
  /** Until then puts fail. */
  #failsUntilUs = -Infinity;
  readonly #throttle: Throttle;
  readonly #isPutRecord: boolean;
  readonly #pipeline: Pipeline;
  /** Of an on-demand stream, which is split by them. */
  readonly minutes: OnDemandMinutes | undefined;

  /**
   * @param z standard deviations that a finding must stand above counting noise
   * @param reading how its consumers read
   */
  constructor(scenario: Scenario, z: number, reading: ReadingOptions) {
    const { shards, maxRecordBytes, initialFill, onDemand } = scenario.stream;
    this.map = initialMapOf(scenario.stream);
    this.openNumbers = openNumbersOf(this.map);
    this.#warmupUs = scenario.warmupUs;
    this.#isPutRecord = scenario.producer.api === 'PutRecord';
    this.#pipeline = new Pipeline(scenario, this.map, z, this.recent);
    this.readers = scenario.consumers.length > 0 ? new Readers(scenario, reading) : undefined;
    this.#throttle = new Throttle(shards, 0, { maxRecordBytes, initialFill });
    this.minutes = onDemand && new OnDemandMinutes(onDemand.rules, this.map, 0);
  }

  get pipeline(): Pipeline {
    return this.#pipeline;
  }

  /** The layout changes now: buckets are inherited, keys and waiting records go to the new shards. */
  reshard(change: LayoutChange, nowUs: number, { kind, cause, name }: ChangeReason): void {
    const before = this.map.all.length;
    const idOf = (number: number): string => change.map.all[number].shardId;
    const closed = change.steps.flatMap(({ parents }) => parents);
    const opened = change.steps.flatMap(({ children }) => children);
    for (const shard of closed) this.closedBy.set(shard, name);
    this.history.push({
      atMs: (nowUs - this.#warmupUs) / 1000,
      kind,
      shardIds: closed.filter((shard) => shard < before).map(idOf),
      children: opened.filter((shard) => change.map.all[shard].open).map(idOf),
      cause,
    });
    this.openNumbers = openNumbersAfter(this.openNumbers, this.map, change.map);
    this.map = change.map;
    this.changedUs = nowUs;
    this.recent.relayout(nowUs, change.map.all.length);
    this.#throttle.reshard(change, nowUs);
    this.minutes?.relayout(change.map);
    for (const { parents, children } of change.steps) this.readers?.reshard(parents, children, nowUs);
    this.#pipeline.relayout(change, nowUs);
  }

  /** From now on, for so long, every put fails as a whole and costs nothing. */
  fail(durationUs: number, nowUs: number): void {
    this.#failsUntilUs = Math.max(this.#failsUntilUs, nowUs + durationUs);
    const fromUs = nowUs - this.#warmupUs;
    this.#pipeline.tally.outage(fromUs, fromUs + durationUs);
    const atMs = fromUs / 1000;
    this.history.push({
      ...{ atMs, kind: 'outage', durationMs: durationUs / 1000 },
      ...{ shardIds: [], children: [], cause: 'timeline' },
    });
  }

  /** What the stream says to a request, Kinesis record by Kinesis record. */
  answer(batch: Batch, nowUs: number): Answer {
    this.#pipeline.reroute(batch);
    if (nowUs < this.#failsUntilUs) {
      const count = batch.parcels?.ends.length ?? batch.slots.length;
      return { outcomes: new Array<AttemptOutcome>(count).fill(ATTEMPT.failed), isWhole: true };
    }
    this.#throttle.beginCall(nowUs);
    const { slots, parcels } = batch;
    const outcomes =
      parcels === undefined ? this.#charge(slots, nowUs) : this.#chargeParcels(slots, parcels, nowUs);
    if (this.minutes !== undefined) this.#count(this.minutes, batch, outcomes);
    // PutRecord has no results: a throttled record is an error of its request.
    const isWhole = this.#isPutRecord && outcomes[0] !== ATTEMPT.accepted;
    return { outcomes: outcomes as unknown as ArrayLike<AttemptOutcome>, isWhole };
  }

  #count(minutes: OnDemandMinutes, { slots, parcels }: Batch, outcomes: Uint8Array): void {
    const { records } = this.#pipeline.producer;
    for (let i = 0; i < outcomes.length; i++) {
      if (outcomes[i] !== ATTEMPT.accepted) continue;
      const slot = slots[parcels === undefined || i === 0 ? i : parcels.ends[i - 1]];
      minutes.add(records.shard[slot], parcels?.bytes[i] ?? records.dataBytes[slot] + records.keyBytes[slot]);
    }
  }

  #charge(slots: Uint32Array, nowUs: number): Uint8Array {
    const { records } = this.#pipeline.producer;
    const outcomes = new Uint8Array(slots.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const bytes = records.dataBytes[slot] + records.keyBytes[slot];
      const verdict = this.#throttle.charge(records.shard[slot], bytes);
      outcomes[i] = verdict === ACCEPTED ? ATTEMPT.accepted : ATTEMPT.throttled;
      if (verdict === ACCEPTED) this.readers?.accept(records.shard[slot], bytes, records.dueUs[slot], nowUs);
    }
    return outcomes;
  }

  /** All records of a parcel are of the shard of its first. */
  #chargeParcels(slots: Uint32Array, { ends, bytes }: Parcels, nowUs: number): Uint8Array {
    const { records } = this.#pipeline.producer;
    const outcomes = new Uint8Array(ends.length);
    for (let i = 0; i < ends.length; i++) {
      const first = slots[i === 0 ? 0 : ends[i - 1]];
      const verdict = this.#throttle.charge(records.shard[first], bytes[i]);
      outcomes[i] = verdict === ACCEPTED ? ATTEMPT.accepted : ATTEMPT.throttled;
      if (verdict === ACCEPTED)
        this.readers?.accept(records.shard[first], bytes[i], records.dueUs[first], nowUs);
    }
    return outcomes;
  }
}
