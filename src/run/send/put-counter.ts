/**
 * A transport that counts: it hands each request on and writes down what became of its Kinesis records.
 */
import { AGGREGATE_KEY } from '../../model/kpl-codec.ts';
import { ATTEMPT, type AttemptOutcome } from '../../model/outcome.ts';
import { roomier } from '../../model/column.ts';
import type { PutCounts } from '../../results/put-counts.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import { epochClock } from '../clock.ts';
import { kinesisRecordsOf, rangeOf } from './put-entries.ts';
import type { PutReply, Transport } from './transport.ts';

export class PutCounter {
  #firstUs: number | undefined;
  #lastUs: number | undefined;
  #dataBytes = 0;
  #keyBytes = 0;
  /** By number of the shard. */
  #accepted = new Float64Array(0);
  #bytes = new Float64Array(0);
  #throttled = new Float64Array(0);
  #unknown = new Float64Array(0);
  /** Kinesis records whose reply has not come yet. */
  #open = 0;

  /** The same transport, with every request counted. */
  watch(transport: Transport): Transport {
    return {
      name: transport.name,
      put: async (batch, records) => {
        this.#firstUs ??= epochClock();
        const sent = kinesisRecordsOf(batch);
        this.#open += sent;
        const reply = await transport.put(batch, records);
        this.#open -= sent;
        this.#lastUs = epochClock();
        this.#add(batch, records, reply);
        return reply;
      },
      close: () => transport.close(),
    };
  }

  #add(batch: Batch, records: RecordSlab, { outcomes }: PutReply): void {
    if (batch.parcels === undefined) this.#addLone(batch.slots, records, outcomes);
    else this.#addParcels(batch, records, outcomes);
  }

  /** Records that are sent as they are. */
  #addLone(slots: Uint32Array, records: RecordSlab, outcomes: PutReply['outcomes']): void {
    const { shard, dataBytes, keyBytes } = records;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      this.#count(outcomes[i], shard[slot], dataBytes[slot], keyBytes[slot]);
    }
  }

  /** Packed records, each counted on the shard of its first record. */
  #addParcels(batch: Batch, records: RecordSlab, outcomes: PutReply['outcomes']): void {
    for (let i = 0; i < outcomes.length; i++) {
      const [start, end] = rangeOf(batch, i);
      const slot = batch.slots[start];
      const keyBytes = end - start === 1 ? records.keyBytes[slot] : AGGREGATE_KEY.length;
      const dataBytes =
        end - start === 1 ? records.dataBytes[slot] : (batch.parcels?.bytes[i] ?? 0) - keyBytes;
      this.#count(outcomes[i], records.shard[slot], dataBytes, keyBytes);
    }
  }

  #count(outcome: AttemptOutcome, shard: number, dataBytes: number, keyBytes: number): void {
    if (shard >= this.#accepted.length) this.#grow(shard + 1);
    if (outcome === ATTEMPT.accepted) {
      this.#accepted[shard]++;
      this.#bytes[shard] += dataBytes + keyBytes;
      this.#dataBytes += dataBytes;
      this.#keyBytes += keyBytes;
    } else if (outcome === ATTEMPT.throttled) this.#throttled[shard]++;
    else if (outcome === ATTEMPT.lost) this.#unknown[shard]++;
  }

  #grow(shards: number): void {
    this.#accepted = roomier(this.#accepted, shards);
    this.#bytes = roomier(this.#bytes, shards);
    this.#throttled = roomier(this.#throttled, shards);
    this.#unknown = roomier(this.#unknown, shards);
  }

  /** What is known now; records that are still on their way are unknown, of no shard. */
  read(): PutCounts {
    const total = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);
    return {
      firstUs: this.#firstUs,
      lastUs: this.#open > 0 ? epochClock() : this.#lastUs,
      accepted: total(this.#accepted),
      dataBytes: this.#dataBytes,
      keyBytes: this.#keyBytes,
      throttled: total(this.#throttled),
      unknown: total(this.#unknown) + this.#open,
      shards: Array.from(this.#accepted, (accepted, i) => ({
        accepted,
        bytes: this.#bytes[i],
        throttled: this.#throttled[i],
        unknown: this.#unknown[i],
      })),
    };
  }
}
