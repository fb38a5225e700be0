/**
 * Bytes that count against a shard's write limit: data and key; of PutRecord each record rounded up to whole KiB, which is
 * an assumption stated and not added for the calls of PutRecords (source: fact sheet, rounding on the sum of a call).
 */
import { LIMITS } from '../../model/limits.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { keyLengthsOf, meanBlocks } from '../../traffic/record-blocks.ts';
import { totalsOf } from './constraints.ts';
import type { PlanInput, PlanSource } from './plan-input.ts';

/** Of a record with a mean key. */
export function writtenBytesOf({ dataBytes, keyBytes, roundingBytes = 0 }: PlanSource): number {
  return dataBytes + keyBytes + roundingBytes;
}

/** What a producer of PutRecord puts into the data of its records for the placement of keys, whose bytes are their own. */
export function paddedDataBytesOf({ dataBytes, roundingBytes = 0 }: PlanSource): number {
  return dataBytes + roundingBytes;
}

/** Records and bytes per second that the write limits count. */
export function writtenOf(input: PlanInput): PerDimension {
  const { records, bytes } = totalsOf(input);
  return {
    records,
    bytes: input.sources.reduce(
      (sum, { recordsPerSec, roundingBytes = 0 }) => sum + recordsPerSec * roundingBytes,
      bytes,
    ),
  };
}

/** Mean bytes by which the records of a source are rounded up, each on its own. */
export function roundingBytesOf(
  source: PlanSource,
  maxRecordBytes: number,
  placementSeed: number | undefined,
): number {
  const block = LIMITS.writeRounding.value;
  const { keys, keyBytes, size } = source;
  const lengths =
    source.equalKeyBytes || keys === undefined
      ? [{ bytes: keyBytes, share: 1 }]
      : keyLengthsOf(keys, placementSeed);
  const blocks = lengths.reduce(
    (sum, { bytes, share }) => sum + share * meanBlocks(size, bytes, block, maxRecordBytes),
    0,
  );
  return blocks * block - source.dataBytes - keyBytes;
}
