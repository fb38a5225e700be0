/**
 * Mean and deviation of what a source's records carry.
 */
import { meanDataBytes, meanSquareDataBytes } from '../traffic/record-mean.ts';
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
