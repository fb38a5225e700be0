/**
 * What a bill counts of some traffic, per second: records rounded up the way each capacity mode rounds them. The mean rate
 * is billed, not the peak.
 */
import { LIMITS } from '../../model/limits.ts';
import { HOURS_PER_MONTH } from '../../model/prices.ts';
import { keyLengthsOf, meanBlocks, type KeyLength } from '../../traffic/record-blocks.ts';
import type { PlanInput, PlanSource } from '../plan/plan-input.ts';

/** How records are rounded up on a bill. */
export interface BilledRounding {
  /** Whether the partition key is part of what is rounded up. */
  readonly countsKey: boolean;
  readonly putUnitBytes: number;
}

export const BILLED_ROUNDING: BilledRounding = {
  countsKey: true,
  putUnitBytes: LIMITS.putPayloadUnitBytes.value,
};

export interface BilledTraffic {
  /** Mean Kinesis records per second. */
  readonly recordsPerSec: number;
  /** Mean bytes per second, data and keys. */
  readonly bytesPerSec: number;
  /** PUT payload units per second: each record of its own, rounded up. */
  readonly putUnitsPerSec: number;
  /** Bytes per second with each record rounded up to whole KiB, as on-demand bills what is written. */
  readonly roundedBytesPerSec: number;
  /** Consumers that share a shard's reads, and those with enhanced fan-out. */
  readonly polling: number;
  readonly efo: number;
  readonly retentionHours: number;
  /** Bytes read by GetRecords per second that are older than seven days. */
  readonly longTermReadBytesPerSec: number;
}

/**
 * The traffic of a plan as it is billed.
 * @param longTermReadBytesPerMonth read by GetRecords from what is older than seven days
 */
export function billedTrafficOf(
  input: PlanInput,
  longTermReadBytesPerMonth = 0,
  { countsKey, putUnitBytes } = BILLED_ROUNDING,
): BilledTraffic {
  const most = input.maxRecordBytes;
  let recordsPerSec = 0;
  let bytesPerSec = 0;
  let putUnitsPerSec = 0;
  let roundedBytesPerSec = 0;
  for (const source of input.sources) {
    const rate = source.meanRecordsPerSec;
    const lengths = countsKey ? keyLengths(source, input.placementSeed) : NO_KEY;
    recordsPerSec += rate;
    bytesPerSec += rate * (source.dataBytes + source.keyBytes);
    putUnitsPerSec += rate * blocks(source, lengths, putUnitBytes, most);
    const kib = LIMITS.onDemandBilledBytes.value;
    roundedBytesPerSec += rate * blocks(source, lengths, kib, most) * kib;
  }
  return {
    recordsPerSec,
    bytesPerSec,
    putUnitsPerSec,
    roundedBytesPerSec,
    ...countReaders(input),
    retentionHours: input.retentionHours,
    longTermReadBytesPerSec: longTermReadBytesPerMonth / SECONDS_PER_MONTH,
  };
}

/** Consumers by the way they read: a bill and the limits of modes know no more of them. */
export function countReaders({ consumers }: PlanInput): { readonly polling: number; readonly efo: number } {
  const efo = consumers.filter(({ kind }) => kind === 'efo').length;
  return { polling: consumers.length - efo, efo };
}

/** The same traffic at another rate: everything that grows with it does. */
export function scaledTraffic(traffic: BilledTraffic, factor: number): BilledTraffic {
  return {
    ...traffic,
    recordsPerSec: traffic.recordsPerSec * factor,
    bytesPerSec: traffic.bytesPerSec * factor,
    putUnitsPerSec: traffic.putUnitsPerSec * factor,
    roundedBytesPerSec: traffic.roundedBytesPerSec * factor,
    longTermReadBytesPerSec: traffic.longTermReadBytesPerSec * factor,
  };
}

export { HOURS_PER_MONTH };
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

/** A GB on a bill. */
export const BILLED_GB = 2 ** 30;

const NO_KEY: readonly KeyLength[] = [{ bytes: 0, share: 1 }];

function keyLengths(source: PlanSource, placementSeed: number | undefined): readonly KeyLength[] {
  return source.equalKeyBytes || source.keys === undefined
    ? [{ bytes: source.keyBytes, share: 1 }]
    : keyLengthsOf(source.keys, placementSeed);
}

function blocks(
  { size }: PlanSource,
  lengths: readonly KeyLength[],
  blockBytes: number,
  maxBytes: number,
): number {
  let mean = 0;
  for (const { bytes, share } of lengths) mean += share * meanBlocks(size, bytes, blockBytes, maxBytes);
  return mean;
}
