/** On-demand streams in the exact engine, against bucket arithmetic and what AWS showed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../src/advice/verdict.ts';
import { simulationReport, type SimulatedDocument } from '../../src/cli/simulation-report.ts';
import { ATTEMPT } from '../../src/model/outcome.ts';
import type { CapacityInfo, ReportDocument } from '../../src/results/report-document.ts';
import { simulateExactly } from '../../src/simulate/exact.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';

const MINUTE_MS = 60_000;

function reportOf(scenario: Scenario): SimulatedDocument & { capacity: CapacityInfo } {
  const simulation = simulateExactly(scenario, { serviceUs: 20_000, z: 3 });
  const document = simulationReport('s.yaml', scenario, simulation, 20_000);
  if (document.capacity === undefined) throw new Error('the stream is not on-demand');
  return { ...document, capacity: document.capacity };
}

function played(text: string) {
  return reportOf(parseScenario(text, 's.yaml'));
}

function openShardsOf({ capacity }: { readonly capacity: CapacityInfo }): [number, number][] {
  return capacity.phases.map(({ toMs, openShards }) => [toMs / MINUTE_MS, openShards]);
}

/** Whatever is due on a shard ends there in one way or another. */
function expectBalanced({ shards = [], totals }: Pick<ReportDocument, 'shards' | 'totals'>): void {
  for (const row of shards)
    expect(row.accepted + row.throttled + row.failed + row.dropped, row.shardId).toBe(row.offered);
  expect(shards.reduce((sum, row) => sum + row.offered, 0)).toBe(totals?.offered);
  expect(shards.reduce((sum, row) => sum + row.throttledAttempts, 0)).toBe(totals?.throttledAttempts);
}

describe('twice what four new shards take, spread evenly', { timeout: 60_000 }, () => {
  // 256 records/s that cost 32 KiB each, key and rounding included: 64 a second for each of four shards, which take 32 and a burst of 32.
  const document = played(`
stream: { mode: on-demand }
duration: 31m
traffic: [{ rate: 256/s, keys: { explicitHashKey: { spread: even } }, size: 32700B }]
`);
  const { capacity, series } = document;

  it('doubles the shards after 15 minutes, and again after 30', () => {
    expect(openShardsOf(document)).toEqual([
      [15, 4],
      [30, 8],
      [31, 16],
    ]);
    expect([capacity.shardsAtStart, capacity.shardsAtEnd, capacity.splits]).toEqual([4, 16, 12]);
    expect(
      document.timeline?.map(({ atMs, kind, shardIds, children, cause }) => [
        ...[atMs / MINUTE_MS, kind, shardIds.length, children.length, cause],
      ]),
    ).toEqual([
      [15, 'split', 4, 8, 'on-demand'],
      [30, 'split', 8, 16, 'on-demand'],
    ]);
  });

  it('accepts bursts and refill until then, and everything once shards suffice', () => {
    const [four, eight, sixteen] = capacity.phases;
    // Refill is lost for the 100 ms until the first request, and the last replies of the 20 ms before the end: up to
    // four records and one at either end on each shard.
    const accepted = four.attempts - four.throttledAttempts;
    expect(Math.abs(accepted - 4 * (32 + 32 * 900))).toBeLessThanOrEqual(4 * (4 + 2));
    // At its limit exactly a bucket that was left empty loses what comes before its refill, once.
    expect(eight.throttledAttempts).toBeLessThanOrEqual(8 * 8);
    expect(sixteen.throttledAttempts).toBe(0);
    expect(four.attempts + eight.attempts + sixteen.attempts).toBe(document.totals.attempts);
  });

  it('shows half of the attempts throttled, minute by minute', () => {
    const { throttledAttempts = [], offered = [], stepMs = 0, openShards = [] } = series ?? {};
    const minute = MINUTE_MS / stepMs;
    for (let m = 1; m < 15; m++) {
      const sum = (values: readonly number[]): number =>
        values.slice(m * minute, (m + 1) * minute).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum(throttledAttempts) / sum(offered) - 0.5)).toBeLessThan(0.01);
      expect(openShards[m * minute]).toBe(4);
    }
    expect(openShards.length).toBe(offered.length);
    expect([openShards[15 * minute], openShards.at(-1)]).toEqual([8, 16]);
  });

  it('leaves no record out of the books', () => {
    expectBalanced(document);
  });
});

// AWS's own demonstration of warm throughput: 2 MiB/s, then 28 MiB/s at once.
const DEMO = (stream: string) => `
stream: { mode: on-demand${stream} }
traffic:
  - steps: [{ for: 2m, rate: 2MiB/s }, { for: 3m, rate: 28MiB/s }]
    keys: { uniform: { count: 10000 } }
    size: 128KiB
`;

describe('the jump from 2 to 28 MiB/s that AWS showed', { timeout: 60_000 }, () => {
  it('is throttled on a standard stream, but for what four shards take', () => {
    const { totals } = played(DEMO(''));
    const offeredMib = 2 * 120 + 28 * 180;
    const acceptedMib = 2 * 120 + 4 * (180 + 1);
    expect(Math.abs(totals.accepted / totals.offered - acceptedMib / offeredMib)).toBeLessThan(0.005);
  });

  it('is taken by a stream of a warm throughput of 100 MiB/s', () => {
    const { totals, capacity } = played(DEMO(', warmThroughput: 100MiB/s'));
    expect(totals.throttledAttempts).toBe(0);
    expect([capacity.shardsAtStart, capacity.shardsAtEnd]).toEqual([100, 100]);
    expect(capacity.rules.warmThroughputBytesPerSec).toBe(100 * 1_048_576);
  });
});

const HOT = (stream: string) => `
stream: { mode: on-demand, onDemand: { within: 1m }${stream} }
duration: 12m
traffic:
  - { rate: 48/s, keys: { hot: { share: 100%, keys: 1, of: 2 }, template: "hot-{n}" }, size: 32KiB }
  - { rate: 38/s, keys: { uniform: { count: 1000 } }, size: 32KiB }
`;

describe('a key above the limit of a shard', { timeout: 60_000 }, () => {
  it('stays throttled however often its shard is split, once its neighbours have moved away alone', () => {
    const document = played(HOT(''));
    const hot = document.keys?.find(({ key }) => key === 'hot-0');
    // Every minute its shard is split: once in each of the minutes that end before the end.
    expect(document.capacity.splits).toBe(11);
    expect(document.findings.map(({ code, key }) => [code, key])).toEqual([['HOT_KEY', 'hot-0']]);
    // Of 48 records/s a shard takes just below 32: each costs a KiB more with its key.
    expect((hot?.throttled ?? 0) / (hot?.records ?? 1)).toBeGreaterThan(1 - 32 / 48 - 0.01);
    const [first] = document.capacity.phases;
    const last = document.capacity.phases.at(-1);
    expect(first.openShards).toBe(4);
    expect((last?.throttledAttempts ?? 0) / ((last?.toMs ?? 0) - (last?.fromMs ?? 0))).toBeGreaterThan(0.015);
    expectBalanced(document);
  });

  it('is spread by AUTO, and belongs to no shard', () => {
    const document = played(HOT(', recordDistribution: auto'));
    expect(document.totals.throttledAttempts).toBe(0);
    expect(document.findings).toEqual([]);
    expect(document.keys?.[0].key).toBe('hot-0');
    expect(document.keys?.every((key) => !('shardId' in key) && !('utilization' in key))).toBe(true);
    expectBalanced(document);
  });
});

describe('an on-demand stream', { timeout: 60_000 }, () => {
  it('is watched from the start of the warm-up, and splits then too', () => {
    const document = played(`
stream: { mode: on-demand, onDemand: { within: 2m } }
warmup: 3m
duration: 2m
traffic: [{ rate: 192/s, keys: { explicitHashKey: { spread: even } }, size: 32KiB }]
`);
    expect(document.timeline?.map(({ atMs }) => atMs / MINUTE_MS)).toEqual([-1, 1]);
    expect(openShardsOf(document)).toEqual([
      [1, 8],
      [2, 16],
    ]);
    expect(document.series?.openShards?.at(0)).toBe(8);
    expectBalanced(document);
  });

  it('does not split on its last minute, nor below the rule, nor above the most shards', () => {
    const splits = (rules: string, rate: string): number =>
      played(`
stream: { mode: on-demand, onDemand: { ${rules} } }
duration: 3m
traffic: [{ rate: ${rate}, keys: { explicitHashKey: { spread: even } }, size: 1000B }]
`).capacity.splits;
    expect(splits('within: 1m', '1950/s')).toBe(0);
    expect(splits('within: 2m', '2050/s')).toBe(4);
    expect(splits('within: 3m, splitAboveRecords: 50/s', '210/s')).toBe(0);
    expect(splits('within: 2m, splitAboveRecords: 50/s', '210/s')).toBe(4);
    expect(splits('within: 2m, splitAboveRecords: 50/s, mostShards: 6', '210/s')).toBe(2);
    expect(splits('within: 2m, splitAbove: 50KiB/s', '210/s')).toBe(4);
    expect(splits('within: 2m, splitAbove: 60KiB/s, splitAboveRecords: 60/s', '210/s')).toBe(0);
  });

  it('counts the Kinesis records of the KPL, not the records in them', () => {
    // 4,000 records/s of 100 bytes are about 100 KiB/s for each shard, in few Kinesis records.
    const text = (producer: string) => `
stream: { mode: on-demand, onDemand: { within: 1m } }
duration: 3m
traffic: [{ rate: 4000/s, keys: { uniform: { count: 10000 } }, size: 100B }]
producer: { ${producer} }
`;
    expect(played(text('preset: kpl')).capacity.splits).toBe(0);
    expect(played(text('preset: sdk')).capacity.splits).toBeGreaterThanOrEqual(4);
  });

  it('ends the same every time, with retries and AUTO', () => {
    const text = `
stream: { mode: on-demand, recordDistribution: auto, onDemand: { within: 1m } }
duration: 4m
traffic: [{ rate: 200/s, arrivals: poisson, keys: { uniform: { count: 100 } }, size: { uniform: { min: 1KiB, max: 60KiB } } }]
producer: { retry: { policy: backoff, maxAttempts: 5 } }
`;
    const document = played(text);
    expect(document.totals.retries).toBeGreaterThan(1000);
    expect(document.capacity.splits).toBeGreaterThan(0);
    expectBalanced(document);
    expect(JSON.stringify(played(text))).toBe(JSON.stringify(document));
  });
});

interface Minute {
  records: number;
  bytes: number;
}

/** Brute force: what every shard accepted in every minute, from the requests; then the published rule, shard by shard. */
function expectedSplits(scenario: Scenario, withinMinutes: number): string[] {
  const minutes = new Map<string, Minute>();
  const { map } = simulateExactly(scenario, {
    serviceUs: 20_000,
    z: 3,
    onRequest: ({ batch, outcomes, pipeline: { producer } }) => {
      batch.slots.forEach((slot, i) => {
        if (outcomes[i] !== ATTEMPT.accepted) return;
        const { shard, dataBytes, keyBytes } = producer.records;
        const place = `${shard[slot]} ${Math.floor(batch.sentUs / 60_000_000)}`;
        const minute = minutes.get(place) ?? { records: 0, bytes: 0 };
        minutes.set(place, {
          records: minute.records + 1,
          bytes: minute.bytes + dataBytes[slot] + keyBytes[slot],
        });
      });
    },
  });
  const endMinute = (scenario.warmupUs + scenario.durationUs) / 60_000_000;
  return map.all.flatMap((_, shard) => {
    for (let minute = 0; minute + withinMinutes < endMinute; minute++) {
      const { records = 0, bytes = 0 } = minutes.get(`${shard} ${minute}`) ?? {};
      if (records > 500 * 60 || bytes > 500 * 1024 * 60) return [`${shard} at ${minute + withinMinutes}`];
    }
    return [];
  });
}

describe('random traffic', { timeout: 60_000 }, () => {
  it('splits the shards that a look at every request says, when it says', () => {
    let splits = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 20, max: 200 }),
        fc.constantFrom('uniform:50', 'zipf:1.2:100', 'hot:50%:1:30'),
        fc.constantFrom('auto', 'userPartitionKey'),
        (seed, within, rate, keys, distribution) => {
          const scenario = parseScenario(
            `
stream: { mode: on-demand, recordDistribution: ${distribution}, onDemand: { within: ${within}m } }
warmup: 1m
duration: 5m
seed: ${seed}
traffic: [{ rate: ${rate}/s, arrivals: poisson, keys: "${keys}", size: { uniform: { min: 1KiB, max: 60KiB } } }]
producer: { retry: { policy: backoff, maxAttempts: 3 } }
`,
            's.yaml',
          );
          const document = reportOf(scenario);
          const seen = (document.timeline ?? []).flatMap(({ atMs, shardIds }) =>
            shardIds.map((id) => `${Number(id.slice(-12))} at ${atMs / MINUTE_MS + 1}`),
          );
          splits += seen.length;
          expect(seen.sort()).toEqual(expectedSplits(scenario, within).sort());
          expectBalanced(document);
        },
      ),
      { numRuns: 8, seed: 1 },
    );
    expect(splits).toBeGreaterThan(25);
  });
});

it('a provisioned stream has no capacity section', () => {
  const scenario = parseScenario(
    'stream: { shards: 1 }\nduration: 61s\ntraffic: [{ rate: 100/s, keys: "uniform:9", size: 1B }]',
    's.yaml',
  );
  const simulation = simulateExactly(scenario, { serviceUs: 20_000, z: 3 });
  const document = simulationReport('s.yaml', scenario, simulation, 20_000);
  expect(Object.keys(document)).not.toContain('capacity');
  expect(Object.keys(document.series ?? {})).not.toContain('openShards');
  expect(
    findingsOf({
      tally: simulation.pipeline.tally,
      map: simulation.map,
      nameOf: String,
      hashKeyOf: () => 0n,
    }),
  ).toEqual([]);
});
