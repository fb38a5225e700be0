/**
 * One Kinesis record that the Kinesis Producer Library packs from many user records: how many fit, and its bytes.
 *
 * Bytes are those of `model/kpl-codec.ts`, the format itself, with two simplifications: every user record has the mean
 * size, and brings a partition key of its own. Keys that repeat in an aggregate are stored once, so real aggregates are
 * a little smaller, never larger by this.
 */
import {
  AGGREGATE_FRAME_BYTES,
  AGGREGATE_KEY,
  keyEntryBytes,
  recordEntryBytes,
} from '../../model/kpl-codec.ts';
import type { AggregateSpec } from '../../traffic/scenario.ts';

/** A user record of the traffic, on average. */
export interface MeanRecord {
  /** Bytes of data, from 1. */
  readonly dataBytes: number;
  /** Bytes of the partition key, from 1. */
  readonly keyBytes: number;
}

/** The position of a key in the aggregate's table takes a byte more from each of these on. */
const LONGER_INDEX_FROM = [128, 16_384, 2_097_152, 268_435_456, Infinity];

/** Data and key of a Kinesis record of so many user records, 1 or more; a lone one is sent as it is. */
export function kinesisRecordBytes(count: number, record: MeanRecord): number {
  if (count <= 1) return record.dataBytes + record.keyBytes;
  return dataBytesOf(count, record) + AGGREGATE_KEY.length;
}

/** Data of an aggregate, in bytes, without its outer key. */
function dataBytesOf(count: number, record: MeanRecord): number {
  let bytes = AGGREGATE_FRAME_BYTES;
  let from = 0;
  for (const to of LONGER_INDEX_FROM) {
    const inBand = Math.min(count, to) - from;
    if (inBand <= 0) break;
    bytes += inBand * entryBytes(from, record);
    from = to;
  }
  return bytes;
}

/** What a user record and its key add, with the key at this position of the table. */
function entryBytes(index: number, { dataBytes, keyBytes }: MeanRecord): number {
  return keyEntryBytes(keyBytes) + recordEntryBytes(index, dataBytes);
}

/** User records that fit into an aggregate, at least 1: a record too large for company is sent alone. */
export function recordsThatFit({ maxBytes, maxCount }: AggregateSpec, record: MeanRecord): number {
  let room = maxBytes - AGGREGATE_FRAME_BYTES;
  let count = 0;
  for (let band = 0, from = 0; band < LONGER_INDEX_FROM.length; from = LONGER_INDEX_FROM[band++]) {
    const each = entryBytes(from, record);
    const fitting = Math.floor(room / each + 1e-9);
    const most = LONGER_INDEX_FROM[band] - from;
    count += Math.min(fitting, most);
    if (fitting < most) break;
    room -= most * each;
  }
  return Math.max(1, Math.min(count, maxCount));
}
