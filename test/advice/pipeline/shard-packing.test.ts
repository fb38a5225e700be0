import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fullInBytes,
  fullInRecords,
  packingAt,
  type Aggregating,
} from '../../../src/advice/pipeline/shard-packing.ts';
import { KPL_AGGREGATE } from '../../../src/traffic/producer-presets.ts';

const KPL: Aggregating = {
  spec: KPL_AGGREGATE,
  lingerSec: 0.1,
  producers: 1,
  record: { dataBytes: 100, keyBytes: 16 },
};

const kinesisPerSec = (perSec: number, how: Aggregating): number =>
  perSec / packingAt(perSec, how).recordsPerAggregate;

/** One process and one shard played record by record: exponential gaps from a small generator of our own. */
function playedCount(perSec: number, { lingerSec }: Aggregating, most: number): number {
  let state = 12_345;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  let now = 0;
  let closesAt = -1;
  let inOpen = 0;
  let aggregates = 0;
  const records = 200_000;
  for (let i = 0; i < records; i++) {
    now += -Math.log(uniform()) / perSec;
    if (inOpen === 0 || now > closesAt) [inOpen, closesAt, aggregates] = [0, now + lingerSec, aggregates + 1];
    if (++inOpen === most) inOpen = 0;
  }
  return records / aggregates;
}

const aggregatings = fc.record({
  spec: fc.record({
    maxBytes: fc.integer({ min: 64, max: 100_000 }),
    maxCount: fc.constant(4_294_967_295),
  }),
  lingerSec: fc.double({ min: 0, max: 2, noNaN: true }),
  producers: fc.integer({ min: 1, max: 500 }),
  record: fc.record({
    dataBytes: fc.integer({ min: 1, max: 5000 }),
    keyBytes: fc.integer({ min: 1, max: 40 }),
  }),
});
const rates = fc.double({ min: 0, max: 20_000, noNaN: true });

describe('records of a shard in aggregates', () => {
  it.each([1, 20, 250, 3000, 3800, 4200, 20_000])('at %i/s are as many as playing them makes', (perSec) => {
    // 51,200 B less 20 hold 128 entries of 124 B and 282 of 125 B: above about 4,100/s aggregates are full.
    const expected = playedCount(perSec, KPL, 410);
    expect(packingAt(perSec, KPL).recordsPerAggregate / expected).toBeGreaterThan(0.99);
    expect(packingAt(perSec, KPL).recordsPerAggregate / expected).toBeLessThan(1.01);
  });

  it('follow the example of AWS: 1,000/s of 512 B on a shard become about 10/s of 50 KB', () => {
    const how = { ...KPL, record: { dataBytes: 512, keyBytes: 4 } };
    const packing = packingAt(1000, how);
    expect(1000 / packing.recordsPerAggregate).toBeGreaterThan(9.5);
    expect(1000 / packing.recordsPerAggregate).toBeLessThan(11);
    expect(packing.bytesPerAggregate).toBeGreaterThan(48_000);
    expect(packing.bytesPerAggregate).toBeLessThanOrEqual(51_201);
  });

  it('share PUT payload units: nearly fifty of 512 B in one of 25 KiB', () => {
    const how = {
      ...KPL,
      spec: { ...KPL_AGGREGATE, maxBytes: 25_599 },
      record: { dataBytes: 512, keyBytes: 4 },
    };
    const packing = packingAt(5000, how);
    expect(packing.unitsPerAggregate).toBe(1);
    // 512 B alone would be 50; with keys and the format 48 fit.
    expect(packing.recordsPerAggregate).toBe(48);
  });

  it('fill aggregates more, never less, with a longer linger', () => {
    fc.assert(
      fc.property(aggregatings, rates, fc.double({ min: 0, max: 2, noNaN: true }), (how, perSec, more) => {
        const longer = { ...how, lingerSec: how.lingerSec + more };
        expect(kinesisPerSec(perSec, longer)).toBeLessThanOrEqual(kinesisPerSec(perSec, how) * (1 + 1e-9));
      }),
    );
  });

  it('make more Kinesis records with more producers, at most the user records or producers / linger', () => {
    fc.assert(
      fc.property(aggregatings, rates, fc.integer({ min: 1, max: 500 }), (how, perSec, more) => {
        const few = kinesisPerSec(perSec, how);
        const many = kinesisPerSec(perSec, { ...how, producers: how.producers + more });
        expect(many).toBeGreaterThanOrEqual(few * (1 - 1e-9));
        expect(few).toBeLessThanOrEqual(perSec * (1 + 1e-9));
        const { full } = packingAt(perSec, how);
        if (full === 0 && how.lingerSec > 0)
          expect(few).toBeLessThanOrEqual((how.producers / how.lingerSec) * (1 + 1e-9));
      }),
    );
  });

  it('fill a busier shard with more Kinesis records, but fewer for each user record', () => {
    fc.assert(
      fc.property(aggregatings, rates, rates, (how, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(kinesisPerSec(more, how)).toBeGreaterThanOrEqual(kinesisPerSec(less, how) * (1 - 1e-9));
        expect(packingAt(more, how).recordsPerAggregate).toBeGreaterThanOrEqual(
          packingAt(less, how).recordsPerAggregate * (1 - 1e-9),
        );
      }),
    );
  });

  it('reach a limit exactly at the rate that fills a shard, in records and in bytes', () => {
    fc.assert(
      fc.property(aggregatings, (how) => {
        const records = fullInRecords(800, how);
        expect(kinesisPerSec(records.userRecordsPerSec, how)).toBeCloseTo(800, 4);
        const bytes = fullInBytes(800_000, how);
        const each = bytes.packing.bytesPerAggregate / bytes.packing.recordsPerAggregate;
        expect(bytes.userRecordsPerSec * each).toBeCloseTo(800_000, 0);
      }),
    );
  });

  it('reach it by hand: 100 producers at 100 ms send 1,000/s at most, 800/s of them at 4,000 user records/s', () => {
    // u / (1 + u x 0.1 / 100) = 800
    expect(fullInRecords(800, { ...KPL, producers: 100 }).userRecordsPerSec).toBeCloseTo(4000, 3);
  });
});
