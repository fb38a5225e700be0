/** Closed loops, and PutRecord, against what can be worked out by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulateExactly, type SimulatedRequest } from '../../src/simulate/exact.ts';
import { playInAggregate } from '../../src/simulate/aggregate.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import type { ProducerSpec, Scenario, Source } from '../../src/traffic/scenario.ts';
import { scenarioOf, sourceAt } from '../traffic/scenarios.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const PLAIN = { api: 'PutRecords', batch: 500, lingerUs: 0, inFlight: 1, retry: { policy: 'none' } } as const;

function streamOf(shards: number): Scenario['stream'] {
  return { shards, maxRecordBytes: MIB, retentionHours: 24, initialFill: 1 };
}

function closedLoop(
  slots: number,
  {
    producer = {},
    rest = {},
    source = {},
    sec = 5,
  }: {
    producer?: Partial<ProducerSpec>;
    rest?: Partial<Scenario>;
    source?: Partial<Source>;
    sec?: number;
  } = {},
): Scenario {
  return scenarioOf([sourceAt(0, sec, source)], {
    producer: { ...PLAIN, ...producer, inFlight: slots, loop: 'closed' },
    ...rest,
  });
}

interface Call {
  readonly sentUs: number;
  readonly dueUs: readonly number[];
  readonly bytes: number;
}

function playedOf(scenario: Scenario, serviceUs: number) {
  const calls: Call[] = [];
  const onRequest = ({ batch, pipeline }: SimulatedRequest): void => {
    const { records } = pipeline.producer;
    const slots = Array.from(batch.slots);
    calls.push({
      sentUs: batch.sentUs,
      dueUs: slots.map((slot) => records.dueUs[slot]),
      bytes: slots.reduce((sum, slot) => sum + records.dataBytes[slot] + records.keyBytes[slot], 0),
    });
  };
  const { pipeline } = simulateExactly(scenario, { serviceUs, z: 4, onRequest });
  return { calls, tally: pipeline.tally, totals: totalsOf(pipeline.tally, undefined), pipeline };
}

describe('a closed loop', () => {
  it('sends from each slot a request for every service time that begins in the duration', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 3_000, max: 400_000 }),
        (slots, batch, serviceUs) => {
          const scenario = closedLoop(slots, {
            producer: { batch },
            rest: { stream: streamOf(1000) },
            sec: 1,
          });
          const { totals, calls } = playedOf(scenario, serviceUs);
          expect(totals.requests).toBe(slots * Math.ceil(1_000_000 / serviceUs));
          expect(totals.offered).toBe(totals.requests * batch);
          expect(totals.accepted).toBe(totals.offered);
          for (const { sentUs, dueUs } of calls) {
            expect(sentUs % serviceUs).toBe(0);
            expect(new Set(dueUs)).toEqual(new Set([sentUs]));
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has no request on its way beyond its slots, retries and failed requests among them', () => {
    const stream = { ...streamOf(1), initialFill: 0.05 };
    const retry = { policy: 'backoff', maxAttempts: 4, baseUs: 50_000, maxUs: 200_000 } as const;
    const timeline = [{ index: 0, kind: 'outage', atUs: 1_000_000, durationUs: 300_000 }] as const;
    const serviceUs = 20_000;
    const { calls, totals } = playedOf(
      closedLoop(3, { producer: { batch: 40, retry }, rest: { stream, timeline } }),
      serviceUs,
    );
    for (const [i, { sentUs }] of calls.entries()) {
      const onTheWay = calls.filter((other, j) => j <= i && other.sentUs + serviceUs > sentUs);
      expect(onTheWay.length).toBeLessThanOrEqual(3);
    }
    expect(totals.retries).toBeGreaterThan(0);
    expect(totals.offered).toBe(totals.accepted + totals.throttled + totals.failed + totals.dropped);
    expect(totals.dropped).toBe(0);
  });

  it('fills a request up to the bytes that it takes, and no record waits for the next one', () => {
    const size = { kind: 'uniform', min: 1, max: 200 * KIB } as const;
    const { calls, tally } = playedOf(
      closedLoop(2, { source: { size }, rest: { stream: streamOf(200) } }),
      100_000,
    );
    for (const { bytes, dueUs } of calls) {
      expect(bytes).toBeLessThanOrEqual(10 * MIB);
      // The next record would have been too much.
      expect(bytes).toBeGreaterThan(10 * MIB - 201 * KIB);
      expect(new Set(dueUs).size).toBe(1);
    }
    expect(tally.response.maxMs).toBe(100);
    expect(tally.queue.maxMs).toBe(0);
  });

  it('counts nothing of the warm-up', () => {
    const { totals } = playedOf(
      closedLoop(4, { producer: { batch: 1 }, rest: { warmupUs: 1_000_000 }, sec: 2 }),
      50_000,
    );
    expect(totals.offered).toBe(4 * 40);
  });

  it('lets several sources take turns, each record with the key and size of its number', () => {
    const sources = [
      sourceAt(0, 1, { size: { kind: 'fixed', bytes: 10 } }),
      sourceAt(0, 1, { size: { kind: 'fixed', bytes: 1000 } }),
    ];
    const seen: number[][] = [[], []];
    const scenario = scenarioOf(sources, { producer: { ...PLAIN, batch: 7, inFlight: 2, loop: 'closed' } });
    simulateExactly(scenario, {
      ...{ serviceUs: 100_000, z: 4 },
      onRequest: ({ batch, pipeline: { producer } }) => {
        for (const slot of batch.slots) {
          seen[producer.records.source[slot]].push(producer.records.k[slot]);
          expect(producer.records.dataBytes[slot]).toBe([10, 1000][producer.records.source[slot]]);
        }
      },
    });
    expect(seen).toEqual([70, 70].map((count) => Array.from({ length: count }, (_, k) => k)));
  });

  it('is refused by the aggregate engine, as PutRecord is', () => {
    const options = { serviceUs: 20_000, z: 4 };
    expect(playInAggregate(closedLoop(1), options)).toBe('it has no closed loop');
    const lone = scenarioOf([sourceAt(1, 1)], { producer: { ...PLAIN, api: 'PutRecord', batch: 1 } });
    expect(playInAggregate(lone, options)).toBe('it has no PutRecord');
  });
});

describe('PutRecord', () => {
  const lone = (rest: Partial<ProducerSpec> = {}): ProducerSpec => ({
    ...{ ...PLAIN, api: 'PutRecord', batch: 1, inFlight: 1000 },
    ...rest,
  });
  /** 1,025 bytes with the key, which are two KiB: a shard takes 512 at once and 512 a second. */
  const twoKib: Partial<Source> = {
    keys: { kind: 'weights', names: ['k'], weights: [1] },
    size: { kind: 'fixed', bytes: KIB },
  };

  it('rounds every record up to whole KiB', () => {
    const scenario = scenarioOf([sourceAt(2000, 10, twoKib)], { stream: streamOf(1), producer: lone() });
    const { totals } = playedOf(scenario, 20_000);
    expect(totals.requests).toBe(20_000);
    expect(Math.abs(totals.accepted - (512 + 512 * 10))).toBeLessThanOrEqual(1);
  });

  it('is throttled as a whole request, which the SDK sends again where it would not a part of one', () => {
    const retry = { policy: 'sdk', maxAttempts: 3, baseUs: 1_000_000, maxUs: 20_000_000 } as const;
    const traffic = [sourceAt(1500, 2, twoKib)];
    const many = playedOf(
      scenarioOf(traffic, { stream: streamOf(1), producer: { ...PLAIN, inFlight: 16, retry } }),
      20_000,
    );
    const one = playedOf(scenarioOf(traffic, { stream: streamOf(1), producer: lone({ retry }) }), 20_000);
    expect(many.totals).toMatchObject({ retries: 0 });
    expect(many.totals.throttledAttempts).toBeGreaterThan(0);
    expect(one.totals.retries).toBeGreaterThan(0);
    expect(one.totals.attempts).toBe(one.totals.offered - one.totals.dropped + one.totals.retries);
  });
});
