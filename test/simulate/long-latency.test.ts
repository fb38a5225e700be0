import { describe, expect, it } from 'vitest';
import { ATTEMPT } from '../../src/model/outcome.ts';
import { latenciesOf } from '../../src/results/run-document.ts';
import { consumerRowsOf } from '../../src/simulate/consumer-rows.ts';
import { simulateExactly } from '../../src/simulate/exact.ts';
import { PLAIN_PRODUCER } from '../../src/traffic/producer-presets.ts';
import { consumerOf, scenarioOf, sourceAt } from '../traffic/scenarios.ts';

const SERVICE_US = 20_000;
const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;

describe('latencies of hours and days', () => {
  it('are what they are where a patient producer outlasts an outage of two hours', () => {
    const scenario = scenarioOf([sourceAt(0.5, 3 * 3600)], {
      producer: {
        ...PLAIN_PRODUCER,
        retry: { policy: 'backoff', maxAttempts: 1000, baseUs: 60_000_000, maxUs: 600_000_000 },
      },
      timeline: [{ index: 0, kind: 'outage', atUs: 0, durationUs: 2 * HOUR_US }],
    });
    const latenciesUs: number[] = [];
    const { pipeline } = simulateExactly(scenario, {
      serviceUs: SERVICE_US,
      z: 3,
      onRequest: ({ batch, outcomes, pipeline: { producer } }) => {
        batch.slots.forEach((slot, i) => {
          if (outcomes[i] !== ATTEMPT.accepted) return;
          latenciesUs.push(batch.sentUs + SERVICE_US - producer.records.dueUs[slot]);
        });
      },
    });
    const { response } = latenciesOf(pipeline.tally);
    const sorted = latenciesUs.sort((a, b) => a - b);
    expect(response.count).toBe(sorted.length);
    expect(response.max).toBe(sorted[sorted.length - 1] / 1000);
    expect(response.max).toBeGreaterThan((2 * HOUR_US) / 1000);
    expect(response.mean).toBe(Math.round(sorted.reduce((sum, us) => sum + us, 0) / sorted.length) / 1000);
    const p90 = sorted[Math.ceil(sorted.length * 0.9) - 1] / 1000;
    expect(p90).toBeGreaterThan(HOUR_US / 1000);
    expect(Math.abs((response.p90 ?? 0) - p90)).toBeLessThanOrEqual(p90 * 0.001);
  });

  it('are those of a consumer too that was out for six days', () => {
    const scenario = scenarioOf([sourceAt(0.01, 7 * 86_400)], {
      stream: { shards: 1, maxRecordBytes: 1_048_576, retentionHours: 24 * 30, initialFill: 1 },
      consumers: [consumerOf({ outages: [{ atUs: 0, forUs: 6 * DAY_US }] })],
    });
    const { readers } = simulateExactly(scenario, { serviceUs: SERVICE_US, z: 3 });
    if (readers === undefined) throw new Error('no readers');
    const [{ endToEndMs }] = consumerRowsOf(readers, ['shardId-000000000000']);
    const sixDaysMs = (6 * DAY_US) / 1000;
    // The first record is due at 50 s.
    expect(endToEndMs.max).toBeGreaterThan(sixDaysMs - 51_000);
    expect(endToEndMs.max).toBeLessThan(sixDaysMs);
    // Six of seven records waited for its end, and half of all fell due after half of the time.
    expect((endToEndMs.p50 ?? 0) / sixDaysMs).toBeCloseTo(1 - 3.5 / 6, 2);
  });
});
