/**
 * Placed keys with loads in whole numbers: rates are fractions, and sums of fractions depend on their order.
 */
import type { PerDimension } from '../placement/key-run.ts';
import type { PlacedKeys } from '../placement/placement.ts';
import type { OrderedKeys } from './key-cells.ts';

/** Sums stay below this: exact in floating point, with room to spare. */
const MOST = 2 ** 51;
/** Loads are rounded by much less than this part of the limit, which a load that just fits is therefore allowed. */
const TOLERANCE = 1e-9;

/** Beyond so many keys neighbours are kept together: every one a cell of its own would take too much memory. */
export const MOST_CELLS = 1_000_000;
/** A group of neighbours is at most this part of a shard, so that layouts are as even to that. */
const GROUPS_PER_SHARD = 1000;

export interface ScaledKeys {
  readonly keys: OrderedKeys;
  /** Load of keys that are not placed; empty where there are none. */
  readonly tail: readonly PerDimension[];
  /** The planning limit, in the same units. */
  readonly limit: PerDimension;
  /** The full limit of a shard, in the same units. */
  readonly full: PerDimension;
}

/** @param full and limit of a shard, per second: what it takes, and what of it is planned for */
export function scaledKeysOf(placed: PlacedKeys, full: PerDimension, limit: PerDimension): ScaledKeys {
  const { positions, recordsBefore, bytesBefore, spread, hashKeyAt } = placed;
  const count = positions.length;
  const recordScale = scaleOf(recordsBefore[count] + spread.records);
  const byteScale = scaleOf(bytesBefore[count] + spread.bytes);
  const scaled = (load: PerDimension, room = 1): PerDimension => ({
    records: Math.round(load.records * recordScale * room),
    bytes: Math.round(load.bytes * byteScale * room),
  });
  const records = differences(recordsBefore, recordScale);
  const bytes = differences(bytesBefore, byteScale);
  const planned = scaled(limit, 1 + TOLERANCE);
  const isJoined = count > MOST_CELLS ? joined(records, bytes, planned) : undefined;
  return {
    keys: { count, rows: 1, positions, hashKeyAt, records, bytes, ...(isJoined && { isJoined }) },
    tail: placed.spreadKeys > 0 ? [scaled(spread)] : [],
    limit: planned,
    full: scaled(full),
  };
}

/** Marks keys that stay with the one before: as many as must, while they are together nothing to a shard. */
function joined(records: Float64Array, bytes: Float64Array, limit: PerDimension): Uint8Array {
  const most = Math.ceil(records.length / MOST_CELLS);
  const isJoined = new Uint8Array(records.length);
  let [length, ofRecords, ofBytes] = [0, 0, 0];
  for (let key = 0; key < records.length; key++) {
    ofRecords += records[key];
    ofBytes += bytes[key];
    const isLight = Math.max(ofRecords / limit.records, ofBytes / limit.bytes) * GROUPS_PER_SHARD <= 1;
    if (length > 0 && length < most && isLight) {
      isJoined[key] = 1;
      length++;
    } else [length, ofRecords, ofBytes] = [1, records[key], bytes[key]];
  }
  return isJoined;
}

/** A power of two, which changes no digit of a load. */
function scaleOf(total: number): number {
  let scale = 1;
  if (total <= 0) return scale;
  while (total * scale * 2 < MOST) scale *= 2;
  while (total * scale > MOST) scale /= 2;
  return scale;
}

function differences(before: Float64Array, scale: number): Float64Array {
  const loads = new Float64Array(before.length - 1);
  for (let i = 0; i < loads.length; i++) loads[i] = Math.round((before[i + 1] - before[i]) * scale);
  return loads;
}
