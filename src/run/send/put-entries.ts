/**
 * A request of the producer as the entries of PutRecords: each record as it is, or packed as the KPL does.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import { AGGREGATE_KEY, encodeAggregate } from '../../model/kpl-codec.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';

export interface PutEntry {
  readonly Data: Uint8Array;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string;
}

/** What a key is on the wire. */
export interface WireKeys {
  nameOf(key: number): string;
  hashKeyOf(key: number): bigint;
  /** Undefined where the name decides. */
  explicitHashKeyOf(key: number): string | undefined;
}

/** Kinesis records of a request. */
export function kinesisRecordsOf({ slots, parcels }: Batch): number {
  return parcels?.ends.length ?? slots.length;
}

/** Positions in `slots` of a Kinesis record's first record, and behind its last. */
export function rangeOf({ parcels }: Batch, i: number): readonly [start: number, end: number] {
  if (parcels === undefined) return [i, i + 1];
  return [i === 0 ? 0 : parcels.ends[i - 1], parcels.ends[i]];
}

/** @param data of each record, in the order of `batch.slots` */
export function entriesOf(
  batch: Batch,
  data: readonly Uint8Array[],
  records: RecordSlab,
  wireKeys: WireKeys,
): PutEntry[] {
  const lone = (i: number): PutEntry => {
    const key = records.key[batch.slots[i]];
    const entry = { Data: data[i], PartitionKey: wireKeys.nameOf(key) };
    const explicit = wireKeys.explicitHashKeyOf(key);
    return explicit === undefined ? entry : { ...entry, ExplicitHashKey: explicit };
  };
  if (batch.parcels === undefined) return data.map((_, i) => lone(i));
  return Array.from({ length: kinesisRecordsOf(batch) }, (_, i) => {
    const [start, end] = rangeOf(batch, i);
    if (end - start === 1) return lone(start);
    const keys = Array.from(batch.slots.subarray(start, end), (slot) => records.key[slot]);
    return aggregateOf(keys, data.slice(start, end), wireKeys);
  });
}

/** The hash of its first record routes an aggregate; all its records are of that shard. */
function aggregateOf(keys: readonly number[], data: readonly Uint8Array[], wireKeys: WireKeys): PutEntry {
  const places = new Map<number, number>();
  for (const key of keys) if (!places.has(key)) places.set(key, places.size);
  const names = Array.from(places.keys(), (key) => wireKeys.nameOf(key));
  const placeOf = keys.map((key) => places.get(key) ?? 0);
  return {
    Data: encodeAggregate(names, placeOf, data),
    PartitionKey: AGGREGATE_KEY,
    ExplicitHashKey: formatHashKey(wireKeys.hashKeyOf(keys[0])),
  };
}
