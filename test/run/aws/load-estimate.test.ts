import { describe, expect, it } from 'vitest';
import { estimateCost, estimateLoad } from '../../../src/run/aws/load-estimate.ts';
import { parseScenario } from '../../../src/traffic/scenario-file.ts';
import type { Scenario } from '../../../src/traffic/scenario.ts';

/** 1,000/s for a minute after a warm-up of 10 s: 70,000 records with keys of 5 B. */
function scenarioOf(size: string): Scenario {
  const text = `
stream: { shards: 4 }
warmup: 10s
duration: 1m
traffic:
  - { rate: 1000/s, keys: { weights: { abcde: 1, fghij: 1 } }, size: ${size} }
`;
  return parseScenario(text, 'test.yaml');
}

describe('what a scenario will send', () => {
  it('has the warm-up in it', () => {
    expect(estimateLoad(scenarioOf('195B'))).toEqual({
      records: 70_000,
      bytes: 70_000 * 200,
      durationMs: 70_000,
      peakRecordsPerSec: 1000,
      peakBytesPerSec: 200_000,
    });
  });
});

describe('what it costs', () => {
  const provisioned = { region: 'us-east-1', mode: 'provisioned' } as const;

  it.each([
    ['one PUT unit a record up to 25 KiB with its key', '25595B', 70_000],
    ['two from a byte more', '25596B', 140_000],
  ])('%s', (_, size, units) => {
    // $0.014 a million units (AWS price list of September 2026).
    expect(estimateCost(scenarioOf(size), provisioned)?.usd).toBeCloseTo((units * 0.014) / 1e6, 12);
  });

  it('rounds every record up to 1 KiB on demand', () => {
    const cost = estimateCost(scenarioOf('1020B'), { region: 'us-east-1', mode: 'on-demand' });
    // 1,025 bytes are 2 KiB; $0.08 for 2^30 bytes.
    expect(cost?.usd).toBeCloseTo((70_000 * 2048 * 0.08) / 2 ** 30, 12);
  });

  it('has the hours of a stream that is made for it, begun ones whole', () => {
    const cost = estimateCost(scenarioOf('100B'), { ...provisioned, newShards: 500 });
    expect(cost?.lines.map(({ formula }) => formula)).toEqual([
      '70,000 PUT units of 25 KiB at $0.014 a million',
      '500 shards for 1h at $0.015 an hour',
    ]);
    expect(cost?.usd).toBeCloseTo(500 * 0.015 + 70_000 * 0.014e-6, 12);
  });

  it('has the fan-out consumers that every machine registers for itself, and what is pushed once', () => {
    const scenario: Scenario = {
      ...scenarioOf('100B'),
      consumers: parseScenario(
        `stream: { shards: 4 }
duration: 1s
traffic: [{ rate: 1/s, keys: { uniform: { count: 1 } }, size: 1B }]
consumers: [{ kind: efo }]`,
        'consumers.yaml',
      ).consumers,
    };
    const usdOf = (machines?: number): number =>
      estimateCost(scenario, { ...provisioned, machines })?.usd ?? 0;
    // $0.015 an hour for each registered consumer and shard, $0.013 a GB: AWS price list of September 2026.
    expect(usdOf(5) - usdOf()).toBeCloseTo(4 * 4 * 0.015, 12);
    expect(estimateCost(scenario, { ...provisioned, machines: 5 })?.lines[1].formula).toBe(
      '5 fan-out consumers (1 on each of 5 machines) of 4 shards for 1h at $0.015 an hour and shard',
    );
  });

  it('is not known where nobody has told us a price', () => {
    expect(estimateCost(scenarioOf('100B'), { ...provisioned, region: 'sa-east-1' })).toBeNull();
  });
});
