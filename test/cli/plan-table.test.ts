/** The table of shard counts, and the width of everything that a plan prints. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/report/name.ts';
import { plan, planRefusal } from './planned.ts';

const SCENARIOS = new URL('../../scenarios', import.meta.url).pathname;
const KEYS = ['--keys', 'zipf:1.1:100000'];

describe('the lines of a plan', { timeout: 60_000 }, () => {
  it('of every scenario that can be planned are no wider than 80 columns', async () => {
    const files = readdirSync(SCENARIOS).filter((file) => file.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) {
      const path = join(SCENARIOS, file);
      if (file === 'reshard.yaml') {
        // Its records carry explicit hash keys.
        expect((await planRefusal(path)).what).toContain('plan cannot place keys of kind explicitHashKey');
        continue;
      }
      for (const details of [[], ['--details']]) fits((await plan(path, ...details)).out, file);
    }
  });

  it.each<[string, ...string[]]>([
    ['sums alone', '--rate', '3000/s', '--record-size', '900B'],
    ['two that ask for as many', '--rate', '16000/s', '--record-size', '1008B', '--consumer-speed', '1000/s'],
    ['a hot key', '--rate', '9000/s', '--record-size', '900B', ...KEYS, '--consumers', 'kcl-polling:1,efo:2'],
    ['many shards', '--rate', '400000/s', '--record-size', '100B', '--keys', 'uniform:10000000'],
    ['a key at the limit', '--rate', '4000/s', '--record-size', '500B', '--keys', 'hot:20%:1:10000'],
    ['another criterion', '--rate', '5000/s', '--record-size', '1KiB', ...KEYS, '--max-throttled', '1%'],
    ['the other way round', '--shards', '12', '--record-size', '900B', '--rate', '3000/s', ...KEYS],
    ['aggregates', '--rate', '20000/s', '--record-size', '100B', '--aggregate', '--producers', '40'],
    ['services', '--rate', '20000/s', '--record-size', '100B', '--compare-services', '--consumers', 'kcl:2'],
    [
      ...(['everything', '--rate', '5000/s', '--record-size', '1KiB', '--peak-rate', '8000/s'] as const),
      ...['--burst', '20000/s:2s:60s', '--consumers', 'lambda:1,firehose:1', '--consumer-speed', '1000/s'],
      ...['--outage', '1h', '--recover-in', '30m', '--current-shards', '4', ...KEYS, '--region', 'eu-west-1'],
    ],
  ])('%s: no wider than 80 columns', async (name, ...flags) => {
    for (const details of [[], ['--details']]) fits((await plan(...flags, ...details)).out, name);
  });
});

describe('the first screen of a plan', () => {
  const SIMPLE = ['--rate', '5000/s', '--record-size', '1KiB'];

  it('has about 50 lines: answer, question, constraints, counts, costs, assumptions, in this order', async () => {
    const { out } = await plan(...SIMPLE);
    expect(out.split('\n').length).toBeLessThanOrEqual(50);
    const heads = [
      '7 shards, ',
      '\nFor  ',
      '\nDoubt first: ',
      'constraint ',
      '\n  shards ',
      'capacity mode',
      'Other ass',
    ];
    const places = heads.map((head) => out.indexOf(head));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBe(0);
  });

  it('names the decisive assumption once, also where only a rate is asked for', async () => {
    for (const flags of [SIMPLE, [...SIMPLE, '--shards', '4'], ['--record-size', '1KiB', '--shards', '4']])
      expect((await plan(...flags)).out.split('Nothing is known of the keys')).toHaveLength(2);
  });

  it('shows aggregation such that a calculator comes to the same', async () => {
    const { out } = await plan(
      '--rate',
      '20000/s',
      '--record-size',
      '100B',
      '--aggregate',
      '--producers',
      '40',
    );
    const text = out.replace(/\s+/g, ' ');
    // 1 + 20,000 ÷ 3 ÷ 40 × 0.1 = 17.667; 20,000 ÷ 17.67 = 1,131.9; 1,000 × 80 % × 410 = 328,000
    expect(text).toContain('1 + 20,000/s ÷ 3 shards ÷ 40 producers × 100 ms = 17.67 records');
    expect(text).toContain('20,000/s ÷ 17.67 = 1,132/s Kinesis records');
    expect(text).toContain(
      '1,000/s × 80 % × 410 records in an aggregate there = 328,000/s; 20,000/s ÷ 328,000/s = 0.061',
    );
  });
});

describe('the table of shard counts', () => {
  const rows = async (...flags: string[]): Promise<string[]> =>
    (await plan('--rate', '1000/s', '--record-size', '100B', ...flags)).out.split('\n');

  it('marks what is throttled where bursts are not part of it', async () => {
    const lines = await rows('--burst', '20000/s:2s:60s');
    // 40,000 ÷ 2,400 = 16.7
    expect(lines).toContainEqual(expect.stringMatching(/^ +16 +6\.3 % +0 %\* .* burst$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ +17 +5\.9 % +0 % {2}/));
    expect(lines.filter((line) => line.startsWith('  * '))).toHaveLength(1);
  });

  it('marks nothing where no burst and no outage is asked for', async () => {
    expect((await rows()).some((line) => line.includes('*'))).toBe(false);
  });

  it('counts what else does not hold', async () => {
    // 3,000 × 916 B and 3,000 records: both ask for 4.
    const { out } = await plan('--rate', '3000/s', '--record-size', '900B');
    expect(out).toMatch(/^ +3 .* write-bytes \+1$/m);
  });
});

function fits(out: string, name: string): void {
  for (const line of out.split('\n')) expect(columnsOf(line), `${name}: ${line}`).toBeLessThanOrEqual(80);
}
