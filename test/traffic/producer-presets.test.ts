import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import type { ProducerSpec } from '../../src/traffic/scenario.ts';

/** The producer of a scenario that says this about it. */
function producerOf(producer: string): ProducerSpec {
  const text = `stream: { shards: 1 }
duration: 1s
traffic: [{ rate: 1/s, keys: "uniform:1", size: 1B }]
producer: ${producer}`;
  return parseScenario(text, 'test.yaml').producer;
}

describe('a preset', () => {
  it('is what its source documents', () => {
    expect(producerOf('{ preset: kpl }')).toEqual({
      preset: 'kpl',
      api: 'PutRecords',
      batch: 500,
      batchBytes: 5_242_880,
      lingerUs: 100_000,
      inFlight: 24,
      aggregate: { maxBytes: 51_200, maxCount: 4_294_967_295 },
      retry: { policy: 'kpl', ttlUs: 30_000_000, rateLimit: 1.5 },
    });
    expect(producerOf('{ preset: sdk }')).toEqual({
      preset: 'sdk',
      api: 'PutRecords',
      batch: 500,
      lingerUs: 100_000,
      inFlight: 1,
      retry: { policy: 'sdk', maxAttempts: 3, baseUs: 1_000_000, maxUs: 20_000_000 },
    });
    expect(producerOf('{ preset: agent }')).toEqual({
      preset: 'agent',
      api: 'PutRecords',
      batch: 500,
      batchBytes: 5_242_880,
      lingerUs: 60_000_000,
      inFlight: 16,
      retry: { policy: 'backoff', maxAttempts: 65_535, baseUs: 100_000, maxUs: 10_000_000 },
    });
  });

  it('can be overridden field by field', () => {
    const own = producerOf(
      '{ preset: kpl, batch: 10, batchSize: 1MiB, linger: 5ms, inFlight: 2, aggregateMaxSize: 10KiB, aggregateMaxCount: 7, retry: { policy: kpl, rateLimit: 80% } }',
    );
    expect(own).toEqual({
      preset: 'kpl',
      api: 'PutRecords',
      batch: 10,
      batchBytes: 1_048_576,
      lingerUs: 5000,
      inFlight: 2,
      aggregate: { maxBytes: 10_240, maxCount: 7 },
      retry: { policy: 'kpl', ttlUs: 30_000_000, rateLimit: 0.8 },
    });
    expect(producerOf('{ preset: kpl, aggregate: none }').aggregate).toBeUndefined();
    expect(producerOf('{ preset: agent, retry: { policy: backoff, max: 1s } }').retry).toMatchObject({
      maxAttempts: 65_535,
      maxUs: 1_000_000,
    });
    expect(producerOf('{ preset: agent, retry: { policy: sdk } }').retry).toMatchObject({
      maxAttempts: 3,
      baseUs: 1_000_000,
    });
  });

  it('is not needed for what it does', () => {
    expect(producerOf('{ aggregate: kpl, retry: { policy: kpl, ttl: 5s } }')).toEqual({
      api: 'PutRecords',
      batch: 500,
      lingerUs: 100_000,
      inFlight: 16,
      aggregate: { maxBytes: 51_200, maxCount: 4_294_967_295 },
      retry: { policy: 'kpl', ttlUs: 5_000_000, rateLimit: 1.5 },
    });
  });
});
