/** When a load was too much, where a hot key was and is, and what a change of the layout changed. */
import { describe, expect, it } from 'vitest';
import { simulateBy } from '../../src/cli/simulate-engine.ts';
import type { SimulatedDocument } from '../../src/cli/simulation-report.ts';
import type { Engine } from '../../src/cli/engine-name.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { renderRunText } from '../../src/report/run-text.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';

/** Nobody interrupts. */
const WATCH = { signal: new AbortController().signal };

async function simulated(text: string, engine: Engine = 'exact'): Promise<SimulatedDocument> {
  const question = { file: 's.yaml', serviceUs: 20_000 };
  const document = await simulateBy(engine, parseScenario(text, 's.yaml'), question, WATCH);
  expect(documentSchema.safeParse(document).error).toBeUndefined();
  return document;
}

function textOf(document: SimulatedDocument): string {
  const text = renderRunText(document, { columns: 80, color: false });
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  return text;
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** Two shards; from 60 s to 90 s they get 1.5 times what they take. */
const PEAK = `
stream: { shards: 2 }
duration: 120s
traffic: [{ steps: [{ for: 60s, rate: 800/s }, { for: 30s, rate: 3000/s }, { for: 30s, rate: 800/s }], keys: "uniform:5000", size: 100B }]
`.replace('duration: 120s\n', '');

/** One key of 1,200/s on one of two shards, which is split after 30 s. */
const SPLIT = `
stream: { shards: 2 }
duration: 60s
traffic: [{ rate: 1300/s, keys: { weights: { a: 12, b: 1 } }, size: 100B }]
timeline: [{ at: 30s, split: hottest }]
`;

describe('a finding says when', { timeout: 30_000 }, () => {
  it.each(['exact', 'aggregate'] as const)('the load was too much: %s', async (engine) => {
    const arrivals = engine === 'aggregate' ? PEAK.replace('keys:', 'arrivals: poisson, keys:') : PEAK;
    const document = await simulated(arrivals, engine);
    const [finding] = document.findings;
    expect(finding.code).toBe('UNDER_PROVISIONED');
    if (finding.code !== 'UNDER_PROVISIONED') return;
    const { fromMs = NaN, toMs = NaN, windowSec } = finding.evidence;
    expect(toMs - fromMs).toBe(windowSec * 1000);
    expect(fromMs).toBeGreaterThanOrEqual(60_000);
    expect(toMs).toBeLessThanOrEqual(90_000);
    const top = flat(textOf(document).split('\n\n')[0]);
    // buckets that were full last for a second or two
    expect(top).toMatch(/Throttled from 6[12] s to 9[01] s of 2 min\./);
    expect(flat(textOf(document))).toMatch(/in the busiest 10 s \(from \d\d s to \d\d s\), a key counted/);
  });

  it('and how much of that time, where it comes and goes', async () => {
    const spikes = `
stream: { shards: 1 }
duration: 60s
traffic: [{ spikes: { base: 500/s, to: 4000/s, every: 20s, for: 4s }, keys: "uniform:100", size: 100B }]`;
    expect(flat(textOf(await simulated(spikes)))).toMatch(
      /Throttled from 1\d s to 60 s of 60 s \(in 3\d % of that time\)\./,
    );
  });
});

describe('where the layout changed', { timeout: 30_000 }, () => {
  it('a hot key is named with the shard where it is now', async () => {
    const document = await simulated(SPLIT);
    const [finding] = document.findings.filter(({ code }) => code === 'HOT_KEY');
    const now = document.keys?.find(({ key }) => key === 'a')?.shardId;
    const closed = document.shards.find(({ closedAtMs }) => closedAtMs !== undefined)?.shardId;
    expect(finding).toMatchObject({ shardId: closed, evidence: { isClosed: true, shardIdNow: now } });
    expect(flat(textOf(document))).toContain(
      `fell on ${closed} then, which is closed; now it falls on ${now}.`,
    );
    const [still] = (await simulated(SPLIT.replace(/timeline.*/, ''))).findings;
    expect(still.evidence).not.toHaveProperty('isClosed');
  });

  it('a table tells what each phase offered and throttled, and how hot it was', async () => {
    const hot = `
stream: { shards: 2 }
duration: 60s
traffic: [{ rate: 1500/s, keys: { explicitHashKey: { shard: 1, where: random } }, size: 100B }]
timeline: [{ at: 20s, split: hottest }]`;
    const document = await simulated(hot);
    const [before, after, ...more] = document.phases ?? [];
    expect(more).toEqual([]);
    expect(before).toMatchObject({
      fromMs: 0,
      toMs: 20_000,
      openShards: 2,
      offered: 30_000,
      utilizationMax: 1.5,
    });
    expect(after).toMatchObject({ fromMs: 20_000, toMs: 60_000, openShards: 3, offered: 60_000 });
    expect(before.throttledAttempts + after.throttledAttempts).toBe(document.totals.throttledAttempts);
    expect(before.attempts + after.attempts).toBe(document.totals.attempts);
    expect(before.throttledAttempts).toBeGreaterThan(8_000);
    expect(after.utilizationMax).toBeLessThan(0.9);
    expect(textOf(document)).toMatch(
      /^ +until +open shards +offered +throttled +hottest shard\n +20 s +2 +30,000 .* 150 %$/m,
    );
  });

  it('a phase of less than ten seconds is as hot as it was on average', async () => {
    const twice = `
stream: { shards: 1 }
duration: 40s
traffic: [{ rate: 800/s, keys: "uniform:1000", size: 100B }]
timeline: [{ at: 20s, resize: 2 }, { at: 24s, split: hottest }]`;
    const { phases = [] } = await simulated(twice);
    expect(phases.map(({ toMs }) => toMs)).toEqual([20_000, 24_000, 40_000]);
    expect(phases[0].utilizationMax).toBeCloseTo(0.8, 3);
    expect(phases[1].utilizationMax).toBeGreaterThan(0.39);
    expect(phases[1].utilizationMax).toBeLessThan(0.5);
  });
});

describe('the series of a simulation', { timeout: 30_000 }, () => {
  it('has no reply that came after the end in a step, and adds up with those', async () => {
    const storm = `
stream: { shards: 1 }
duration: 20s
traffic: [{ rate: 3000/s, keys: "uniform:1000", size: 100B }]
producer: { inFlight: 64, retry: { policy: backoff, maxAttempts: 40, base: 500ms, max: 2s } }`;
    const document = await simulated(storm);
    const { series, totals } = document;
    const sum = (values: readonly number[] = []): number => values.reduce((a, b) => a + b, 0);
    const { afterEnd } = series ?? {};
    expect(afterEnd?.lastMs).toBeGreaterThan(21_000);
    expect(sum(series?.accepted) + (afterEnd?.accepted ?? 0)).toBe(totals.accepted);
    expect(sum(series?.throttledAttempts) + (afterEnd?.throttledAttempts ?? 0)).toBe(
      totals.throttledAttempts,
    );
    expect(sum(series?.retries) + (afterEnd?.retries ?? 0)).toBe(totals.retries);
    // A shard takes 1,000 records/s, and what flowed in while a request was waited for.
    expect(Math.max(...(series?.accepted.slice(1) ?? []))).toBeLessThanOrEqual(1200);
    const seconds = Math.round(((afterEnd?.lastMs ?? 0) - 20_000) / 100) / 10;
    expect(flat(textOf(document))).toContain(
      `After the end it took ${seconds} s more to settle what was waiting:`,
    );
  });
});

it('an exact bracket of the aggregate engine is called exact', async () => {
  const flood = `
stream: { shards: 1 }
duration: 20s
traffic: [{ rate: 900/s, arrivals: poisson, keys: "uniform:1000", size: 100B }]`;
  const document = await simulated(flood, 'aggregate');
  const between = { least: 632_708, most: 632_708 };
  const engine = {
    ...document.engine,
    name: 'aggregate',
    serviceTimeMs: 20,
    throttledBetween: between,
  } as const;
  expect(flat(textOf({ ...document, engine }))).toContain('for these arrivals 632,708 throttled, exactly');
  const wide = { ...engine, throttledBetween: { least: 1, most: 3 } };
  expect(flat(textOf({ ...document, engine: wide }))).toContain(
    '1 to 3 throttled, of which the middle is shown',
  );
});
