import { describe, expect, it } from 'vitest';
import { documentSchema } from '../../src/report/document-schema.ts';
import { plan, planJson, scenarioFile } from './planned.ts';

function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}

describe('the money of plan --shards without a rate', () => {
  const args = ['--record-size', '900B', '--shards', '12'];

  it('is that of the rate that was found', async () => {
    const document = await planJson(...args);
    expect(documentSchema.safeParse(document).error).toBeUndefined();
    const { modes, breakEven, onDemand, table } = document.plan;
    // 12 x 10.95, and 9,600/s x 2,628,000 s x $0.014 for a million: 131.40 + 353.20.
    // On demand 24,060.06 GB of whole KiB at 0.08, 21,522.46 GB read at 0.04, and 29.20.
    expect(modes?.map(({ monthlyUsd }) => monthlyUsd)).toEqual([484.6, 2814.9, 3079.69]);
    expect(table?.find(({ shards }) => shards === 12)?.monthlyUsd).toBe(484.6);
    // 9,600/s fill 9.6 shards of a new stream's four: 8, then 16.
    expect(onDemand?.newStream).toEqual({ shards: 4, wouldThrottle: true, minutesUntilGrown: 30 });
    expect(breakEven?.[0]).toMatchObject({ meanRecordsPerSec: null, cheaperAbove: 'provisioned' });
    // (3,079.6875 - 29.20) / (0.08 x 1,024 B + 0.04 x 916 B) in GB a record and month.
    const perRecord = ((0.08 * 1024 + 0.04 * 916) * 2_628_000) / 2 ** 30;
    expect(breakEven?.[1].meanRecordsPerSec).toBeCloseTo((3079.6875 - 29.2) / perRecord, 3);
  });

  it('does not speak of a --rate that nobody gave', async () => {
    const { out } = await plan(...args);
    expect(out).not.toContain('Never more than --rate');
    expect(flat(out)).toContain('The rate that was found is taken to come all the time, and billed so');
    const { constraints } = (await planJson(...args)).plan;
    expect(constraints[1].inputs?.[0]).toMatchObject({ value: 9600, origin: 'derived' });
  });

  it('is that of a peak rate that is given alone', async () => {
    const { modes } = (await planJson('--record-size', '900B', '--shards', '4', '--peak-rate', '3000/s'))
      .plan;
    // 4 x 10.95 + 3,000/s x 2,628,000 x 1.4e-8.
    expect(modes?.[0].monthlyUsd).toBe(154.18);
  });

  it('is not there where they carry nothing', async () => {
    const { plan: result } = await planJson(
      '--record-size',
      '9B',
      '--shards',
      '4',
      '--consumers',
      'polling:6',
    );
    expect(result.reverse?.ratePerSec).toBe(0);
    expect(result.modes).toBeUndefined();
  });
});

describe('the money of layouts and schedules', () => {
  const file = ['--record-size', '500B'];

  it('is that of the bill and of the table', async () => {
    const keyed = [...file, '--rate', '9000/s', '--keys', 'uniform:200', '--placement', 'actual'];
    const { layouts, modes, table, shards } = (await planJson(...keyed)).plan;
    expect(layouts?.savedUsdPerMonth).toBeCloseTo((layouts?.savedShards ?? NaN) * 10.95, 6);
    expect(table?.find((row) => row.shards === shards)?.monthlyUsd).toBe(modes?.[0].monthlyUsd);
  });

  it('is, for the shards of the peak, that of the bill, and on-demand mode knows the peak', async () => {
    const day = Array.from({ length: 24 }, (_, hour) => `${hour},${hour < 8 ? 1000 : 9000}/s`).join('\n');
    const profiled = [...file, '--profile', await scenarioFile(day)];
    const { schedule, modes, onDemand } = (await planJson(...profiled)).plan;
    // 12 x 10.95 + 6,333.3/s x 2,628,000 x 1.4e-8 = 131.40 + 233.02.
    expect(schedule?.staticMonthlyUsd).toBe(364.42);
    expect(modes?.[0].monthlyUsd).toBe(364.42);
    expect(onDemand?.wouldThrottle).toBe(false);
    expect(onDemand?.why[0]).toContain('The profile repeats every 1d');
  });
});

describe('the money of a plan, as text', () => {
  const args = ['--record-size', '1KiB', '--rate', '1000/s'];

  it('stands in the first line, as what a provisioned stream costs', async () => {
    // 2 x 10.95 + 36.79.
    expect((await plan(...args)).out).toMatch(/^2 shards, \$59 a month\. write-bytes binds/);
    expect((await plan(...args, '--region', 'sa-east-1')).out).toMatch(/^2 shards\. write-bytes binds/);
    const fanOut = await plan(...args, '--consumers', 'efo:21');
    expect(fanOut.out.split('\n')[0]).not.toContain('a month');
  });

  it('does not say a plain yes of a mode that would throttle, and when it would not', async () => {
    const { out } = await plan(...args, '--peak-rate', '9000/s');
    expect(out).toMatch(/^ {2}on-demand +if grown +532\.02 {2}would throttle at the peak$/m);
    expect(flat(out)).toContain('unless the same peak came in the 30 days before');
    const { modes } = (await planJson(...args, '--peak-rate', '9000/s')).plan;
    expect(modes?.[1].feasible).toBe(true);
    expect((await plan(...args, '--burst', '9000/s:2s')).out).toMatch(/^ {2}on-demand +maybe /m);
  });

  it('reads as a sentence where modes break even', async () => {
    const { out } = await plan(...args);
    expect(flat(out)).toContain('Above 6,067/s, on-demand-advantage costs less than on-demand.');
    expect(out).not.toMatch(/on\s+on-demand/);
    const keyed = flat(
      (await plan('--record-size', '1KiB', '--rate', '4000/s', '--keys', 'hot:10%:1:10000')).out,
    );
    expect(keyed.match(/do not grow in proportion/g)).toHaveLength(1);
  });

  it('says that a scenario whose rate changes is billed at its mean', async () => {
    const of = (rate: string): string =>
      `stream: { shards: 4 }\nduration: 20s\ntraffic:\n  - keys: { uniform: { count: 100 } }\n    size: 500B\n    ${rate}\n`;
    const file = await scenarioFile(of('stages: [{ for: 20s, from: 1000/s, to: 3000/s }]'));
    const text = "Bills: the scenario's 20s for 730 h on end, at their mean of 2,000/s.";
    expect(flat((await plan(file)).out)).toContain(text);
    expect(flat((await plan(file, '--rate', '1500/s')).out)).not.toContain('Bills: the scenario');
    const steady = await scenarioFile(of('rate: 2000/s'));
    expect(flat((await plan(steady)).out)).not.toContain('Bills: the scenario');
  });
});
