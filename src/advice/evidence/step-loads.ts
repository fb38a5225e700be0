/**
 * What a shard was offered in each step of its metrics, as far as they can tell: between what was accepted and that with
 * what was throttled, for retries are throttled again (math.md 8 and 9).
 */
import { LIMITS } from '../../model/limits.ts';
import type { Column, MinuteSeries } from '../../results/evidence/minute-series.ts';

/** Part of a limit from which on a step that throttled counts as above it (interface 8). */
export const SATURATED = 0.95;

/**
 * Times the mean size of accepted records that throttled ones may have, for large ones are refused first. An
 * assumption: CloudWatch does not count throttled bytes.
 */
export const THROTTLED_SIZE = 2;

/** By step, per second. */
export interface StepLoads {
  readonly records: { readonly lower: Float64Array; readonly upper: Float64Array };
  readonly bytes: { readonly lower: Float64Array; readonly upper: Float64Array };
  /** Attempts that were throttled. */
  readonly throttled: Float64Array;
  /** 1 where there is a sample of any of the three metrics. */
  readonly known: Uint8Array;
}

/** Room for the loads of one shard, to be filled again for the next. */
export function roomForSteps(count: number): StepLoads {
  const interval = (): StepLoads['records'] => ({
    lower: new Float64Array(count),
    upper: new Float64Array(count),
  });
  return {
    records: interval(),
    bytes: interval(),
    throttled: new Float64Array(count),
    known: new Uint8Array(count),
  };
}

export interface LoadColumns {
  readonly incomingRecords: Column | undefined;
  readonly incomingBytes: Column | undefined;
  readonly throttled: Column | undefined;
}

/** The three metrics that matter, of a shard; undefined where it has none of them. */
export function columnsOfShard({ shards }: MinuteSeries, shardId: string): LoadColumns | undefined {
  const of = shards.get(shardId);
  if (of === undefined) return undefined;
  const columns = {
    incomingRecords: of.IncomingRecords,
    incomingBytes: of.IncomingBytes,
    throttled: of.WriteProvisionedThroughputExceeded,
  };
  return Object.values(columns).some((column) => column !== undefined) ? columns : undefined;
}

/**
 * The load of one shard, or with `shards` times its limits that of a stream.
 *
 * Where a step throttled and what was accepted is at 0.95 of a limit or above, the lower end is that limit at least: what
 * is accepted never shows more, so that is all that is certain. A step without samples carried nothing.
 * @param secPerStep real seconds in a step
 */
export function fillStepLoads(columns: LoadColumns, secPerStep: number, into: StepLoads, shards = 1): void {
  const { known, records, bytes } = into;
  const recordLimit = LIMITS.writeRecordsPerSec.value * shards;
  const byteLimit = LIMITS.writeBytesPerSec.value * shards;
  known.fill(0);
  fillRates(columns.incomingRecords, secPerStep, records.lower, known);
  fillRates(columns.incomingBytes, secPerStep, bytes.lower, known);
  fillRates(columns.throttled, secPerStep, into.throttled, known);
  records.upper.set(records.lower);
  bytes.upper.set(bytes.lower);
  if (columns.throttled === undefined) return;
  for (let step = 0; step < known.length; step++) {
    const refused = into.throttled[step];
    if (refused <= 0) continue;
    const recordsIn = records.lower[step];
    const bytesIn = bytes.lower[step];
    const meanSize = recordsIn > 0 ? bytesIn / recordsIn : 0;
    records.lower[step] = raised(recordsIn, refused, recordLimit);
    records.upper[step] = Math.max(records.lower[step], recordsIn + refused);
    bytes.lower[step] = raised(bytesIn, refused, byteLimit);
    bytes.upper[step] = Math.max(bytes.lower[step], bytesIn + refused * meanSize * THROTTLED_SIZE);
  }
}

/** Per second; nothing where there is no sample. Marks the steps that have one. */
function fillRates(
  column: Column | undefined,
  secPerStep: number,
  rates: Float64Array,
  known: Uint8Array,
): void {
  if (column === undefined) {
    rates.fill(0);
    return;
  }
  const perStep = column;
  for (let step = 0; step < rates.length; step++) {
    const value = perStep[step];
    if (value >= 0) {
      rates[step] = value / secPerStep;
      known[step] = 1;
    } else rates[step] = 0;
  }
}

function raised(accepted: number, refused: number, limit: number): number {
  return refused > 0 && accepted >= SATURATED * limit ? Math.max(accepted, limit) : accepted;
}
