/**
 * Simulations as they were recorded, number by number: another machine, Node or engine of JavaScript that counts
 * differently fails here, and so does a change that moves a number without meaning to.
 *
 * `simulations.json` holds the totals as they are and digests of what stands per shard, per key and per second; only
 * of the fields named here, so that a report may grow. Where a change is meant, UPDATE_GOLDEN=1 writes it anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/cli/engine-name.ts';
import { simulateBy } from '../../src/cli/simulate-engine.ts';
import type { SimulatedDocument } from '../../src/cli/simulation-report.ts';
import type { Series } from '../../src/results/report-document.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';

const FILE = new URL('simulations.json', import.meta.url);
const SCENARIOS = new URL('../../scenarios/', import.meta.url);
const IS_UPDATE = process.env['UPDATE_GOLDEN'] === '1';

/** What exercises arithmetic most: logarithms, powers, waves, large counts, chance in retries. */
const HARD: Readonly<Record<string, string>> = {
  'zipf, sine, lognormal, backoff': `
stream: { shards: 7 }
warmup: 1s
duration: 8s
seed: 3
traffic:
  - sine: { mean: 4000/s, amplitude: 3000/s, period: 3s }
    arrivals: poisson
    keys: { zipf: { count: 1000000000, exponent: 1.1 } }
    size: { lognormal: { median: 700B, p99: 20KiB } }
producer: { batch: 100, linger: 37ms, inFlight: 3, retry: { policy: backoff, maxAttempts: 6, base: 30ms, max: 900ms } }
`,
  'the KPL under spikes': `
stream: { shards: 3, initialFill: 0 }
duration: 8s
traffic:
  - spikes: { base: 5000/s, to: 30000/s, every: 3s, for: 1s }
    arrivals: poisson
    keys: { zipf: { count: 5000000, exponent: 0.7 } }
    size: { lognormal: { median: 120B, p99: 2KiB } }
producer: { preset: kpl }
`,
  'newest keys, drift, the agent': `
stream: { shards: 4, initialFill: 0.3 }
duration: 8s
placementSeed: 5
traffic:
  - name: latest
    rate: 3000/s
    arrivals: poisson
    keys: { latest: { exponent: 1.3, count: 1000, newEvery: 20 } }
    size: { uniform: { min: 1B, max: 4KiB } }
  - name: drift
    stages: [{ for: 5s, from: 0/s, to: 2000/s }, { for: 3s, from: 2000/s, to: 100/s }]
    arrivals: { bursts: { every: 1s, within: 100ms } }
    keys: { drift: { share: 60%, keys: 2, of: 100, every: 3s } }
    size: 900B
producer: { preset: agent, linger: 1s }
`,
};
const COUNTED = `
stream: { shards: 40 }
duration: 60s
traffic:
  - rate: 50000/s
    arrivals: poisson
    keys: { zipf: { count: 1000000, exponent: 1.05 } }
    size: 200B
`;

const published = (name: string): string => readFileSync(new URL(`${name}.yaml`, SCENARIOS), 'utf8');
const CASES: readonly (readonly [string, Engine, string])[] = [
  ['zipf.yaml', 'exact', published('zipf')],
  ['hot-key.yaml', 'exact', published('hot-key')],
  ['retry-storm.yaml', 'exact', published('retry-storm')],
  ...Object.entries(HARD).map(([name, text]) => [name, 'exact', text] as const),
  ['zipf.yaml, aggregate', 'aggregate', published('zipf')],
  ['a million keys, aggregate', 'aggregate', COUNTED],
];

interface Recorded {
  readonly totals: unknown;
  readonly shards: string;
  readonly keys: string;
  readonly series: string;
}

/** The named fields of a row, in this order whatever the report's is. */
function columns<Row extends object>(row: Row, ...names: readonly (keyof Row)[]): unknown[] {
  return names.map((name) => row[name] ?? null);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** What was answered after the end with the last step, so that the columns hold all that was counted. */
function withLate(series: Series): Series {
  const { accepted = 0, throttledAttempts = 0 } = series.afterEnd ?? {};
  const later = (column: readonly number[], more: number): number[] =>
    column.with(-1, (column.at(-1) ?? 0) + more);
  return {
    ...series,
    accepted: later(series.accepted, accepted),
    throttledAttempts: later(series.throttledAttempts, throttledAttempts),
  };
}

function recordOf({ totals, shards, keys = [], series }: SimulatedDocument): Recorded {
  const { offered, offeredDigest, accepted, throttled, dropped, attempts, bytesAccepted, requests } = totals;
  return {
    totals: { offered, offeredDigest, accepted, throttled, dropped, attempts, bytesAccepted, requests },
    shards: digestOf(
      shards.map((row) =>
        columns(row, 'shardId', 'offered', 'accepted', 'throttled', 'bytes', 'utilization'),
      ),
    ),
    keys: digestOf(keys.map((row) => columns(row, 'key', 'hashKey', 'shardId', 'records', 'bytes', 'error'))),
    series: digestOf(
      series && columns(withLate(series), 'stepMs', 'offered', 'accepted', 'throttledAttempts', 'bytes'),
    ),
  };
}

describe('a recorded simulation', { timeout: 60_000 }, () => {
  const recorded = (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}) as Record<
    string,
    Recorded
  >;
  const played: Record<string, Recorded> = {};

  it.each(CASES)('%s (%s) comes out the same', async (name, engine, text) => {
    const scenario = parseScenario(text, name);
    const document = await simulateBy(
      engine,
      scenario,
      { file: name, serviceUs: 20_000 },
      { signal: new AbortController().signal },
    );
    played[name] = JSON.parse(JSON.stringify(recordOf(document))) as Recorded;
    if (!IS_UPDATE) expect(played[name], 'UPDATE_GOLDEN=1 records what is meant').toEqual(recorded[name]);
  });

  it('is recorded for every case and no other', () => {
    if (!IS_UPDATE) expect(Object.keys(recorded)).toEqual(CASES.map(([name]) => name));
  });

  afterAll(async () => {
    if (IS_UPDATE)
      writeFileSync(FILE, await format(JSON.stringify(played), { parser: 'json', printWidth: 110 }));
  });
});
