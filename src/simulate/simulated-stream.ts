/**
 * The stream of a simulation: its layout, its limits on writing, and what it answers to a request.
 */
import { ATTEMPT, type AttemptOutcome } from '../model/outcome.ts';
import { createShardMap, type LayoutChange, type ShardMap } from '../model/shard-map.ts';
import { ACCEPTED, Throttle } from '../model/throttle.ts';
import type { Batch, Parcels } from '../traffic/producer.ts';
import type { StreamSpec } from '../traffic/scenario.ts';
import type { Pipeline } from './pipeline.ts';

/** What the stream says to a request. */
export interface Answer {
  /** By Kinesis record, in order. */
  readonly outcomes: ArrayLike<AttemptOutcome>;
  /** Whether the request failed as a whole. */
  readonly isWhole: boolean;
}

export class SimulatedStream {
  map: ShardMap;
  readonly #throttle: Throttle;
  readonly #pipeline: Pipeline;

  constructor({ shards, maxRecordBytes, initialFill }: StreamSpec, pipeline: (map: ShardMap) => Pipeline) {
    this.map = createShardMap(shards);
    this.#pipeline = pipeline(this.map);
    this.#throttle = new Throttle(shards, 0, { maxRecordBytes, initialFill });
  }

  get pipeline(): Pipeline {
    return this.#pipeline;
  }

  /** The layout changes now: buckets are inherited, keys and waiting records go to the new shards. */
  reshard(change: LayoutChange, nowUs: number): void {
    this.map = change.map;
    this.#throttle.reshard(change, nowUs);
    this.#pipeline.relayout(change, nowUs);
  }

  /** What the shards say to a request, Kinesis record by Kinesis record. */
  answer(batch: Batch, nowUs: number): Answer {
    this.#pipeline.reroute(batch);
    this.#throttle.beginCall(nowUs);
    const { slots, parcels } = batch;
    const outcomes = parcels === undefined ? this.#charge(slots) : this.#chargeParcels(slots, parcels);
    return { outcomes: outcomes as unknown as ArrayLike<AttemptOutcome>, isWhole: false };
  }

  #charge(slots: Uint32Array): Uint8Array {
    const { records } = this.#pipeline.producer;
    const outcomes = new Uint8Array(slots.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const bytes = records.dataBytes[slot] + records.keyBytes[slot];
      const verdict = this.#throttle.charge(records.shard[slot], bytes);
      outcomes[i] = verdict === ACCEPTED ? ATTEMPT.accepted : ATTEMPT.throttled;
    }
    return outcomes;
  }

  /** All records of a parcel are of the shard of its first. */
  #chargeParcels(slots: Uint32Array, { ends, bytes }: Parcels): Uint8Array {
    const { records } = this.#pipeline.producer;
    const outcomes = new Uint8Array(ends.length);
    for (let i = 0; i < ends.length; i++) {
      const first = slots[i === 0 ? 0 : ends[i - 1]];
      const verdict = this.#throttle.charge(records.shard[first], bytes[i]);
      outcomes[i] = verdict === ACCEPTED ? ATTEMPT.accepted : ATTEMPT.throttled;
    }
    return outcomes;
  }
}
