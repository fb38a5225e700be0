import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOME, type RecordOutcome } from '../../src/model/outcome.ts';
import { formatHashKey, hashKeyOf } from '../../src/model/hash-key.ts';
import { createShardMap, route } from '../../src/model/shard-map.ts';
import { OutcomeCounts } from '../../src/results/outcome-counts.ts';
import { keyRowsOf, latenciesOf, MOST_KEYS, shardRowsOf, totalsOf } from '../../src/results/run-document.ts';
import { Tally } from '../../src/results/tally.ts';

const map = createShardMap(3);
const nameOf = (key: number): string => `key-${key}`;
const names = { nameOf, hashKeyOf: (key: number): bigint => hashKeyOf(nameOf(key)) };
const shardOf = (key: number): number => map.open.indexOf(route(map, hashKeyOf(nameOf(key))));

interface Fate {
  readonly key: number;
  readonly bytes: number;
  readonly outcome: RecordOutcome;
  readonly throttled: number;
  readonly failed: number;
}

function isIn(outcome: RecordOutcome, ...outcomes: readonly RecordOutcome[]): boolean {
  return outcomes.includes(outcome);
}

/** Records with attempts that can lead to their outcome. */
const fate: fc.Arbitrary<Fate> = fc
  .record({
    key: fc.oneof(fc.nat(3), fc.nat(200)),
    bytes: fc.integer({ min: 1, max: 5000 }),
    outcome: fc.constantFrom(...Object.values(OUTCOME)),
    throttled: fc.nat(3),
    failed: fc.nat(3),
  })
  .map((row) => {
    if (row.outcome === OUTCOME.dropped) return { ...row, throttled: 0, failed: 0 };
    if (row.outcome === OUTCOME.throttled) return { ...row, throttled: row.throttled + 1 };
    return isIn(row.outcome, OUTCOME.failed, OUTCOME.unknown) ? { ...row, failed: row.failed + 1 } : row;
  });

function attemptsOf(row: Fate): number {
  return row.throttled + row.failed + (row.outcome === OUTCOME.accepted ? 1 : 0);
}

function tallied(fates: readonly Fate[], keyPlaces?: number): Tally {
  const tally = new Tally({ shards: 3, durationUs: 60_000_000, z: 3, ...(keyPlaces ? { keyPlaces } : {}) });
  fates.forEach(({ key, bytes }, i) => tally.offer(i * 1000, key, shardOf(key), bytes));
  for (const row of fates) {
    tally.finish(
      tally.sketch.find(row.key),
      shardOf(row.key),
      row.bytes,
      row.outcome,
      attemptsOf(row),
      row.throttled,
      row.failed,
    );
  }
  tally.load.finish(60);
  return tally;
}

function count(fates: readonly Fate[], ...outcomes: readonly RecordOutcome[]): number {
  return fates.filter((row) => isIn(row.outcome, ...outcomes)).length;
}

function add(fates: readonly Fate[], of: (row: Fate) => number): number {
  return fates.reduce((sum, row) => sum + of(row), 0);
}

describe('the tally', () => {
  it('adds up: totals are those of the records, and offered is the sum of the outcomes', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 300 }), (fates) => {
        const totals = totalsOf(tallied(fates), '7');
        expect(totals).toEqual({
          offered: fates.length,
          offeredDigest: '7',
          accepted: count(fates, OUTCOME.accepted),
          throttled: count(fates, OUTCOME.throttled),
          failed: count(fates, OUTCOME.failed, OUTCOME.unknown),
          unknown: count(fates, OUTCOME.unknown),
          dropped: count(fates, OUTCOME.dropped),
          attempts: add(fates, attemptsOf),
          retries: add(fates, (row) => Math.max(0, attemptsOf(row) - 1)),
          throttledAttempts: add(fates, (row) => row.throttled),
          failedAttempts: add(fates, (row) => row.failed),
          bytesOffered: add(fates, (row) => row.bytes),
          bytesAccepted: add(fates, (row) => (row.outcome === OUTCOME.accepted ? row.bytes : 0)),
          requests: 0,
          kinesisRecords: add(fates, attemptsOf),
        });
        expect(totals.offered).toBe(totals.accepted + totals.throttled + totals.failed + totals.dropped);
        expect(totals.attempts).toBe(totals.accepted + totals.throttledAttempts + totals.failedAttempts);
      }),
      { numRuns: 60 },
    );
  });

  it('counts runs of records as it counts them one by one, places freed and windows judged in the same order', () => {
    const record = fc.record({
      gapUs: fc.nat(700_000),
      key: fc.nat(30),
      bytes: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (rows, most) => {
          const startUs = 3_000_000;
          let nowUs = startUs;
          const dueUs = Float64Array.from(rows, ({ gapUs }) => (nowUs += gapUs));
          const columns = {
            dueUs,
            key: Uint32Array.from(rows, ({ key }) => key),
            shard: Uint32Array.from(rows, ({ key }) => shardOf(key)),
            bytes: Uint32Array.from(rows, ({ bytes }) => bytes),
            place: new Uint32Array(rows.length),
          };
          const tally = (): Tally => new Tally({ shards: 3, durationUs: 60_000_000, z: 3, keyPlaces: 16 });
          const [one, many] = [tally(), tally()];
          rows.forEach(({ key, bytes }, i) => one.offer(dueUs[i] - startUs, key, shardOf(key), bytes));
          for (let i = 0; i < rows.length; i += most) {
            many.offerRun(columns, i, Math.min(rows.length, i + most), startUs);
          }
          for (const each of [one, many]) each.load.finish(150);
          const last = rows.length - 1;
          expect(columns.place[last]).toBe(many.sketch.find(rows[last].key));
          const { keys, weights, missed, offset } = one.sketch;
          expect(many.sketch).toMatchObject({ keys, weights, missed, offset });
          const { shardUtilization, keyUtilization, peakRecords, peakBytes, hotKeys } = one.load;
          expect(many.load).toMatchObject({
            shardUtilization,
            keyUtilization,
            peakRecords,
            peakBytes,
            hotKeys,
          });
          expect(keyRowsOf(many, map, names)).toEqual(keyRowsOf(one, map, names));
          expect(shardRowsOf(many, map)).toEqual(shardRowsOf(one, map));
          const ids = map.open.map(({ shardId }) => shardId);
          expect(many.series.until(60_000_000, ids)).toEqual(one.series.until(60_000_000, ids));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('has a row per open shard with the counts of its records, and the totals are their sum', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 200 }), (fates) => {
        const rows = shardRowsOf(tallied(fates), map);
        rows.forEach((row, i) => {
          const own = fates.filter(({ key }) => shardOf(key) === i);
          expect(row.shardId).toBe(map.open[i].shardId);
          expect(row.startingHashKey).toBe(formatHashKey(map.open[i].range.start));
          expect([row.offered, row.accepted, row.bytes]).toEqual([
            own.length,
            count(own, OUTCOME.accepted),
            add(own, ({ bytes }) => bytes),
          ]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('has exact rows for its heaviest keys where there are places for all', () => {
    fc.assert(
      fc.property(fc.array(fate, { minLength: 1, maxLength: 300 }), (fates) => {
        const rows = keyRowsOf(tallied(fates), map, names);
        const keys = new Set(fates.map(({ key }) => key));
        expect(rows).toHaveLength(Math.min(MOST_KEYS, keys.size));
        for (const row of rows) {
          const own = fates.filter(({ key }) => nameOf(key) === row.key);
          expect(row).toMatchObject({
            hashKey: formatHashKey(hashKeyOf(row.key)),
            shardId: route(map, hashKeyOf(row.key)).shardId,
            records: own.length,
            bytes: add(own, ({ bytes }) => bytes),
            error: 0,
            accepted: count(own, OUTCOME.accepted),
            throttled: count(own, OUTCOME.throttled),
            failed: count(own, OUTCOME.failed, OUTCOME.unknown),
            dropped: count(own, OUTCOME.dropped),
            attempts: add(own, attemptsOf),
          });
          expect(row.share).toBeCloseTo(own.length / fates.length, 12);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('bounds the counts of keys from both sides where there are too few places', () => {
    fc.assert(
      fc.property(
        fc.array(fate, { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 12 }),
        (fates, places) => {
          for (const row of keyRowsOf(tallied(fates, places), map, names)) {
            const own = fates.filter(({ key }) => nameOf(key) === row.key);
            expect(own.length).toBeLessThanOrEqual(row.records);
            expect(own.length).toBeGreaterThanOrEqual(row.records - row.error);
            expect(add(own, ({ bytes }) => bytes)).toBeLessThanOrEqual(row.bytes);
            expect(row.accepted + row.throttled + row.failed + row.dropped).toBeLessThanOrEqual(row.records);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('lists the heaviest keys first: by bytes where records are large', () => {
    const fates = [
      ...Array.from({ length: 10 }, (): Fate => ({
        key: 1,
        bytes: 50_000,
        outcome: OUTCOME.accepted,
        throttled: 0,
        failed: 0,
      })),
      ...Array.from({ length: 100 }, (): Fate => ({
        key: 2,
        bytes: 10,
        outcome: OUTCOME.accepted,
        throttled: 0,
        failed: 0,
      })),
      ...Array.from({ length: 90 }, (): Fate => ({
        key: 3,
        bytes: 1000,
        outcome: OUTCOME.accepted,
        throttled: 0,
        failed: 0,
      })),
    ];
    expect(keyRowsOf(tallied(fates), map, names).map((row) => row.key)).toEqual(['key-1', 'key-2', 'key-3']);
  });

  it('has no latencies before anything was acknowledged', () => {
    expect(latenciesOf(tallied([])).response.count).toBe(0);
  });
});

describe('outcome counts', () => {
  it('start again from 0 in a row that is reset, and only there', () => {
    const counts = new OutcomeCounts(2);
    for (const row of [0, 1]) {
      counts.offer(row, 10);
      counts.finish(row, OUTCOME.unknown, 10, 3, 1, 2);
    }
    counts.reset(0);
    expect(Object.values(counts.row(0)).every((count) => count === 0)).toBe(true);
    expect(
      (['offered', 'failed', 'unknown', 'retries'] as const).map((name) => counts.count(1, name)),
    ).toEqual([1, 1, 1, 2]);
    expect(counts.sum('attempts')).toBe(3);
  });
});
