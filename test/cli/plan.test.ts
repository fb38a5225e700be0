import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { planCommand } from '../../src/cli/plan.ts';
import { Refusal } from '../../src/model/refusal.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';

const SCENARIO = `
stream: { shards: 4 }
duration: 10s
traffic:
  - name: tenants
    rate: 3500/s
    keys: { hot: { share: 40%, keys: 1, of: 10000 }, template: "tenant-{n}" }
    size: 400B
`;
const TWO_SOURCES = `${SCENARIO}  - { name: more, rate: 10/s, keys: "uniform:10", size: 100B }\n`;

interface Outcome {
  readonly out: string;
  readonly exit: number | undefined;
}

async function plan(...args: string[]): Promise<Outcome> {
  const outcome = { out: '', exit: undefined as number | undefined };
  const context: Context = {
    out: (text) => (outcome.out += text),
    err: () => undefined,
    stderrIsTerminal: false,
    columns: 80,
    color: false,
    env: {},
    setExit: (code) => (outcome.exit = code),
  };
  await planCommand(context)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync(args, { from: 'user' });
  return outcome;
}

async function planJson(...args: string[]): Promise<Required<Pick<ReportDocument, 'plan'>> & ReportDocument> {
  const { out } = await plan(...args, '-f', 'json');
  return JSON.parse(out) as Required<Pick<ReportDocument, 'plan'>> & ReportDocument;
}

async function fileOf(text: string, name = 'scenario.yaml'): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'shardwise-plan-')), name);
  await writeFile(path, text);
  return path;
}

describe('shardwise plan', () => {
  it('plans from flags and exits 0 where the plan fits', async () => {
    const { out, exit } = await plan('--rate', '3000/s', '--record-size', '900B');
    expect(out).toMatch(/^4 shards\./);
    expect(exit).toBe(0);
  });

  it('exits 3 where no number of shards fits', async () => {
    const { out, exit } = await plan(
      '--rate',
      '3000/s',
      '--record-size',
      '900B',
      '--keys',
      'hot:40%:1:10000',
    );
    expect(out).toMatch(/^No number of shards fits/);
    expect(exit).toBe(3);
  });

  it('plans a scenario by the names of its keys', async () => {
    const document = await planJson(await fileOf(SCENARIO));
    expect(document.kind).toBe('plan');
    expect(document.plan.hottestKey).toMatchObject({ key: 'tenant-0', fits: false });
    expect(document.scenario).toMatchObject({ durationMs: 10_000, ratePerSec: 3500 });
    expect(document.totals).toBeUndefined();
  });

  it('lets flags replace one aspect of a scenario', async () => {
    const file = await fileOf(SCENARIO);
    expect((await planJson(file, '--keys', 'uniform:100000')).plan.shards).toBe(5);
    expect((await planJson(file, '--rate', '1000/s', '--headroom', '0%')).plan.shards).toBe(1);
    expect((await planJson(file, '--record-size', '5KiB')).plan.constraints[0].shards).toBe(22);
  });

  it('takes consumers, confidence and placement', async () => {
    const flags = ['--rate', '10000/s', '--record-size', '100B', '--keys', 'uniform:200'];
    expect((await planJson(...flags)).plan.shards).toBe(27);
    expect((await planJson(...flags, '--confidence', '50%')).plan.shards).toBeLessThan(27);
    expect((await planJson(...flags, '--placement', 'actual')).plan.hottestShard?.placement).toBe('actual');
    expect((await planJson(...flags, '--consumers', 'polling:60')).plan.binding).toBe('read-calls');
  });

  it('saves the report as the extension says', async () => {
    const path = await fileOf('', 'plan.json');
    await plan('--rate', '3000/s', '--record-size', '900B', '-o', path);
    expect((JSON.parse(await readFile(path, 'utf8')) as ReportDocument).plan?.shards).toBe(4);
  });

  it.each([
    [['--rate', '3000'], '--rate: 3000 has no unit.'],
    [['--rate', '3000/s'], 'no --record-size'],
    [[], 'no --rate and --record-size'],
    [['--rate', '0/s', '--record-size', '1B'], '--rate: 0/s is no traffic.'],
    [['--rate', '3000/s', '--record-size', '11MiB'], 'larger than Kinesis takes'],
    [['--rate', '3000/s', '--record-size', '1B', '--key-size', '2KiB'], '--key-size: 2KiB'],
    [['--rate', '3000/s', '--record-size', '1B', '--headroom', '100%'], '--headroom: 100%'],
    [['--rate', '3000/s', '--record-size', '1B', '--headroom', '20'], '--headroom: 20 has no unit.'],
    [['--rate', '3000/s', '--record-size', '1B', '--confidence', '100%'], '--confidence: 100%'],
    [['--rate', '3000/s', '--record-size', '1B', '--placement', 'best'], 'no placement "best"'],
    [['--rate', '3000/s', '--record-size', '1B', '--keys', 'hot:40%:5:2'], '5 hot keys are more than the 2'],
    [['--rate', '3000/s', '--record-size', '1B', '--keys', 'hot:40%:2:2'], 'no other key'],
    [['--rate', '3000/s', '--record-size', '1B', '--keys', 'zipf:x:5'], 'exponent: x is no exponent'],
    [['--rate', '3000/s', '--record-size', '1B', '--keys', 'uniform:0'], 'count: 0 is no number of keys'],
    [['--rate', '3000/s', '--record-size', '1B', '--keys', 'gauss:1'], 'no kind of keys'],
    [['--rate', '3000/s', '--record-size', '1B', '--consumers', 'bus:1'], '--consumers'],
    [['--rate', '3000/s', '--record-size', '1B', '-f', 'xml'], '--format'],
    [['--rate', '3000/s', '--record-size', '1B', '--placement', 'actual'], '--placement: no keys are given'],
    [['--rate', '3000/s', '--record-size', '1B', '--confidence', '99%'], '--confidence: no keys are given'],
    [['no-such-file.yaml'], 'no-such-file.yaml'],
  ])('refuses %j with a sentence and exit code 2', async (args, what) => {
    const error = await plan(...args).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).exitCode).toBe(2);
    expect((error as Refusal).what).toContain(what);
    expect((error as Refusal).fix).toMatch(/\w/);
  });

  it('refuses flags about one source where a scenario has several', async () => {
    const file = await fileOf(TWO_SOURCES);
    await expect(plan(file, '--rate', '5/s')).rejects.toThrow('2 sources of traffic');
    expect((await planJson(file)).plan.constraints[1].formula).toContain('3,510/s');
  });

  it('checks the thresholds of a scenario as run does', async () => {
    const file = await fileOf(`${SCENARIO}thresholds: ["latencyy < 5"]\n`);
    await expect(plan(file)).rejects.toMatchObject({
      exitCode: 2,
      what: expect.stringContaining('thresholds[0]') as string,
    });
  });

  it('exits 3 where the quota is passed', async () => {
    const { out, exit } = await plan('--rate', '25000000/s', '--record-size', '100B');
    expect(out).toMatch(
      /^No plan within the quota: 31,250 > 20,000 \(default in us-east-1\)\. write-records\sasks/,
    );
    expect(exit).toBe(3);
  });

  it('says where a placement changes nothing', async () => {
    const file = await fileOf(SCENARIO.replace(/keys: .*/, 'keys: { weights: { a: 1, b: 1 } }'));
    expect((await planJson(file, '--placement', 'random')).plan.assumptions.join(' ')).toContain(
      '--placement random changes nothing',
    );
    expect((await planJson(file)).plan.assumptions.join(' ')).not.toContain('--placement');
  });

  it("holds a scenario's bursts against full buckets", async () => {
    const file = await fileOf(`${SCENARIO}    arrivals: { bursts: { every: 1s, within: 100ms } }\n`);
    const { constraints } = (await planJson(file, '--keys', 'uniform:100000')).plan;
    // 3,500 records within 100 ms; full buckets take 1,000 + 100 of them, of which 80 %: 3.98 if they spread evenly.
    expect(constraints.find(({ name }) => name === 'burst')).toMatchObject({
      shards: 5,
      formula: expect.stringContaining('35,000/s × 100ms = 3,500 ÷ (1,100 × 80 %) = 3.98') as string,
    });
  });

  it('knows no flag that is not built yet', async () => {
    await expect(plan('--rate', '3000/s', '--record-size', '1B', '--surge', '9/s')).rejects.toThrow(
      'unknown option',
    );
  });
});
