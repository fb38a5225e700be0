/** The read limits against AWS's own words: 5 calls, 2 MiB/s, nobody for 5 s after 10 MiB, for 1 s after a cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/model/limits.ts';
import {
  FanOutThrottle,
  ReadThrottle,
  THROTTLED_BY_CALLS,
  THROTTLED_BY_PENALTY,
} from '../../src/model/read-throttle.ts';

const MIB = 1024 * 1024;
const SEC = 1_000_000;

/** A call for so many waiting bytes, in records of 64 KiB; what it returned, or why not. */
function read(throttle: ReadThrottle, nowUs: number, waiting: number, shard = 0): number {
  const allowed = throttle.call(shard, nowUs);
  if (allowed < 0) return allowed;
  const bytes = Math.min(waiting, Math.floor(allowed / 65_536) * 65_536);
  return throttle.reply(shard, nowUs, bytes, bytes < waiting, allowed) ? bytes : THROTTLED_BY_PENALTY;
}

describe('GetRecords on a shard', () => {
  it('is answered five times at once and five times a second from then on', () => {
    const throttle = new ReadThrottle();
    const answered = (nowUs: number): boolean => read(throttle, nowUs, 0) === 0;
    expect(Array.from({ length: 7 }, () => answered(0))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(answered(199_999)).toBe(false);
    expect(answered(200_000)).toBe(true);
    expect(answered(200_000)).toBe(false);
    expect(throttle.call(0, 200_000)).toBe(THROTTLED_BY_CALLS);
    expect(throttle.call(1, 200_000)).toBe(10 * MIB);
  });

  it('answers nobody for 5 s after a reply of 10 MiB, to the microsecond', () => {
    const throttle = new ReadThrottle();
    expect(read(throttle, 0, 30 * MIB)).toBe(10 * MIB);
    for (const at of [1, SEC, 4_999_999]) expect(read(throttle, at, 0)).toBe(THROTTLED_BY_PENALTY);
    expect(read(throttle, 5 * SEC, 20 * MIB)).toBe(10 * MIB);
    expect(read(throttle, 10 * SEC, 10 * MIB)).toBe(10 * MIB);
    expect(read(throttle, 14 * SEC, 0)).toBe(THROTTLED_BY_PENALTY);
  });

  it('answers nobody for 1 s after a reply that its bandwidth cut short', () => {
    const throttle = new ReadThrottle();
    expect(read(throttle, 0, 6 * MIB)).toBe(6 * MIB);
    expect(read(throttle, 0, 6 * MIB)).toBe(4 * MIB);
    expect(read(throttle, 999_999, 2 * MIB)).toBe(THROTTLED_BY_PENALTY);
    expect(read(throttle, SEC, 4 * MIB)).toBe(2 * MIB);
    expect(read(throttle, 2 * SEC, 2 * MIB)).toBe(2 * MIB);
    // Nothing was cut: the next one comes too early for a record of 64 KiB and is itself refused.
    expect(read(throttle, 2 * SEC + 1, 65_536)).toBe(THROTTLED_BY_PENALTY);
    expect(read(throttle, 3 * SEC + 1, 65_536)).toBe(65_536);
  });

  it('charges throttled calls only where it is told to', () => {
    const calls = (throttledCallsCount: boolean): number => {
      const throttle = new ReadThrottle({ throttledCallsCount });
      read(throttle, 0, 10 * MIB);
      for (let i = 1; i <= 49; i++) read(throttle, i * 100_000, 0);
      let answered = 0;
      while (read(throttle, 5 * SEC, 0) === 0) answered++;
      return answered;
    };
    expect(calls(false)).toBe(5);
    expect(calls(true)).toBe(1);
  });

  it('never gives more than burst and refill, whoever asks when and for how much', () => {
    const asks = fc.array(fc.tuple(fc.nat(700_000), fc.nat(300)), { maxLength: 200 });
    fc.assert(
      fc.property(asks, (list) => {
        const throttle = new ReadThrottle();
        let [nowUs, calls, bytes] = [0, 0, 0];
        for (const [wait, records] of list) {
          nowUs += wait;
          const got = read(throttle, nowUs, records * 65_536);
          if (got < 0) continue;
          calls++;
          bytes += got;
          expect(calls).toBeLessThanOrEqual(5 + (5 * nowUs) / SEC);
          expect(bytes).toBeLessThanOrEqual(10 * MIB + (2 * MIB * nowUs) / SEC);
        }
      }),
    );
  });
});

describe('enhanced fan-out', () => {
  it('pushes 2 MiB at once and 2 MiB a second from then on', () => {
    const throttle = new FanOutThrottle(0, MIB);
    expect(throttle.room(0)).toBe(2 * MIB);
    throttle.take(2 * MIB);
    expect(throttle.room(0)).toBe(0);
    expect(throttle.whenUs(MIB, 0)).toBe(500_000);
    expect(throttle.room(499_999)).toBe(MIB - 3);
    expect(throttle.room(500_000)).toBe(MIB);
  });

  it('has room for the largest record of the stream', () => {
    const largest = LIMITS.ceilingMaxRecordBytes.value;
    expect(new FanOutThrottle(0, largest).room(0)).toBe(largest);
  });
});
