import { describe, expect, it } from 'vitest';
import { simulateCommand } from '../../src/cli/simulate.ts';
import { Refusal } from '../../src/model/refusal.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { render } from '../../src/report/render.ts';
import { readDocument } from '../../src/report/saved-document.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { fileOf, outcomeOf, refusalOf, type Outcome } from './outcome.ts';

const TWICE_ITS_LIMIT = `
stream: { shards: 1 }
duration: 60s
traffic: [{ rate: 2000/s, keys: "uniform:100", size: 100B }]
producer: { batch: 1, linger: 0s, inFlight: 500 }
`;
const ONE_SHARD = TWICE_ITS_LIMIT.replace('60s', '10s').replace('2000/s', '900/s');
const FOUR_SHARDS = `
stream: { shards: 4 }
duration: 20s
traffic:
  - { rate: 1500/s, arrivals: poisson, keys: "uniform:10000", size: 200B }
  - { rate: 500/s, keys: "uniform:10000", size: 100B }
`;
const BURSTS = `
stream: { shards: 1 }
duration: 60s
traffic: [{ rate: 300/s, arrivals: { bursts: { every: 5s, within: 1s } }, keys: "uniform:100", size: 100B }]
`;
/** Far more than its shards take, or its producer sends. */
const FLOOD = `
stream: { shards: 10 }
duration: 2s
traffic: [{ rate: 250000/s, keys: "uniform:100", size: 1B }]
`;

function simulate(scenario: string, args: readonly string[] = [], terminal = false): Promise<Outcome> {
  return outcomeOf(simulateCommand, [fileOf(scenario, 's.yaml'), ...args], { stderrIsTerminal: terminal });
}

async function documentOf(scenario: string, ...args: string[]): Promise<ReportDocument> {
  return JSON.parse((await simulate(scenario, [...args, '-f', 'json'])).out) as ReportDocument;
}

const refusal = (...args: string[]): Promise<Refusal> => refusalOf(simulate(FOUR_SHARDS, args));

/** A report is the same text when it was saved and read again, and fits the schema and the page. */
async function expectSound(document: ReportDocument, out: string): Promise<void> {
  expect(documentSchema.safeParse(document).error).toBeUndefined();
  expect(await render(readDocument(JSON.stringify(document), 'saved.json'), 'text')).toBe(out);
  for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(out).not.toContain('\u00a0');
}

describe('shardwise simulate', { timeout: 30_000 }, () => {
  it('at twice the limit of a shard accepts burst and refill', async () => {
    const { totals } = await documentOf(TWICE_ITS_LIMIT);
    expect(Math.abs((totals?.accepted ?? 0) - 61_000)).toBeLessThanOrEqual(1);
  });

  it('prints the same bytes twice', async () => {
    const printed = async (): Promise<string> => (await simulate(FOUR_SHARDS, ['--seed', '7'])).out;
    const withoutFile = async (): Promise<string> => (await printed()).replaceAll(/^Scenario.*\n.*/gm, '');
    expect(await withoutFile()).toBe(await withoutFile());
  });

  it('tells of a burst that a metric per minute hides', async () => {
    const document = await documentOf(BURSTS);
    expect(document.shards?.[0].burst).toMatchObject({
      dimension: 'records',
      perSec: 1500,
      meanPerSec: 300,
      ratio: 5,
    });
    const { out } = await simulate(BURSTS);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      "the busiest second of shardId-000000000000 had 1,500 records/s, 5.0 × its minute's mean.",
    );
    expect((await simulate(TWICE_ITS_LIMIT)).out).not.toContain('Hidden from metrics');
  });
});

describe('--sweep', { timeout: 30_000 }, () => {
  it('over shards gives each point what its own simulation gives', async () => {
    const { sweep, totals, shards } = await documentOf(FOUR_SHARDS, '--sweep', 'shards=1..5');
    expect([totals, shards]).toEqual([undefined, undefined]);
    expect(sweep?.points.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5]);
    for (const point of sweep?.points ?? []) {
      const alone = await documentOf(FOUR_SHARDS.replace('shards: 4', `shards: ${point.value}`));
      expect(point.totals).toEqual(alone.totals);
      expect(point.findings).toEqual(alone.findings);
      expect(point.utilizationMax).toBe(Math.max(...(alone.shards ?? []).map((row) => row.utilization)));
    }
    expect(new Set(sweep?.points.map((point) => point.totals.offeredDigest)).size).toBe(1);
  });

  it('over the rate scales every source', async () => {
    const { sweep } = await documentOf(FOUR_SHARDS, '--sweep', 'rate=1000/s..4000/s:1500/s');
    expect(sweep?.points.map(({ value }) => value)).toEqual([1000, 2500, 4000]);
    for (const { value, totals } of sweep?.points ?? []) {
      expect(Math.abs(totals.offered / (20 * value) - 1)).toBeLessThan(0.03);
    }
  });

  it('prints one line and one bar for each point, and shows progress on a terminal only', async () => {
    const args = ['--sweep', 'shards=1..4'];
    const { out, err, exit } = await simulate(FOUR_SHARDS, args, true);
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^Of 4 points from 1 shard to 4 shards, the fewest at which nothing is throttled,\ndropped or found: 3 shards\.$/m,
    );
    expect(out.match(/^ +[1-4] .*[│█]/gm)).toHaveLength(4);
    expect(err).toContain('shards 3: simulation 3 of 4');
    expect((await simulate(FOUR_SHARDS, args)).err).toBe('');
    expect((await simulate(FOUR_SHARDS, [...args, '--quiet'], true)).err).toBe('');
  });

  it('says where it did not look, when every point holds', async () => {
    const first = async (scenario: string, sweep: string): Promise<string> =>
      (await simulate(scenario, ['--sweep', sweep])).out.split('\n\n')[0].replaceAll(/\s+/g, ' ');
    expect(await first(FOUR_SHARDS, 'shards=4..6')).toMatch(
      /The fewest tried, 4 shards, hold; fewer were not tried\.$/,
    );
    expect(await first(FOUR_SHARDS, 'rate=100/s..200/s:2')).toMatch(
      /The highest tried, 200 records\/s, holds; higher rates were not tried\.$/,
    );
    expect(await first(ONE_SHARD.replace('900/s', '100/s'), 'shards=1..2')).toMatch(
      /One shard holds, and there is nothing smaller\.$/,
    );
  });

  it('is a report like any other', async () => {
    for (const sweep of ['shards=1..4', 'rate=500/s..9000/s:6']) {
      const scenario = `${FOUR_SHARDS}thresholds: ["throttledAttempts < 1%"]`;
      const file = 's.yaml';
      const document = await documentOf(scenario, '--sweep', sweep);
      const named = { ...document, scenario: { ...document.scenario, file } } as ReportDocument;
      await expectSound(named, await render(named, 'text'));
    }
  });

  it('holds the gates at every point and is content when one of them holds them all', async () => {
    const gate = ['--threshold', 'throttledAttempts < 1%'];
    const { out, exit } = await simulate(FOUR_SHARDS, ['--sweep', 'shards=1..3', ...gate]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^ +1 .* MISSED$/m);
    expect(out).toMatch(/^ +3 .* met$/m);
    expect((await simulate(FOUR_SHARDS, ['--sweep', 'shards=1..1', ...gate])).exit).toBe(3);
    const latency = ['--threshold', 'latency.p99 < 1s'];
    expect((await simulate(FOUR_SHARDS, ['--sweep', 'shards=3..4', ...latency])).exit).toBe(4);
  });

  it('refuses what it does not know, and a rate that no scenario may have', async () => {
    expect((await refusal('--sweep', 'keys=1..4')).message).toMatch(/The fields are shards, rate\.$/);
    expect((await refusal('--sweep', 'shards=1..2', '--sweep', 'shards=3..4')).what).toMatch(/given twice/);
  });
});

describe('--find-max', { timeout: 30_000 }, () => {
  it('finds the refill of a single shard: its buckets start empty', async () => {
    const { maxRate } = await documentOf(TWICE_ITS_LIMIT, '--find-max', 'throttledAttempts < 0.1%');
    // a share of 0.1 % is given up at 1,000/0.999
    expect(maxRate?.holdsAtPerSec).toBeGreaterThan(1001 / 1.01);
    expect(maxRate?.holdsAtPerSec).toBeLessThan(1002);
    expect(maxRate?.breaksAtPerSec).toBeGreaterThan(1000);
    expect((maxRate?.breaksAtPerSec ?? NaN) / (maxRate?.holdsAtPerSec ?? NaN)).toBeLessThanOrEqual(1.01);
  });

  it('does not take a rate for held that the producer cannot send', async () => {
    // 16 requests of one record in flight, 20 ms each: 800 records/s
    const narrow = TWICE_ITS_LIMIT.replace(', inFlight: 500', '').replace('2000/s', '400/s');
    const { maxRate } = await documentOf(narrow, '--find-max', 'throttledAttempts < 1%');
    expect(maxRate?.holdsAtPerSec).toBeGreaterThan(780);
    expect(maxRate?.holdsAtPerSec).toBeLessThan(1000);
    const broken = maxRate?.probes.filter((probe) => !probe.ok) ?? [];
    expect(broken.every(({ totals }) => totals.dropped > 0)).toBe(true);
  }, 30_000);

  it('probes what a scenario with that rate and empty buckets gives', async () => {
    const { maxRate } = await documentOf(ONE_SHARD, '--find-max', 'throttled < 20%');
    expect(maxRate?.probes.length).toBeGreaterThan(5);
    for (const { ratePerSec, totals, ok, actual } of maxRate?.probes ?? []) {
      const written = ONE_SHARD.replace('900/s', `${ratePerSec}/s`).replace('1 }', '1, initialFill: 0 }');
      expect((await documentOf(written)).totals).toEqual(totals);
      expect(actual).toBe((100 * totals.throttled) / totals.offered);
      expect(ok).toBe(actual < 20);
    }
    // 1 - r/l = 20 %
    expect(Math.abs((maxRate?.holdsAtPerSec ?? NaN) / 1250 - 1)).toBeLessThan(0.011);
  }, 30_000);

  it('prints the answer, the bracket and every probe', async () => {
    const { out, exit } = await simulate(FOUR_SHARDS, ['--find-max', 'utilization.max < 0.8']);
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^[\d,.]+ records\/s is the largest rate that holds utilization\.max < 0\.8, to 1 %\.$/m,
    );
    expect(out).toMatch(/^Bracket {4}it held at .* and broke at /m);
    const { maxRate } = await documentOf(FOUR_SHARDS, '--find-max', 'utilization.max < 0.8');
    expect(out.match(/^ +[\d,.]+ {2}(yes|NO)/gm)).toHaveLength(maxRate?.probes.length ?? 0);
  });

  it('is a report like any other', async () => {
    const document = await documentOf(FOUR_SHARDS, '--find-max', 'throttledAttempts < 1%');
    const named = { ...document, scenario: { ...document.scenario, file: 's.yaml' } } as ReportDocument;
    await expectSound(named, await render(named, 'text'));
  });

  it('ends where it was said to end, and says so', async () => {
    const document = await documentOf(FLOOD, '--find-max', 'dropped <= 100%');
    const { maxRate } = document;
    expect(maxRate?.probes.map(({ totals }) => totals.offered)).toEqual([500_000, 1_000_000, 2_000_000]);
    expect(maxRate?.holdsAtPerSec).toBe(1_000_000);
    expect(maxRate?.breaksAtPerSec).toBeNull();
    const out = (await render(document, 'text')).replace(/\s+/g, ' ');
    expect(out).toMatch(/^dropped <= 100% holds up to 1,000,000 records\/s, the highest that was tried\. /);
    expect(out).toContain(
      "at most 2,000,000 records at a time or 4 times the scenario's rate, whichever is more",
    );
  }, 60_000);

  it.each([
    ['--find-max', 'dropped < 1%', "at the scenario's own rate no record falls due within its duration, 5 s"],
    [
      '--sweep',
      'shards=1..3',
      "at none of the 3 points does a record fall due within the scenario's duration, 5 s",
    ],
  ])('%s refuses a scenario in which nothing is offered', async (flag, value, message) => {
    const nothing = FLOOD.replace('250000/s', '0.00001/h').replace('2s', '5s');
    const error: unknown = await simulate(nothing, [flag, value]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ exitCode: 2 });
    expect((error as Refusal).message).toContain(message);
  });

  it('ends with exit 3 where no rate holds', async () => {
    const { out, exit } = await simulate(FOUR_SHARDS, ['--find-max', 'accepted < 0/s']);
    expect(exit).toBe(3);
    expect(out).toMatch(/^No rate holds accepted < 0\/s, down to 5 records\/s\.$/m);
  });

  it.each([
    ['latency.p99 < 200ms', /latency in a simulation is modelled/],
    ['iteratorAge.max < 1s', /the scenario has no consumers/],
    ['failed < 1%', /does not depend on the rate/],
    ['accepted > 900/s', /a higher rate does not break it/],
    ['throttled', /this is not a comparison/],
  ])('refuses %s', async (expression, message) => {
    expect((await refusal('--find-max', expression)).message).toMatch(message);
  });

  it.each([
    ['--sweep', 'shards=1..2'],
    ['--threshold', 'throttled < 1%'],
    ['--fail-on', 'HOT_KEY'],
  ])('does not go together with %s', async (flag, value) => {
    const { message } = await refusal('--find-max', 'throttled < 1%', flag, value);
    expect(message).toMatch(`--find-max and ${flag} do not go together`);
  });
});
