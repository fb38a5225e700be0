/** The same scenario and seed, the same bytes; and memory that simulated time does not fill. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { simulationReport } from '../../src/cli/simulation-report.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import { simulateExactly } from '../../src/simulate/exact.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { consumerOf, scenarioOf, sourceAt } from '../traffic/scenarios.ts';

const stream = { shards: 2, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 };
const bytesOf = (scenario: Scenario): string =>
  JSON.stringify(
    simulationReport('s.yaml', scenario, simulateExactly(scenario, { serviceUs: 20_000, z: 3 }), 20_000),
  );

it('gives the same bytes twice, and others for another seed', { timeout: 30_000 }, () => {
  const retry = { policy: 'backoff', maxAttempts: 3, baseUs: 100_000, maxUs: 1_000_000 } as const;
  const scenario = scenarioOf([sourceAt(2500, 15, { arrivals: { kind: 'poisson' } })], {
    stream,
    producer: { api: 'PutRecords', batch: 500, lingerUs: 50_000, inFlight: 4, retry },
  });
  expect(bytesOf(scenario)).toBe(bytesOf(scenario));
  expect(bytesOf({ ...scenario, seed: 2 })).not.toBe(bytesOf(scenario));
});

it('gives the same bytes twice with consumers, and other first polls for another seed', () => {
  const scenario = scenarioOf([sourceAt(900, 20, { arrivals: { kind: 'poisson' } })], {
    stream,
    consumers: [
      consumerOf({ name: 'a', perRecordUs: 1500 }),
      consumerOf({ name: 'b', everyUs: 0, idleUs: 250_000, throttledUs: 250_000 }),
      consumerOf({ name: 'c', kind: 'efo', outages: [{ atUs: 5_000_000, forUs: 5_000_000 }] }),
    ],
  });
  expect(bytesOf(scenario)).toBe(bytesOf(scenario));
  expect(bytesOf({ ...scenario, seed: 2 })).not.toBe(bytesOf(scenario));
});

it('holds no more memory after an hour than after ten minutes', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = async (minutes: number): Promise<number> => {
    const scenario = scenarioOf([sourceAt(300, minutes * 60, { arrivals: { kind: 'poisson' } })], { stream });
    const simulation = simulateExactly(scenario, { serviceUs: 20_000, z: 3 });
    const bytes = await usage(collect);
    expect(totalsOf(simulation.pipeline.tally, '').offered).toBeGreaterThan(0);
    return bytes;
  };
  await held(10); // code and its caches
  const tenMinutes = await held(10);
  expect((await held(60)) - tenMinutes).toBeLessThan(512 * 1024);
}, 60_000);

/** Bytes in use. Buffers are freed beside the collection and not in it, hence the turns in between. */
async function usage(collect: () => void): Promise<number> {
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
