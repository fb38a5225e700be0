/**
 * The exact engine: every record of a scenario, one by one, against the shard model in virtual time.
 *
 * A request reaches the stream the moment it is sent, all of it at one microsecond, and its reply comes one service
 * time later. Nothing is random but what the scenario draws, so the same scenario ends the same on every machine.
 */
import { ATTEMPT, type AttemptOutcome } from '../model/outcome.ts';
import { createShardMap, type ShardMap } from '../model/shard-map.ts';
import { ACCEPTED, Throttle } from '../model/throttle.ts';
import { OfferColumns } from '../traffic/offer.ts';
import type { Batch, Parcels } from '../traffic/producer.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { Pipeline } from './pipeline.ts';
import { Readers } from './readers.ts';

export interface SimulationOptions {
  /** From a request's sending to its reply, in microseconds. */
  readonly serviceUs: number;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  /** Shown every request with what the shards said, before its records may be tried again; for tests. */
  readonly onRequest?: (request: SimulatedRequest) => void;
}

/** A request the moment it reaches the stream. */
export interface SimulatedRequest {
  readonly batch: Batch;
  /** By record, in order: `ATTEMPT` of the model. */
  readonly outcomes: Uint8Array;
  /** Where the batch's slots are looked up; they mean other records once the reply was settled. */
  readonly pipeline: Pipeline;
}

export interface Simulation {
  readonly pipeline: Pipeline;
  readonly map: ShardMap;
  /** Where the scenario has consumers. */
  readonly readers: Readers | undefined;
}

/** Plays a whole scenario and waits, in virtual time, for its last reply. */
export function simulateExactly(scenario: Scenario, options: SimulationOptions): Simulation {
  const player = new Player(scenario, options);
  player.play();
  player.readers?.finish();
  return { pipeline: player.pipeline, map: player.map, readers: player.readers };
}

class Player {
  readonly pipeline: Pipeline;
  readonly map: ShardMap;
  readonly readers: Readers | undefined;
  readonly #scenario: Scenario;
  readonly #serviceUs: number;
  readonly #throttle: Throttle;
  readonly #onRequest: ((request: SimulatedRequest) => void) | undefined;
  /** Requests on their way, in order of their replies. */
  readonly #onTheWay: { readonly batch: Batch; readonly outcomes: Uint8Array }[] = [];

  constructor(scenario: Scenario, { serviceUs, z, onRequest }: SimulationOptions) {
    const { shards, maxRecordBytes, initialFill } = scenario.stream;
    this.map = createShardMap(shards);
    this.pipeline = new Pipeline(scenario, this.map, z);
    this.readers = scenario.consumers.length > 0 ? new Readers(scenario, { serviceUs }) : undefined;
    this.#scenario = scenario;
    this.#serviceUs = serviceUs;
    this.#onRequest = onRequest;
    this.#throttle = new Throttle(shards, 0, { maxRecordBytes, initialFill });
  }

  play(): void {
    const { pipeline } = this;
    const columns = new OfferColumns();
    while (pipeline.offer.take(Infinity, columns) > 0) {
      for (let i = 0; i < columns.length; i++) {
        this.#advanceTo(columns.dueUs[i]);
        pipeline.enter(columns, i, columns.dueUs[i]);
        this.#sendReady(columns.dueUs[i]);
      }
    }
    const endUs = this.#scenario.warmupUs + this.#scenario.durationUs;
    this.#advanceTo(endUs);
    pipeline.producer.flush();
    this.#sendReady(endUs);
    this.#advanceTo(Infinity);
  }

  /** Lets everything happen that is due up to a time: replies first, then what the producer waited for. */
  #advanceTo(untilUs: number): void {
    for (;;) {
      const replyUs = this.#onTheWay.length > 0 ? this.#onTheWay[0].batch.sentUs + this.#serviceUs : Infinity;
      const nowUs = Math.min(replyUs, this.pipeline.producer.nextWakeUs());
      if (nowUs > untilUs || nowUs === Infinity) return;
      if (replyUs === nowUs) this.#settleFirst(nowUs);
      this.#sendReady(nowUs);
    }
  }

  #settleFirst(nowUs: number): void {
    const first = this.#onTheWay.shift();
    if (first)
      this.pipeline.settle(first.batch, first.outcomes as unknown as ArrayLike<AttemptOutcome>, nowUs);
  }

  #sendReady(nowUs: number): void {
    for (let batch = this.pipeline.nextBatch(nowUs); batch; batch = this.pipeline.nextBatch(nowUs)) {
      const outcomes = this.#charge(batch, nowUs);
      this.#onTheWay.push({ batch, outcomes });
      this.#onRequest?.({ batch, outcomes, pipeline: this.pipeline });
    }
  }

  /** What the shards say to a request, Kinesis record by Kinesis record. */
  #charge({ slots, parcels }: Batch, nowUs: number): Uint8Array {
    const { records } = this.pipeline.producer;
    this.#throttle.beginCall(nowUs);
    if (parcels !== undefined) return this.#chargeParcels(slots, parcels, nowUs);
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
    const { records } = this.pipeline.producer;
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
