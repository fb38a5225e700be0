/**
 * Which shards of a large stream are worth a look by the minute: those that throttled most, then those with most load.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Column } from '../../results/evidence/minute-series.ts';

/** The three metrics that matter, of one shard, in steps of any length; undefined where there is no sample. */
export interface CoarseLook {
  readonly shardId: string;
  readonly records: Column | undefined;
  readonly bytes: Column | undefined;
  readonly throttled: Column | undefined;
}

/**
 * The worst, worst first; shards without any sample are none.
 * @param secPerStep real seconds
 */
export function suspectsOf(looks: readonly CoarseLook[], secPerStep: number, most: number): string[] {
  return looks
    .filter(({ records, bytes, throttled }) => (records ?? bytes ?? throttled) !== undefined)
    .map(({ shardId, records, bytes, throttled }) => ({
      shardId,
      throttled: sumOf(throttled),
      load: Math.max(
        peakOf(records) / secPerStep / LIMITS.writeRecordsPerSec.value,
        peakOf(bytes) / secPerStep / LIMITS.writeBytesPerSec.value,
      ),
    }))
    .sort((a, b) => b.throttled - a.throttled || b.load - a.load || (a.shardId < b.shardId ? -1 : 1))
    .slice(0, most)
    .map(({ shardId }) => shardId);
}

function sumOf(column: Column | undefined): number {
  let sum = 0;
  for (const value of column ?? []) if (!Number.isNaN(value)) sum += value;
  return sum;
}

function peakOf(column: Column | undefined): number {
  let peak = 0;
  for (const value of column ?? []) if (value > peak) peak = value;
  return peak;
}
