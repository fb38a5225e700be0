/**
 * A piece of a stream's record log: bytes of one body or of several small ones, and where the records stand in them.
 */

/** Columns per record: data start, data length, key start, key length, shard number, arrival after the segment's own. */
export const COLUMNS = 6;
export const SHARD = 4;
export const ARRIVAL = 5;
/** Rows that one segment may have, as the stride of references. */
export const ROWS = 1024;

export interface Segment {
  body: Buffer;
  /** The columns, row by row; `used` of its words hold records. */
  rows: Uint32Array;
  used: number;
  /** Arrival of its first record and of its last. */
  readonly arrivalMs: number;
  lastMs: number;
  /** What it costs to keep, index and overhead included. */
  bytes: number;
}
