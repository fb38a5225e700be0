import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeySketch } from '../../src/results/key-sketch.ts';
import { LoadMeter } from '../../src/results/load-meter.ts';

const SEC = 1_000_000;
const MIB = 1_048_576;

interface Due {
  readonly dueUs: number;
  readonly key: number;
  readonly bytes: number;
}

interface Sum {
  records: number;
  bytes: number;
}

const shardOf = (key: number, shards: number): number => (key * 7) % shards;

/** A meter over keys 0 … 19, each in the place of its number. */
function metered(
  shards: number,
  durationSec: number,
  records: readonly Due[],
  elapsedSec = durationSec,
  z = 0,
): { meter: LoadMeter; placeOf: (key: number) => number } {
  const sketch = new KeySketch(32);
  const shardOfKey = new Uint32Array(32);
  const meter = new LoadMeter(shards, sketch, shardOfKey, durationSec, z);
  for (const { dueUs, key, bytes } of records) {
    const place = sketch.add(key, 1, () => undefined);
    shardOfKey[place] = shardOf(key, shards);
    meter.offer(dueUs, shardOfKey[place], place, bytes);
  }
  meter.finish(elapsedSec);
  return { meter, placeOf: (key) => sketch.find(key) };
}

function utilizationOf(sum: Sum, sec: number, shards = 1): number {
  return Math.max(sum.records / sec / 1000, sum.bytes / sec / MIB) / shards;
}

function sumOf(records: readonly Due[]): Sum {
  return { records: records.length, bytes: records.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Every window in which load is judged: ten seconds ending on whole seconds, or the whole of a shorter run. */
function windowsOf(
  records: readonly Due[],
  durationSec: number,
  elapsedSec: number,
): { sec: number; within: Due[] }[] {
  const length = Math.min(10, durationSec);
  const last = records.length === 0 ? 0 : Math.floor(records[records.length - 1].dueUs / SEC) + 1;
  const windows = [];
  for (let end = Math.ceil(length); end <= Math.max(last, Math.floor(elapsedSec)); end++) {
    const within = records.filter(({ dueUs }) => dueUs >= (end - 10) * SEC && dueUs < end * SEC);
    windows.push({ sec: length, within });
  }
  return windows.length > 0 ? windows : [{ sec: Math.min(elapsedSec, length), within: [...records] }];
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

const records = fc
  .array(
    fc.record({
      gapUs: fc.oneof(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 0, max: 15 * SEC })),
      key: fc.oneof({ weight: 2, arbitrary: fc.nat(2) }, { weight: 3, arbitrary: fc.nat(19) }),
      bytes: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 6 * MIB })),
    }),
    { maxLength: 100 },
  )
  .map((rows) => {
    let dueUs = 0;
    return rows.map(({ gapUs, key, bytes }): Due => ({ dueUs: (dueUs += gapUs), key, bytes }));
  });

describe('the load meter', () => {
  it('finds the busiest window of every shard and key, as looking at every window does', () => {
    fc.assert(
      fc.property(
        records,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 60 }),
        (all, shards, halves) => {
          const durationSec = halves / 2;
          const due = all.filter(({ dueUs }) => dueUs < durationSec * SEC);
          const { meter, placeOf } = metered(shards, durationSec, due);
          const windows = windowsOf(due, durationSec, durationSec);
          const busiest = (of: (record: Due) => boolean): number =>
            most(windows.map(({ sec, within }) => utilizationOf(sumOf(within.filter(of)), sec)));
          for (let shard = 0; shard < shards; shard++) {
            expect(meter.shardUtilization[shard]).toBeCloseTo(
              busiest(({ key }) => shardOf(key, shards) === shard),
              9,
            );
          }
          for (const key of new Set(due.map((record) => record.key))) {
            const expected = busiest((record) => record.key === key);
            expect(meter.keyUtilization[placeOf(key)]).toBeCloseTo(expected, 9);
            if (Math.abs(expected - 1) < 1e-9) continue;
            expect(meter.hotKeys.get(key)?.load.utilization ?? 0).toBeCloseTo(expected > 1 ? expected : 0, 9);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("cuts each key at one shard's limit in the stream's load, and takes hot keys off their shards", () => {
    fc.assert(
      fc.property(
        records,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        (all, shards, durationSec) => {
          const due = all.filter(({ dueUs }) => dueUs < durationSec * SEC);
          const { meter } = metered(shards, durationSec, due);
          const windows = windowsOf(due, durationSec, durationSec);
          const keys = [...new Set(due.map((record) => record.key))];
          const ofKey = (within: readonly Due[], key: number): Sum =>
            sumOf(within.filter((r) => r.key === key));
          const capped = windows.map(({ sec, within }) => {
            const sum: Sum = { records: 0, bytes: 0 };
            for (const key of keys) {
              const load = ofKey(within, key);
              sum.records += Math.min(load.records, 1000 * sec);
              sum.bytes += Math.min(load.bytes, MIB * sec);
            }
            return utilizationOf(sum, sec, shards);
          });
          expect(meter.capped.utilization).toBeCloseTo(most(capped), 9);
          const hot = keys.filter((key) =>
            windows.some(({ sec, within }) => utilizationOf(ofKey(within, key), sec) > 1),
          );
          const hotAtOnce = hot.every(
            (key) => utilizationOf(ofKey(windows[0].within, key), windows[0].sec) > 1,
          );
          for (let shard = 0; shard < shards; shard++) {
            const rest = windows.map(({ sec, within }) =>
              utilizationOf(
                sumOf(within.filter((r) => shardOf(r.key, shards) === shard && !hot.includes(r.key))),
                sec,
              ),
            );
            expect(meter.residuals[shard].utilization).toBeLessThanOrEqual(most(rest) + 1e-9);
            if (hotAtOnce) expect(meter.residuals[shard].utilization).toBeCloseTo(most(rest), 9);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps the busiest second of each shard, in records and in bytes apart', () => {
    fc.assert(
      fc.property(records, (due) => {
        const { meter } = metered(2, 2000, due);
        for (const shard of [0, 1]) {
          const seconds = new Map<number, Sum>();
          for (const record of due.filter(({ key }) => shardOf(key, 2) === shard)) {
            const sum = seconds.get(Math.floor(record.dueUs / SEC)) ?? { records: 0, bytes: 0 };
            seconds.set(Math.floor(record.dueUs / SEC), sum);
            sum.records++;
            sum.bytes += record.bytes;
          }
          expect(meter.peakRecords[shard]).toBe(most([...seconds.values()].map((sum) => sum.records)));
          expect(meter.peakBytes[shard]).toBe(most([...seconds.values()].map((sum) => sum.bytes)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('judges a run that was cut short by what has passed of it', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 300 }), (all, tenths) => {
        const elapsedSec = tenths / 10;
        const due = all.filter(({ dueUs }) => dueUs < elapsedSec * SEC);
        const { meter } = metered(1, 60, due, elapsedSec);
        const windows = windowsOf(due, 60, elapsedSec);
        const expected = most(windows.map(({ sec, within }) => utilizationOf(sumOf(within), sec)));
        expect(meter.shardUtilization[0]).toBeCloseTo(expected, 9);
      }),
      { numRuns: 100 },
    );
  });

  it('does not see one second of overload in ten: 5,000 records once are half a shard', () => {
    const due = Array.from({ length: 5000 }, (_, i): Due => ({ dueUs: 3 * SEC + i, key: i % 20, bytes: 1 }));
    const { meter } = metered(1, 60, due);
    expect(meter.shardUtilization[0]).toBe(0.5);
    expect(meter.peakRecords[0]).toBe(5000);
    expect(meter.windowSec).toBe(10);
  });

  it('claims only what stands z deviations above noise', () => {
    const due = Array.from({ length: 10_200 }, (_, i): Due => ({ dueUs: i * 980, key: 1, bytes: 1 }));
    expect(metered(1, 10, due, 10, 0).meter.hotKeys.size).toBe(1);
    const { meter, placeOf } = metered(1, 10, due, 10, 3);
    expect(meter.hotKeys.size).toBe(0);
    expect(meter.keyUtilization[placeOf(1)]).toBe(1.02);
    // Noise may hide that this key is too much for a shard: neither is the shard blamed for it.
    expect(meter.residuals[0].utilization).toBe(0);
    const two = due.map((record, i): Due => ({ ...record, key: 1 + (i % 2) }));
    const { residuals, capped } = metered(1, 10, two, 10, 3).meter;
    expect(residuals[0].lower).toBeCloseTo(1.02 * (1 - 3 / Math.sqrt(10_200)), 12);
    expect(capped.lower).toBeCloseTo(1.02 * (1 - 3 / Math.sqrt(10_200)), 12);
  });

  it('takes a key off its shard before it turned hot and after it cooled, too', () => {
    // The key ramps 0.9, 1.5, 0.9 of a shard in phases of 20 s; the others are 0.3 all the time.
    const due: Due[] = [];
    for (let tick = 0; tick < 600; tick++) {
      const hot = tick >= 200 && tick < 400 ? 150 : 90;
      for (let i = 0; i < hot; i++) due.push({ dueUs: tick * 100_000, key: 0, bytes: 1 });
      for (let i = 0; i < 30; i++) due.push({ dueUs: tick * 100_000 + 1, key: 1 + (i % 19), bytes: 1 });
    }
    const { meter } = metered(1, 60, due, 60, 3);
    expect(meter.hotKeys.size).toBe(1);
    expect(meter.residuals[0].utilization).toBeCloseTo(0.3, 1);
    expect(meter.residuals[0].utilization).toBeLessThanOrEqual(0.3 + 1e-9);
  });

  it('knows the noise of a sum of bytes from its large records, whatever small ones are beside them', () => {
    // In ten seconds 15 records of 1 MB of one key and 5,000 of 100 bytes of others.
    const due: Due[] = [];
    for (let i = 0; i < 5000; i++) {
      if (i % 333 === 0 && i > 0) due.push({ dueUs: i * 2000, key: 0, bytes: 1e6 });
      due.push({ dueUs: i * 2000, key: 1 + (i % 19), bytes: 100 });
    }
    const { meter } = metered(1, 10, due, 10, 3);
    const squares = 15 * 1e12 + 5000 * 1e4;
    const bytes = 15e6 + 5000 * 100;
    expect(meter.shardUtilization[0]).toBeCloseTo(bytes / 10 / MIB, 9);
    expect(meter.hotKeys.size).toBe(0);
    expect(meter.residuals[0].dimension).toBe('records');
    // Cut at one shard's limit the key's noise shrinks with it.
    const cut = (10 * MIB) / 15e6;
    const lower = (10 * MIB + 5e5 - 3 * Math.sqrt(15 * 1e12 * cut * cut + 5000 * 1e4)) / 10 / MIB;
    expect(meter.capped.lower).toBeCloseTo(Math.max(lower, (5015 - 3 * Math.sqrt(5015)) / 10_000), 9);
    const many = due.map((record, i): Due => ({ ...record, key: i % 20 }));
    const whole = metered(1, 10, many, 10, 1).meter.residuals[0];
    expect(whole.lower).toBeCloseTo((bytes - Math.sqrt(squares)) / 10 / MIB, 9);
  });

  it('keeps the busiest window of a hot shard key by key, and takes a key out that turns hot later', () => {
    // Shard 0 at 1.2 from keys 0 and 2, then at 0.9 from key 2 alone, which then turns hot.
    const due: Due[] = [];
    const phase = (fromSec: number, toSec: number, perTick: Readonly<Record<number, number>>): void => {
      for (let tick = fromSec * 10; tick < toSec * 10; tick++) {
        for (const [key, count] of Object.entries(perTick)) {
          for (let i = 0; i < count; i++) due.push({ dueUs: tick * 100_000, key: Number(key), bytes: 1 });
        }
      }
    };
    phase(0, 12, { 0: 70, 2: 50 });
    phase(12, 24, { 2: 90 });
    const { meter } = metered(2, 36, due, 36, 3);
    const window = meter.hottest.get(0);
    expect([...(window?.keys ?? [])].map(([key, { records: of }]) => [key, of])).toEqual([
      [0, 7000],
      [2, 5000],
    ]);
    expect(window?.sum.records).toBe(12_000);
    expect(meter.hottest.has(1)).toBe(false);
    phase(24, 36, { 2: 150 });
    const later = metered(2, 36, due, 36, 3).meter;
    expect([...later.hotKeys.keys()]).toEqual([2]);
    expect(later.hottest.size).toBe(0);
    expect(later.residuals[0].utilization).toBeCloseTo(0.7, 9);
  });

  it('forgets the window of a place that was freed, but not that its key was hot', () => {
    const sketch = new KeySketch(4);
    const meter = new LoadMeter(1, sketch, new Uint32Array(4), 60, 0);
    const place = sketch.add(9, 1, () => undefined);
    for (let i = 0; i < 20_000; i++) meter.offer(i * 1000, 0, place, 1000);
    meter.offer(20 * SEC, 0, -1, 1);
    meter.forget(place, 20_000);
    for (let i = 0; i < 5000; i++) meter.offer(20 * SEC + i * 2000, 0, place, 1000);
    meter.finish(30);
    expect(meter.keyUtilization[place]).toBe(0.5);
    expect(meter.hotKeys.size).toBe(0);
    const hot = new LoadMeter(1, sketch, new Uint32Array(4), 60, 0);
    for (let i = 0; i < 24_000; i++) hot.offer(i * 500, 0, place, 100);
    hot.offer(12 * SEC, 0, -1, 1);
    hot.forget(place, 24_000);
    hot.finish(40);
    expect(hot.hotKeys.get(9)).toMatchObject({ load: { utilization: 2 }, recordsBefore: 24_000 });
  });

  it('says nothing of a run in which nothing fell due', () => {
    const { meter } = metered(2, 5, []);
    expect(Array.from(meter.shardUtilization)).toEqual([0, 0]);
    expect(meter.capped.utilization).toBe(0);
  });
});
