/**
 * Requests that bring many records to one shard at once, against the theory of a bucket under Poisson batches.
 *
 * Keys are chosen per batch, so every request goes wholly to one of many shards: to each shard requests come as a
 * Bernoulli process, which is Poisson but for a variance lower by one part in as many as there are shards.
 */
import { describe, expect, it } from 'vitest';
import { simulateExactly } from '../../src/simulate/exact.ts';
import { PLAIN_PRODUCER } from '../../src/traffic/producer-presets.ts';
import { scenarioOf, sourceAt } from '../traffic/scenarios.ts';

const MIB = 1024 * 1024;
const SHARDS = 50;
const BURST = 1000;

/** Share of the records refused (math, section 3): x is the root other than 0 of rho (e^x - 1) = x. */
function theoryOf(rho: number, records: number): number {
  if (rho === 1) return records / (2 * BURST);
  const f = (x: number): number => rho * Math.expm1(x) - x;
  // Between its least value, where the slope is 0, and far out on the other side of 0 f changes its sign once.
  let inner = -Math.log(rho);
  let outer = rho < 1 ? 10 : -10;
  for (let i = 0; i < 200; i++) {
    const middle = (inner + outer) / 2;
    if (f(middle) < 0) inner = middle;
    else outer = middle;
  }
  return (1 - rho) / rho / Math.expm1((inner * BURST) / records);
}

/** Refused share per shard, from Poisson batches. */
function sharesOf(rho: number, records: number, seconds: number): number[] {
  const keys = { kind: 'perBatch', count: 1_000_000, batch: records, template: 'k{n}' } as const;
  const scenario = scenarioOf(
    [sourceAt(rho * 1000 * SHARDS, seconds, { keys, size: { kind: 'fixed', bytes: 10 } })],
    {
      stream: { shards: SHARDS, maxRecordBytes: MIB, retentionHours: 24, initialFill: rho < 1 ? 1 : 0 },
      warmupUs: 10_000_000,
      producer: { ...PLAIN_PRODUCER, batch: records, inFlight: 10_000 },
    },
  );
  const sizes = new Set<number>();
  const { pipeline } = simulateExactly(scenario, {
    serviceUs: 1000,
    z: 3,
    onRequest: ({ batch, pipeline: { producer } }) => {
      sizes.add(batch.slots.length);
      expect(producer.records.shard[batch.slots[0]]).toBe(
        producer.records.shard[batch.slots[batch.slots.length - 1]],
      );
    },
  });
  expect([...sizes]).toEqual([records]);
  const { shards } = pipeline.tally;
  const [throttled, offered] = [shards.column('throttled'), shards.column('offered')];
  return Array.from(throttled, (n, j) => n / offered[j]);
}

describe('Poisson batches', { timeout: 120_000 }, () => {
  it('theory: batches of one at the limit lose 0.0005, and below it next to nothing', () => {
    expect(theoryOf(1, 1)).toBe(0.0005);
    expect(theoryOf(0.99, 1)).toBeLessThan(1e-9);
    expect(theoryOf(0.999999, 100)).toBeCloseTo(theoryOf(1, 100), 4);
    // All that is above the limit, far above it.
    expect(theoryOf(3, 10)).toBeCloseTo(2 / 3, 6);
  });

  // Claimed within 15 % for a tenth of the burst and 0.8 to 1.2 times the limit, within 35 % for half of it from 0.7 on.
  it.each([
    [0.9, 100, 0.15, 110],
    [1, 100, 0.15, 40],
    [1.1, 100, 0.15, 30],
    [0.7, 500, 0.35, 20],
    [0.9, 500, 0.35, 20],
    [1, 250, 0.35, 20],
  ])(
    'at %s times the limit, %i records at once lose what theory says, within %s of it',
    (rho, records, within, seconds) => {
      const shares = sharesOf(rho, records, seconds);
      const mean = shares.reduce((sum, share) => sum + share, 0) / SHARDS;
      const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (SHARDS - 1);
      const noise = 4 * Math.sqrt(variance / SHARDS);
      const theory = theoryOf(rho, records);
      expect(Math.abs(mean - theory)).toBeLessThan(within * theory + noise);
      // More noise than that would hide anything; the shards' spread overstates it, for their loads add up to a constant.
      expect(noise).toBeLessThan(0.35 * theory);
    },
  );
});
