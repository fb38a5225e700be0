/** The exact engine against the local endpoint: two users of one model, which must not disagree on anything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { midpointOf } from '../../src/model/hash-range.ts';
import { MINUTE_US, ON_DEMAND_RULES } from '../../src/model/on-demand.ts';
import {
  createShardMap,
  mergeChange,
  resizeChange,
  shardNumberOf,
  splitChange,
  type ShardMap,
} from '../../src/model/shard-map.ts';
import type { ConsumerSpec } from '../../src/traffic/scenario.ts';
import type { TimelineAction, TimelineEvent } from '../../src/traffic/timeline.ts';
import { consumerOf, scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';
import { compare, type Compared } from './endpoint.ts';
import { arbitraryCase } from './random-cases.ts';

const SECOND = 1_000_000;
const MIB = 1_048_576;

interface Pick {
  readonly atUs: number;
  readonly what: 'split' | 'merge' | 'resize' | 'hottest' | 'coldest';
  readonly pick: number;
}

const arbitraryPicks: fc.Arbitrary<Pick[]> = fc.array(
  fc.record({
    atUs: fc.integer({ min: 0, max: 690_000 }),
    what: fc.constantFrom('split', 'merge', 'resize', 'hottest', 'coldest'),
    pick: fc.nat(),
  }),
  { maxLength: 5 },
);

/** A timeline of what can happen; after the first event that traffic decides, only what needs no names. */
function timelineOf(picks: readonly Pick[], shards: number): TimelineEvent[] {
  let map: ShardMap | undefined = createShardMap(shards);
  let open = shards;
  const events: TimelineEvent[] = [];
  for (const { atUs, what, pick } of picks.toSorted((a, b) => a.atUs - b.atUs)) {
    const named: [TimelineAction, ShardMap, number] | undefined = map && namedEvent(map, what, pick);
    const action = named?.[0] ?? unnamedEvent(open, what, pick);
    open += named?.[2] ?? (action.kind === 'resize' ? action.count - open : action.kind === 'split' ? 1 : -1);
    map = named?.[1];
    events.push({ index: events.length, atUs, ...action });
  }
  return events;
}

function namedEvent(
  map: ShardMap,
  what: Pick['what'],
  pick: number,
): [TimelineAction, ShardMap, number] | undefined {
  const { open } = map;
  const shard = open[pick % open.length];
  if (what === 'split') {
    const { range, shardId } = shard;
    // Anywhere in the second half, so that children differ in width.
    const newStart = midpointOf(range) + ((range.end - midpointOf(range)) * BigInt(pick % 97)) / 100n;
    const change = splitChange(map, shardId, newStart);
    return [{ kind: 'split', shard: shardNumberOf(shardId), newStart }, change.map, 1];
  }
  if (what === 'merge' && open.length > 1) {
    const i = pick % (open.length - 1);
    const [low, high] = [open[i].shardId, open[i + 1].shardId];
    const shards = [shardNumberOf(high), shardNumberOf(low)] as const;
    return [{ kind: 'merge', shards }, mergeChange(map, high, low).map, -1];
  }
  if (what !== 'resize') return undefined;
  const action = resizeOf(open.length, pick);
  return [action, resizeChange(map, action.count).map, action.count - open.length];
}

function resizeOf(open: number, pick: number): TimelineAction & { readonly kind: 'resize' } {
  const counts = Array.from({ length: 2 * open }, (_, i) => i + 1).filter(
    (count) => count !== open && count >= Math.ceil(open / 2),
  );
  return { kind: 'resize', count: counts[pick % counts.length] };
}

function unnamedEvent(open: number, what: Pick['what'], pick: number): TimelineAction {
  if (what === 'resize') return resizeOf(open, pick);
  if ((what === 'merge' || what === 'coldest') && open > 1) return { kind: 'merge', shards: 'coldest' };
  return { kind: 'split', shard: 'hottest' };
}

/** The longest time that a change can take and still be over before the next is asked for; 0 where two coincide. */
function mostReshardUs(events: readonly TimelineEvent[], warmupUs: number): number {
  const times = [0, ...events.map(({ atUs }) => atUs + warmupUs)];
  const gaps = times.slice(1).map((atUs, i) => atUs - times[i]);
  return Math.floor(Math.min(500_000, ...gaps) / 1000) * 1000;
}

const arbitraryConsumer: fc.Arbitrary<ConsumerSpec> = fc
  .record({
    everyUs: fc.constantFrom(0, 50_000, 200_000, 333_333),
    throttledUs: fc.constantFrom(1000, 100_000),
    limit: fc.constantFrom(1, 100, 10_000),
    perRecordUs: fc.constantFrom(0, 500),
    joins: fc.option(
      fc.record({
        atUs: fc.integer({ min: 0, max: 500_000 }),
        from: fc.constantFrom('trimHorizon' as const, 'latest' as const),
      }),
      { nil: undefined },
    ),
    outages: fc.constantFrom([], [{ atUs: 200_000, forUs: 300_000 }]),
  })
  .map(({ joins, ...rest }) =>
    consumerOf({ ...rest, idleUs: Math.max(50_000, rest.everyUs), ...(joins && { joins }) }),
  );

function sum(all: readonly Compared[], of: keyof Compared): number {
  return all.reduce((total, one) => total + one[of], 0);
}

describe('a random small scenario, played through the endpoint, ends the same', () => {
  it('for every record where the stream is split, merged and resized on the way', () => {
    const seen: Compared[] = [];
    fc.assert(
      fc.property(arbitraryCase, arbitraryPicks, fc.boolean(), ({ scenario, serviceUs }, picks, isEarly) => {
        const timeline = timelineOf(picks, scenario.stream.shards);
        const reshardUs = isEarly ? mostReshardUs(timeline, scenario.warmupUs) : 0;
        seen.push(compare({ ...scenario, timeline }, serviceUs, reshardUs));
      }),
      { numRuns: 20 },
    );
    expect(sum(seen, 'changes')).toBeGreaterThan(0);
    expect(sum(seen, 'throttledRecords')).toBeGreaterThan(0);
  }, 120_000);

  it('for every GetRecords call of its consumers, to the record and the millisecond', () => {
    const seen: Compared[] = [];
    fc.assert(
      fc.property(
        arbitraryCase,
        arbitraryPicks,
        fc.array(arbitraryConsumer, { minLength: 1, maxLength: 3 }),
        ({ scenario, serviceUs }, picks, consumers) => {
          const timeline = timelineOf(picks, scenario.stream.shards);
          const reshardUs = mostReshardUs(timeline, scenario.warmupUs);
          // Calls that take no time would follow each other at one microsecond.
          seen.push(compare({ ...scenario, timeline, consumers }, Math.max(serviceUs, 1000), reshardUs));
        },
      ),
      { numRuns: 20 },
    );
    expect(sum(seen, 'throttledReads')).toBeGreaterThan(0);
  }, 120_000);
});

/** Records so large that the bytes of reads run out, and somebody who comes late and reads all at once. */
const arbitraryHungry = fc
  .record({
    rate: fc.integer({ min: 6, max: 16 }),
    bytes: fc.constantFrom(100_000, 200_000, 1_000_000),
    joinUs: fc.integer({ min: 8 * SECOND, max: 14 * SECOND }),
    consumers: fc.array(arbitraryConsumer, { minLength: 1, maxLength: 3 }),
    seed: fc.nat(),
  })
  .map(({ rate, bytes, joinUs, consumers, seed }) => {
    const source = sourceAt(bytes > MIB / 2 ? rate / 4 : rate, 16, {
      ...{ arrivals: { kind: 'poisson' }, keys: uniformKeys(3), size: { kind: 'fixed', bytes } },
    });
    const late = consumerOf({ everyUs: 500_000, joins: { atUs: joinUs, from: 'trimHorizon' } });
    return scenarioOf([source], {
      ...{ stream: { shards: 2, maxRecordBytes: MIB, retentionHours: 24, initialFill: 1 }, seed },
      consumers: [...consumers, late],
      timeline: [{ index: 0, atUs: 10 * SECOND, kind: 'split', shard: 'hottest' }],
    });
  });

describe('readers whose bytes run out', () => {
  it('are throttled by the endpoint at the same calls, and read the same in between', () => {
    const seen: Compared[] = [];
    fc.assert(
      fc.property(arbitraryHungry, (scenario) => {
        seen.push(compare(scenario, 20_000, 250_000));
      }),
      { numRuns: 6 },
    );
    expect(sum(seen, 'throttledReads')).toBeGreaterThan(0);
  }, 120_000);
});

/** Quiet times and bursts over four minutes and a half; retries of the last burst end before the next minute. */
const arbitraryDays = fc
  .record({
    stages: fc.array(
      fc.record({
        quietSec: fc.integer({ min: 3, max: 50 }),
        quiet: fc.integer({ min: 1, max: 60 }),
        burst: fc.integer({ min: 100, max: 4000 }),
      }),
      { minLength: 4, maxLength: 8 },
    ),
    keys: fc.constantFrom(uniformKeys(1), uniformKeys(7), uniformKeys(1000)),
    bytes: fc.constantFrom(10, 900),
    splitAboveRecordsPerSec: fc.constantFrom(5, 20, 500),
    splitAboveBytesPerSec: fc.constantFrom(2000, 20_000),
    withinUs: fc.constantFrom(MINUTE_US, 2 * MINUTE_US),
    mostShards: fc.constantFrom(6, ON_DEMAND_RULES.mostShards),
    shards: fc.constantFrom(1, 4),
    warmupUs: fc.constantFrom(0, 20 * SECOND),
    seed: fc.nat(),
  })
  .map(({ stages, keys, bytes, shards, warmupUs, seed, ...rules }) => {
    const totalUs = 4.5 * MINUTE_US;
    let leftUs = totalUs;
    const rates = stages.flatMap(({ quietSec, quiet, burst }) => {
      const quietUs = Math.min(leftUs, quietSec * SECOND);
      const burstUs = Math.min((leftUs -= quietUs), SECOND);
      leftUs -= burstUs;
      return [
        { durationUs: quietUs, from: quiet, to: quiet },
        { durationUs: burstUs, from: burst, to: burst },
      ];
    });
    const end = { durationUs: leftUs, from: 10, to: 10 };
    const source = sourceAt(1, 1, {
      stages: [...rates, end].filter(({ durationUs }) => durationUs > 0),
      ...{ arrivals: { kind: 'poisson' }, keys, size: { kind: 'fixed', bytes } },
    });
    return scenarioOf([source], {
      stream: {
        ...{ shards, maxRecordBytes: MIB, retentionHours: 24, initialFill: 0.1 },
        onDemand: { rules, recordDistribution: 'userPartitionKey' },
      },
      producer: {
        ...{ api: 'PutRecords', batch: 500, lingerUs: 100_000, inFlight: 16 },
        retry: { policy: 'backoff', maxAttempts: 4, baseUs: 100_000, maxUs: 400_000 },
      },
      consumers: [consumerOf({ everyUs: 10 * SECOND })],
      ...{ durationUs: totalUs - warmupUs, warmupUs, seed },
    });
  });

describe('an on-demand stream under random bursts', () => {
  it('is split by the endpoint at the same times, takes the same records, and gives them to read', () => {
    const seen: Compared[] = [];
    fc.assert(
      fc.property(arbitraryDays, (scenario) => {
        seen.push(compare(scenario, 20_000));
      }),
      { numRuns: 8 },
    );
    expect(sum(seen, 'changes')).toBeGreaterThan(0);
    expect(sum(seen, 'throttledRecords')).toBeGreaterThan(0);
  }, 120_000);
});
