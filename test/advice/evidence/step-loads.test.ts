import { describe, expect, it } from 'vitest';
import { fillStepLoads, roomForSteps, type StepLoads } from '../../../src/advice/evidence/step-loads.ts';

const MIB = 1024 * 1024;

/** One minute: accepted records and bytes, and throttled attempts, as CloudWatch sums them. */
function minute(records: number, bytes: number, throttled: number): StepLoads {
  const room = roomForSteps(1);
  const columns = {
    incomingRecords: Float64Array.of(records),
    incomingBytes: Float64Array.of(bytes),
    throttled: Float64Array.of(throttled),
  };
  fillStepLoads(columns, 60, room);
  return room;
}

describe('the load of a step', () => {
  it('is what was accepted where nothing was throttled', () => {
    const { records, bytes } = minute(30_000, 6_000_000, 0);
    expect([records.lower[0], records.upper[0]]).toEqual([500, 500]);
    expect([bytes.lower[0], bytes.upper[0]]).toEqual([100_000, 100_000]);
  });

  it('lies between what was accepted and that with all throttled attempts', () => {
    const { records } = minute(30_000, 6_000_000, 6_000);
    expect([records.lower[0], records.upper[0]]).toEqual([500, 600]);
  });

  it('is at least the limit where it throttled at 0.95 of it, and never more for certain', () => {
    expect(minute(57_000, 0, 60_000).records.lower[0]).toBe(1000);
    expect(minute(56_999, 0, 60_000).records.lower[0]).toBeCloseTo(949.98, 2);
    expect(minute(60_000, 0, 60_000).records.upper[0]).toBe(2000);
  });

  it('takes throttled records to be up to twice the mean size of accepted ones', () => {
    const { bytes } = minute(6_000, 6_000 * 1024, 600);
    expect(bytes.lower[0]).toBe(100 * 1024);
    expect(bytes.upper[0]).toBe(100 * 1024 + 10 * 2048);
  });

  it('of a saturated shard is at least 1 MiB/s', () => {
    expect(minute(600, 60 * MIB * 0.96, 10).bytes.lower[0]).toBe(MIB);
  });

  it('is nothing, and not known, in a step without samples', () => {
    const room = minute(Number.NaN, Number.NaN, Number.NaN);
    expect(room.known[0]).toBe(0);
    expect(room.records.upper[0]).toBe(0);
  });
});
