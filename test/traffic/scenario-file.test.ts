import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import { read } from './scenario-text.ts';
import { consumerOf } from './scenarios.ts';

describe('a scenario file', () => {
  it('gets every default that the interface names', () => {
    expect(read()).toEqual({
      stream: { shards: 4, maxRecordBytes: 1_048_576, retentionHours: 24, initialFill: 1 },
      warmupUs: 0,
      durationUs: 60_000_000,
      seed: 1,
      traffic: [
        {
          name: '0',
          stages: [{ durationUs: 60_000_000, from: 3000, to: 3000 }],
          arrivals: { kind: 'even' },
          keys: { kind: 'uniform', count: 1000, template: 'key-{n}' },
          size: { kind: 'fixed', bytes: 900 },
        },
      ],
      producer: { api: 'PutRecords', batch: 500, lingerUs: 100_000, inFlight: 16, retry: { policy: 'none' } },
      consumers: [],
      thresholds: [],
    });
  });

  it('is read in full', () => {
    const text = `
description: One tenant sends 40 % of the traffic.
stream: { shards: 4, mode: provisioned, maxRecordSize: 2MiB, retention: 7d, initialFill: 0.5 }
warmup: 5s
seed: 42
placementSeed: 7
traffic:
  - name: tenants
    stages: [{ for: 30s, from: 0/s, to: 5000/s }, { for: 1m30s, from: 5000/s, to: 60/min }]
    arrivals: { bursts: { every: 1s, within: 100ms } }
    keys: { hot: { share: 40%, keys: 1, of: 10000 }, template: "tenant-{n}" }
    size: { lognormal: { median: 900B, p99: 8KiB } }
  - rate: 10/s
    arrivals: poisson
    keys: { weights: { a: 3, b: 1 } }
    size: { uniform: { min: 1KB, max: 2KB } }
producer: { api: PutRecords, batch: 100, linger: 50ms, inFlight: 4, aggregate: none, retry: { policy: backoff, maxAttempts: 5, base: 50ms, max: 1s } }
consumers: [{ kind: polling, every: 200ms }, { kind: polling }, { kind: efo }]
thresholds: ["latency.p99 < 200ms", "throttledAttempts < 1%"]
`;
    expect(parseScenario(text, 's.yaml')).toEqual({
      description: 'One tenant sends 40 % of the traffic.',
      stream: { shards: 4, maxRecordBytes: 2_097_152, retentionHours: 168, initialFill: 0.5 },
      warmupUs: 5_000_000,
      durationUs: 120_000_000,
      seed: 42,
      placementSeed: 7,
      traffic: [
        {
          name: 'tenants',
          stages: [
            { durationUs: 30_000_000, from: 0, to: 5000 },
            { durationUs: 90_000_000, from: 5000, to: 1 },
          ],
          arrivals: { kind: 'bursts', everyUs: 1_000_000, withinUs: 100_000 },
          keys: { kind: 'hot', share: 0.4, keys: 1, of: 10_000, template: 'tenant-{n}' },
          size: { kind: 'lognormal', median: 900, p99: 8192 },
        },
        {
          name: '1',
          stages: [{ durationUs: 120_000_000, from: 10, to: 10 }],
          arrivals: { kind: 'poisson' },
          keys: { kind: 'weights', names: ['a', 'b'], weights: [3, 1] },
          size: { kind: 'uniform', min: 1000, max: 2000 },
        },
      ],
      producer: {
        api: 'PutRecords',
        batch: 100,
        lingerUs: 50_000,
        inFlight: 4,
        retry: { policy: 'backoff', maxAttempts: 5, baseUs: 50_000, maxUs: 1_000_000 },
      },
      consumers: [
        consumerOf({ name: 'polling', everyUs: 200_000 }),
        consumerOf({ name: 'polling-2' }),
        consumerOf({ name: 'efo', kind: 'efo' }),
      ],
      thresholds: ['latency.p99 < 200ms', 'throttledAttempts < 1%'],
    });
  });

  it('takes keys in short form', () => {
    expect(read({ keys: 'zipf:1.1:1000' }).traffic[0].keys).toEqual(
      read({ keys: '{ zipf: { exponent: 1.1, count: 1000 } }' }).traffic[0].keys,
    );
  });

  it('turns bytes per second into records per second by the mean record, data and key', () => {
    const { stages } = read({ rate: 'rate: 5MiB/s', keys: 'uniform:10' }).traffic[0];
    expect(stages[0].from).toBe((5 * 1_048_576) / (900 + 'key-0'.length));
  });

  it('takes a duration beside stages where both say the same', () => {
    const stages = 'stages: [{ for: 40s, from: 0/s, to: 5/s }, { for: 20s, from: 5/s, to: 5/s }]';
    expect(read({ rate: stages }).durationUs).toBe(60_000_000);
    expect(read({ rate: stages, duration: '' }).durationUs).toBe(60_000_000);
  });

  it('takes the largest records that a stream can be made for', () => {
    const bytes = 10 * 1_048_576 - 'key-999'.length;
    expect(
      read({ stream: '{ shards: 1, maxRecordSize: 10MiB }', size: `${bytes}B` }).traffic[0].size,
    ).toEqual({
      kind: 'fixed',
      bytes,
    });
  });

  it('reads aliases and keys that look like numbers', () => {
    expect(read({ keys: '&k { weights: { 1: 2, true: 3 } }', more: '' }).traffic[0].keys).toEqual({
      kind: 'weights',
      names: ['1', 'true'],
      weights: [2, 3],
    });
  });
});
