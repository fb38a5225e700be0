import { describe, expect, it } from 'vitest';
import { documentSchema } from '../../src/report/document-schema.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { fileOf } from './outcome.ts';
import { plan as planOutcome } from './planned.ts';

const plan = async (...args: string[]): Promise<string> => (await planOutcome(...args)).out;
const profileOf = (text: string): string => fileOf(text, 'day.csv');

const DAY = Array.from({ length: 24 }, (_, hour) => `${hour},${hour < 8 ? 700 : 2000}/s`).join('\n');

describe('shardwise plan --profile', () => {
  it('plans for the highest hour, bills the mean, and schedules the rest', async () => {
    const file = profileOf(DAY);
    const document = JSON.parse(
      await plan('--record-size', '500B', '--profile', file, '-f', 'json'),
    ) as ReportDocument;
    expect(documentSchema.safeParse(document).error).toBeUndefined();
    const { schedule, shards } = document.plan ?? {};
    expect(shards).toBe(3);
    expect(schedule?.hours.map(({ needed }) => needed)).toEqual([
      ...Array<number>(8).fill(1),
      ...Array<number>(16).fill(3),
    ]);
    // 1 to 3 is more than double: by way of 2, an hour before.
    expect(schedule?.changes.map(({ from, to }) => [from, to])).toEqual([
      [3, 2],
      [2, 1],
      [1, 2],
      [2, 3],
    ]);
    // PUT units of the mean rate, 1,566.7/s, and 730 h of the shards.
    const units = (((700 * 8 + 2000 * 16) / 24) * 730 * 3600 * 0.014) / 1e6;
    expect(schedule?.staticMonthlyUsd).toBeCloseTo(units + 3 * 10.95, 1);
    expect(schedule?.monthlyUsd).toBeCloseTo(units + ((schedule?.shardHours ?? 0) / 24) * 10.95, 1);
  });

  it('lays out from the shards of today where they are given', async () => {
    const flags = [
      '--record-size',
      '500B',
      '--rate',
      '9000/s',
      '--keys',
      'uniform:200',
      '--placement',
      'actual',
    ];
    const { plan: result } = JSON.parse(
      await plan(...flags, '--current-shards', '20', '-f', 'json'),
    ) as ReportDocument;
    expect(result?.layouts?.from).toEqual({ shards: 20, today: true });
    expect(result?.layouts?.savedUsdPerMonth).toBeCloseTo((result?.layouts?.savedShards ?? 0) * 10.95, 6);
    expect(await plan(...flags, '--details')).toContain('aws kinesis split-shard --stream-name NAME');
  });

  it('says so where the highest hour does not fit', async () => {
    const out = await plan('--record-size', '500B', '--profile', profileOf(DAY), '--keys', 'hot:90%:1:10');
    expect(out).toMatch(/Schedule\s+None: no number of shards fits/);
  });

  it.each([
    [['--rate', '5/s'], '--rate: the profile says how much is sent.'],
    [['--peak-rate', '5/s'], '--peak-rate: the profile says how much is sent.'],
    [['--reshard-lead', '2d'], '--reshard-lead: a call does not take 2d.'],
    [['--reshard-lead', '5'], '--reshard-lead: 5 has no unit.'],
  ])('refuses %j', async (flags, what) => {
    const file = profileOf(DAY);
    await expect(plan('--record-size', '500B', '--profile', file, ...flags)).rejects.toMatchObject({
      what,
      exitCode: 2,
    });
  });

  it('refuses a lead without a profile, and files that are none', async () => {
    const flags = ['--record-size', '500B'];
    await expect(plan(...flags, '--rate', '5/s', '--reshard-lead', '5m')).rejects.toMatchObject({
      exitCode: 2,
    });
    const file = profileOf('hour,rate\n0,5\n1,6\n');
    await expect(plan(...flags, '--profile', file)).rejects.toMatchObject({
      what: `${file}, line 2: 5 has no unit.`,
    });
    await expect(plan(...flags, '--profile', `${file}.not`)).rejects.toMatchObject({ exitCode: 2 });
  });
});
