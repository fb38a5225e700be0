/** Random small scenarios for tests of the exact engine, and what the slow simulator is given of them. */
import fc from 'fast-check';
import { KeyDictionary } from '../../src/traffic/key-dictionary.ts';
import { Offer, OfferColumns } from '../../src/traffic/offer.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { Draws, PURPOSE } from '../../src/traffic/threefry.ts';
import type { TimelineEvent } from '../../src/traffic/timeline.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';
import type { DueRecord, SlowEvent, SlowWorld } from './slow-simulator.ts';

const MIB = 1_048_576;

const arbitraryRetry = fc.oneof(
  fc.constant({ policy: 'none' } as const),
  fc.record({
    policy: fc.constant('backoff' as const),
    maxAttempts: fc.integer({ min: 1, max: 5 }),
    baseUs: fc.integer({ min: 1, max: 200_000 }),
    maxUs: fc.integer({ min: 200_000, max: 500_000 }),
  }),
);

const arbitrarySource = fc
  .record({
    rate: fc.integer({ min: 1, max: 2500 }),
    to: fc.option(fc.integer({ min: 1, max: 4000 })),
    arrivals: fc.constantFrom(
      { kind: 'even' } as const,
      { kind: 'poisson' } as const,
      { kind: 'bursts', everyUs: 400_000, withinUs: 30_000 } as const,
    ),
    keys: fc.constantFrom(uniformKeys(1), uniformKeys(50), {
      kind: 'weights',
      names: ['a', 'bäume', 'c'],
      weights: [5, 1, 1],
    } as const),
    bytes: fc.constantFrom(0, 1, 900, 1019, 9000, 200_000, 2_000_000),
  })
  .map(({ rate, to, arrivals, keys, bytes }) => {
    // Large records in small numbers: the slow simulator is slow.
    const from = bytes >= 200_000 ? rate / 50 : rate;
    const stages = [{ durationUs: 700_000, from, to: bytes >= 200_000 ? from : (to ?? from) }];
    return sourceAt(from, 1, { stages, arrivals, keys, size: { kind: 'fixed', bytes } });
  });

export const arbitraryCase = fc
  .record({
    traffic: fc.array(arbitrarySource, { minLength: 1, maxLength: 2 }),
    shards: fc.integer({ min: 1, max: 3 }),
    maxRecordBytes: fc.constantFrom(MIB, 3 * MIB),
    initialFill: fc.constantFrom(0, 0.1, 1),
    batch: fc.constantFrom(1, 7, 100, 500),
    lingerUs: fc.constantFrom(0, 1000, 100_000),
    inFlight: fc.constantFrom(1, 2, 16),
    retry: arbitraryRetry,
    serviceUs: fc.constantFrom(0, 1, 20_000, 300_000),
    warmupUs: fc.constantFrom(0, 200_000),
    seed: fc.nat(),
  })
  .map(({ traffic, shards, maxRecordBytes, initialFill, batch, lingerUs, inFlight, retry, ...rest }) => ({
    serviceUs: rest.serviceUs,
    scenario: scenarioOf(traffic, {
      stream: { shards, maxRecordBytes, retentionHours: 24, initialFill },
      producer: { api: 'PutRecords', batch, lingerUs, inFlight, retry },
      warmupUs: rest.warmupUs,
      seed: rest.seed,
    }),
  }));

/** Everything that falls due: what both simulators are given. */
export function dueRecordsOf(scenario: Scenario): DueRecord[] {
  const dictionary = new KeyDictionary(
    scenario.traffic.map((source) => source.keys),
    scenario.placementSeed,
  );
  const offer = new Offer(scenario, dictionary);
  const columns = new OfferColumns();
  const records: DueRecord[] = [];
  while (offer.take(Infinity, columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      records.push({
        dueUs: columns.dueUs[i],
        source: columns.source[i],
        k: columns.k[i],
        key: dictionary.nameOf(columns.key[i]),
        dataBytes: columns.dataBytes[i],
      });
    }
  }
  return records;
}

export function worldOf(scenario: Scenario, serviceUs: number): SlowWorld {
  const { stream, producer, warmupUs, durationUs, seed } = scenario;
  const { retry } = producer;
  const jitters = scenario.traffic.map((_, source) => new Draws(seed, PURPOSE.jitter, source));
  return {
    ...stream,
    events: (scenario.timeline ?? []).flatMap(slowEventOf(warmupUs)),
    serviceUs,
    endUs: warmupUs + durationUs,
    producer: {
      ...producer,
      ...(retry.policy === 'backoff' ? retry : { maxAttempts: 1, baseUs: 0, maxUs: 0 }),
    },
    jitter: (source, k, attempt) => jitters[source].uniform(k, attempt),
  };
}

function slowEventOf(warmupUs: number): (event: TimelineEvent) => SlowEvent[] {
  return (event) => {
    if (event.kind === 'resize') throw new Error('the slow simulator knows no resize');
    return [{ ...event, atUs: event.atUs + warmupUs }];
  };
}
