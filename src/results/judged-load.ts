/**
 * A load over one shard's limits with the range that counting noise leaves it.
 *
 * Records that arrive independently make a count of n vary by √n, and a sum of bytes by the root of the sum of their
 * squares (compound Poisson): few large records are noisy however many small ones there are beside them.
 */
import { LIMITS } from '../model/limits.ts';
import { worseOf, type RelativeLoad } from './sliding-sums.ts';

export const RECORDS_PER_SEC = LIMITS.writeRecordsPerSec.value;
export const BYTES_PER_SEC = LIMITS.writeBytesPerSec.value;

/** A load with the lower end of what may be claimed of it. */
export interface JudgedLoad extends RelativeLoad {
  /** Utilization less `z` standard deviations: what noise alone does not explain; may be below 0. */
  readonly lower: number;
}

export const UNJUDGED: JudgedLoad = { ...worseOf(0, 0), lower: 0 };

/** Sums over a window. */
export interface WindowLoad {
  records: number;
  bytes: number;
  /** Of each record's bytes. */
  squares: number;
}

/**
 * The load over the limits of so many shards, in the dimension in which most of it is certain.
 * @param variance of the number of records, where it is not that number itself
 */
export function judgedLoad(
  { records, bytes, squares }: WindowLoad,
  windowSec: number,
  z: number,
  shards = 1,
  variance = records,
): JudgedLoad {
  const ofRecords = windowSec * RECORDS_PER_SEC * shards;
  const ofBytes = windowSec * BYTES_PER_SEC * shards;
  const byRecords = (records - z * rootOf(variance)) / ofRecords;
  const byBytes = (bytes - z * rootOf(squares)) / ofBytes;
  return byRecords > byBytes || (byRecords === byBytes && records / ofRecords >= bytes / ofBytes)
    ? {
        dimension: 'records',
        perSec: records / windowSec,
        utilization: records / ofRecords,
        lower: byRecords,
      }
    : { dimension: 'bytes', perSec: bytes / windowSec, utilization: bytes / ofBytes, lower: byBytes };
}

/** `lower` of the judged load on one shard, without making an object. */
export function lowerOf(
  records: number,
  bytes: number,
  squares: number,
  windowSec: number,
  z: number,
): number {
  return Math.max(
    (records - z * rootOf(records)) / (windowSec * RECORDS_PER_SEC),
    (bytes - z * rootOf(squares)) / (windowSec * BYTES_PER_SEC),
  );
}

/** Whether noise may hide that the load is above one shard's limit. */
export function mayBeAbove(
  records: number,
  bytes: number,
  squares: number,
  windowSec: number,
  z: number,
): boolean {
  return (
    records + z * Math.sqrt(records) > windowSec * RECORDS_PER_SEC ||
    bytes + z * rootOf(squares) > windowSec * BYTES_PER_SEC
  );
}

/** Differences of large sums may come out a little below 0. */
function rootOf(variance: number): number {
  return variance > 0 ? Math.sqrt(variance) : 0;
}
