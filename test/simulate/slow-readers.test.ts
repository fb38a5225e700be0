/** The readers of a simulation and a second, slow and plain, simulator: the same records at the same microseconds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Readers } from '../../src/simulate/readers.ts';
import type { Reading } from '../../src/simulate/shard-reads.ts';
import type { ConsumerSpec, Scenario } from '../../src/traffic/scenario.ts';
import { consumerOf, scenarioOf, sourceAt } from '../traffic/scenarios.ts';
import { readSlowly, type Put } from './slow-readers.ts';

const SEC = 1_000_000;

const outages = fc
  .array(fc.tuple(fc.nat(8 * SEC), fc.integer({ min: 1, max: 9 * SEC })), { maxLength: 2 })
  .map((list) => {
    let freeUs = 0;
    return list.map(([wait, forUs]) => {
      const atUs = freeUs + wait;
      freeUs = atUs + forUs;
      return { atUs, forUs };
    });
  });

const consumer: fc.Arbitrary<ConsumerSpec> = fc
  .record({
    kind: fc.constantFrom('polling', 'efo'),
    everyUs: fc.constantFrom(0, 1, 100_000, 200_000, 250_000, SEC, 1_500_000),
    idleUs: fc.constantFrom(200_000, 250_000, SEC),
    throttledUs: fc.constantFrom(50_000, 250_000, SEC),
    limit: fc.constantFrom(1, 7, 100, 10_000),
    batch: fc.constantFrom(1, 10, 10_000),
    perBatchUs: fc.constantFrom(0, 1000, 30_000),
    perRecordUs: fc.constantFrom(0, 1, 2000),
    parallel: fc.integer({ min: 1, max: 3 }),
    outages,
  })
  .map((rest) => consumerOf({ ...rest, limit: rest.kind === 'efo' ? 10_000 : rest.limit }));

const joins = fc.option(
  fc.record({ atUs: fc.nat(15 * SEC), from: fc.constantFrom('latest', 'trimHorizon') }),
  { nil: undefined },
);

/** Puts on up to 3 shards: small and large ones apart in time, or many large ones close together. */
const size = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 3000 }) },
  fc.integer({ min: 1, max: 2_000_000 }),
);
const wait = fc.oneof(fc.constant(0), fc.nat(200_000), fc.nat(3 * SEC));
const puts = fc
  .oneof(
    fc.array(fc.tuple(fc.nat(2), size, wait), { minLength: 1, maxLength: 250 }),
    fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 500_000, max: 2_000_000 }), fc.nat(200_000)), {
      minLength: 20,
      maxLength: 150,
    }),
  )
  .map((list) => {
    let atUs = 0;
    return list.map(([shard, bytes, waitUs]): Put => ({ shard, bytes, atUs: (atUs += waitUs) }));
  });

function play(scenario: Scenario, list: readonly Put[], serviceUs: number) {
  const readings: Reading[] = [];
  const readers = new Readers(scenario, { serviceUs, onRead: (reading) => readings.push(reading) });
  for (const { shard, bytes, atUs } of list) readers.accept(shard, bytes, atUs, atUs);
  readers.finish();
  const counts = scenario.consumers.map((_, i) => readers.shards.map((shard) => shard.readers[i].counts));
  const sums = (amount: (count: (typeof counts)[number][number]) => number): number[] =>
    counts.map((list) => list.reduce((sum, count) => sum + amount(count), 0));
  return {
    readings,
    throttled: sums((count) => count.throttledByCalls + count.throttledByBytes),
    empty: sums((count) => count.emptyCalls),
    lost: sums((count) => count.lost),
    unread: readers.consumers.map(({ passed }) => readers.stored - passed),
    records: sums((count) => count.records),
    throttledByBytes: sums((count) => count.throttledByBytes),
  };
}

const sorted = (readings: readonly Reading[]): Reading[] =>
  readings.toSorted(
    (a, b) => a.consumer - b.consumer || a.shard - b.shard || a.from - b.from || a.nowUs - b.nowUs,
  );

describe('consumers', { timeout: 60_000 }, () => {
  it('read what a plain simulator reads, record by record, and no record is unaccounted for', () => {
    const settings = fc.record({
      consumers: fc.array(fc.tuple(consumer, joins), { minLength: 1, maxLength: 5 }),
      list: puts,
      warmupUs: fc.constantFrom(0, 3 * SEC),
      serviceUs: fc.constantFrom(0, 20_000),
      maxRecordBytes: fc.constantFrom(1 << 20, 10 << 20),
    });
    let [byCalls, byBytes] = [0, 0];
    fc.assert(
      fc.property(settings, ({ consumers, list, warmupUs, serviceUs, maxRecordBytes }) => {
        const last = list.at(-1)?.atUs ?? 0;
        const scenario = scenarioOf([sourceAt(1, 30)], {
          stream: { shards: 3, maxRecordBytes, retentionHours: 24, initialFill: 1 },
          warmupUs,
          durationUs: Math.max(16 * SEC, last + 1),
          consumers: consumers.map(([spec, joining], i) => ({
            ...spec,
            name: String(i),
            ...(joining !== undefined && { joins: joining }),
          })),
        });
        // Larger records than the stream takes would never pass its bucket.
        const fitting = list.map((put) => ({ ...put, bytes: Math.min(put.bytes, maxRecordBytes) }));
        const slow = readSlowly(scenario, fitting, serviceUs);
        const { records, throttledByBytes, ...quick } = play(scenario, fitting, serviceUs);
        expect(sorted(quick.readings)).toEqual(sorted(slow.readings));
        byCalls += throttledByBytes.some((calls, i) => quick.throttled[i] > calls) ? 1 : 0;
        byBytes += throttledByBytes.some((calls) => calls > 0) ? 1 : 0;
        expect({ ...quick, readings: [] }).toEqual({ ...slow, readings: [] });
        scenario.consumers.forEach((spec, i) => {
          if (spec.joins !== undefined || warmupUs > 0) return;
          expect(records[i] + quick.lost[i] + quick.unread[i]).toBe(list.length);
        });
      }),
      { numRuns: 300 },
    );
    // Both limits were met often enough to be tested.
    expect(byCalls).toBeGreaterThan(30);
    expect(byBytes).toBeGreaterThan(10);
  });

  it('lose the records that retention takes before them, and no others', () => {
    const hour = 3600 * SEC;
    const settings = fc.record({
      waits: fc.array(fc.nat(4 * hour), { minLength: 1, maxLength: 40 }),
      outage: fc.record({ atUs: fc.nat(5 * hour), forUs: fc.integer({ min: hour, max: 40 * hour }) }),
      everyUs: fc.constantFrom(SEC * 60, hour),
    });
    fc.assert(
      fc.property(settings, ({ waits, outage, everyUs }) => {
        let atUs = 0;
        const list = waits.map((wait): Put => ({ shard: 0, bytes: 100, atUs: (atUs += wait) }));
        const scenario = scenarioOf([sourceAt(1, 30)], {
          stream: { shards: 1, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 },
          durationUs: atUs + 50 * hour,
          consumers: [consumerOf({ everyUs, outages: [outage] })],
        });
        const slow = readSlowly(scenario, list, 0);
        const quick = play(scenario, list, 0);
        expect(sorted(quick.readings)).toEqual(sorted(slow.readings));
        expect(quick.lost).toEqual(slow.lost);
        expect(quick.records[0] + quick.lost[0] + quick.unread[0]).toBe(list.length);
      }),
      { numRuns: 100 },
    );
  });
});
