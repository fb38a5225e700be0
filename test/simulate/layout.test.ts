/** Layouts that change in the middle of a simulation, against theory and an independent slow simulator. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createShardMap,
  mergeChange,
  route,
  shardIdOf,
  splitChange,
  type ShardMap,
} from '../../src/model/shard-map.ts';
import { midpointOf } from '../../src/model/hash-range.ts';
import { shardRowsOf } from '../../src/results/run-document.ts';
import type { ShardRow } from '../../src/results/report-document.ts';
import { simulateExactly, type Simulation } from '../../src/simulate/exact.ts';
import type { ProducerSpec, Scenario } from '../../src/traffic/scenario.ts';
import type { TimelineAction, TimelineEvent } from '../../src/traffic/timeline.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';
import { arbitraryCase, dueRecordsOf, worldOf } from './random-cases.ts';
import { callsOf, totalsOfSimulation } from './simulations.ts';
import { playSlowly } from './slow-simulator.ts';

const MIB = 1_048_576;
const HALF = 1n << 127n;
const streamOf = (shards: number, initialFill = 1): Scenario['stream'] => ({
  ...{ shards, maxRecordBytes: MIB, retentionHours: 24, initialFill },
});
const ONE_BY_ONE = {
  producer: { api: 'PutRecords', batch: 1, lingerUs: 0, inFlight: 1000, retry: { policy: 'none' } },
} as const;
/** Two keys by hash key, one in each half of the key space, in turn. */
const BOTH_HALVES = {
  kind: 'hashKeys',
  hashKeys: [HALF / 2n, HALF + HALF / 2n],
  keyBytes: [5, 5],
  weights: [1, 1],
} as const;

const at = (atSec: number, action: TimelineAction, index = 0): TimelineEvent => ({
  ...{ index, atUs: atSec * 1_000_000 },
  ...action,
});

function play(scenario: Scenario, serviceUs = 20_000): Simulation {
  return simulateExactly(scenario, { serviceUs, z: 3 });
}

function rowsOf({ pipeline, map }: Simulation, durationSec: number): ShardRow[] {
  pipeline.tally.load.finish(durationSec);
  return shardRowsOf(pipeline.tally, map);
}

function expectBooksToBalance(rows: readonly ShardRow[]): void {
  for (const row of rows) {
    expect(row.accepted + row.throttled + row.failed + row.dropped, row.shardId).toBe(row.offered);
  }
}

describe('a shard at one and a half times its limit', { timeout: 60_000 }, () => {
  const source = sourceAt(1500, 40, { keys: BOTH_HALVES });
  const timeline = [at(20, { kind: 'split', shard: 0 })];

  it('that is split throttles what the arithmetic of its bucket says until then, and nothing after', () => {
    const simulation = play(scenarioOf([source], { stream: streamOf(1), ...ONE_BY_ONE, timeline }));
    const [low, high, parent] = rowsOf(simulation, 40);
    // 1,500 offered a second for 20 s, less the burst of 1,000 and the refill of 1,000 a second.
    expect(parent.offered).toBe(30_000);
    expect(Math.abs(parent.throttled - (30_000 - 1000 - 20_000))).toBeLessThanOrEqual(1);
    expect(low.offered + high.offered).toBe(30_000);
    // Half of the records each, far below the limit; empty buckets are no burst, so a record or two may fall.
    expect(low.throttled + high.throttled).toBeLessThanOrEqual(20);
    expect(low).toMatchObject({ shardId: 'shardId-000000000001', openedAtMs: 20_000 });
    expect(parent).toMatchObject({ shardId: 'shardId-000000000000', closedAtMs: 20_000 });
    expect('openedAtMs' in parent || 'closedAtMs' in low).toBe(false);
  });

  it('leaves its children the level that it had', () => {
    // One half alone gets 2,000/s; the parent's bucket is empty at 2 s, so the child has no burst either.
    const keys = { kind: 'weights', names: ['a'], weights: [1] } as const;
    const one = sourceAt(2000, 4, { keys });
    const split = [at(2, { kind: 'split', shard: 0 })];
    const rows = rowsOf(play(scenarioOf([one], { stream: streamOf(1), ...ONE_BY_ONE, timeline: split })), 4);
    const child = rows.find((row) => row.openedAtMs === 2000 && row.offered > 0);
    expect(child?.offered).toBe(4000);
    expect(Math.abs((child?.accepted ?? 0) - 2000)).toBeLessThanOrEqual(1);
  });

  it('merged takes the lower level of its parents', () => {
    // The lower half is drained at 2,000/s for 2 s, the upper rests; together they get 1,000/s more than one takes.
    const keys = { ...BOTH_HALVES, weights: [1, 0] };
    const one = sourceAt(2000, 4, { keys });
    const merge = [at(2, { kind: 'merge', shards: [0, 1] })];
    const rows = rowsOf(play(scenarioOf([one], { stream: streamOf(2), ...ONE_BY_ONE, timeline: merge })), 4);
    expect(rows.map((row) => row.shardId.slice(-1))).toEqual(['2', '0']);
    expect(Math.abs(rows[0].accepted - 2000)).toBeLessThanOrEqual(1);
    expect(Math.abs(rows[1].accepted - 3000)).toBeLessThanOrEqual(1);
  });
});

describe('a layout', { timeout: 60_000 }, () => {
  it('resized to as many shards as it has load for throttles no more', () => {
    const timeline = [at(10, { kind: 'resize', count: 4 })];
    const source = sourceAt(2600, 30, { keys: uniformKeys(10_000) });
    const simulation = play(scenarioOf([source], { stream: streamOf(2), timeline }));
    const rows = rowsOf(simulation, 30);
    expect(rows.filter(({ openedAtMs }) => openedAtMs === 10_000)).toHaveLength(4);
    expect(rows.filter(({ closedAtMs }) => closedAtMs === 10_000)).toHaveLength(2);
    expect(simulation.history).toMatchObject([{ kind: 'resize', cause: 'timeline', atMs: 10_000 }]);
    for (const row of rows.slice(0, 4)) expect(row.throttled).toBe(0);
    for (const row of rows.slice(4)) expect(row.throttled).toBeGreaterThan(1000);
  });

  it('ends the same, to the byte, when it is played again', () => {
    const timeline = [
      at(3, { kind: 'split', shard: 'hottest' }),
      at(5, { kind: 'merge', shards: 'coldest' }, 1),
    ];
    const scenario = scenarioOf([sourceAt(3000, 8)], { stream: streamOf(2), timeline });
    const report = (): string => JSON.stringify(rowsOf(play(scenario), 8));
    expect(report()).toBe(report());
  });
});

/** What random numbers choose of a layout: certain names first, then what only traffic decides. */
const arbitraryTimeline = fc.array(
  fc.record({
    atUs: fc.integer({ min: 0, max: 690_000 }),
    what: fc.constantFrom('split', 'merge', 'hottest', 'coldest', 'outage'),
    pick: fc.nat(),
    durationUs: fc.integer({ min: 1, max: 200_000 }),
  }),
  { maxLength: 5 },
);

function timelineOf(
  picks: typeof arbitraryTimeline extends fc.Arbitrary<infer T> ? T : never,
  shards: number,
): TimelineEvent[] {
  let map: ShardMap = createShardMap(shards);
  let open = shards;
  let isCertain = true;
  const events: TimelineEvent[] = [];
  for (const { atUs, what, pick, durationUs } of picks.toSorted((a, b) => a.atUs - b.atUs)) {
    const index = events.length;
    const i = pick % open;
    if (what === 'outage') events.push({ index, atUs, kind: 'outage', durationUs });
    else if (what === 'hottest' || (what === 'split' && !isCertain)) {
      events.push({ index, atUs, kind: 'split', shard: 'hottest' });
      isCertain = false;
      open++;
    } else if (what === 'split') {
      const { shardId, range } = map.open[i];
      events.push({ index, atUs, kind: 'split', shard: Number(shardId.slice(8)) });
      map = splitChange(map, shardId, midpointOf(range)).map;
      open++;
    } else if (open > 1 && isCertain && what === 'merge') {
      const [a, b] = [map.open[i % (open - 1)], map.open[(i % (open - 1)) + 1]];
      events.push({
        index,
        atUs,
        kind: 'merge',
        shards: [Number(b.shardId.slice(8)), Number(a.shardId.slice(8))],
      });
      map = mergeChange(map, b.shardId, a.shardId).map;
      open--;
    } else if (open > 1) {
      events.push({ index, atUs, kind: 'merge', shards: 'coldest' });
      isCertain = false;
      open--;
    }
  }
  return events;
}

describe('a random small scenario with a timeline', () => {
  it('ends the same for every record, on the same shards, in an independent slow simulator', () => {
    fc.assert(
      fc.property(arbitraryCase, arbitraryTimeline, ({ scenario, serviceUs }, picks) => {
        const played = { ...scenario, timeline: timelineOf(picks, scenario.stream.shards) };
        const slow = playSlowly(dueRecordsOf(played), worldOf(played, serviceUs));
        const { calls, simulation } = callsOf(played, serviceUs);
        const plain = calls.map(({ sentUs, records }) => ({
          sentUs,
          records: records.map(({ id, accepted, shard }) => ({ id, accepted, shard })),
        }));
        expect(plain).toEqual(slow.calls);
        const rows = rowsOf(simulation, 1);
        expectBooksToBalance(rows);
        if (scenario.warmupUs > 0 || slow.dropped.length > 0) return;
        const last = new Map(
          slow.calls.flatMap(({ records }) => records.map(({ id, shard }) => [id, shard] as const)),
        );
        const offered = new Map<number, number>();
        for (const shard of last.values()) offered.set(shard, (offered.get(shard) ?? 0) + 1);
        for (const row of rows) expect(row.offered).toBe(offered.get(Number(row.shardId.slice(8))) ?? 0);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  const PRODUCERS: Record<string, Partial<ProducerSpec>> = {
    'that backs off': { retry: { policy: 'backoff', maxAttempts: 4, baseUs: 100_000, maxUs: 400_000 } },
    'of the SDK': {
      retry: { policy: 'sdk', maxAttempts: 3, baseUs: 1_000_000, maxUs: 20_000_000 },
      inFlight: 2,
    },
    'of the KPL': {
      retry: { policy: 'kpl', ttlUs: 600_000, rateLimit: 1.5 },
      aggregate: { maxBytes: 2000, maxCount: 50 },
    },
    'that packs and backs off': {
      retry: { policy: 'backoff', maxAttempts: 3, baseUs: 50_000, maxUs: 400_000 },
      aggregate: { maxBytes: 50_000, maxCount: 500 },
    },
  };

  it.each(Object.keys(PRODUCERS))(
    'balances its books in every row with a producer %s',
    (name) => {
      fc.assert(
        fc.property(arbitraryCase, arbitraryTimeline, ({ scenario, serviceUs }, picks) => {
          const producer = { ...scenario.producer, ...PRODUCERS[name] };
          const timeline = timelineOf(picks, scenario.stream.shards);
          const simulation = play({ ...scenario, producer, timeline }, serviceUs);
          const rows = rowsOf(simulation, 1);
          expectBooksToBalance(rows);
          expect(rows.reduce((sum, row) => sum + row.offered, 0)).toBe(
            simulation.pipeline.tally.shards.sum('offered'),
          );
          expect(rows.reduce((sum, row) => sum + row.bytes, 0)).toBe(
            simulation.pipeline.tally.shards.sum('bytes'),
          );
        }),
        { numRuns: 40 },
      );
    },
    120_000,
  );
});

describe('a packed Kinesis record', { timeout: 60_000 }, () => {
  it('goes whole where its first record goes, also one that was packed before the layout changed', () => {
    const producer: ProducerSpec = {
      ...{ api: 'PutRecords', batch: 20, lingerUs: 300_000, inFlight: 2 },
      ...{
        aggregate: { maxBytes: 5000, maxCount: 100 },
        retry: { policy: 'kpl', ttlUs: 5_000_000, rateLimit: 1.5 },
      },
    };
    const timeline = [at(1, { kind: 'split', shard: 0 }), at(2, { kind: 'merge', shards: [1, 2] }, 1)];
    const maps = [splitChange(createShardMap(1), 'shardId-000000000000', HALF - 1n)];
    maps.push(mergeChange(maps[0].map, 'shardId-000000000001', 'shardId-000000000002'));
    const scenario = scenarioOf([sourceAt(3000, 3, { keys: uniformKeys(500) })], {
      ...{ stream: streamOf(1), producer, timeline },
    });
    let mixed = 0;
    const shardsAt = new Map([0, 1, 2].map((sec) => [sec, new Set<number>()]));
    simulateExactly(scenario, {
      ...{ serviceUs: 20_000, z: 3 },
      onRequest: ({ batch, pipeline: { producer, dictionary } }) => {
        const sec = Math.min(2, Math.floor(batch.sentUs / 1_000_000));
        const map = sec === 0 ? createShardMap(1) : maps[sec - 1].map;
        const homeOf = (slot: number): string =>
          route(map, dictionary.hashKeyOf(producer.records.key[slot])).shardId;
        let first = 0;
        for (const end of batch.parcels?.ends ?? []) {
          const slots = batch.slots.subarray(first, end);
          const homes = new Set(Array.from(slots, homeOf));
          if (homes.size > 1) mixed++;
          for (const slot of slots) {
            expect(shardIdOf(producer.records.shard[slot])).toBe(homeOf(slots[0]));
            shardsAt.get(sec)?.add(producer.records.shard[slot]);
          }
          first = end;
        }
      },
    });
    // Those that were packed by the old layout hold records of both halves.
    expect(mixed).toBeGreaterThan(0);
    expect([...shardsAt.values()].map((shards) => [...shards].sort())).toEqual([[0], [1, 2], [3]]);
  });
});

describe('an outage', { timeout: 30_000 }, () => {
  // One record every 100 ms, each a request of its own, answered after 10 ms; puts fail from 1 s to before 2 s.
  const timeline = [at(1, { kind: 'outage', durationUs: 1_000_000 })];
  const source = sourceAt(10, 3, { keys: uniformKeys(1) });
  const totalsWith = (retry: ProducerSpec['retry'], initialFill = 1): ReturnType<typeof totalsOfSimulation> =>
    totalsOfSimulation(
      scenarioOf([source], {
        ...{ stream: streamOf(1, initialFill), timeline },
        producer: { ...ONE_BY_ONE.producer, retry },
      }),
      10_000,
    );

  it('fails what is sent in it for good where nothing is tried again', () => {
    expect(totalsWith({ policy: 'none' })).toMatchObject({
      ...{ offered: 30, accepted: 20, failed: 10, throttled: 0 },
      ...{ attempts: 30, failedAttempts: 10, requests: 30 },
    });
  });

  it('is outlasted by careful retries, each of which fails until it is over', () => {
    // Waits of nothing: from its due time, 50 ms after the start and every 100 ms, a record is tried every 10 ms.
    const totals = totalsWith({ policy: 'backoff', maxAttempts: 1000, baseUs: 0, maxUs: 0 });
    const tries = Array.from({ length: 10 }, (_, i) => (950 - i * 100) / 10).reduce((sum, n) => sum + n, 0);
    expect(totals).toMatchObject({ accepted: 30, failed: 0, failedAttempts: tries, retries: tries });
  });

  it('makes the SDK send whole requests again, up to its tries', () => {
    const totals = totalsWith({ policy: 'sdk', maxAttempts: 3, baseUs: 1000, maxUs: 20_000_000 });
    // The SDK waits less than 100 ms, then less than 200 ms: of those due 0.32 s before the end all three tries fail.
    expect(totals.offered).toBe(30);
    expect(totals.accepted + totals.failed).toBe(30);
    expect(totals.failed).toBeGreaterThanOrEqual(6);
    expect(totals.failed).toBeLessThan(10);
    expect(totals.failedAttempts).toBeGreaterThanOrEqual(totals.failed * 3);
    expect(totals.throttledAttempts).toBe(0);
  });

  it('costs no tokens', () => {
    // Empty at the start: 1,500 offered in the second of the outage would have been accepted by 1,000 tokens.
    const burst = sourceAt(1500, 3, { keys: uniformKeys(1) });
    const scenario = scenarioOf([burst], { stream: streamOf(1, 0), ...ONE_BY_ONE, timeline });
    const { accepted, failed } = totalsOfSimulation(scenario);
    expect(failed).toBe(1500);
    // 1,000 in the first second, and all 1,500 of the third: 1,000 were saved up.
    expect(Math.abs(accepted - 2500)).toBeLessThanOrEqual(2);
  });
});
