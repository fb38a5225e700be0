/** Scenarios with consumers, from the file to the report and the exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulateCommand } from '../../src/cli/simulate.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { render } from '../../src/report/render.ts';
import { readDocument } from '../../src/report/saved-document.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { fileOf, outcomeOf, refusalOf, type Outcome } from './outcome.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

const scenarioWith = (consumers: string, rate = '1200/s', duration = '60s'): string => `
stream: { shards: 2 }
duration: ${duration}
traffic: [{ rate: ${rate}, arrivals: poisson, keys: "uniform:100000", size: 900B }]
consumers: [${consumers}]
`;
const STARVED = scenarioWith(
  '{ name: alerts, preset: lambda }, { preset: flink }, { name: second, preset: flink }',
);
const HEALTHY = scenarioWith('{ preset: lambda }, { preset: firehose }, { preset: kcl }');

const play = (scenario: string, args: readonly string[], commandOf = simulateCommand): Promise<Outcome> =>
  outcomeOf(commandOf, [fileOf(scenario, 's.yaml'), ...args]);

async function documentOf(scenario: string, ...args: string[]) {
  const { out, exit } = await play(scenario, ['-f', 'json', ...args]);
  return { document: JSON.parse(out) as ReportDocument, exit };
}

describe('simulate with consumers', { timeout: 60_000 }, () => {
  it('says who starves whom, in 80 columns and in 60, the same from a saved report', async () => {
    const { document } = await documentOf(STARVED);
    expect(documentSchema.safeParse(document).error).toBeUndefined();
    const saved = readDocument(JSON.stringify(document), 'saved.json');
    for (const columns of [60, 80]) {
      const text = await render(saved, 'text', { columns, color: false });
      const section = text.slice(text.indexOf('CONSUMERS'), text.indexOf('OVER TIME'));
      for (const line of section.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
      expect(text).toContain('CONSUMERS');
      expect(text.replace(/\s+/g, ' ')).toMatch(
        /"alerts" had \d+ % of its calls throttled, most on shardId-\d{12}: there "(flink|second)" made \d+ % of the calls/,
      );
      expect(text).toContain('every: 1s');
      expect(text).toContain('Consumer "alerts" had');
    }
    // The folder of the file is another one.
    const fromTarget = (text: string): string => text.slice(text.indexOf('Target'));
    expect(fromTarget((await play(STARVED, [])).out)).toBe(fromTarget(await render(saved, 'text')));
  });

  it('adds up: accepted is read, unread and lost, for each consumer, late writes included', async () => {
    const scenario = scenarioWith(
      '{ preset: lambda }, { preset: kcl }, { preset: flink }',
      '2600/s',
      '20s',
    ).replace('traffic:', 'producer: { retry: { policy: backoff, maxAttempts: 5 } }\ntraffic:');
    const { document } = await documentOf(scenario);
    for (const { records, lostRecords, backlog } of document.consumers ?? [])
      expect(records + lostRecords + backlog.atEndRecords + (backlog.storedLaterRecords ?? 0)).toBe(
        document.totals?.accepted,
      );
    const { stepMs = 0, offered = [], consumers = [] } = document.series ?? {};
    expect(stepMs).toBe(1000);
    for (const { iteratorAgeMs, backlog } of consumers) {
      expect(iteratorAgeMs).toHaveLength(offered.length);
      expect(backlog).toHaveLength(offered.length);
    }
    document.consumers?.forEach(({ iteratorAgeMs, backlog }, i) => {
      expect(Math.max(...consumers[i].iteratorAgeMs)).toBe(iteratorAgeMs.max);
      expect(Math.max(...consumers[i].backlog)).toBe(backlog.maxRecords);
    });
  });

  it('follows shards that split and merge, every record accounted for', async () => {
    const scenario = scenarioWith('{ preset: lambda }, { preset: kcl }', '1500/s', '30s').replace(
      'traffic:',
      'timeline: [{ at: 8s, split: hottest }, { at: 20s, resize: 2 }]\ntraffic:',
    );
    const { document } = await documentOf(scenario);
    for (const { records, lostRecords, backlog } of document.consumers ?? []) {
      const later = backlog.storedLaterRecords ?? 0;
      expect(records + lostRecords + backlog.atEndRecords + later).toBe(document.totals?.accepted);
      expect(backlog.atEndRecords).toBeLessThan(3000);
    }
  });

  it('counts aggregates of the KPL as the one record that each is', async () => {
    const scenario = scenarioWith('{ kind: efo }').replace('traffic:', 'producer: { preset: kpl }\ntraffic:');
    const { document } = await documentOf(scenario);
    const [{ records, backlog }] = document.consumers ?? [];
    const later = backlog.storedLaterRecords ?? 0;
    expect(records + backlog.atEndRecords + later).toBe(document.totals?.kinesisRecords);
    expect(records).toBeLessThan((document.totals?.accepted ?? 0) / 5);
  });

  it.each([
    [HEALTHY, 'iteratorAge.max < 1s', 0],
    [STARVED, 'iteratorAge.max < 1s', 3],
    [HEALTHY, 'latency.endToEnd.p99 < 1h', 4],
    [HEALTHY.replace(/consumers.*/, ''), 'iteratorAge.max < 1s', 4],
  ])('%#: holds %s', async (scenario, threshold, code) => {
    const { document, exit } = await documentOf(scenario, '--threshold', threshold);
    expect(exit).toBe(code);
    expect(document.thresholds?.[0].unit).toBe('ms');
  });

  it('finds records that were lost, and fails on them where it is told to', async () => {
    // It reads one record an hour, and a day of others has come in the warm-up.
    const slow = '{ name: slow, kind: polling, every: 1h, limit: 1 }';
    const scenario = scenarioWith(slow, '0.2/s', '10m').replace('duration:', 'warmup: 30h\nduration:');
    const { document, exit } = await documentOf(scenario, '--fail-on', 'LOST_RECORDS');
    expect(exit).toBe(3);
    const [finding] = document.findings ?? [];
    expect(finding).toMatchObject({
      code: 'LOST_RECORDS',
      severity: 'critical',
      evidence: {
        consumer: 'slow',
        records: document.consumers?.[0].lostRecords,
        shards: 2,
        retentionHours: 24,
      },
    });
    const text = await render(document, 'text');
    expect(text).toContain('LOST_RECORDS: "slow" never read');
    expect(text).toContain('docs/findings/LOST_RECORDS.md');
    const page = readFileSync(join(ROOT, 'docs/findings/LOST_RECORDS.md'), 'utf8');
    for (const field of Object.keys(finding.evidence)) expect(page).toContain(`\`${field}\``);
    expect(documentSchema.safeParse(document).error).toBeUndefined();
  });

  it('sweeps, and searches the largest rate that a consumer keeps up with', async () => {
    const slow = scenarioWith('{ preset: lambda, limit: 500 }', '500/s', '30s');
    const { document } = await documentOf(slow, '--find-max', 'iteratorAge.max < 2s');
    const rate = document.maxRate?.holdsAtPerSec ?? 0;
    // 500 a second from each of two shards; what is above that adds up to 2 s in 30 s at 7 % more.
    expect(rate).toBeGreaterThan(900);
    expect(rate).toBeLessThan(1200);
    const swept = await documentOf(
      slow,
      '--sweep',
      'rate=500/s..2000/s:500/s',
      '--threshold',
      'iteratorAge.max < 2s',
    );
    expect(swept.document.sweep?.points.map(({ thresholds }) => thresholds[0].ok)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('searches no rate for an age that does not depend on it', async () => {
    const out = scenarioWith('{ kind: efo, outage: [{ at: 10s, for: 10s }] }', '500/s', '30s');
    const { document, exit } = await documentOf(out, '--find-max', 'iteratorAge.max < 5s');
    expect(exit).toBe(3);
    expect(document.maxRate).toMatchObject({ holdsAtPerSec: null, isFlat: true });
    expect(document.maxRate?.probes).toHaveLength(3);
    expect(documentSchema.safeParse(document).error).toBeUndefined();
    const text = (await render(document, 'text')).replace(/\s+/g, ' ');
    expect(text).toMatch(
      /it was [\d,]+ ms to [\d,]+ ms at every rate from [\d.]+ records\/s to 500 records\/s\. It does not/,
    );
  });

  it('says of a p99 that leaves unread records out that it does', async () => {
    const { document } = await documentOf(
      scenarioWith('{ name: few, kind: polling, limit: 20 }', '500/s', '30s'),
    );
    const [row] = document.consumers ?? [];
    expect(row.endToEndWithout).toBe(row.backlog.atEndRecords);
    const text = (await render(document, 'text')).replace(/\s+/g, ' ');
    expect(text).toMatch(
      /The p99 of "few" is of those records that it read; [\d,]+ unread ones are not in it\./,
    );
  });

  it('prints of the published scenario what the README shows', async () => {
    const { out } = await play(readFileSync(join(ROOT, 'scenarios/consumers.yaml'), 'utf8'), []);
    const section = out.slice(out.indexOf('CONSUMERS'), out.indexOf('OVER TIME')).trimEnd();
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(section);
  });

  it('has none in the aggregate engine', async () => {
    const engine = await refusalOf(play(HEALTHY, ['--engine', 'aggregate']));
    expect(engine.what).toMatch(/the aggregate engine cannot play this: it has no consumers\.$/);
    expect((await documentOf(HEALTHY)).document.engine?.name).toBe('exact');
  });
});
