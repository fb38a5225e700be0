import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { Offer, OfferColumns } from '../../src/traffic/offer.ts';
import { dictionaryOf } from '../../src/simulate/pipeline.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { scenarioOf, sourceAt } from '../traffic/scenarios.ts';
import { shardwise, type Outcome } from './outcome.ts';
import { onAws } from '../report/aws-samples.ts';
import { partsOf, reportOf } from './worker-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function saved(document: unknown): string {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

async function run(...args: readonly string[]): Promise<Outcome> {
  const { out, err, exit } = await shardwise('merge', ...args);
  return { out, err: err.replaceAll(/\s+/g, ' '), exit };
}

async function merged(
  parts: readonly ReportDocument[],
  ...flags: readonly string[]
): Promise<ReportDocument> {
  const { out, err } = await run(...parts.map(saved), '-f', 'json', '--no-reconcile', ...flags);
  expect(err).toBe('');
  return JSON.parse(out) as ReportDocument;
}

/** A hot key, a hot shard beside it, sizes by chance: everything that findings are made of. */
const SCENARIO = scenarioOf(
  [
    sourceAt(2600, 13, {
      arrivals: { kind: 'poisson' },
      keys: { kind: 'hot', share: 0.5, keys: 1, of: 300, template: 'key-{n}' },
      size: { kind: 'lognormal', median: 300, p99: 3000 },
    }),
    sourceAt(900, 13, { keys: { kind: 'zipf', count: 500, exponent: 1, template: 'z-{n}' } }),
  ],
  { warmupUs: 1_500_000, thresholds: ['accepted > 1000/s'] },
);
/** Batches of 50: a part is made of whole batches. */
const SMALL = scenarioOf([sourceAt(200, 2)], {
  producer: { ...scenarioOf([sourceAt(1, 1)]).producer, batch: 50 },
});

const REACH = ['--endpoint-url', 'http://127.0.0.1:1'];

/** As if it had told what it put on the wire. */
function withPuts(document: ReportDocument): ReportDocument {
  const puts = {
    firstUs: 1,
    lastUs: 2,
    accepted: 1,
    dataBytes: 1,
    keyBytes: 1,
    throttled: 0,
    unknown: 0,
    shards: [],
  };
  return { ...document, ...(document.worker && { worker: { ...document.worker, puts } }) };
}

function at(document: ReportDocument, endpoint: string): ReportDocument {
  return { ...document, ...(document.target && { target: { ...document.target, endpoint } }) };
}

/** All of a report that does not depend on which machine sent what. */
function offeredIn({ totals, shards = [], keys = [], keySpread, series, findings }: ReportDocument): object {
  return {
    totals: [totals?.offered, totals?.bytesOffered, totals?.offeredDigest],
    shards: shards.map(({ shardId, offered, bytes, utilization, peakSecond }) => ({
      ...{ shardId, offered, bytes, utilization, peakSecond },
    })),
    keys: keys.map(({ key, hashKey, shardId, records, bytes, error, utilization }) => ({
      ...{ key, hashKey, shardId, records, bytes, error, utilization },
    })),
    keySpread,
    series: [series?.offered, series?.bytes, series?.shards.map(({ offered }) => offered)],
    findings,
  };
}

describe('shardwise merge', () => {
  it('makes of four machines’ reports what one machine would have offered, and found', async () => {
    const one = reportOf(SCENARIO);
    const all = await merged(partsOf(SCENARIO, 4));
    expect(offeredIn(all)).toEqual(offeredIn(one));
    expect(all.findings?.map(({ code }) => code)).toContain('HOT_KEY');
    // Fates are the records' own here, so that what became of them is the same as well.
    expect(all.totals).toEqual({ ...one.totals, requests: all.totals?.requests });
    expect(all.shards).toEqual(one.shards);
    expect(all.keys).toEqual(one.keys);
    expect(all.thresholds).toEqual(one.thresholds);
    expect(all.merged).toMatchObject({ of: 4, missing: [], startSpreadMs: 0, stepSec: 1, keyFloor: 0 });
  });

  it('adds up what each machine counted by itself', async () => {
    const parts = partsOf(SCENARIO, 3);
    const all = await merged(parts);
    const sum = (of: (document: ReportDocument) => number | undefined): number =>
      parts.reduce((total, part) => total + (of(part) ?? 0), 0);
    for (const name of [
      'offered',
      'accepted',
      'failed',
      'unknown',
      'attempts',
      'requests',
      'kinesisRecords',
    ] as const)
      expect(all.totals?.[name], name).toBe(sum(({ totals }) => totals?.[name]));
    for (const name of ['response', 'service', 'queue'] as const) {
      expect(all.latencyMs?.[name].count).toBe(sum(({ latencyMs }) => latencyMs?.[name].count));
      const most = Math.max(...parts.map(({ latencyMs }) => latencyMs?.[name].max ?? 0));
      expect(all.latencyMs?.[name].max).toBe(most);
      const weighted = sum(({ latencyMs }) => (latencyMs?.[name].mean ?? 0) * (latencyMs?.[name].count ?? 0));
      expect(all.latencyMs?.[name].mean).toBeCloseTo(weighted / (all.latencyMs?.[name].count ?? 1), 2);
    }
    expect(all.series?.accepted).toEqual(
      all.series?.accepted.map((_, i) => sum(({ series }) => series?.accepted[i])),
    );
  });

  it('bounds every key where machines have not had room for all of them', async () => {
    const scenario = scenarioOf(
      [sourceAt(2000, 6, { keys: { kind: 'zipf', count: 2000, exponent: 0.9, template: 'key-{n}' } })],
      { seed: 5 },
    );
    const all = await merged(partsOf(scenario, 4, { keyPlaces: 128 }));
    const truth = countsOf(scenario);
    expect(all.keys?.some(({ error }) => error > 0)).toBe(true);
    for (const { key, records, error } of all.keys ?? []) {
      const count = truth.get(key) ?? 0;
      expect(count, key).toBeLessThanOrEqual(records);
      expect(count, key).toBeGreaterThanOrEqual(records - error);
    }
    expect(all.keys?.[0].key).toBe('key-0');
  });

  it('judges the sum from what was kept where seconds and keys were too many', async () => {
    const one = reportOf(SCENARIO);
    const all = await merged(partsOf(SCENARIO, 2, { most: { shardRows: 40, keyRows: 60 } }));
    expect(all.merged?.stepSec).toBe(2);
    expect(all.merged?.keyFloor).toBeGreaterThan(0);
    expect(all.findings?.map(({ code }) => code)).toEqual(one.findings?.map(({ code }) => code));
    const text = (await run(...partsOf(SCENARIO, 2, { most: { shardRows: 40, keyRows: 60 } }).map(saved)))
      .out;
    expect(text).toContain('The load was kept in steps of 2 s');
  });

  it('says which parts are missing or were cut short, and decides no gate without them', async () => {
    const parts = [
      reportOf(SMALL, { index: 1, count: 4 }, { endSec: 1 }),
      reportOf(SMALL, { index: 2, count: 4 }),
    ];
    const names = parts.map(saved);
    const refusal = await run(...names);
    expect(refusal).toMatchObject({ exit: 2, out: '' });
    expect(refusal.err).toContain('Of 4 parts the report of workers 1 and 4 are missing.');
    const { out, exit } = await run(...names, '--allow-missing');
    expect(exit).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('of 4 parts there is no report of workers 1 and 4');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('part 2 was interrupted after 1 s of 2 s');
    expect((await run(...names, '--allow-missing', '--threshold', 'accepted > 1/s')).exit).toBe(4);
    expect((await run(...names, '--allow-missing', '--fail-on', 'HOT_KEY')).exit).toBe(4);
  });

  it('fails where a part failed, and says why: it came to a dead end, or lost a thread', async () => {
    const ended = { kind: 'stream-gone', sinceMs: 900, code: 'ResourceNotFoundException', message: 'No.' };
    const parts = [0, 1].map((index) => reportOf(SMALL, { index, count: 2 }, { endSec: 1 }));
    const gone = parts.map((document) => saved({ ...document, partial: 'failed', ended }));
    const { exit, out, err } = await run(...gone, '--no-reconcile');
    const text = out.replaceAll(/\s+/g, ' ');
    expect(exit).toBe(1);
    expect(text).toContain('Stream orders is gone: from 900 ms on every request was answered');
    expect(text).toContain('part 2 came to a dead end after 1 s of 2 s.');
    expect(text).not.toContain('lost a sending thread');
    expect(err).toContain('Stream orders is gone');
    expect((await run(...gone, '--no-reconcile', '--threshold', 'accepted > 1/s')).exit).toBe(1);
    // One machine's credentials beside the other's stream: both reasons.
    const expired = saved({
      ...parts[1],
      partial: 'failed',
      ended: { ...ended, kind: 'credentials-expired' },
    });
    const both = (await run(gone[0], expired, '--no-reconcile')).out.replaceAll(/\s+/g, ' ');
    expect(both).toContain('Of part 2: The AWS credentials have expired');
    const died = await run(gone[0], saved({ ...parts[1], partial: 'failed' }), '--no-reconcile');
    expect(died.exit).toBe(1);
    expect(died.out.replaceAll(/\s+/g, ' ')).toContain('part 2 lost a sending thread in its 1 s');
  });

  it('decides no gate of machines that did not start together: the stream was never offered their sum', async () => {
    const [one, two] = partsOf(SMALL, 2).map((document, i) => ({
      ...document,
      startedAt: `2026-01-01T00:00:0${i}.000Z`,
    }));
    const names = [one, two].map(saved);
    const { out, exit } = await run(...names, '--no-reconcile', '--threshold', 'accepted > 1/s');
    const text = out.replaceAll(/\s+/g, ' ');
    expect(exit).toBe(4);
    expect(text).toContain('The machines started up to 1 s apart');
    expect(text).toContain('Not decided: the machines started too far apart to have been one load.');
    expect((await run(...names, '--no-reconcile', '--fail-on', 'HOT_KEY')).exit).toBe(4);
    expect((await run(...names, '--no-reconcile')).exit).toBe(0);
    // One second less a millisecond is a common start.
    const near = saved({ ...two, startedAt: '2026-01-01T00:00:00.999Z' });
    expect((await run(names[0], near, '--no-reconcile', '--threshold', 'accepted > 1/s')).exit).toBe(0);
  });

  it('ends as run does: by thresholds, by findings, by the worst generator', async () => {
    const parts = partsOf(SCENARIO, 2);
    const names = parts.map(saved);
    expect((await run(...names)).exit).toBe(0);
    expect((await run(...names, '--fail-on', 'HOT_KEY')).exit).toBe(3);
    expect((await run(...names, '--threshold', 'accepted > 1000000/s')).exit).toBe(3);
    const late = { ...parts[1], generator: { ...parts[1].generator, valid: false, dispatched: 0.5 } };
    const { exit, out } = await run(names[0], saved(late));
    expect(exit).toBe(4);
    expect(out).toContain('GENERATOR_LATE');
    expect(out).toContain('50 % of the due');
  });

  const part = (index: number, count: number, of: Scenario = SMALL): ReportDocument =>
    reportOf(of, { index, count });
  const first = part(0, 2);
  const broken = (change: (document: Record<string, never> & ReportDocument) => object): unknown => ({
    ...part(1, 2),
    ...change(part(1, 2) as Record<string, never> & ReportDocument),
  });

  it.each<[string, () => unknown, string]>([
    ['another scenario', () => part(1, 2, { ...SMALL, warmupUs: 1_000_000 }), 'the scenario is'],
    ['another seed', () => part(1, 2, { ...SMALL, seed: 9 }), 'the seed is 1 in one and 9 in the other'],
    ['another split', () => part(1, 3), 'the number of workers is 2 in one and 3 in the other'],
    ['the same worker', () => first, 'are both of worker 1'],
    [
      'another version',
      () => broken(({ tool }) => ({ tool: { ...tool, version: '9' } })),
      'the version of Shardwise',
    ],
    [
      'another stream',
      () => broken(({ target }) => ({ target: { ...target, stream: 'x' } })),
      'x in us-east-1',
    ],
    [
      'another endpoint',
      () => at(part(1, 2), 'http://127.0.0.1:2'),
      'the endpoint is http://localhost:1 in one',
    ],
    [
      'a part that began when the other was over',
      () => broken(() => ({ startedAt: '2026-01-01T00:00:02.000Z' })),
      'are not of one run: one began at 2026-01-01T00:00:00.000Z and was over when the other began',
    ],
    ['a single run', () => reportOf(SMALL), 'is the report of a run by a single machine'],
    ['what is no report', () => '{', 'it is not JSON'],
    ['half a file', () => JSON.stringify(part(1, 2)).slice(0, -10), 'it is not JSON'],
    [
      'a damaged column',
      () => broken(({ worker }) => ({ worker: { ...worker, shards: { offered: '1 2' } } })),
      'worker.shards does not fit the rest',
    ],
    [
      'counts that do not add up',
      () => broken(({ totals }) => ({ totals: { ...totals, offered: 7 } })),
      'worker.shards.offered does not fit the rest',
    ],
    [
      'a shard’s row that is not what is added up',
      () =>
        broken(({ shards = [] }) => ({
          shards: shards.map((row, i) =>
            i === 0 ? { ...row, accepted: row.accepted - 5, offered: row.offered - 5 } : row,
          ),
        })),
      'shards[0].offered does not fit the rest',
    ],
    [
      'a total of bytes that is not the sum of its shards',
      () => broken(({ totals }) => ({ totals: { ...totals, bytesOffered: 7 } })),
      'worker.shards.bytes does not fit the rest',
    ],
    [
      'a part without what its consumers saw, though it has come to its end',
      () =>
        broken(() => ({ preflight: { ...onAws().preflight, readers: { polling: ['etl'], fanOut: [] } } })),
      'worker.reading does not fit the rest',
    ],
    [
      'a damaged histogram',
      () => broken(({ worker }) => ({ worker: { ...worker, lag: { ...worker?.lag, hdr: 'AAAA' } } })),
      'worker.lag does not fit the rest',
    ],
    [
      'a damaged step',
      () =>
        broken(({ worker }) => ({
          worker: { ...worker, load: { ...worker?.load, steps: [{ step: 0, shards: '1 x 3 4' }] } },
        })),
      'worker.load.steps[0] does not fit the rest',
    ],
    [
      'a step beyond the end of the load',
      () =>
        broken(({ worker }) => ({
          worker: { ...worker, load: { ...worker?.load, steps: [{ step: 1e9, shards: '1 2 3 4' }] } },
        })),
      'worker.load.steps does not fit the rest',
    ],
    [
      'more machines than there can be',
      () => broken(({ worker }) => ({ worker: { ...worker, count: 1e9 } })),
      'worker.count',
    ],
    [
      'a section of a later version',
      () => broken(({ worker }) => ({ worker: { ...worker, version: 2 } })),
      'worker.version',
    ],
  ])('refuses %s', async (_, other, words) => {
    const { exit, err, out } = await run(saved(first), saved(other()));
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(words);
  });

  it('asks nobody where it is told not to, and needs every part where it asks', async () => {
    const names = partsOf(SMALL, 2).map(saved);
    const stray = await run(...names, '--no-reconcile', '--region', 'us-east-1');
    expect([stray.exit, stray.err]).toEqual([
      2,
      expect.stringContaining('which --no-reconcile does not read'),
    ]);
    expect((await run(...names, '--no-reconcile')).out).toContain('not done: --no-reconcile.');
    const without = await run(names[0], '--allow-missing', ...REACH);
    expect(without.out).toContain('parts of the load are missing');
  });

  it('writes its report all the same where the stream cannot be asked, and says why', async () => {
    const reasonOf = (document: unknown): unknown =>
      (document as { reconciliation: { reason?: string } }).reconciliation;
    const parts = partsOf(SMALL, 2).map(withPuts);
    // Nobody's credentials go to an address that only a file names.
    const away = parts.map((document) => at(document, 'http://far.example:1'));
    const { out, exit } = await run(...away.map(saved), '-f', 'json');
    expect(exit).toBe(0);
    expect(reasonOf(JSON.parse(out))).toMatchObject({
      verdict: 'unavailable',
      reason: expect.stringContaining(
        'credentials are sent there only where --endpoint-url names it',
      ) as string,
    });
    const strange = parts.map(({ target, ...rest }) => ({
      ...rest,
      target: { ...target, region: 'us-east-1.far.example' },
    }));
    expect(reasonOf(JSON.parse((await run(...strange.map(saved), '-f', 'json')).out))).toMatchObject({
      reason: 'the reports name no region of AWS',
    });
  });

  it('refuses to merge what was merged already', async () => {
    const all = await merged(partsOf(SMALL, 2));
    expect((await run(saved(all))).err).toContain('is a merged report');
  });

  it('tells of a single part that it is one, and judges nothing', () => {
    const document = part(1, 2);
    expect([document.findings, document.thresholds]).toEqual([[], []]);
    expect(document.worker).toMatchObject({ index: 2, count: 2, version: 1 });
  });
});

/** Counted records of every key, one by one. */
function countsOf(scenario: Scenario): Map<string, number> {
  const dictionary = dictionaryOf(scenario);
  const offer = new Offer(scenario, dictionary);
  const columns = new OfferColumns();
  const counts = new Map<string, number>();
  while (offer.take(Infinity, columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      const name = dictionary.nameOf(columns.key[i]);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}
