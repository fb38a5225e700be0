import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPT, finalOutcome, OUTCOME } from '../../src/model/outcome.ts';
import {
  ACCEPTED,
  chargeCall,
  Throttle,
  THROTTLED_BY_BYTES,
  THROTTLED_BY_RECORDS,
  type CallRecord,
} from '../../src/model/throttle.ts';
import { TokenBuckets } from '../../src/model/token-bucket.ts';

const MIB = 1_048_576;
const SEC = 1_000_000;

/** Interface section 5, said slowly: BigInt millionths, one microsecond's worth added at a time of looking. */
class SlowThrottle {
  readonly #shards: { records: bigint; bytes: bigint; seenUs: bigint }[];
  readonly #byteBurst: bigint;

  constructor(shards: number, nowUs: number, byteBurst = MIB, fill = 1) {
    this.#byteBurst = BigInt(byteBurst) * 1_000_000n;
    this.#shards = Array.from({ length: shards }, () => ({
      records: BigInt(Math.floor(1000 * fill)) * 1_000_000n,
      bytes: BigInt(Math.floor(byteBurst * fill)) * 1_000_000n,
      seenUs: BigInt(nowUs),
    }));
  }

  call(nowUs: number, records: readonly CallRecord[]): boolean[] {
    const sums = new Map<number, bigint>();
    return records.map(({ shard, bytes }) => {
      const bucket = this.#refill(shard, nowUs);
      const before = sums.get(shard) ?? 0n;
      const cost = (kib(before + BigInt(bytes)) - kib(before)) * 1_000_000n;
      if (bucket.records < 1_000_000n || bucket.bytes < cost) return false;
      bucket.records -= 1_000_000n;
      bucket.bytes -= cost;
      sums.set(shard, before + BigInt(bytes));
      return true;
    });
  }

  split(parent: number, children: readonly number[], nowUs: number): void {
    const level = { ...this.#refill(parent, nowUs) };
    for (const child of children) this.#shards[child] = { ...level };
  }

  merge(parents: readonly number[], child: number, nowUs: number): void {
    const [a, b] = parents.map((parent) => this.#refill(parent, nowUs));
    this.#shards[child] = {
      records: a.records < b.records ? a.records : b.records,
      bytes: a.bytes < b.bytes ? a.bytes : b.bytes,
      seenUs: a.seenUs,
    };
  }

  #refill(shard: number, nowUs: number): { records: bigint; bytes: bigint; seenUs: bigint } {
    const bucket = this.#shards[shard];
    const elapsed = BigInt(nowUs) - bucket.seenUs;
    if (elapsed > 0n) {
      bucket.seenUs = BigInt(nowUs);
      bucket.records = least(bucket.records + elapsed * 1000n, 1000n * 1_000_000n);
      bucket.bytes = least(bucket.bytes + elapsed * BigInt(MIB), this.#byteBurst);
    }
    return bucket;
  }
}

function kib(bytes: bigint): bigint {
  return ((bytes + 1023n) / 1024n) * 1024n;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function accepted(throttle: Throttle, nowUs: number, records: readonly CallRecord[]): boolean[] {
  return chargeCall(throttle, nowUs, records).map((verdict) => verdict === ACCEPTED);
}

const SHARDS = 3;
const call = fc.record({
  /** Microseconds since the call before; below 0 the clock went back. */
  stepUs: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: -5000, max: 3 * SEC })),
  records: fc
    .tuple(
      fc.array(
        fc.record({
          shard: fc.nat(SHARDS - 1),
          bytes: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 2 * MIB })),
        }),
        { minLength: 1, maxLength: 20 },
      ),
      fc.integer({ min: 1, max: 25 }),
    )
    .map(([records, times]) => Array.from({ length: times }, () => records).flat()),
});

describe('the throttle', () => {
  it('says what a slow oracle in big integers says, for any calls, times and fills', () => {
    fc.assert(
      fc.property(
        fc.array(call, { maxLength: 25 }),
        fc.constantFrom(0, 0.25, 1),
        fc.constantFrom(1, 3, 10),
        (calls, fill, burstMiB) => {
          let nowUs = 1_790_000_000 * SEC;
          const options = { byteBurst: burstMiB * MIB, initialFill: fill };
          const throttle = new Throttle(SHARDS, nowUs, options);
          const oracle = new SlowThrottle(SHARDS, nowUs, burstMiB * MIB, fill);
          for (const { stepUs, records } of calls) {
            nowUs += stepUs;
            expect(accepted(throttle, nowUs, records)).toEqual(oracle.call(nowUs, records));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never accepts more than burst + rate × time, in records and in bytes', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 25 }), (calls) => {
        const throttle = new Throttle(SHARDS, 0);
        let [nowUs, latestUs, records, bytes] = [0, 0, 0, 0];
        for (const call of calls) {
          nowUs += call.stepUs;
          latestUs = Math.max(latestUs, nowUs);
          const verdicts = accepted(throttle, nowUs, call.records);
          call.records.forEach((record, i) => {
            if (record.shard !== 0 || !verdicts[i]) return;
            records++;
            bytes += record.bytes;
          });
          expect(records).toBeLessThanOrEqual(1000 + latestUs / 1000);
          expect(bytes).toBeLessThanOrEqual(MIB + (latestUs / SEC) * MIB);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('accepts exactly the limit: 1,000 records/s evenly for 60 s from an empty start', () => {
    const throttle = new Throttle(1, 0, { initialFill: 0 });
    let refused = 0;
    for (let k = 1; k <= 60_000; k++) {
      if (!accepted(throttle, k * 1000, [{ shard: 0, bytes: 100 }])[0]) refused++;
    }
    expect(refused).toBe(0);
  });

  it('accepts exactly 1 MiB/s of 8 KiB records for 60 s, at times that do not divide', () => {
    const throttle = new Throttle(1, 0, { initialFill: 0 });
    let passed = 0;
    for (let k = 1; k <= 128 * 60; k++) {
      if (accepted(throttle, Math.ceil((k * SEC) / 128), [{ shard: 0, bytes: 8192 }])[0]) passed++;
    }
    expect(passed).toBe(128 * 60);
  });

  it('at a constant load l > r first throttles at B / (l - r), and accepts B + r T of it', () => {
    for (const ratePerSec of [1100, 1500, 2000, 5000]) {
      const throttle = new Throttle(1, 0);
      const sec = 30;
      let passed = 0;
      let firstUs: number | undefined;
      for (let k = 0; k < ratePerSec * sec; k++) {
        const dueUs = Math.floor(((k + 0.5) * SEC) / ratePerSec);
        if (accepted(throttle, dueUs, [{ shard: 0, bytes: 100 }])[0]) passed++;
        else firstUs ??= dueUs;
      }
      const drainedUs = (1000 / (ratePerSec - 1000)) * SEC;
      expect(Math.abs((firstUs ?? 0) - drainedUs)).toBeLessThan((3 * SEC) / (ratePerSec - 1000));
      expect(Math.abs(passed - (1000 + 1000 * sec))).toBeLessThanOrEqual(1);
    }
  });

  it('hides 1.1 × overload for 100 s behind a full bucket of 10 MiB, and not a record longer', () => {
    const throttle = new Throttle(1, 0, { maxRecordBytes: 10 * MIB });
    const ratePerSec = 128 * 1.1;
    let firstUs: number | undefined;
    for (let k = 0; firstUs === undefined; k++) {
      const dueUs = Math.floor((k * SEC) / ratePerSec);
      if (!accepted(throttle, dueUs, [{ shard: 0, bytes: 8192 }])[0]) firstUs = dueUs;
    }
    expect(Math.abs(firstUs / SEC - 100)).toBeLessThan(0.2);
  });

  it('refuses by records at 1,001 in one microsecond, by bytes at more than a MiB, and goes on with the rest', () => {
    const small = Array.from({ length: 1002 }, () => ({ shard: 0, bytes: 10 }));
    expect(chargeCall(new Throttle(1, 0), 0, small).slice(999)).toEqual([
      ACCEPTED,
      THROTTLED_BY_RECORDS,
      THROTTLED_BY_RECORDS,
    ]);
    const sizes = [MIB / 2, MIB, MIB / 2, 1];
    const mixed = sizes.map((bytes) => ({ shard: 0, bytes }));
    expect(chargeCall(new Throttle(1, 0), 0, mixed)).toEqual([
      ACCEPTED,
      THROTTLED_BY_BYTES,
      ACCEPTED,
      THROTTLED_BY_BYTES,
    ]);
  });

  it('rounds the sum of a call, not each of its records: 500 of 1,030 bytes cost 503 KiB in one call, 1,000 alone', () => {
    const records = Array.from({ length: 500 }, () => ({ shard: 0, bytes: 1030 }));
    expect(accepted(new Throttle(1, 0), 0, records).every(Boolean)).toBe(true);
    const throttle = new Throttle(1, 0);
    const oneByOne = [...records, ...records].filter((record) => accepted(throttle, 0, [record])[0]);
    expect(oneByOne).toHaveLength(512);
  });

  it('never passes a record that costs more than the burst, and always one of the maximum size', () => {
    const over = new Throttle(1, 0);
    for (let sec = 0; sec < 100; sec += 7) {
      expect(accepted(over, sec * SEC, [{ shard: 0, bytes: MIB + 1 }])).toEqual([false]);
    }
    const odd = new Throttle(1, 0, { maxRecordBytes: 1_500_000 });
    expect(accepted(odd, 0, [{ shard: 0, bytes: 1_500_000 }])).toEqual([true]);
  });

  it('takes an earlier time for the latest it has seen', () => {
    const throttle = new Throttle(1, 0, { initialFill: 0 });
    expect(accepted(throttle, 2000, [{ shard: 0, bytes: 1 }])).toEqual([true]);
    expect(
      accepted(throttle, 1000, [
        { shard: 0, bytes: 1 },
        { shard: 0, bytes: 1 },
      ]),
    ).toEqual([true, false]);
    expect(accepted(throttle, 2999, [{ shard: 0, bytes: 1 }])).toEqual([false]);
    expect(accepted(throttle, 3000, [{ shard: 0, bytes: 1 }])).toEqual([true]);
  });
});

describe('the throttle across a reshard', () => {
  it('gives both children of a split the level of their parent', () => {
    const throttle = new Throttle(3, 0);
    const half = Array.from({ length: 600 }, () => ({ shard: 0, bytes: 1 }));
    chargeCall(throttle, 0, half);
    throttle.split(0, [1, 2], 0);
    for (const shard of [1, 2]) {
      const verdicts = accepted(
        throttle,
        0,
        Array.from({ length: 500 }, () => ({ shard, bytes: 1 })),
      );
      expect(verdicts.filter(Boolean)).toHaveLength(400);
    }
  });

  it('gives the child of a merge the lower level, of records and of bytes apart', () => {
    const throttle = new Throttle(3, 0);
    chargeCall(
      throttle,
      0,
      Array.from({ length: 700 }, () => ({ shard: 0, bytes: 1 })),
    );
    chargeCall(throttle, 0, [{ shard: 1, bytes: MIB - 10 * 1024 }]);
    throttle.merge([0, 1], 2, 0);
    expect(accepted(throttle, 0, [{ shard: 2, bytes: 11 * 1024 }])).toEqual([false]);
    const verdicts = accepted(
      throttle,
      0,
      Array.from({ length: 500 }, () => ({ shard: 2, bytes: 1 })),
    );
    expect(verdicts.filter(Boolean)).toHaveLength(300);
  });

  it('agrees with the oracle when calls, splits and merges mix', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(call, fc.constantFrom('none', 'split', 'merge')), { maxLength: 20 }),
        (steps) => {
          const throttle = new Throttle(SHARDS, 0, { initialFill: 0.5 });
          const oracle = new SlowThrottle(SHARDS, 0, MIB, 0.5);
          let nowUs = 0;
          for (const [{ stepUs, records }, kind] of steps) {
            nowUs += Math.max(0, stepUs);
            if (kind === 'split') {
              throttle.split(0, [1, 2], nowUs);
              oracle.split(0, [1, 2], nowUs);
            } else if (kind === 'merge') {
              throttle.merge([1, 2], 0, nowUs);
              oracle.merge([1, 2], 0, nowUs);
            }
            expect(accepted(throttle, nowUs, records)).toEqual(oracle.call(nowUs, records));
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it('does not refill a child twice for time that its parent has seen', () => {
    const throttle = new Throttle(3, 0, { initialFill: 0 });
    expect(
      accepted(
        throttle,
        5000,
        Array.from({ length: 5 }, () => ({ shard: 0, bytes: 1 })),
      ),
    ).not.toContain(false);
    throttle.split(0, [1, 2], 1000);
    expect(accepted(throttle, 5000, [{ shard: 1, bytes: 1 }])).toEqual([false]);
    expect(accepted(throttle, 6000, [{ shard: 1, bytes: 1 }])).toEqual([true]);
  });

  it('refuses children that it has no buckets for', () => {
    expect(() => new Throttle(2, 0).split(0, [1, 2], 0)).toThrow(RangeError);
  });
});

describe('a token bucket', () => {
  it('holds the same however often it is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500_000 }), { maxLength: 30 }), (steps) => {
        const rate = { refillPerSec: 333, burst: 700 };
        const watched = new TokenBuckets(1, rate, 0, 0);
        const end = steps.reduce((sum, step) => sum + step, 0);
        let nowUs = 0;
        for (const step of steps) watched.levelAt(0, (nowUs += step));
        expect(watched.levelAt(0, end)).toBe(new TokenBuckets(1, rate, 0, 0).levelAt(0, end));
      }),
    );
  });

  it('is full, and no fuller, after years', () => {
    const buckets = new TokenBuckets(1, { refillPerSec: MIB, burst: 10 * MIB }, 0, 0);
    expect(buckets.levelAt(0, 100 * 365 * 86_400 * SEC)).toBe(10 * MIB * 1_000_000);
  });
});

describe('the end of a record', () => {
  it('is how its last attempt ended; without a reply it is unknown', () => {
    expect(finalOutcome(ATTEMPT.accepted)).toBe(OUTCOME.accepted);
    expect(finalOutcome(ATTEMPT.throttled)).toBe(OUTCOME.throttled);
    expect(finalOutcome(ATTEMPT.failed)).toBe(OUTCOME.failed);
    expect(finalOutcome(ATTEMPT.lost)).toBe(OUTCOME.unknown);
  });
});
