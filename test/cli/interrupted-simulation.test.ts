/** Simulations that are ended on the way: what they played is reported, whole and valid. */
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/gates.ts';
import { played } from '../../src/cli/played.ts';
import { simulateFindMax, parseFindMax } from '../../src/cli/simulate-find-max.ts';
import { simulateSweep } from '../../src/cli/simulate-sweep.ts';
import { aggregateReport, simulationReport } from '../../src/cli/simulation-report.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { render } from '../../src/report/render.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { playInAggregate } from '../../src/simulate/aggregate.ts';
import type { simulateExactly } from '../../src/simulate/exact.ts';
import { playExactly } from '../../src/simulate/exact.ts';
import { playThrough, type Play } from '../../src/simulate/play.ts';
import { parseSweep } from '../../src/simulate/sweep.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';

const SEC = 1_000_000;
const OPTIONS = { serviceUs: 20_000, z: 3 };

const scenarioWith = (...lines: string[]): Scenario =>
  parseScenario(
    [
      'stream: { shards: 2 }',
      'warmup: 5s',
      'duration: 60s',
      'traffic: [{ rate: 2600/s, keys: "uniform:1000", size: 100B }]',
      ...lines,
    ].join('\n'),
    's.yaml',
  );

/** Ends a play at the first look at it that is not before a time. */
function endAt<T>(play: Play<T>, atUs: number): T {
  let step = play.next(false);
  while (step.done !== true) step = play.next(step.value >= atUs);
  return step.value;
}

const PRODUCERS = [
  'producer: {}',
  'producer: { retry: { policy: backoff } }',
  'producer: { preset: kpl }',
  'producer: { preset: sdk }',
];
const REST = [
  'consumers: [{ kind: polling, outage: [{ at: 3s, for: 50s }] }, { kind: efo }]',
  'timeline: [{ at: 10s, split: hottest }, { at: 11s, outage: 5s }, { at: 40s, resize: 2 }]',
  'stream: { shards: 2, mode: on-demand }',
];

async function check(document: ReportDocument, countedMs: number): Promise<void> {
  const { totals, series, partial, durationMs, consumers = [] } = document;
  expect(documentSchema.safeParse(document).error).toBeUndefined();
  expect(partial).toBe('interrupted');
  expect(exitCodeOf(document, [])).toBe(130);
  expect(Math.abs(durationMs - countedMs)).toBeLessThan(1000);
  if (totals === undefined) throw new Error('no totals');
  expect(totals.accepted + totals.throttled + totals.failed + totals.dropped).toBe(totals.offered);
  expect(totals.attempts).toBe(totals.accepted + totals.throttledAttempts + totals.failedAttempts);
  expect(series?.offered).toHaveLength(Math.max(1, Math.ceil(durationMs / 1000)));
  for (const row of series?.consumers ?? []) expect(row.backlog).toHaveLength(series?.offered.length ?? 0);
  for (const { backlog } of consumers)
    expect(backlog.maxRecords).toBeGreaterThanOrEqual(backlog.atEndRecords);
  expect(await render(document, 'text')).toContain('Partial report: interrupted after');
}

describe('a simulation that is interrupted', { timeout: 60_000 }, () => {
  it.each([...PRODUCERS, ...REST.slice(0, 2)])('accounts for every record: %s', async (line) => {
    const scenario = scenarioWith(line);
    for (const second of [2, 5, 13, 30]) {
      const simulation = endAt(playExactly(scenario, OPTIONS), second * SEC);
      await check(simulationReport('s.yaml', scenario, simulation, 20_000), Math.max(0, second - 5) * 1000);
    }
  });

  it('on demand: its phases end where it ended', () => {
    const text = [
      REST[2],
      'duration: 5m',
      'traffic: [{ rate: 5000/s, keys: "uniform:1000", size: 100B }]',
    ].join('\n');
    const scenario = parseScenario(text, 's.yaml');
    const simulation = endAt(playExactly(scenario, OPTIONS), 90 * SEC);
    const document = simulationReport('s.yaml', scenario, simulation, 20_000);
    expect(document.capacity?.phases.at(-1)?.toMs).toBe(document.durationMs);
    expect(documentSchema.safeParse(document).error).toBeUndefined();
  });

  it('in counts: the same', async () => {
    const scenario = scenarioWith();
    for (const second of [2, 30]) {
      const play = playInAggregate(scenario, OPTIONS);
      if (typeof play === 'string') throw new Error(play);
      const document = aggregateReport('s.yaml', scenario, endAt(play, second * SEC), 20_000);
      await check(document, Math.max(0, second - 5) * 1000);
    }
  });

  it('not interrupted, it is what it is when it is played in one go', async () => {
    const scenario = scenarioWith(PRODUCERS[1], REST[0]);
    const report = (simulation: ReturnType<typeof simulateExactly>): string =>
      JSON.stringify(simulationReport('s.yaml', scenario, simulation, 20_000));
    const { signal } = new AbortController();
    const slices = await played(playExactly(scenario, OPTIONS), { signal });
    expect(report(slices)).toBe(report(playThrough(playExactly(scenario, OPTIONS))));
    expect(slices.interrupted).toBe(false);
  });

  it('plays rare records in slices of virtual time, too', () => {
    const rare = scenarioWith().traffic[0];
    const scenario: Scenario = {
      ...scenarioWith(REST[0]),
      durationUs: 3600 * SEC,
      traffic: [{ ...rare, stages: [{ from: 0.001, to: 0.001, durationUs: 3605 * SEC }] }],
    };
    let looks = 0;
    const play = playExactly(scenario, OPTIONS);
    for (let step = play.next(false); step.done !== true; step = play.next(false)) looks++;
    expect(looks).toBeGreaterThanOrEqual(60);
  });

  it('of many: those that were played to their end are told', async () => {
    const scenario = scenarioWith();
    const question = { file: 's.yaml', serviceUs: 20_000, failOn: [] };
    const interruptAfter = (simulations: number) => {
      const controller = new AbortController();
      const show = (text: string): void => {
        if (text.includes(`simulation ${simulations + 1}`)) controller.abort();
      };
      return { signal: controller.signal, show };
    };
    for (const done of [0, 2]) {
      const sweep = await simulateSweep(scenario, parseSweep('shards=2..6'), question, interruptAfter(done));
      expect(sweep.exit).toBe(130);
      expect(sweep.document.sweep?.points).toHaveLength(done);
      const threshold = parseFindMax('throttledAttempts < 1%');
      const search = await simulateFindMax(scenario, threshold, question, interruptAfter(done));
      expect(search.maxRate?.probes).toHaveLength(done);
      for (const document of [sweep.document, search]) {
        expect(documentSchema.safeParse(document).error).toBeUndefined();
        expect(exitCodeOf(document, [])).toBe(130);
        const text = (await render(document, 'text')).replace(/\s+/g, ' ');
        expect(text).toContain(
          `Partial report: interrupted after ${done} simulations. It covers those only.`,
        );
        expect(text).not.toMatch(/Infinity|NaN|undefined/);
      }
    }
  });
});
