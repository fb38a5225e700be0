/** A scenario with a timeline on the command line: what is printed, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run.ts';
import { simulateCommand } from '../../src/cli/simulate.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { render } from '../../src/report/render.ts';
import { readDocument } from '../../src/report/saved-document.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { fileOf, outcomeOf, refusalOf, type Outcome } from './outcome.ts';

/** All load falls on the second of two shards, 1.5 times its limit. */
const scenarioWith = (...events: string[]): string => `
stream: { shards: 2 }
duration: 40s
traffic: [{ rate: 1500/s, keys: { explicitHashKey: { shard: 1, where: random } }, size: 100B }]
timeline:
${events.map((event) => `  - { ${event} }`).join('\n')}
`;
const SPLIT = scenarioWith('at: 20s, split: hottest');
const named = (n: number): string => `shardId-${String(n).padStart(12, '0')}`;

function command(commandOf: typeof simulateCommand, scenario: string, ...args: string[]): Promise<Outcome> {
  return outcomeOf(commandOf, [fileOf(scenario, 's.yaml'), ...args]);
}

const simulate = (scenario: string, ...args: string[]): Promise<Outcome> =>
  command(simulateCommand, scenario, ...args);

async function documentOf(scenario: string, ...args: string[]): Promise<ReportDocument> {
  return JSON.parse((await simulate(scenario, '-f', 'json', ...args)).out) as ReportDocument;
}

describe('simulate with a timeline', { timeout: 60_000 }, () => {
  it('prints what changed, and labels the shard that is closed', async () => {
    const { out } = await simulate(SPLIT);
    expect(out).toMatch(/^WHAT CHANGED\n +at +what +closed +opened\n +20 s +split +…0001 +…0002 …0003$/m);
    expect(out).toMatch(/^ {2}shardId-000000000001 closed +150 %/m);
    expect(out).toContain('Not any more. The shard was closed');
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('reports it, in a document that is the same when it is read again', async () => {
    const document = await documentOf(SPLIT);
    expect(documentSchema.safeParse(document).error).toBeUndefined();
    expect(await render(readDocument(JSON.stringify(document), 'saved.json'), 'text')).toContain(
      'WHAT CHANGED',
    );
    expect(document.timeline).toEqual([
      {
        atMs: 20_000,
        kind: 'split',
        shardIds: [named(1)],
        children: [named(2), named(3)],
        cause: 'timeline',
      },
    ]);
    expect(
      document.shards?.map(({ shardId, openedAtMs, closedAtMs }) => [shardId, openedAtMs, closedAtMs]),
    ).toEqual([
      [named(0), undefined, undefined],
      [named(2), 20_000, undefined],
      [named(3), 20_000, undefined],
      [named(1), undefined, 20_000],
    ]);
    expect(document.series?.shards.map(({ shardId }) => shardId)).toEqual([0, 1, 2, 3].map(named));
    const child = document.series?.shards[2].offered ?? [];
    expect(child.slice(0, 20).every((records) => records === 0)).toBe(true);
    expect(child[30]).toBeGreaterThan(600);
  });

  it('measures the utilization over all shards and times', async () => {
    const { thresholds } = await documentOf(SPLIT, '--threshold', 'utilization.max < 1');
    expect(thresholds?.[0].ok).toBe(false);
    expect(thresholds?.[0].actual).toBeCloseTo(1.5, 1);
  });

  it('takes no new layout into account before the scenario has one', async () => {
    const document = await documentOf(scenarioWith('at: 1s, outage: 2s'));
    expect(document.timeline).toEqual([
      { atMs: 1000, kind: 'outage', durationMs: 2000, shardIds: [], children: [], cause: 'timeline' },
    ]);
    expect(document.totals?.failed).toBeGreaterThan(2900);
    expect((await simulate(scenarioWith('at: 1s, outage: 2s'))).out).toMatch(/^ +1 s +outage of 2 s +– +–$/m);
  });

  it('ends with 0 where a whole run is an outage: that is what was asked', async () => {
    expect((await simulate(scenarioWith('at: 0s, outage: 1h'))).exit).toBe(0);
  });

  it('refuses what turns out while it is played, and names the event that stands in the way', async () => {
    const scenario = scenarioWith('at: 20s, split: hottest', `at: 25s, split: ${named(1)}`);
    const { what, fix } = await refusalOf(simulate(scenario));
    expect(what).toMatch(
      /s\.yaml: timeline\[1\]\.split: shardId-000000000001 was closed by timeline\[0\] \(split: hottest\)\.$/,
    );
    expect(fix).toBe('Name a shard that is open then.');
  });

  it('names the value of a sweep with which an event cannot happen', async () => {
    const scenario = scenarioWith(`at: 20s, split: ${named(1)}`);
    const { what } = await refusalOf(simulate(scenario, '--sweep', 'shards=1..3'));
    expect(what).toBe(`--sweep: with shards=1, timeline[0].split: there is no ${named(1)} then.`);
    const late = scenarioWith('at: 20s, split: hottest', `at: 25s, split: ${named(1)}`);
    expect((await refusalOf(simulate(late, '--sweep', 'shards=2..3'))).what).toContain(
      'with shards=2: timeline[1]',
    );
  });

  it('sweeps and searches', async () => {
    const { sweep } = await documentOf(SPLIT, '--sweep', 'shards=2..3');
    expect(sweep?.points.map(({ value }) => value)).toEqual([2, 3]);
    const { maxRate } = await documentOf(SPLIT, '--find-max', 'throttledAttempts < 1%');
    expect(maxRate?.holdsAtPerSec).toBeGreaterThan(900);
  });

  it('is played record by record, never in aggregate', async () => {
    expect((await documentOf(SPLIT)).engine?.name).toBe('exact');
    const uniform = SPLIT.replace(/\{ explicitHashKey: .*? \} \}/, '"uniform:1000"');
    const { what } = await refusalOf(simulate(uniform, '--engine', 'aggregate'));
    expect(what).toContain('the aggregate engine cannot play this: it has no timeline.');
  });

  it('teaches with scenarios/reshard.yaml that a split ends the throttling of a hot shard', async () => {
    const file = new URL('../../scenarios/reshard.yaml', import.meta.url);
    const { findings = [], shards = [] } = await documentOf(readFileSync(file, 'utf8'));
    expect(findings.map(({ code, shardId }) => [code, shardId])).toEqual([['HOT_SHARD', named(2)]]);
    const parent = shards.find(({ shardId }) => shardId === named(2));
    expect(parent?.throttled).toBeGreaterThan(10_000);
    for (const shard of shards) if (shard !== parent) expect(shard.throttled).toBe(0);
  });

  it('prints for it what the README shows', async () => {
    const root = new URL('../../', import.meta.url);
    const [, shown] =
      /prints among the rest\n\n```text\n([\s\S]*?)```/.exec(
        readFileSync(new URL('README.md', root), 'utf8'),
      ) ?? [];
    const { out } = await simulate(readFileSync(new URL('scenarios/reshard.yaml', root), 'utf8'));
    expect(shown).toContain('WHAT CHANGED');
    expect(out).toContain(shown);
  });

  it('is refused by run on AWS where it has an outage, before AWS is asked for anything', async () => {
    const outage = scenarioWith('at: 7s, outage: 1s');
    const { what } = await refusalOf(command(runCommand, outage, '--target', 'aws', '--create'));
    expect(what).toContain('s.yaml: timeline[0].outage: a run cannot make the service of AWS fail.');
  });
});

describe('a closed shard whose records were all decided elsewhere', { timeout: 30_000 }, () => {
  const MOVED = `
stream: { shards: 2 }
duration: 20s
traffic: [{ rate: 100/s, keys: "uniform:1000", size: 500B }]
producer: { retry: { policy: backoff, maxAttempts: 100 } }
timeline:
  - { at: 0s, outage: 8s }
  - { at: 5s, resize: 1 }
`;

  it('has its row, and its line in the series: it was offered all that fell due while it was open', async () => {
    const { shards, series, totals } = await documentOf(MOVED);
    expect(totals).toMatchObject({ offered: 2000, accepted: 2000 });
    expect(shards?.map(({ shardId, offered }) => [shardId, offered])).toEqual([
      [named(2), 2000],
      [named(0), 0],
      [named(1), 0],
    ]);
    for (const row of shards?.slice(1) ?? []) {
      expect(row).toMatchObject({ closedAtMs: 5000, accepted: 0, failed: 0, attempts: 0, bytes: 0 });
      expect(row.utilization).toBeGreaterThan(0);
      expect(row.peakSecond.records).toBeGreaterThan(0);
    }
    const offered = Array.from({ length: 20 }, (_, step) =>
      (series?.shards ?? []).reduce((sum, shard) => sum + shard.offered[step], 0),
    );
    expect(offered).toEqual(series?.offered);
    expect(series?.shards.map(({ shardId }) => shardId)).toEqual([0, 1, 2].map(named));
  });
});

describe('after an outage', { timeout: 60_000 }, () => {
  const outage = (retry: string, rate = 3000): string => `
stream: { shards: 4 }
duration: 2m
traffic: [{ rate: ${rate}/s, keys: { uniform: { count: 100000 } }, size: 100B }]
producer: { retry: { ${retry} } }
timeline: [{ at: 20s, outage: 20s }]
`;
  const flat = (text: string): string => text.replace(/\s+/g, ' ');

  it('the throttling is put down to it, not to bursts', async () => {
    const text = flat((await simulate(outage('policy: kpl'))).out);
    expect(text).toMatch(
      /The outage of 20 s at 20 s: every put failed in it\. [\d,]+ throttled attempts came of it/,
    );
    expect(text).toMatch(/for \d+ s until calm/);
    expect(text).toMatch(/the load recovered \d+ s after the outage that ended at 40 s/);
    expect(text).not.toMatch(/bursts|spread the sending/);
  });

  it('records that nobody sent again are put down to it, too', async () => {
    const text = flat((await simulate(outage('policy: none'))).out);
    expect(text).toContain('every put failed in it. 60,000 records were given up. To do: retry with backoff');
  });

  it('at a load that leaves no room, the outage does not go away', async () => {
    const { retry } = await documentOf(outage('policy: kpl', 3990));
    expect(retry).toMatchObject({ spikeStartMs: 20_000, spikeCause: 'outage' });
    expect(retry?.state).not.toBe('overloaded');
  });
});

describe('after a spike', { timeout: 60_000 }, () => {
  it('calm that is seen is a recovery, though the backlog would outlast the run', async () => {
    const { retry } = await documentOf(`
stream: { shards: 2 }
traffic:
  - stages: [{ for: 30s, from: 1500/s, to: 1500/s }, { for: 60s, from: 2600/s, to: 2600/s }, { for: 30s, from: 1500/s, to: 1500/s }]
    keys: { uniform: { count: 100000 } }
    size: 300B
producer: { retry: { policy: backoff } }
`);
    expect(retry).toMatchObject({ state: 'recovered', spikeEndMs: 90_000 });
    expect(retry?.drainMs).toBeUndefined();
  });
});
