import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { reportCommand } from '../../src/cli/report.ts';
import { Refusal } from '../../src/model/refusal.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { fileOf, outcomeOf } from './outcome.ts';
import { plan, planJson } from './planned.ts';

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

const FLAGS = ['--rate', '3000/s', '--record-size', '1B'];

describe('shardwise plan', () => {
  it('plans from flags and exits 0 where the plan fits', async () => {
    const { out, exit } = await plan('--rate', '3000/s', '--record-size', '900B');
    expect(out).toMatch(/^4 shards, \$154 a month\./);
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
    const document = await planJson(fileOf(SCENARIO));
    expect(document.kind).toBe('plan');
    expect(document.plan.hottestKey).toMatchObject({ key: 'tenant-0', fits: false });
    expect(document.scenario).toMatchObject({ durationMs: 10_000, ratePerSec: 3500 });
    expect(document.totals).toBeUndefined();
  });

  it('lets flags replace one aspect of a scenario', async () => {
    const file = fileOf(SCENARIO);
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
    const path = fileOf('', 'plan.json');
    await plan('--rate', '3000/s', '--record-size', '900B', '-o', path);
    expect((JSON.parse(await readFile(path, 'utf8')) as ReportDocument).plan?.shards).toBe(4);
  });

  it('says of chance only what the risk bears out', async () => {
    const flags = ['--rate', '3000/s', '--record-size', '10B', '--keys', 'hot:40%:3:50'];
    const { hottestShard } = (await planJson(...flags)).plan;
    expect(hottestShard?.risk).toBeLessThanOrEqual(0.05);
    expect(hottestShard?.p95).toBeLessThanOrEqual(0.8);
  });

  it('counts the length of keys whose names it has', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `${'日'.repeat(250)}${String(i).padStart(2, '0')},1`);
    const keys = fileOf(names.join('\n'), 'counts.csv');
    const load = ['--rate', '3000/s', '--record-size', '900B', '--keys', `file:${keys}`];
    // 3,000/s x (900 + 752) B is 4.73 MiB/s.
    expect((await planJson(...load)).plan.constraints[0].shards).toBe(6);
    expect((await planJson(...load, '--key-size', '16B')).plan.constraints[0].shards).toBe(4);
  });

  it.each([
    [
      ['--shards', '5', '--record-size', '100B', '--burst', '20000/s:2s'],
      /--burst: --shards asks for a rate/,
    ],
    [['--shards', '5', ...FLAGS, '--current-shards', '2'], /--current-shards and --shards are two questions/],
    [['--shards', '5', ...FLAGS, '--compare-services'], /--compare-services and --shards are two questions/],
    [
      ['--rate', '10/s', '--record-size', '10MiB'],
      /10,485,760 B and a key of 16 B is larger than Kinesis takes/,
    ],
  ])('refuses %j', async (flags, words) => {
    await expect(plan(...flags)).rejects.toThrow(words);
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
    [[...FLAGS, '--headroom', '-5%'], '--headroom: "-5%" is not a percentage'],
    [[...FLAGS, '--retention', '400d'], '--retention: 400d is longer than Kinesis keeps records.'],
    [[...FLAGS, '--retention', '90m'], '--retention: 90m is shorter than Kinesis keeps records.'],
    [[...FLAGS, '--retention', '24h30m'], 'no whole number of hours'],
    [[...FLAGS, '--peak-rate', '2999/s'], '--peak-rate: 2,999/s is below the average rate, 3,000/s'],
    [[...FLAGS, '--peak-rate', '5000'], '--peak-rate: 5000 has no unit'],
    [[...FLAGS, '--burst', '20000/s'], '--burst: "20000/s" is not a rate and how long it lasts'],
    [[...FLAGS, '--burst', '20000/s:2'], '--burst: 2 has no unit'],
    [[...FLAGS, '--burst', '20000/s:0s'], '--burst: 0s is no time'],
    [[...FLAGS, '--burst', '2000/s:2s'], '--burst: 2,000/s is below the rate that is planned for, 3,000/s'],
    [[...FLAGS, '--burst', '20000/s:2s:1s'], '--burst: 2s does not end before the next'],
    [[...FLAGS, '--burst', '20000/s:2s:10s'], '--burst: 20,000/s for 2s of every 10s is 4,000/s on average'],
    [[...FLAGS, '--outage', '1h'], '--outage is given without --recover-in'],
    [[...FLAGS, '--recover-in', '1h'], '--recover-in is given without --outage'],
    [
      [...FLAGS, '--consumers', 'polling:0', '--outage', '1h', '--recover-in', '1h'],
      '--outage: there are no consumers that could catch up',
    ],
    [
      [...FLAGS, '--consumers', 'efo:0', '--consumer-speed', '5/s'],
      '--consumer-speed: there are no consumers that could be slow',
    ],
    [[...FLAGS, '--consumer-speed', '5MiB/s'], '--consumer-speed: 5MiB/s is not in records'],
    [[...FLAGS, '--parallelization-factor', '2'], 'no Lambda function reads the stream'],
    [
      [...FLAGS, '--consumers', 'lambda:1', '--parallelization-factor', '11'],
      '--parallelization-factor: Lambda knows none of "11"',
    ],
    [[...FLAGS, '--region', 'Frankfurt'], '--region: "Frankfurt" is not the name of an AWS region'],
    [[...FLAGS, '--shard-quota', '0'], '--shard-quota: "0" is no number of shards'],
    [[...FLAGS, '--current-shards', 'x'], '--current-shards: "x" is no number of shards'],
    [['no-such-file.yaml'], 'no-such-file.yaml'],
  ])('refuses %j with a sentence and exit code 2', async (args, what) => {
    const error = await plan(...args).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).exitCode).toBe(2);
    expect((error as Refusal).what).toContain(what);
    expect((error as Refusal).fix).toMatch(/\w/);
  });

  it('refuses flags about one source where a scenario has several', async () => {
    const file = fileOf(TWO_SOURCES);
    await expect(plan(file, '--rate', '5/s')).rejects.toThrow('2 sources of traffic');
    expect((await planJson(file)).plan.constraints[1].formula).toContain('3,510/s');
  });

  it('checks the thresholds of a scenario as run does', async () => {
    const file = fileOf(`${SCENARIO}thresholds: ["latencyy < 5"]\n`);
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

  it('takes readers, peaks, bursts, an outage and the account from flags', async () => {
    const { plan: result } = await planJson(
      ...['--rate', '3000/s', '--record-size', '1008B', '--peak-rate', '4MiB/s', '--burst', '8000/s:2s:1m'],
      ...['--consumers', 'lambda:2,efo:1', '--consumer-speed', '2000/s', '--parallelization-factor', '3'],
      ...['--outage', '1h', '--recover-in', '2h', '--retention', '7d', '--region', 'eu-central-1'],
      ...['--shard-quota', '500', '--current-shards', '3'],
    );
    const shards = Object.fromEntries(
      result.constraints.map((constraint) => [constraint.name, constraint.shards]),
    );
    expect(shards).toEqual({
      'write-bytes': 5, // 4 MiB/s ÷ 0.8 = 5, exactly
      'write-records': 6, // 4,096 ÷ 800 = 5.12
      'read-bandwidth': 5, // 2 × 4 ÷ 1.6 = 5
      'read-calls': 1, // 2 <= 4
      'consumer-speed': 3, // efo, one batch at a time: 4,096 ÷ 1,600 = 2.56
      'catch-up': 8, // 4 MiB/s × 1.5 ÷ 0.8 = 7.5
      burst: 7, // 16,000 ÷ 2,400 = 6.67; 15.6 MiB ÷ 2.4 MiB = 6.51
      quota: 1,
      'hot-key': null,
      'hot-shard': null,
    });
    expect(result).toMatchObject({
      shards: 8,
      binding: 'catch-up',
      capacity: {
        region: 'eu-central-1',
        shardQuota: 500,
        lambdaConcurrency: 48,
        resize: {
          from: 3,
          days: 1,
          steps: [
            { shards: 6, isQuick: true },
            { shards: 8, isQuick: false },
          ],
        },
      },
    });
  });

  it('lets flags replace what a scenario says of rates and readers', async () => {
    const file = fileOf(`${SCENARIO}consumers: [{ preset: flink }, { preset: lambda }]\n`);
    const flags = [file, '--keys', 'uniform:100000'];
    expect((await planJson(...flags)).plan.binding).toBe('read-calls');
    const { plan: result } = await planJson(...flags, '--consumers', 'lambda:1', '--peak-rate', '7000/s');
    expect(result.feasible).toBe(true);
    expect(result.constraints[1].formula).toContain('7,000/s ÷');
    expect(result.capacity?.scenario).toEqual({ shards: 4, isEnough: false });
    await expect(plan(file, '--peak-rate', '3000/s')).rejects.toThrow('below the average rate, 3,500/s');
  });

  it('exits 3 where an outage is longer than half of the time that records are kept', async () => {
    const { out, exit } = await plan(...FLAGS, '--outage', '1d', '--recover-in', '1h');
    expect(exit).toBe(3);
    expect(out.replace(/\s+/g, ' ')).toContain('What helps Keep records for --retention 48h');
  });

  it('shows the numbers behind each constraint with --details, in a report that was saved as well', async () => {
    const path = fileOf('', 'plan.json');
    const short = await plan(...FLAGS, '-o', path);
    const long = await plan(...FLAGS, '--details');
    expect(short.out).not.toContain('Source:');
    expect(long.out).toMatch(/\nwrite-records\n.*peak rate +3,000 records\/s +given by a flag\n/);
    expect((await outcomeOf(reportCommand, [path, '--details'])).out).toBe(long.out);
  });

  it('says where a placement changes nothing', async () => {
    const file = fileOf(SCENARIO.replace(/keys: .*/, 'keys: { weights: { a: 1, b: 1 } }'));
    expect((await planJson(file, '--placement', 'random')).plan.assumptions.join(' ')).toContain(
      '--placement random changes nothing',
    );
    expect((await planJson(file)).plan.assumptions.join(' ')).not.toContain('--placement');
  });

  it("holds a scenario's bursts against full buckets", async () => {
    const file = fileOf(`${SCENARIO}    arrivals: { bursts: { every: 1s, within: 100ms } }\n`);
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
