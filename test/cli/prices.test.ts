import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planCommand } from '../../src/cli/plan.ts';
import { pricesCommand } from '../../src/cli/prices.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { DUBLIN, DUBLIN_USD, priceListOf } from '../advice/money/price-lists.ts';
import { outcomeOf, refusalOf, type Outcome } from './outcome.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-prices-'));
const asked: string[] = [];
let server: Server;
let base: string;

/** As AWS has it: a list for Dublin, one without Advantage for Frankfurt, none for any other region. */
beforeAll(async () => {
  const path = (region: string): string => `/offers/v1.0/aws/AmazonKinesis/current/${region}/index.json`;
  const lists = new Map([
    [path('eu-west-1'), priceListOf(DUBLIN)],
    [
      path('eu-central-1'),
      priceListOf(
        DUBLIN.filter(({ usagetype }) => !usagetype.includes('Advantage')),
        'eu-central-1',
      ),
    ],
  ]);
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const list = lists.get(request.url ?? '');
    if (list === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const prices = (...args: string[]): Promise<Outcome> => outcomeOf(pricesCommand, args);

async function planJson(...args: string[]): Promise<Required<ReportDocument>['plan']> {
  const traffic = ['--rate', '1000/s', '--record-size', '1008B', '--headroom', '0%', '-f', 'json'];
  const { plan } = JSON.parse((await outcomeOf(planCommand, [...traffic, ...args])).out) as ReportDocument;
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

describe('shardwise prices', () => {
  it('writes a file of prices that plan takes', async () => {
    const file = join(folder, 'dublin.json');
    const { out, err } = await prices('--region', 'eu-west-1', '--price-list-url', base, '-o', file);
    expect(asked.at(-1)).toBe('/offers/v1.0/aws/AmazonKinesis/current/eu-west-1/index.json');
    expect(out).toMatch(/^18 prices of eu-west-1, 2026-09-23: AWS price list at 127\.0\.0\.1:\d+$/m);
    expect(out).toMatch(/^ {2}provisioned +put-payload-units +0\.0000000102 {2}PUT payload unit$/m);
    expect(out.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(err).toBe(`Use them: shardwise plan … --region eu-west-1 --prices ${file}\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ region: 'eu-west-1', usd: DUBLIN_USD });

    const plan = await planJson('--region', 'eu-west-1', '--prices', file);
    expect(plan.prices).toMatchObject({ region: 'eu-west-1', asOf: '2026-09-23', confidence: 'price-list' });
    // 730 shard-hours at 1.01, and 2,628,000,000 PUT units at 0.0000000102.
    expect(plan.modes?.[0].lines.map(({ usd }) => usd)).toEqual([737.3, 26.81]);
    expect(plan.modes?.[0].monthlyUsd).toBe(764.11);
  });

  it('says what the list lacks, and a plan has no total where it needs it', async () => {
    const file = join(folder, 'frankfurt.json');
    const { out } = await prices('--region', 'eu-central-1', '--price-list-url', base, '-o', file);
    expect(out).toMatch(/^ {2}- on-demand-advantage data-in: not in the list\.$/m);
    const { modes } = await planJson('--region', 'eu-central-1', '--prices', file);
    expect(modes?.map(({ monthlyUsd }) => monthlyUsd !== null)).toEqual([true, true, false]);
    expect(modes?.[2].missingPrices).toEqual(['data-in', 'data-out']);
  });

  it('prints the file itself with -f json, and reads a list that was downloaded before', async () => {
    const list = join(folder, 'index.json');
    writeFileSync(list, JSON.stringify(priceListOf(DUBLIN)));
    const before = asked.length;
    const { out } = await prices('--region', 'eu-west-1', '--price-list', list, '-f', 'json');
    expect(JSON.parse(out)).toMatchObject({ kind: 'shardwise-prices', source: `AWS price list in ${list}` });
    expect(asked.length).toBe(before);
  });

  it('is asked wrongly: no region, no such region, no address, two lists', async () => {
    const refused = [
      [[], 'prices: no region is given.'],
      [['--region', 'Dublin'], '--region: "Dublin" is not the name of a region.'],
      [['--region', '../../x-1'], '--region: "../../x-1" is not the name of a region.'],
      [
        ['--region', 'eu-west-9', '--price-list-url', base],
        /^There is no price list of Kinesis for the region eu-west-9/,
      ],
      [
        ['--region', 'eu-west-1', '--price-list-url', 'ftp://x'],
        '--price-list-url: ftp://x is no web address.',
      ],
      [['--region', 'eu-west-1', '--price-list-url', base, '--price-list', 'x'], /names another one/],
      [['--region', 'eu-west-1', '--price-list', join(folder, 'none.json')], /^There is no file/],
    ] as const;
    for (const [args, what] of refused) {
      const refusal = await refusalOf(prices(...args));
      expect(refusal.exitCode, refusal.what).toBe(2);
      expect(refusal.what).toMatch(what);
    }
  });
});

describe('shardwise plan', () => {
  it('bills by the built-in prices of the region', async () => {
    const plan = await planJson();
    expect(plan.modes?.map(({ mode, monthlyUsd }) => [mode, monthlyUsd])).toEqual([
      ['provisioned', 47.74],
      ['on-demand', 329.95],
      ['on-demand-advantage', 3079.69],
    ]);
    expect(plan.prices).toMatchObject({ region: 'us-east-1', asOf: '2026-09' });
  });

  it('refuses prices of another region, and files that are none', async () => {
    const file = join(folder, 'dublin.json');
    const other = await refusalOf(planJson('--prices', file));
    expect(other.what).toBe(`--prices: ${file} has the prices of eu-west-1, and us-east-1 is asked about.`);
    expect(other.exitCode).toBe(2);
    const list = await refusalOf(planJson('--prices', join(folder, 'index.json')));
    expect(list.what).toContain("is AWS's price list itself");
    expect((await refusalOf(planJson('--prices', join(folder, 'none.json')))).exitCode).toBe(2);
  });

  it('bills reads of old data only where there is any', async () => {
    const refusal = await refusalOf(planJson('--long-term-reads', '100GiB'));
    expect(refusal.what).toBe(
      '--long-term-reads: nothing on the stream is older than 7 days with a retention of 24 h.',
    );
    const { modes } = await planJson('--long-term-reads', '100GiB', '--retention', '30d');
    expect(modes?.[0].lines.find(({ item }) => item === 'long-term-reads')?.usd).toBe(2.1);
  });

  it('keeps its first screen: the answer, three modes, and where the prices come from', async () => {
    const { out } = await outcomeOf(planCommand, ['--rate', '5000/s', '--record-size', '1KiB']);
    expect(out).toMatch(/^ {2}provisioned +yes +260\.61 {2}7 shards$/m);
    expect(out).toMatch(/^ {2}on-demand-advantage +yes +3,079\.69 {2}warm throughput 7 MiB\/s$/m);
    expect(out).toMatch(/^Prices +us-east-1, 2026-09, cross-checked\. Sources and bills: --details\.$/m);
    expect(out).not.toContain('Bill of');
    const long = await outcomeOf(planCommand, ['--rate', '5000/s', '--record-size', '1KiB', '--details']);
    expect(long.out).toMatch(/^Bill of on-demand-advantage$/m);
    expect(long.out).toMatch(
      /^ {2}put-payload-units +13,140,000,000 {2}PUT payload unit +0\.000000014 +183\.96$/m,
    );
    expect(long.out.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('says of a region without prices how to get them, and makes none up', async () => {
    const { out } = await outcomeOf(planCommand, [
      '--rate',
      '50/s',
      '--record-size',
      '1KiB',
      '--region',
      'sa-east-1',
    ]);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'shardwise prices --region sa-east-1 -o prices.json, then add --prices prices.json.',
    );
    expect(out).toMatch(/^ {2}provisioned +yes +– {2}1 shard$/m);
  });
});
