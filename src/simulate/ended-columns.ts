/**
 * The counted records of a request that was answered, gathered from their slots into columns, so that each count of them
 * is one loop.
 */
import type { AttemptOutcome } from '../model/outcome.ts';
import type { EndedRecords } from '../results/tally.ts';
import type { RecordSlab } from '../traffic/record-slab.ts';

export class EndedColumns implements EndedRecords {
  readonly capacity: number;
  length = 0;
  /** From the start of the counted duration. */
  readonly dueUs: Float64Array;
  readonly key: Uint32Array;
  readonly shard: Uint32Array;
  readonly bytes: Uint32Array;
  readonly place: Uint32Array;
  readonly outcome: Uint8Array;

  /** @param capacity records of the largest request */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.dueUs = new Float64Array(capacity);
    this.key = new Uint32Array(capacity);
    this.shard = new Uint32Array(capacity);
    this.bytes = new Uint32Array(capacity);
    this.place = new Uint32Array(capacity);
    this.outcome = new Uint8Array(capacity);
  }

  /**
   * Replaces the content by those of some records that fell due in the counted duration.
   * @param places by slot, of their keys in the sketch
   * @param startUs of the counted duration
   */
  gather(
    records: RecordSlab,
    places: Uint32Array,
    slots: Uint32Array,
    outcomes: ArrayLike<AttemptOutcome>,
    startUs: number,
  ): void {
    const { dueUs, key, shard, bytes, place, outcome } = this;
    let length = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const countedUs = records.dueUs[slot] - startUs;
      if (countedUs < 0) continue;
      dueUs[length] = countedUs;
      key[length] = records.key[slot];
      shard[length] = records.shard[slot];
      bytes[length] = records.dataBytes[slot] + records.keyBytes[slot];
      place[length] = places[slot];
      outcome[length] = outcomes[i];
      length++;
    }
    this.length = length;
  }
}
