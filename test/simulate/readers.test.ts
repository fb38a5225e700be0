/** Consumers of a simulated stream against what theory says of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consumerRowsOf, consumerSeriesOf } from '../../src/simulate/consumer-rows.ts';
import { Readers } from '../../src/simulate/readers.ts';
import type { Reading } from '../../src/simulate/shard-reads.ts';
import { POLL_JITTER } from '../../src/simulate/stream-consumer.ts';
import type { ConsumerSpec, Scenario } from '../../src/traffic/scenario.ts';
import { consumerOf, scenarioOf, sourceAt } from '../traffic/scenarios.ts';

const SEC = 1_000_000;
const MIB = 1_048_576;
const HOUR_SEC = 3600;

interface Case {
  readonly seconds: number;
  readonly consumers: readonly ConsumerSpec[];
  readonly shards?: number;
  readonly serviceUs?: number;
  readonly mostExact?: number;
  readonly retentionHours?: number;
  readonly warmupUs?: number;
  /** None unless said otherwise: then calls come to the microsecond. */
  readonly jitter?: number;
  readonly seed?: number;
}

function readersOf({ seconds, consumers, shards = 1, serviceUs = 0, mostExact, ...rest }: Case) {
  const { retentionHours = 24, warmupUs = 0, jitter = 0, seed = 1 } = rest;
  const scenario: Scenario = scenarioOf([sourceAt(1, seconds)], {
    stream: { shards, maxRecordBytes: MIB, retentionHours, initialFill: 1 },
    warmupUs,
    seed,
    consumers: consumers.map((spec, i) => ({ ...spec, name: `c${i}` })),
  });
  const readings: Reading[] = [];
  const readers = new Readers(scenario, {
    serviceUs,
    jitter,
    onRead: (reading) => readings.push(reading),
    ...(mostExact !== undefined && { mostExact }),
  });
  return { readers, readings };
}

function rowsOf(readers: Readers) {
  readers.finish();
  return consumerRowsOf(
    readers,
    readers.shards.map((_, i) => `shardId-00000000000${i}`),
  );
}

/** One record every `everyUs` on shard 0, from 0 on. */
function feed(readers: Readers, seconds: number, everyUs: number, bytes: number): void {
  for (let atUs = 0; atUs < seconds * SEC; atUs += everyUs) readers.accept(0, bytes, atUs, atUs);
}

/** Poisson arrivals by a generator of this test. */
function feedPoisson(readers: Readers, seconds: number, perSec: number): void {
  let state = 12_345;
  for (let atUs = 0; ;) {
    state = (state * 48_271) % 2_147_483_647;
    atUs += Math.ceil((-Math.log(state / 2_147_483_647) / perSec) * SEC);
    if (atUs >= seconds * SEC) return;
    readers.accept(0, 100, atUs, atUs);
  }
}

describe('a consumer that keeps up', () => {
  it.each([
    { perSec: 20, everyMs: 1000, perRecordMs: 10 },
    { perSec: 100, everyMs: 200, perRecordMs: 5 },
    { perSec: 400, everyMs: 1500, perRecordMs: 2 },
  ])(
    'polling every $everyMs ms at $perSec/s needs P/2 + lPs/2 + s on average',
    ({ perSec, everyMs, perRecordMs }) => {
      const consumers = [consumerOf({ everyUs: everyMs * 1000, perRecordUs: perRecordMs * 1000 })];
      const { readers } = readersOf({ seconds: 2000, consumers, jitter: POLL_JITTER });
      feedPoisson(readers, 2000, perSec);
      const [{ endToEndMs, iteratorAgeMs, drain }] = rowsOf(readers);
      const meanMs = everyMs * (1 + POLL_JITTER / 2);
      const expected = meanMs / 2 + (perSec * (meanMs / 1000) * perRecordMs) / 2 + perRecordMs;
      expect((endToEndMs.mean ?? NaN) / expected).toBeGreaterThan(0.98);
      expect((endToEndMs.mean ?? NaN) / expected).toBeLessThan(1.02);
      expect(iteratorAgeMs.max).toBe(0);
      expect(drain).toEqual({ state: 'keptUp', ms: null });
    },
  );

  it.each([0.3, 0.7, 0.9])('pushed to and busy for %d of the time waits as M/D/1 does', (rho) => {
    const serviceMs = 10;
    const { readers } = readersOf({
      seconds: 20_000,
      consumers: [consumerOf({ kind: 'efo', perRecordUs: serviceMs * 1000 })],
    });
    feedPoisson(readers, 20_000, (rho * 1000) / serviceMs);
    const [{ endToEndMs }] = rowsOf(readers);
    const expected = 70 + serviceMs + (rho * serviceMs) / (2 * (1 - rho));
    expect(Math.abs((endToEndMs.mean ?? NaN) / expected - 1)).toBeLessThan(0.03);
  });

  it('with as many parallel batches as it needs is done as soon as one batch is', () => {
    const spec = { everyUs: SEC, limit: 10_000, batch: 100, perBatchUs: 100_000 };
    const done = (parallel: number): number | null => {
      const { readers } = readersOf({ seconds: 3, consumers: [consumerOf({ ...spec, parallel })] });
      for (let i = 0; i < 1000; i++) readers.accept(0, 10, 0, 0);
      return rowsOf(readers)[0].endToEndMs.max;
    };
    // Ten batches of 100: after each other, five pairs, all at once; all after the same first poll.
    const [one, two, ten] = [1, 2, 10].map((parallel) => done(parallel) ?? NaN);
    expect(one - ten).toBeCloseTo(900, 6);
    expect(two - ten).toBeCloseTo(400, 6);
  });
});

describe('a backlog', () => {
  const outage = { atUs: 20 * SEC, forUs: 40 * SEC };

  it('goes away at 2 MiB/s less what comes in, after the 10 MiB of a full bucket', () => {
    const consumers = [consumerOf({ outages: [outage] })];
    const { readers, readings } = readersOf({ seconds: 120, consumers });
    feed(readers, 120, 62_500, 65_536); // 1 MiB/s
    const [{ drain, iteratorAgeMs, backlog, lostRecords }] = rowsOf(readers);
    // (40 MiB + what came until the first poll - 10 MiB) / (2 - 1 MiB/s), in replies of 10 MiB every 5 s
    const first = readings.find(({ nowUs }) => nowUs >= 60 * SEC) as Reading;
    const behindMib = first.nowUs / SEC - 20;
    expect(Math.abs((drain.ms ?? NaN) / 1000 - (behindMib - 10))).toBeLessThanOrEqual(5);
    expect(drain.state).toBe('drained');
    // The first record after its last poll before 20 s, and its first poll after 60 s.
    expect(iteratorAgeMs.max).toBeGreaterThan(40_000);
    expect(iteratorAgeMs.max).toBeLessThan(42_000);
    expect(backlog.maxRecords).toBeGreaterThanOrEqual(40 * 16);
    expect(lostRecords).toBe(0);
    const full = readings.filter(({ nowUs }) => nowUs >= first.nowUs).slice(0, 4);
    expect(full.map(({ count }) => count)).toEqual([160, 160, 160, 160]);
    expect(full.map(({ nowUs }) => nowUs - first.nowUs)).toEqual([0, 5 * SEC, 10 * SEC, 15 * SEC]);
  });

  it('of fan-out goes away at 2 MiB/s of its own, whoever polls beside', () => {
    const greedy = consumerOf({ everyUs: 10_000 });
    const consumers = [consumerOf({ kind: 'efo', outages: [outage] }), greedy];
    const { readers } = readersOf({ seconds: 120, consumers });
    feed(readers, 120, 62_500, 65_536);
    const [{ drain, throttledCalls }] = rowsOf(readers);
    expect(Math.abs((drain.ms ?? NaN) / 1000 - (40 - 2))).toBeLessThan(0.2);
    expect(throttledCalls).toBe(0);
  });

  it('that is not drained in the end is foretold', () => {
    const { readers } = readersOf({
      seconds: 75,
      consumers: [consumerOf({ kind: 'efo', outages: [outage] })],
    });
    feed(readers, 75, 62_500, 65_536);
    const [{ drain, iteratorAgeMs }] = rowsOf(readers);
    expect(drain.state).toBe('draining');
    expect(Math.abs((drain.ms ?? NaN) / 1000 - (38 - 15))).toBeLessThan(0.5);
    expect(iteratorAgeMs.atEnd).toBeGreaterThan(20_000);
  });

  it('of a consumer that asks for too few records grows, and its age with it', () => {
    const { readers } = readersOf({ seconds: 100, consumers: [consumerOf({ limit: 50 })] });
    feed(readers, 100, 10_000, 100); // 100/s, 50 read
    const [{ drain, iteratorAgeMs, backlog }] = rowsOf(readers);
    expect(drain).toEqual({ state: 'growing', ms: null });
    expect(Math.abs(iteratorAgeMs.max / 1000 - 50)).toBeLessThan(2);
    expect(Math.abs(backlog.atEndRecords - 5000)).toBeLessThanOrEqual(100);
    const [{ iteratorAgeMs: ages }] = consumerSeriesOf(readers);
    expect(Math.abs(ages[49] / 1000 - 25)).toBeLessThan(2);
  });
});

describe('several who poll one shard', () => {
  it.each([0, POLL_JITTER])(
    'are five at one call a second each, and none is throttled: jitter %d',
    (jitter) => {
      const consumers = Array.from({ length: 5 }, () => consumerOf());
      const { readers } = readersOf({ seconds: 300, consumers, jitter });
      feed(readers, 300, 10_000, 100);
      for (const row of rowsOf(readers)) {
        expect(row.throttledCalls).toBe(0);
        expect(Math.abs(row.calls - 300 / (1 + jitter / 2))).toBeLessThanOrEqual(1);
        expect(row.iteratorAgeMs.max).toBe(0);
      }
    },
  );

  it('do not stay in step: what one gets beside one that asks all the time is not a matter of the seed', () => {
    const loop = consumerOf({ everyUs: 0, idleUs: 250_000, throttledUs: 250_000 });
    const rows = [1, 2, 3, 4, 5].map((seed) => {
      const consumers = [consumerOf(), loop];
      const { readers } = readersOf({
        ...{ seconds: 1200, consumers, serviceUs: 20_000, seed, jitter: POLL_JITTER },
      });
      feed(readers, 1200, 10_000, 100);
      return rowsOf(readers)[0];
    });
    const ages = rows.map(({ iteratorAgeMs }) => iteratorAgeMs.max);
    const parts = rows.map(({ calls, throttledCalls }) => throttledCalls / calls);
    // With exact periods it is 19.6 minutes with one seed and 0 with another.
    expect(Math.max(...ages)).toBeLessThan(120_000);
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThan(0.1);
    expect(Math.min(...parts)).toBeGreaterThan(0.1);
  });

  it('and a sixth that is greedy: calls are throttled, and it is named', () => {
    const greedy = consumerOf({ everyUs: 0, idleUs: 250_000, throttledUs: 250_000 });
    const consumers = [...Array.from({ length: 5 }, () => consumerOf()), greedy];
    const { readers } = readersOf({ seconds: 300, consumers, serviceUs: 20_000 });
    feed(readers, 300, 10_000, 100);
    const rows = rowsOf(readers);
    const answered = rows.reduce((sum, row) => sum + row.calls - row.throttledCalls, 0);
    expect(answered).toBeLessThanOrEqual(5 + 5 * 300);
    expect(answered).toBeGreaterThan(0.98 * 5 * 300);
    const starved = rows.slice(0, 5);
    expect(starved.some((row) => row.throttledCalls > 0)).toBe(true);
    for (const row of starved.filter(({ throttledCalls }) => throttledCalls > 0)) {
      expect(row.starvation).toMatchObject({ limit: 'calls', by: 'c5', shardId: 'shardId-000000000000' });
      expect(row.iteratorAgeMs.max).toBeGreaterThan(0);
    }
    // A share of calls is per shard and second.
    expect(rows.reduce((sum, row) => sum + row.share.callsPerSec, 0)).toBeCloseTo(answered / 300, 9);
  });

  it('begin at times of their own, the same every time', () => {
    const starts = (seed: number): number[] => {
      const scenario = scenarioOf([sourceAt(1, 3)], {
        seed,
        consumers: Array.from({ length: 5 }, (_, i) => consumerOf({ name: String(i) })),
      });
      const readings: Reading[] = [];
      const readers = new Readers(scenario, { serviceUs: 0, onRead: (reading) => readings.push(reading) });
      for (let shard = 0; shard < 4; shard++) readers.accept(shard, 100, 0, 0);
      readers.finish();
      return readings.map(({ nowUs }) => nowUs);
    };
    const first = starts(1);
    expect(new Set(first).size).toBe(20);
    expect(first.every((at) => at >= 0 && at < SEC)).toBe(true);
    expect(starts(1)).toEqual(first);
    expect(starts(2)).not.toEqual(first);
  });

  it('wait for each other where one catches up: nobody is answered for 5 s', () => {
    const late = consumerOf({ joins: { atUs: 60 * SEC, from: 'trimHorizon' } });
    const { readers } = readersOf({ seconds: 90, consumers: [consumerOf(), late] });
    feed(readers, 90, 62_500, 65_536);
    const [prompt, catching] = rowsOf(readers);
    expect(prompt.starvation).toMatchObject({ limit: 'bytes', by: 'c1' });
    expect(prompt.iteratorAgeMs.max).toBeGreaterThan(3000);
    expect(catching.drain.state).not.toBe('keptUp');
  });
});

describe('what is said in the end', () => {
  it('is of one time: a backlog and an age never above their largest, late writes apart', () => {
    const outage = fc.option(
      fc.record({ atUs: fc.nat(25 * SEC), forUs: fc.integer({ min: 1, max: 30 * SEC }) }),
    );
    const spec = fc.record({
      everyUs: fc.constantFrom(0, 200_000, SEC, 7 * SEC),
      limit: fc.constantFrom(1, 20, 10_000),
      kind: fc.constantFrom('polling' as const, 'efo' as const),
      perRecordUs: fc.constantFrom(0, 30_000),
      outage,
    });
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 3 }), fc.nat(40), (specs, feedSec) => {
        const consumers = specs.map(({ outage: out, ...rest }) =>
          consumerOf({ ...rest, idleUs: 250_000, throttledUs: 250_000, outages: out === null ? [] : [out] }),
        );
        const { readers } = readersOf({ seconds: 30, consumers, jitter: POLL_JITTER });
        feed(readers, feedSec, 37_000, 1000);
        const late = Math.max(0, Math.ceil((feedSec * SEC) / 37_000) - Math.floor((30 * SEC) / 37_000) - 1);
        for (const { records, backlog, iteratorAgeMs, lostRecords, endToEndWithout } of rowsOf(readers)) {
          expect(backlog.maxRecords).toBeGreaterThanOrEqual(backlog.atEndRecords);
          expect(iteratorAgeMs.max).toBeGreaterThanOrEqual(iteratorAgeMs.atEnd);
          if (iteratorAgeMs.atEnd > 0) expect(backlog.atEndRecords).toBeGreaterThan(0);
          expect(backlog.storedLaterRecords ?? 0).toBe(late);
          expect(records + lostRecords + backlog.atEndRecords).toBe(readers.stored);
          expect(endToEndWithout).toBe(backlog.atEndRecords);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a consumer that joins', () => {
  it.each([
    { from: 'latest', records: 400 },
    { from: 'trimHorizon', records: 1000 },
  ] as const)('from $from reads $records of 1,000 records', ({ from, records }) => {
    const joins = { atUs: 59.95 * SEC, from };
    const { readers } = readersOf({ seconds: 100, consumers: [consumerOf({ joins })] });
    feed(readers, 100, 100_000, 100);
    const [row] = rowsOf(readers);
    expect(row.records + row.backlog.atEndRecords).toBe(records);
    expect(row.lostRecords).toBe(0);
  });

  it('late finds what retention has left', () => {
    const joins = { atUs: (30 * HOUR_SEC - 30) * SEC, from: 'trimHorizon' } as const;
    const { readers } = readersOf({ seconds: 40 * HOUR_SEC, consumers: [consumerOf({ joins })] });
    feed(readers, 40 * HOUR_SEC, 60 * SEC, 100);
    const [row] = rowsOf(readers);
    expect(row.records + row.backlog.atEndRecords).toBe(34 * 60);
    expect(row.lostRecords).toBe(0);
  });
});

describe('after a reshard', () => {
  it.each(['polling', 'efo'] as const)('%s consumers read parents to their end before children', (kind) => {
    const consumers = [
      consumerOf({ kind, perRecordUs: 3000 }),
      consumerOf({ kind, outages: [{ atUs: 5 * SEC, forUs: 9 * SEC }] }),
    ];
    const { readers, readings } = readersOf({ seconds: 60, consumers, shards: 2 });
    let stored = 0;
    for (let atUs = 0; atUs < 55 * SEC; atUs += 5000) {
      if (atUs === 10 * SEC) readers.reshard([0], [2, 3], atUs);
      if (atUs === 20 * SEC) readers.reshard([3, 1], [4], atUs);
      const open = atUs < 10 * SEC ? [0, 1] : atUs < 20 * SEC ? [2, 3, 1] : [2, 4];
      readers.accept(open[stored % open.length], 500, atUs, atUs);
      stored++;
    }
    const rows = rowsOf(readers);
    for (const consumer of [0, 1]) {
      const { records, lostRecords, backlog } = rows[consumer];
      expect(records + lostRecords + backlog.atEndRecords).toBe(stored);
      const times = (shard: number): number[] =>
        readings
          .filter((each) => each.consumer === consumer && each.shard === shard)
          .map(({ nowUs }) => nowUs);
      const last = (shard: number): number => Math.max(...times(shard));
      const first = (shard: number): number => Math.min(...times(shard));
      expect(first(2)).toBeGreaterThanOrEqual(last(0));
      expect(first(3)).toBeGreaterThanOrEqual(last(0));
      expect(first(4)).toBeGreaterThanOrEqual(Math.max(last(1), last(3)));
    }
  });

  it('refuses shards out of turn', () => {
    const { readers } = readersOf({ seconds: 10, consumers: [consumerOf()] });
    expect(() => readers.reshard([0], [2, 3], SEC)).toThrow('shard 2 is not the next one');
  });
});

describe('a day without reading', { timeout: 60_000 }, () => {
  it('is named where it makes the ages of another consumer coarse', () => {
    const outages = [{ atUs: 60 * SEC, forUs: 3000 * SEC }];
    const consumers = [consumerOf({ everyUs: 60 * SEC }), consumerOf({ outages })];
    const { readers } = readersOf({ seconds: 3600, consumers, mostExact: 4096 });
    feed(readers, 3600, 100_000, 1000);
    for (const { coarsenedMs, coarsenedBy } of rowsOf(readers)) {
      expect(coarsenedMs).toBeGreaterThan(0);
      expect(coarsenedBy).toBe('c1');
    }
  });

  it('is remembered in bounded memory, every record accounted for, ages known to a run', () => {
    const hours = 30;
    const outages = [{ atUs: HOUR_SEC * SEC, forUs: 20 * HOUR_SEC * SEC }];
    const play = (mostExact: number) => {
      const { readers } = readersOf({
        seconds: hours * HOUR_SEC,
        consumers: [consumerOf({ outages })],
        mostExact,
      });
      feed(readers, hours * HOUR_SEC, 100_000, 1000); // 10/s, 720,000 in the outage
      return rowsOf(readers)[0];
    };
    const coarse = play(4096);
    const exact = play(2 ** 20);
    expect(exact.coarsenedMs).toBeUndefined();
    expect(coarse.coarsenedMs).toBeGreaterThan(10_000);
    expect(coarse.coarsenedMs).toBeLessThan(60_000);
    for (const row of [coarse, exact]) {
      expect(row.records + row.backlog.atEndRecords).toBe(hours * HOUR_SEC * 10);
      expect(row.lostRecords).toBe(0);
    }
    const within = coarse.coarsenedMs ?? 0;
    expect(Math.abs(coarse.iteratorAgeMs.max - exact.iteratorAgeMs.max)).toBeLessThanOrEqual(within);
    expect(Math.abs((coarse.drain.ms ?? 0) - (exact.drain.ms ?? 0))).toBeLessThanOrEqual(10_000);
    expect(coarse.backlog.maxRecords).toBe(exact.backlog.maxRecords);
  });

  it('longer than retention loses what is older, to the record', () => {
    const outages = [{ atUs: HOUR_SEC * SEC, forUs: 30 * HOUR_SEC * SEC }];
    const { readers } = readersOf({
      seconds: 40 * HOUR_SEC,
      consumers: [consumerOf({ outages })],
      mostExact: 4096,
    });
    feed(readers, 40 * HOUR_SEC, 100_000, 1000);
    const [row] = rowsOf(readers);
    expect(row.records + row.lostRecords + row.backlog.atEndRecords).toBe(40 * HOUR_SEC * 10);
    // Six hours of records, to what came between its last poll and the outage, and to a run.
    expect(Math.abs(row.lostRecords - 6 * HOUR_SEC * 10)).toBeLessThan(500);
    expect(row.iteratorAgeMs.max).toBeLessThanOrEqual(24 * HOUR_SEC * 1000);
    expect(row.iteratorAgeMs.max).toBeGreaterThan(23.9 * HOUR_SEC * 1000);
  });
});

it('counts nothing of the warm-up', () => {
  const { readers } = readersOf({ seconds: 10, warmupUs: 10 * SEC, consumers: [consumerOf()] });
  feed(readers, 20, 100_000, 100);
  const [row] = rowsOf(readers);
  expect(row.calls).toBe(10);
  // What was unread when the counted duration began is read in it.
  expect(row.records + row.backlog.atEndRecords).toBeGreaterThanOrEqual(100);
  expect(row.records + row.backlog.atEndRecords).toBeLessThan(110);
  expect(row.endToEndMs.count).toBe(row.records - (row.records + row.backlog.atEndRecords - 100));
});
