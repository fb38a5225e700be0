/** The exact engine against what theory says of one bucket. */
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/traffic/scenario.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';
import { callsOf, totalsOfSimulation } from './simulations.ts';

const MIB = 1_048_576;
const KIB = 1024;
const oneShard = { stream: { shards: 1, maxRecordBytes: MIB, retentionHours: 24, initialFill: 1 } };
const oneByOne = {
  producer: {
    api: 'PutRecords',
    batch: 1,
    lingerUs: 0,
    inFlight: 1000,
    retry: { policy: 'none' },
  },
} as const;
/** Data bytes of a record that costs a whole number of KiB with its key, key-0. */
const dataOf = (cost: number): { kind: 'fixed'; bytes: number } => ({ kind: 'fixed', bytes: cost - 5 });

describe('one shard', { timeout: 30_000 }, () => {
  it('at twice its record limit for 60 s accepts its burst and its refill', () => {
    const { offered, accepted, throttled } = totalsOfSimulation(
      scenarioOf([sourceAt(2000, 60)], { ...oneShard, ...oneByOne }),
    );
    expect(offered).toBe(120_000);
    // The last record is due a quarter of a millisecond before the end: one token may not have come.
    expect(accepted).toBeGreaterThanOrEqual(1000 + 60 * 1000 - 1);
    expect(accepted).toBeLessThanOrEqual(1000 + 60 * 1000);
    expect(throttled).toBe(offered - accepted);
  });

  it('the same in requests of 500, which reach the stream up to a quarter of a second later', () => {
    const { accepted } = totalsOfSimulation(scenarioOf([sourceAt(2000, 60)], oneShard));
    expect(accepted).toBeGreaterThanOrEqual(1000 + 59_750);
    expect(accepted).toBeLessThanOrEqual(1000 + 60_250);
  });

  it('with empty buckets accepts its refill alone', () => {
    const stream = { ...oneShard.stream, initialFill: 0 };
    const { accepted } = totalsOfSimulation(scenarioOf([sourceAt(2000, 60)], { ...oneByOne, stream }));
    expect(Math.abs(accepted - 60_000)).toBeLessThanOrEqual(1);
  });

  it.each([0, 0.25, 1])('filled to %d throttles first when the burst is used up', (initialFill) => {
    const stream = { ...oneShard.stream, initialFill };
    const { calls } = callsOf(scenarioOf([sourceAt(1250, 10)], { ...oneByOne, stream }), 1000);
    const first = calls.find(({ records }) => !records[0].accepted);
    // B / (l - r), within one record
    expect(Math.abs((first?.sentUs ?? NaN) / 1e6 - (1000 * initialFill) / 250)).toBeLessThanOrEqual(1 / 250);
  });

  it('throttles by bytes: burst and refill, in whole KiB', () => {
    const scenario = scenarioOf([sourceAt(100, 60, { keys: uniformKeys(1), size: dataOf(20 * KIB) })], {
      ...oneShard,
      ...oneByOne,
    });
    const { accepted } = totalsOfSimulation(scenario);
    expect(Math.abs(accepted - Math.floor((MIB + 60 * MIB) / (20 * KIB)))).toBeLessThanOrEqual(1);
  });

  it('exactly at its limit throttles nothing, above it what burst and refill do not cover', () => {
    const total = (rate: number, sec: number) =>
      totalsOfSimulation(scenarioOf([sourceAt(rate, sec)], { ...oneShard, ...oneByOne }));
    expect(total(1000, 30).throttled).toBe(0);
    expect(total(1100, 9).throttled).toBe(0);
    const { throttled } = total(1100, 20);
    expect(Math.abs(throttled - (1100 * 20 - 1000 - 20_000))).toBeLessThanOrEqual(1);
  });

  it.each([
    { n: 1500, withinMs: 100, everySec: 2, perCycle: 1100 },
    { n: 900, withinMs: 100, everySec: 2, perCycle: 900 },
    { n: 3000, withinMs: 200, everySec: 1, perCycle: 1000 },
  ])(
    'takes $perCycle of a burst of $n in $withinMs ms every $everySec s',
    ({ n, withinMs, everySec, perCycle }) => {
      const cycles = 50;
      const arrivals = { kind: 'bursts', everyUs: everySec * 1e6, withinUs: withinMs * 1000 } as const;
      const source = sourceAt(n / everySec, cycles * everySec, { arrivals });
      const { accepted } = totalsOfSimulation(scenarioOf([source], { ...oneShard, ...oneByOne }), 100);
      // min(n, B + r w, r e) of each cycle; the first starts with a full bucket
      expect(accepted / cycles / perCycle).toBeGreaterThan(0.995);
      expect(accepted).toBeLessThanOrEqual(cycles * perCycle + 1100);
    },
  );

  it.each([
    { policy: 'none' } as const,
    { policy: 'backoff', maxAttempts: 4, baseUs: 50_000, maxUs: 400_000 } as const,
  ])('under lasting overload loses 1 - r/l, whatever is tried again ($policy)', (retry) => {
    const stream = { ...oneShard.stream, initialFill: 0 };
    const producer = { ...oneByOne.producer, retry };
    const totals = totalsOfSimulation(scenarioOf([sourceAt(1500, 60)], { stream, producer }));
    const lost = (totals.throttled + totals.dropped) / totals.offered;
    expect(Math.abs(lost - (1 - 1000 / 1500))).toBeLessThan(0.01);
    expect(totals.attempts).toBe(totals.throttledAttempts + totals.accepted);
  });
});

describe('Poisson requests of many records each', () => {
  /** Requests of `size` records due in the same microsecond, at Poisson times that this test draws. */
  function requestStages(size: number, perSec: number, requests: number, seed: number): Stage[] {
    let state = seed;
    const uniform = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    return Array.from({ length: requests }, () => [
      { durationUs: 1 + Math.floor((-Math.log(uniform()) / perSec) * 1e6), from: 0, to: 0 },
      { durationUs: 1, from: size * 1e6, to: size * 1e6 },
    ]).flat();
  }

  /** ((1-rho)/rho) / (exp(x B/G) - 1), x the root of rho (e^x - 1) = x that is not 0; G/2B at rho = 1. */
  function theta(rho: number, batch: number): number {
    if (rho === 1) return batch / 2000;
    // rho (e^x - 1) - x falls below 0 between its two zeros, of which one is 0 and the other is meant.
    let [inside, outside] = rho < 1 ? [1e-6, 10] : [-1e-6, -10];
    for (let i = 0; i < 100; i++) {
      const x = (inside + outside) / 2;
      if (rho * Math.expm1(x) < x) inside = x;
      else outside = x;
    }
    return (1 - rho) / rho / Math.expm1((inside * 1000) / batch);
  }

  it.each([0.9, 1, 1.1])(
    'at %d of the limit lose what the formula says, within its error',
    (rho) => {
      const [size, requests, runs] = [100, 500, 20];
      let [offered, throttled] = [0, 0];
      for (let run = 0; run < runs; run++) {
        const stages = requestStages(size, (rho * 1000) / size, requests, 12_345 + 1000 * run);
        const stream = { ...oneShard.stream, initialFill: 0.5 };
        const producer = { ...oneByOne.producer, batch: size };
        const totals = totalsOfSimulation(scenarioOf([sourceAt(0, 0, { stages })], { stream, producer }), 1);
        offered += totals.offered;
        throttled += totals.throttledAttempts;
      }
      expect(offered).toBe(size * requests * runs);
      // 15 % of the formula, and as much again for 1,000 s of chance
      expect(Math.abs(throttled / offered / theta(rho, size) - 1)).toBeLessThan(0.3);
    },
    60_000,
  );
});

describe('the producer', { timeout: 30_000 }, () => {
  it('with 1,000 requests in flight keeps their order and loses none', () => {
    const scenario = scenarioOf([sourceAt(20_000, 3)], {
      stream: { ...oneShard.stream, shards: 64 },
      producer: { ...oneByOne.producer, inFlight: 1000 },
    });
    const totals = totalsOfSimulation(scenario, 1_000_000);
    // 1,000 replies a second come, a thousand of 60,000 records each second are sent
    expect(totals.offered).toBe(60_000);
    expect(totals.accepted + totals.throttled + totals.dropped).toBe(60_000);
    expect(totals.requests).toBe(totals.attempts);
  });
});
