/**
 * The exact engine on the work of `exact.c`: zipf keys, a fixed rate, requests of 500.
 */
import { simulateExactly } from '../../src/simulate/exact.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';

/** Plays so many records and returns what `exact.c` prints, so that nobody can skip work. */
export function playExactly(records: number, keys: number, shards: number, exponent: number): string {
  const ratePerSec = 100_000;
  const durationUs = (records * 1_000_000) / ratePerSec;
  const scenario: Scenario = {
    stream: { shards, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 },
    warmupUs: 0,
    durationUs,
    seed: 1,
    traffic: [
      {
        name: 'bench',
        stages: [{ durationUs, from: ratePerSec, to: ratePerSec }],
        arrivals: { kind: 'even' },
        size: { kind: 'fixed', bytes: 100 },
        keys: { kind: 'zipf', count: keys, exponent, template: 'key-{n}' },
      },
    ],
    producer: { api: 'PutRecords', batch: 500, lingerUs: 100_000, inFlight: 64, retry: { policy: 'none' } },
    consumers: [],
    thresholds: [],
  };
  const { tally, offer, dictionary } = simulateExactly(scenario, { serviceUs: 20_000, z: 4 }).pipeline;
  const heaviest = tally.sketch.find(dictionary.idOf(0, 0));
  return [
    tally.shards.sum('accepted'),
    tally.shards.sum('throttled'),
    tally.requests,
    offer.digest,
    Math.round((tally.response.meanMs ?? 0) * 1000),
    tally.keys.count(heaviest, 'offered'),
    tally.keys.count(heaviest, 'accepted'),
  ].join(' ');
}
