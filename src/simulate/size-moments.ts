/**
 * Mean and deviation of what a source's records carry.
 */
import { meanDataBytes, meanRecordBytes, meanSquareDataBytes } from '../traffic/record-mean.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { DrawnSource } from './aggregate-limits.ts';

/** Bytes of data per record. */
export function momentsOf(
  { size }: DrawnSource,
  maxRecordBytes: number,
  meanBytes: number,
): { meanBytes: number; deviation: number } {
  const mean = meanDataBytes(size, Math.max(meanBytes, maxRecordBytes));
  const variance = size.kind === 'fixed' ? 0 : meanSquareDataBytes(size) - mean * mean;
  return { meanBytes: mean, deviation: Math.sqrt(Math.max(0, variance)) };
}

/** Mean bytes of data and key over all sources, each by its records. */
export function meanRecordBytesOf({ traffic, stream, placementSeed }: Scenario): number {
  let records = 0;
  let bytes = 0;
  for (const source of traffic) {
    const { size, keys, stages } = source;
    const count = stages.reduce((sum, stage) => sum + (stage.from + stage.to) * stage.durationUs, 0);
    records += count;
    bytes += count * meanRecordBytes(size, keys, stream.maxRecordBytes, placementSeed);
  }
  return records > 0 ? bytes / records : 1;
}
